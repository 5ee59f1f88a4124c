"""The orders of rows: by rank, by code point, name and age; and the facets they fall into."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from webapp.characters import labels, ucd
from webapp.characters.ranking import rank_key
from webapp.characters.records import Record, Row, by_age
from webapp.characters.schema import pack_facets


def in_rank_order(records: Sequence[Record]) -> list[Record]:
    """The records, the most wanted first."""
    likelihood = {record.code_points: record.likelihood for record in records}
    # A capital is as likely as its small letter: only then does the small one come before it.
    for record in records:
        if record.category == "Lu" and (small := _small(record.code_points[0])) in likelihood:
            both = max(record.likelihood, likelihood[small])
            likelihood[record.code_points] = likelihood[small] = both
    return sorted(
        records,
        key=lambda each: rank_key(
            each.code_points,
            # The name by which emoji go is the shorter one: red heart, HEAVY BLACK HEART.
            each.texts.short_name or each.name,
            each.category,
            likelihood[each.code_points],
        ),
    )


def _small(capital: int) -> tuple[int, ...]:
    """The small letter of which this is the one capital; () if there is none."""
    small = chr(capital).lower()
    return (ord(small),) if len(small) == 1 and small.upper() == chr(capital) else ()


def places(records: Sequence[Record], key: Callable[[Record], Any]) -> dict[tuple[int, ...], int]:
    """The place of each record, from 1, when all are sorted by the key."""
    in_order = sorted(records, key=key)
    return {record.code_points: place for place, record in enumerate(in_order, 1)}


def orders(
    records: Sequence[Record], rows: Mapping[Row, int], facets: "Facets"
) -> Iterator[tuple[int, int, int, int, int]]:
    """(row, place by code point, name and age, facets) of records in the order of code points."""
    by_name = places(records, lambda each: (each.name, each.code_points))
    ages = places(records, lambda each: (by_age(each.age), each.code_points))
    return (
        (rows[each[0]], cp, by_name[each[0]], ages[each[0]], facets.of(each))
        for cp, each in enumerate(records, 1)
    )


class Facets:
    """Numbers for the categories, blocks, scripts and ages of records; 0 where there is none."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._categories = _numbers({each.category for each in records})
        self._blocks = _numbers({each.block for each in records})
        self._scripts = _numbers({each.script for each in records})
        self._ages = _numbers({each.age for each in records}, by_age)

    def of(self, record: Record) -> int:
        """The facets of a record, packed."""
        return pack_facets(
            self._categories[record.category],
            self._blocks[record.block],
            self._scripts[record.script],
            self._ages[record.age],
        )

    def values(self) -> Iterator[tuple[str, int, str, str]]:
        """(facet, number, id, name) of all of them."""
        codes = {name: code for code, name in ucd.scripts()}
        for category, number in _some(self._categories):
            yield "category", number, category, labels.CATEGORIES[category]
        for block, number in _some(self._blocks):
            yield "block", number, block, block
        for script, number in _some(self._scripts):
            yield "script", number, codes[script], script
        for age, number in _some(self._ages):
            yield "age", number, age, age


def _some(numbers: dict[str, int]) -> Iterator[tuple[str, int]]:
    return ((value, number) for value, number in numbers.items() if value)


def _numbers(values: set[str], key: Callable[[str], Any] | None = None) -> dict[str, int]:
    known = sorted(values - {""}, key=key)
    return {"": 0} | {value: number for number, value in enumerate(known, 1)}
