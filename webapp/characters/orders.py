"""The orders of rows: by rank, by code point, name and age; and the facets they fall into."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from webapp.characters import labels
from webapp.characters.facts import script_codes
from webapp.characters.ranking import prior, rank_key
from webapp.characters.records import Record, by_age
from webapp.characters.schema import pack_facets


def in_rank_order(records: Sequence[Record]) -> list[Record]:
    """The records, the most wanted first."""
    likelihood = {record.code_points: prior(record.candidate) for record in records}
    # A capital is as likely as its small letter: only then does the small one come before it.
    for record in records:
        small = (ord(record.item.char.lower()),) if _is_capital(record) else None
        if small in likelihood:
            both = max(likelihood[record.code_points], likelihood[small])
            likelihood[record.code_points] = likelihood[small] = both
    return sorted(records, key=lambda each: rank_key(each.candidate, likelihood[each.code_points]))


def _is_capital(record: Record) -> bool:
    char = record.item.char
    small = char.lower()
    return record.item.category == "Lu" and len(small) == 1 and small.upper() == char


def places(records: Sequence[Record], key: Callable[[Record], Any]) -> dict[tuple[int, ...], int]:
    """The place of each record, from 1, when all are sorted by the key."""
    in_order = sorted(records, key=key)
    return {record.code_points: place for place, record in enumerate(in_order, 1)}


class Facets:
    """Numbers for the categories, blocks, scripts and ages of records; 0 where there is none."""

    def __init__(self, records: Sequence[Record]) -> None:
        items = [record.item for record in records]
        self._categories = _numbers({each.category for each in items})
        self._blocks = _numbers({each.block for each in items})
        self._scripts = _numbers({each.script for each in items})
        self._ages = _numbers({each.age for each in items}, by_age)

    def of(self, record: Record) -> int:
        """The facets of a record, packed."""
        item = record.item
        return pack_facets(
            self._categories[item.category],
            self._blocks[item.block],
            self._scripts[item.script],
            self._ages[item.age],
        )

    def values(self) -> Iterator[tuple[str, int, str, str]]:
        """(facet, number, id, name) of all of them."""
        codes = script_codes()
        for category, number in _some(self._categories):
            yield "category", number, category, labels.CATEGORIES[category]
        for block, number in _some(self._blocks):
            yield "block", number, block, block
        for script, number in _some(self._scripts):
            yield "script", number, codes[script], script
        for age, number in _some(self._ages):
            yield "age", number, age, age


def _some(numbers: dict[str | None, int]) -> Iterator[tuple[str, int]]:
    return ((value, number) for value, number in numbers.items() if value is not None)


def _numbers(
    values: set[str | None], key: Callable[[str], Any] | None = None
) -> dict[str | None, int]:
    known = sorted(filter(None, values), key=key)
    return {None: 0} | {value: number for number, value in enumerate(known, 1)}
