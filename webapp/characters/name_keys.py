"""Texts that are a row's name as a whole, found by their hash."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from typing import NamedTuple

_TIER_BIT = 24
_ROW = (1 << _TIER_BIT) - 1


class PackedNames(NamedTuple):
    """Hashes (64 bits, signed, ascending) and, of each, its tier and row in 32 bits."""

    hashes: bytes
    values: bytes


def pack_names(names: Iterable[tuple[int, int, int]]) -> PackedNames:
    """The names given as (hash, tier of the schema, row), in order."""
    hashes, values = array("q"), array("I")
    for hashed, tier, row in names:
        hashes.append(hashed)
        values.append(tier << _TIER_BIT | row)
    return PackedNames(hashes.tobytes(), values.tobytes())


class NameKeys:
    """Finds the rows that a text names."""

    def __init__(self, packed: PackedNames) -> None:
        self._hashes = memoryview(packed.hashes).cast("q")
        self._values = memoryview(packed.values).cast("I")

    def named(self, hashed: int) -> list[tuple[int, int]]:
        """(tier of the schema, row) of the names with this hash."""
        hashes, values = self._hashes, self._values
        at = bisect_left(hashes, hashed)
        found = []
        while at < len(hashes) and hashes[at] == hashed:
            found.append((values[at] >> _TIER_BIT, values[at] & _ROW))
            at += 1
        return found
