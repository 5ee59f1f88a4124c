"""The tables of index.db."""

from hashlib import blake2b

# Rows are numbered by rank, the most wanted first, so equal hits are sorted for nothing.
#
# resident      the sections of `resident.Resident`, which a server holds in memory.
# keys          identifiers, and the same without the selectors of emoji and text style.
# best          rows that editors put first for a text (the hash of its squashed form), in order.
# facet_values  the values of each facet, numbered from 1.
# operator_names  keys of names that the box would take for operators.
# vocabulary    English words without digits, as they were written (folded), each with the
#               canonical word that is its token; `rows` have that word in any field.
# typos         `key_hash` of each of `spelling.fragments` of a word, and the word's id.
# name_parts    `names.Part`: all names, for patterns (kind 0) and for phrases (kind 1).
# locales       number 0 is English, whose words are the plain tokens; `rows` have a name or
#               keyword in the locale itself (regions have only what differs in them).
# locale_tokens  tokens of the other locales with their `postings.pack_rows`.
# locale_names  rows by `key_hash` of `tokens.locale_word` of a name in another locale, squashed.
# characters    those of which something is not as with ideographs (`detail_tables.USUAL`).
# short_names   CLDR's names as zlib-compressed JSON {locale: name}.
# confusables   rows that look like the row.
TABLES = """
create table meta(key text primary key, value text not null) without rowid;
create table resident(name text primary key, data blob not null);
create table keys(key text primary key, row integer not null) without rowid;
create table best(hash integer, place integer, row integer not null, primary key(hash, place))
  without rowid;
create table facet_values(facet text, number integer, id text not null, name text not null,
  primary key(facet, number)) without rowid;
create table operator_names(key text primary key) without rowid;
create table vocabulary(id integer primary key, word text not null, token text not null,
  rows integer not null);
create table typos(fragment integer, word integer, primary key(fragment, word)) without rowid;
create table locales(number integer primary key, id text not null, name text not null,
  own_name text not null,
  rows integer not null);

create table locale_tokens(token text primary key, rows blob not null) without rowid;
create table locale_names(hash integer, row integer, primary key(hash, row)) without rowid;
create table name_parts(part integer primary key, kind integer not null, rows blob not null,
  lines blob not null);

create table characters(row integer primary key,
  bidi_class text not null, combining_class integer not null, mirrored integer not null,
  decomposition text not null, numeric_value text not null, east_asian_width text not null,
  uppercase text not null, lowercase text not null, titlecase text not null);
create table decompositions(row integer primary key, nfd text not null, nfkd text not null);
create table sequences(row integer primary key, kind text not null, emoji_version text not null);
create table aliases(row integer not null, kind text not null, text text not null);
create table notes(row integer not null, kind text not null, text text not null);
create table readings(row integer, field text, text text not null, primary key(row, field))
  without rowid;
create table short_names(row integer primary key, names blob not null);
create table entities(row integer not null, name text not null);
create table confusables(row integer, other integer, primary key(row, other)) without rowid;
create table blocks(first integer primary key, last integer not null, name text not null);
"""

# Made after the rows are in: filling a table that has its indexes takes twice as long.
INDEXES = """
create unique index vocabulary_word on vocabulary(word);
create index aliases_row on aliases(row);
create index notes_row on notes(row);
create index entities_row on entities(row);
"""

# The tiers of names: the whole official name; a formal alias; CLDR's English name squashed, or
# the words that matter of the official name (`fields.core_key`); name or formal alias squashed;
# another English name squashed; an HTML entity squashed; the name in a locale, squashed, after
# the character that begins the locale's tokens; so few words of a name that only an expert would
# call it that.
NAME, ALIAS, CORE, JOINED, INFORMAL, ENTITY, LOCALE_NAME, LOOSE = range(1, 9)


def key_hash(text: str) -> int:
    """The number, 64 bits, signed, under which a text is found: a name, a term, a fragment."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
