"""The SQL of a search: one statement gives a page and, if wanted, the exact total."""

# ruff: noqa: S608 - every part of a statement is a constant of this module; texts are bound

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from webapp.characters.cursor import Place
from webapp.characters.query import Query
from webapp.characters.schema import ALIAS, OFFICIAL

DIRECT, NAME, FORMAL_ALIAS, WORDS, PREFIX = range(5)

_WHY = {
    NAME: "the full name",
    FORMAL_ALIAS: "a formal alias",
    WORDS: "words of the name",
    PREFIX: "beginning of a word",
}

# The parameters of every statement: ?1 keys as JSON, ?2 name, ?3 all words whole, ?4 the last one
# as a prefix too, ?5 the last one as a prefix only, ?6 the number after which to go on, ?7 the
# reason of direct hits, ?8 the limit.
_FOUND = """
direct(row, number) as materialized (
  select keys.row, min(wanted.key) from json_each(?1) wanted
  join keys on keys.key = wanted.value group by keys.row),
named(row, tier) as materialized (select row, min(tier) from names where key = ?2 group by row)
"""
_NEITHER = "not in (select row from direct union all select row from named)"
_TOTAL = """
(select count(*) from search where search match ?4) + (select count(*) from direct
  where not exists (select 1 from search where search match ?4 and search.rowid = direct.row))
"""
_TOTAL_DIRECT = "(select count(*) from direct)"
_ITEM = """json || ',"why":"' || {why} || '"}}'"""


class Statement(NamedTuple):
    """A statement with one row: rows found, the last one's tier << 40 | number, items, total."""

    sql: str
    values: tuple[object, ...]

    def parameters(self, limit: int) -> Sequence[object]:
        """What to bind for a page of `limit` rows."""
        return (*self.values, limit)


def everything(place: Place, sort: str, characters: int) -> Statement:
    """All characters without the sequences; the total is known."""
    order = "cp" if sort == "relevance" else sort
    rows = f"""
    select 0 tier, orders.{order} number, {_ITEM.format(why="?7")} item
    from orders cross join rows on rows.id = orders.row
    where orders.{order} > ?6 and orders.row <= {characters} order by orders.{order} limit ?8"""
    return Statement(_page(rows, "0"), ("[]", "", "", "", "", place.number, "every character"))


def relevance(query: Query, place: Place, *, count: bool) -> Statement:
    """The tiers one after the other, each by row; those before the cursor are left out.

    SQLite opens an arm of the union only when the ones before it did not fill the page.
    """
    arms = [arm for tier, arm in _arms(query, place) if tier >= place.tier]
    union = " union all ".join(f"select * from ({arm} limit ?8)" for arm in arms)
    return _statement(query, place, f"select * from ({union}) limit ?8", count=count)


def sorted_by(query: Query, place: Place, sort: str, *, count: bool) -> Statement:
    """All hits in one of the orders cp, name and age."""
    hits = "select row from direct union select row from named"
    if query.words:
        hits += " union select rowid from search where search match ?4"
    rows = f"""
    select 0 tier, orders.{sort} number, {_ITEM.format(why="?7")} item
    from ({hits}) hits cross join orders on orders.row = hits.row
    cross join rows on rows.id = hits.row
    where orders.{sort} > ?6 order by orders.{sort} limit ?8"""
    return _statement(query, place, rows, count=count)


def _arms(query: Query, place: Place) -> Iterable[tuple[int, str]]:
    """(tier, select) of each tier that the query can have hits in."""
    if query.keys:
        yield DIRECT, _arm(DIRECT, place, "direct hit", "hit.number", "hit.row", "true")
    if query.name:
        for tier, kind in ((NAME, OFFICIAL), (FORMAL_ALIAS, ALIAS)):
            yield tier, _arm(tier, place, "named hit", "hit.row", "hit.row", f"hit.tier = {kind}")
    if query.words:
        for tier, match in ((WORDS, "?3"), (PREFIX, "?5")):
            condition = f"search match {match} and hit.rowid {_NEITHER}"
            yield tier, _arm(tier, place, "search hit", "hit.rowid", "hit.rowid", condition)


def _arm(tier: int, place: Place, source: str, number: str, row: str, condition: str) -> str:
    why = "?7" if tier == DIRECT else f"'{_WHY[tier]}'"
    after = "?6" if tier == place.tier else "-1"
    return f"""
    select {tier} tier, {number} number, {_ITEM.format(why=why)} item
    from {source} cross join rows on rows.id = {row}
    where {condition} and {number} > {after} order by {number}"""


def _statement(query: Query, place: Place, rows: str, *, count: bool) -> Statement:
    total = (_TOTAL if query.words else _TOTAL_DIRECT) if count else "0"
    matches = _matches(query.words)
    values = (json.dumps(query.keys), query.name, *matches, place.number, query.why)
    return Statement(_page(rows, total), values)


def _page(rows: str, total: str) -> str:
    return f"""with {_FOUND}
    select count(*), max(tier << 40 | number), group_concat(item), {total} from ({rows})"""


def _matches(words: Sequence[str]) -> tuple[str, str, str]:
    """FTS5 queries for all words: whole, the last one as a prefix too, as a prefix only."""
    whole = " AND ".join(f'"{word}"' for word in words)
    widest = f"{whole} *"
    return whole, widest, f"({widest}) NOT ({whole})"


# What is known of the row of the first of the keys in ?1 that there is; ?2 is the number of
# characters, which divides them from the sequences.
DETAILS = """
with found(row) as materialized (
  select keys.row from json_each(?1) wanted join keys on keys.key = wanted.value
  order by wanted.key limit 1)
select json || '}',
  (select json_object('bidi_class', bidi_class, 'combining_class', combining_class,
     'mirrored', mirrored, 'east_asian_width', east_asian_width, 'decomposition', decomposition,
     'numeric_value', numeric_value, 'uppercase', uppercase, 'lowercase', lowercase,
     'titlecase', titlecase) from characters where row = id),
  (select json_object('sequence_kind', kind, 'emoji_version', emoji_version)
     from sequences where row = id),
  (select nfd from decompositions where row = id),
  (select nfkd from decompositions where row = id),
  (select name from short_names where row = id and locale = 'en'),
  (select json_group_array(json_object('kind', kind, 'text', text)) from aliases where row = id),
  (select json_group_array(json_object('kind', kind, 'text', text)) from notes where row = id),
  (select json_group_array(name) from entities where row = id),
  (select '{' || group_concat('"' || keys.key || '":' || other.json || '}') || '}' from (
     select 'U+' || text key from notes where notes.row = found.row and kind = 'reference'
     union select value from json_each(?3)) wanted
     join keys on keys.key = wanted.key join rows other on other.id = keys.row),
  (select json || '}' from rows other where other.id = found.row - 1 and found.row != ?2 + 1),
  (select json || '}' from rows other where other.id = found.row + 1 and found.row != ?2)
from found join rows on rows.id = found.row
"""
