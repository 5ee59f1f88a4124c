"""What the hits of a search have in common: how many lie in each category, block, script, age."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

# In the order in which `schema.pack_facets` packs them: (bit it begins at, mask).
_PACKED: Final = {
    "category": (0, 0xFF),
    "block": (8, 0xFFF),
    "script": (20, 0xFFF),
    "age": (32, 0xFF),
}
_FILTERS: Final = {"category": "gc", "block": "block", "script": "sc", "age": "age"}


class Value(msgspec.Struct, frozen=True):
    """One value of a facet: hits that have it, and the query that narrows to them."""

    id: str
    name: str
    count: int
    q: str


Facets = dict[str, list[Value]]
# (facet, number) of a packed value: its id and its name.
Names = Mapping[tuple[str, int], tuple[str, str]]


def counted(text: str, hits: Iterable[Sequence[int]], names: Names) -> Facets:
    """The facets of hits given as (packed facets, rows with them); the largest value first."""
    counts: dict[str, Counter[int]] = {facet: Counter() for facet in _PACKED}
    for packed, rows in hits:
        for facet, (first_bit, mask) in _PACKED.items():
            if number := packed >> first_bit & mask:
                counts[facet][number] += rows
    return {facet: _values(text, facet, counts[facet], names) for facet in _PACKED}


def _values(text: str, facet: str, counts: Counter[int], names: Names) -> list[Value]:
    values = []
    for number, count in counts.most_common():
        key, name = names[facet, number]
        values.append(Value(key, name, count, narrowed(text, facet, key)))
    return values


def narrowed(text: str, facet: str, value: str) -> str:
    """The text of the box with a filter for one value of a facet added."""
    spelled = f'"{value}"' if " " in value else value
    return f"{text} {_FILTERS[facet]}:{spelled}".strip()
