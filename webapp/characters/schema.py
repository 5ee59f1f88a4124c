"""The tables of index.db."""

# Rows are numbered in the order in which equal hits are shown, so FTS5 gives them sorted for
# nothing. `json` is the item without its closing brace: the reason of the hit is spliced in.
# `search` is contentless, because its text is normalised before it gets here and nothing reads
# it back; `=` and `_` begin the marker tokens of fields.
TABLES = """
create table meta(key text primary key, value text not null) without rowid;
create table rows(id integer primary key, json text not null);
create table keys(key text primary key, row integer not null) without rowid;
create table names(key text, row integer, tier integer not null, primary key(key, row))
  without rowid;
create table orders(row integer primary key, cp integer not null, name integer not null,
  age integer not null);
create table vocabulary(word text primary key, rows integer not null) without rowid;
create virtual table search using fts5(words, content='', tokenize="ascii tokenchars '=_'",
  detail=none, columnsize=0, prefix='1 2 3');

create table characters(row integer primary key, code_point integer not null, name text not null,
  category text not null, block text not null, script text not null, age text not null,
  bidi_class text not null, combining_class integer not null, mirrored integer not null,
  decomposition text not null, numeric_value text not null, east_asian_width text not null,
  uppercase text not null, lowercase text not null, titlecase text not null);
create table decompositions(row integer primary key, nfd text not null, nfkd text not null);
create table sequences(row integer primary key, code_points text not null, name text not null,
  kind text not null, emoji_version text not null);
create table aliases(row integer not null, kind text not null, text text not null);
create table notes(row integer not null, kind text not null, text text not null);
create table readings(row integer not null, field text not null, text text not null);
create table short_names(row integer not null, locale text not null, name text not null,
  primary key(row, locale)) without rowid;
create table entities(row integer not null, name text not null);
create table blocks(first integer primary key, last integer not null, name text not null);
"""

# Made after the rows are in: filling a table that has its indexes takes twice as long.
INDEXES = """
create unique index orders_cp on orders(cp);
create unique index orders_name on orders(name);
create unique index orders_age on orders(age);
create index aliases_row on aliases(row);
create index notes_row on notes(row);
create index readings_row on readings(row);
create index entities_row on entities(row);
"""

# The tiers of `names`.
OFFICIAL, ALIAS = 0, 1
