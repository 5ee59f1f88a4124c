"""Which binary properties a code point has, and in which scripts it is used."""

from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple

from webapp.characters import ucd


class Traits(NamedTuple):
    """The tables of both, small enough to be kept.

    `properties` has by a property's short name the beginnings and ends of its ranges in turn: a
    code point is in one of them when an odd number of these is not above it.
    """

    properties: Mapping[str, Sequence[int]]
    extensions: tuple[ucd.ScriptExtension, ...]

    @classmethod
    @cache
    def read(cls) -> "Traits":
        """From the data files, once in a process."""
        found = {
            each.name: array(
                "I", chain.from_iterable((span.start, span.stop) for span in each.ranges)
            )
            for each in ucd.properties()
        }
        return cls(found, tuple(ucd.script_extensions()))

    def binary(self, code_point: int) -> list[str]:
        """The names of the binary properties that the code point has."""
        return [
            name for name, ends in self.properties.items() if bisect_right(ends, code_point) % 2
        ]

    def has(self, name: str, code_point: int) -> bool:
        """True when the code point has the property of this short name."""
        return bisect_right(self.properties[name], code_point) % 2 == 1

    def scripts(self, code_point: int) -> tuple[str, ...]:
        """The scripts it is used in where they are not just its own; none otherwise."""
        at = bisect_right(self.extensions, code_point, key=lambda each: each.first)
        if at and code_point <= self.extensions[at - 1].last:
            return self.extensions[at - 1].scripts
        return ()
