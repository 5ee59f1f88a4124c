"""The SQL of a search: one statement gives a page and, if wanted, the exact total."""

# ruff: noqa: S608 - every part of a statement is a constant of this module; texts are bound

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from webapp.characters.tiers import WHY, Plan, Tier

# A place is a tier and a number within it, in one integer that sorts as they do.
NUMBER_BITS = 40
_NUMBER = (1 << NUMBER_BITS) - 1

EVERY_WHY = "every character"
_ITEM = """rows.json || ',"why":"' || {why} || '"}}'"""
_NAMED_WHY = "case place >> 40 when 0 then ?2 {} end".format(
    " ".join(f"when {tier:d} then '{why}'" for tier, why in WHY.items() if tier < Tier.NAME_WORDS)
)
# Hits that are found by key: ?1 identifiers as JSON, ?2 the reason of those, ?3 [hash, tier in
# the table, tier] of names as JSON, ?4 hashes of best bets as JSON.
_FOUND = f"""
found(row, place) as materialized (
  select row, min(place) from (
    select keys.row row, wanted.key place
      from json_each(?1) wanted join keys on keys.key = wanted.value
    union all select best.row, {Tier.BEST_BET:d} << 40 | best.place
      from json_each(?4) wanted cross join best on best.hash = wanted.value
    union all select exact.row, (wanted.value ->> 2) << 40 | exact.row
      from json_each(?3) wanted cross join exact
      on exact.hash = wanted.value ->> 0 and exact.tier = wanted.value ->> 1)
  group by row)"""
_MATCHES = "exists (select 1 from search where search match {} and search.rowid = found.row)"


class Keys(msgspec.Struct, frozen=True):
    """What a query looks up by key: identifiers and their reason, names, and a best bet."""

    identifiers: tuple[str, ...] = ()
    why: str = ""
    names: tuple[tuple[int, int, int], ...] = ()
    best: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.identifiers or self.names)


class Statement(NamedTuple):
    """A statement with one row: rows found, the last one's place, items, total."""

    sql: str
    values: tuple[object, ...]


class _Binding:
    """The values of a statement, each with the name it goes by there."""

    def __init__(self, keys: Keys) -> None:
        self.values: list[object] = [
            json.dumps(keys.identifiers),
            keys.why,
            json.dumps(keys.names),
            json.dumps(keys.best),
        ]

    def __call__(self, value: object) -> str:
        self.values.append(value)
        return f"?{len(self.values)}"


class Ranked(NamedTuple):
    """A query in its best order; `required` and `forbidden` are what its filters come to."""

    keys: Keys
    plan: Plan
    required: str = ""
    forbidden: str = ""
    total: int | None = None

    def page(self, after: int, limit: int, *, count: bool) -> Statement:
        """The hits behind the place `after`, tier by tier.

        SQLite opens an arm of the union only when the ones before it did not fill the page.
        """
        bind = _Binding(self.keys)
        most = bind(limit)
        arms = [self._found(bind(after))] if self.keys and after >> 40 < Tier.NAME_WORDS else []
        arms += [
            self._matched(bind, tier, match, after)
            for tier, match in self.plan.tiers
            if tier >= after >> NUMBER_BITS
        ]
        union = " union all ".join(f"select * from ({arm} limit {most})" for arm in arms)
        union = union or "select 0 place, '' item where false"
        total = self._total(bind) if count else "0"
        sql = f"""{self._keyed(bind)}
        select count(*), max(place), group_concat(item), {total}
        from (select * from ({union}) limit {most})"""
        return Statement(sql, tuple(bind.values))

    def in_order(self, order: str) -> Statement:
        """The numbers of all rows in one of the orders cp, name and age, joined by commas."""
        bind = _Binding(self.keys)
        hits = self._hits(bind)
        sql = f"""{self._keyed(bind)}
        select group_concat(row) from (select hits.row from ({hits}) hits
        cross join orders on orders.row = hits.row order by orders.{order})"""
        return Statement(sql, tuple(bind.values))

    def facets(self) -> Statement:
        """(facets, rows with them) of all hits."""
        bind = _Binding(self.keys)
        hits = self._hits(bind)
        sql = f"""{self._keyed(bind)}
        select orders.facets, count(*) from ({hits}) hits
        cross join orders on orders.row = hits.row group by orders.facets"""
        return Statement(sql, tuple(bind.values))

    def _hits(self, bind: _Binding) -> str:
        hits = ["select row from head"] if self.keys else []
        if self.plan.widest:
            match = bind(self.plan.widest)
            hits.append(f"select rowid row from search where search match {match}")
        return " union ".join(hits) or "select 0 row where false"

    def _keyed(self, bind: _Binding) -> str:
        if not self.keys:
            return ""
        conditions = []
        if self.required:
            conditions.append(_MATCHES.format(bind(self.required)))
        if self.forbidden:
            conditions.append(f"not {_MATCHES.format(bind(self.forbidden))}")
        where = f" where {' and '.join(conditions)}" if conditions else ""
        head = f"head(row, place) as materialized (select row, place from found{where})"
        return f"with {_FOUND}, {head}"

    def _found(self, after: str) -> str:
        return f"""
        select place, {_ITEM.format(why=_NAMED_WHY)} item
        from head cross join rows on rows.id = head.row
        where place > {after} order by place"""

    def _matched(self, bind: _Binding, tier: Tier, match: str, after: int) -> str:
        number = after & _NUMBER if tier == after >> NUMBER_BITS else -1
        beside_head = "and hit.rowid not in (select row from head)" if self.keys else ""
        return f"""
        select {tier:d} << 40 | hit.rowid place, {_ITEM.format(why=f"'{WHY[tier]}'")} item
        from search hit cross join rows on rows.id = hit.rowid
        where hit.search match {bind(match)} and hit.rowid > {bind(number)} {beside_head}
        order by hit.rowid"""

    def _total(self, bind: _Binding) -> str:
        if not self.plan.widest:
            return "(select count(*) from head)" if self.keys else "0"
        match = bind(self.plan.widest)
        total = f"""coalesce((select n from totals where match = {match}),
          (select count(*) from search where search match {match}))"""
        if not self.keys:
            return total
        return f"""{total} + (select count(*) from head where not exists (
          select 1 from search where search match {match} and search.rowid = head.row))"""


class Everything(NamedTuple):
    """All characters without the sequences, by code point."""

    total: int

    def page(self, after: int, limit: int, *, count: bool) -> Statement:
        """The characters behind a place of the order."""
        sql = f"""
        select count(*), max(place), group_concat(item), {"?4" if count else "0"} from (
          select orders.cp place, {_ITEM.format(why="?1")} item
          from orders cross join rows on rows.id = orders.row
          where orders.cp > ?2 and orders.cp <= ?4 order by orders.cp limit ?3)"""
        return Statement(sql, (EVERY_WHY, after, limit, self.total))

    def facets(self) -> Statement:
        """(facets, characters with them)."""
        return Statement("select facets, rows from all_facets", ())

    def in_order(self, order: str) -> Statement:
        """The numbers of the rows of all characters in an order, joined by commas."""
        sql = f"""select group_concat(row) from
        (select row from orders where cp <= ? order by {order})"""
        return Statement(sql, (self.total,))


class ByCodePoint(NamedTuple):
    """The rows whose facts match, by code point."""

    match: str
    why: str
    total: int | None = None

    def page(self, after: int, limit: int, *, count: bool) -> Statement:
        """The hits behind a place in the order of code points."""
        total = """coalesce((select n from totals where match = ?1),
          (select count(*) from listed where listed match ?1))"""
        sql = f"""
        select count(*), max(place), group_concat(item), {total if count else 0} from (
          select hit.rowid place, {_ITEM.format(why="?2")} item
          from listed hit cross join orders on orders.cp = hit.rowid
          cross join rows on rows.id = orders.row
          where hit.listed match ?1 and hit.rowid > ?3 order by hit.rowid limit ?4)"""
        return Statement(sql, (self.match, self.why, after, limit))

    def facets(self) -> Statement:
        """(facets, rows with them) of all hits."""
        sql = """select orders.facets, count(*) from listed cross join orders
        on orders.cp = listed.rowid where listed match ? group by orders.facets"""
        return Statement(sql, (self.match,))


class Rows(NamedTuple):
    """A list of rows; places in it count from 0."""

    rows: Sequence[int]
    why: str

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.rows)

    def page(self, after: int, limit: int, *, count: bool) -> Statement:
        """The items of the rows behind a place."""
        start = after + 1
        rows = self.rows[start : start + limit]
        sql = f"""
        select count(*), {start - 1 + len(rows)}, group_concat(item), {self.total * count} from (
          select {_ITEM.format(why="?2")} item
          from json_each(?1) wanted cross join rows on rows.id = wanted.value order by wanted.key)
        """
        return Statement(sql, (json.dumps(list(rows)), self.why))

    def facets(self) -> Statement:
        """(facets, rows with them)."""
        sql = """select orders.facets, count(*) from json_each(?) wanted
        cross join orders on orders.row = wanted.value group by orders.facets"""
        return Statement(sql, (json.dumps(list(self.rows)),))


Source = Ranked | Everything | ByCodePoint | Rows


def ordered(rows: Iterable[int], order: str) -> Statement:
    """The numbers of these rows in one of the orders cp, name and age, joined by commas."""
    sql = f"""select group_concat(row) from (select orders.row from json_each(?) wanted
    cross join orders on orders.row = wanted.value order by orders.{order})"""
    return Statement(sql, (json.dumps(list(rows)),))
