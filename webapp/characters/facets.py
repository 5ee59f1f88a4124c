"""What the hits of a search have in common: how many lie in each category, block, script, age."""

from array import array
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final, NamedTuple

import msgspec
from pyroaring import BitMap

from webapp.characters.filters import tokens_of
from webapp.characters.postings import Postings

FACETS: Final = ("category", "block", "script", "age")
_FILTERS: Final = {"category": "gc", "block": "block", "script": "sc", "age": "age"}


class Value(msgspec.Struct, frozen=True):
    """One value of a facet: hits that have it, and the query that narrows to them."""

    id: str
    name: str
    count: int
    q: str


Facets = dict[str, list[Value]]


class FacetValue(NamedTuple):
    """What can be counted: a value of a facet by its id, with its name."""

    facet: str
    id: str
    name: str


class FacetCounter:
    """Counts hits by the values that there are."""

    def __init__(self, values: Sequence[FacetValue], postings: Postings) -> None:
        self._values = values
        self._postings = postings

    @cached_property
    def _rows(self) -> list[BitMap]:
        """The rows with each value; half a megabyte, read when somebody first wants to know."""
        return [
            self._postings.rows(token)
            for each in self._values
            for token in tokens_of(_FILTERS[each.facet], each.id) or ()
        ]

    def count(self, rows: BitMap) -> "array[int]":
        """How many of the rows have each of the values, in their order."""
        return array("I", map(rows.intersection_cardinality, self._rows))

    def told(self, text: str, counts: Iterable[int]) -> Facets:
        """The values that there are among the hits of this text, the most frequent first."""
        facets: Facets = {facet: [] for facet in FACETS}
        for value, count in zip(self._values, counts, strict=True):
            if count:
                q = narrowed(text, value.facet, value.id)
                facets[value.facet].append(Value(value.id, value.name, count, q))
        for found in facets.values():
            found.sort(key=lambda each: -each.count)
        return facets


def narrowed(text: str, facet: str, value: str) -> str:
    """The text of the box with a filter for one value of a facet added."""
    spelled = f'"{value}"' if " " in value else value
    return f"{text} {_FILTERS[facet]}:{spelled}".strip()
