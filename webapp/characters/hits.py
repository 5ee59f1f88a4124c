"""The hits of a search in their order, and what a page of them is."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import NamedTuple, Protocol

import msgspec
from pyroaring import BitMap

from webapp.characters.expressions import Tokens
from webapp.characters.plans import Plan
from webapp.characters.tiers import WHY, Tier

Found = tuple[Tier, int]


class Rows(Protocol):
    """Rows in an order, of which some can be taken."""

    def __len__(self) -> int: ...

    def __getitem__(self, some: slice, /) -> Iterable[int]: ...


class Segment(NamedTuple):
    """Rows that are hits for the same reason; `as_set` are the same ones where it is known."""

    why: str
    rows: Rows
    as_set: BitMap | None = None


class Ordered:
    """Rows in another order than by number: the places that they have there."""

    def __init__(self, places: BitMap, order: Sequence[int]) -> None:
        self._places = places
        self._order = order

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, some: slice) -> Iterable[int]:
        order = self._order
        return [order[place - 1] for place in self._places[some]]


class Hits(msgspec.Struct, frozen=True):
    """All hits of a query, best first."""

    segments: tuple[Segment, ...] = ()

    @property
    def total(self) -> int:
        """How many there are."""
        return sum([len(each.rows) for each in self.segments])

    def page(self, start: int, limit: int) -> Iterator[tuple[str, Iterable[int]]]:
        """Up to `limit` rows behind the first `start`, with the reasons that they are hits."""
        for why, rows, _ in self.segments:
            size = len(rows)
            if start < size:
                yield why, _some(rows, start, limit)
                limit -= min(limit, size - start)
                if not limit:
                    return
            start = max(0, start - size)


def _some(rows: Rows, start: int, limit: int) -> Iterable[int]:
    if isinstance(rows, BitMap):
        # Quicker than a part of it, which would be a bitmap of its own.
        return islice(rows.iter_equal_or_larger(rows[start]), limit)
    return rows[start : start + limit]


def ranked(found: Mapping[int, Found], why: str, plan: Plan, tokens: Tokens) -> Hits:
    """The rows found by key, then those of the tiers; `why` is the reason of a direct hit.

    `found` has of each row the tier in which it was found, and its place there.
    """
    shown = _allowed(BitMap(found), plan, tokens)
    segments = [*_keyed({row: found[row] for row in shown}, why)] if shown else []
    is_limited = plan.required is not None or plan.forbidden is not None
    for tier, rows in plan.chain.found(tokens):
        if new := (_allowed(rows, plan, tokens) if is_limited else rows) - shown:
            segments.append(Segment(WHY[tier], new))
            shown |= new
    return Hits(tuple(segments))


def matching(plan: Plan, tokens: Tokens) -> BitMap:
    """The rows that any tier finds."""
    rows = BitMap.union(BitMap(), *[rows for _, rows in plan.chain.found(tokens)])
    return _allowed(rows, plan, tokens)


def _allowed(rows: BitMap, plan: Plan, tokens: Tokens) -> BitMap:
    """Those of the rows that the plan allows: maybe the same bitmap."""
    if rows and plan.required is not None:
        rows = rows & plan.required.found(tokens)
    if rows and plan.forbidden is not None:
        rows = rows - plan.forbidden.found(tokens)
    return rows


def _keyed(found: Mapping[int, Found], why: str) -> Iterator[Segment]:
    in_order = sorted((*place, row) for row, place in found.items())
    for tier, rows in groupby(in_order, key=lambda each: each[0]):
        yield Segment(WHY.get(tier, why), [row for *_, row in rows])


def as_bitmap(segments: Iterable[Segment]) -> BitMap:
    """All rows of the segments, whatever their order."""
    return BitMap.union(BitMap(), *map(_set_of, segments))


def _set_of(segment: Segment) -> BitMap:
    if segment.as_set is not None:
        return segment.as_set
    rows = segment.rows
    return rows if isinstance(rows, BitMap) else BitMap(array("I", rows[:]))
