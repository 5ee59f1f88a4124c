"""What is true of a character or sequence by the tables of Unicode, as tokens."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import accumulate, chain
from operator import xor
from typing import Any

from webapp.characters import ucd
from webapp.characters.ranking import is_tone
from webapp.characters.tokens import fact, number

_CASED = frozenset({"Lu", "Ll", "Lt"})
_TONES = ("light", "mediumlight", "medium", "mediumdark", "dark")
_HANGUL = range(0xAC00, 0xD7A4)

Sets = Iterable[tuple[str, Iterable[range]]]


class Memberships:
    """Which of many sets of code points each one is in; the ranges of a set do not overlap."""

    def __init__(self, sets: Sets) -> None:
        # The sets that begin or end at a code point: from one to the next all are in the same.
        changes: dict[int, int] = defaultdict(int, {0: 0})
        self._tokens: list[str] = []
        for place, (token, ranges) in enumerate(sets):
            self._tokens.append(token)
            for span in ranges:
                changes[span.start] ^= 1 << place
                changes[span.stop] ^= 1 << place
        self._starts = sorted(changes)
        self._masks: list[int] = list(accumulate(map(changes.__getitem__, self._starts), xor))

    def mask(self, code_point: int) -> int:
        """A bit for each of the sets: 1 where the code point is in it."""
        return self._masks[bisect_right(self._starts, code_point) - 1]

    def tokens(self, mask: int) -> Iterator[str]:
        """The tokens of the sets of which the mask has the bits."""
        return (token for place, token in enumerate(self._tokens) if mask >> place & 1)


def properties() -> Sets:
    """The binary properties by their short names."""
    return ((fact("is", each.name), each.ranges) for each in ucd.properties())


def charsets() -> Sets:
    """The legacy charsets."""
    return ((fact("in", each.name), each.ranges) for each in ucd.charsets())


def script_extensions() -> Sets:
    """The scripts in which characters are used beside their own."""
    ranges: dict[str, list[range]] = defaultdict(list)
    for each in ucd.script_extensions():
        for script in each.scripts:
            ranges[script].append(range(each.first, each.last + 1))
    return ((fact("sx", script), spans) for script, spans in ranges.items())


class LookAlikes:
    """Groups of rows that look the same."""

    def __init__(self, rows: AbstractSet[tuple[int, ...]]) -> None:
        groups: dict[tuple[int, ...], set[tuple[int, ...]]] = defaultdict(set)
        for each, prototype in ucd.confusables():
            groups[prototype] |= {each, prototype} & rows
        several = (sorted(group) for group in groups.values() if len(group) > 1)
        self._groups = {each: group for group in several for each in group}

    def __getitem__(self, code_points: tuple[int, ...]) -> list[tuple[int, ...]]:
        """The group of a row, itself included; empty when nothing looks like it."""
        return self._groups.get(code_points, [])

    def tokens(self, code_points: tuple[int, ...]) -> list[str]:
        """A token for each member of the group: whoever asks for one finds them all."""
        group = self._groups.get(code_points, ())
        return [fact("lk", "".join(f"{c:04X}" for c in member)) for member in group]


class CharacterFacts:
    """The facts of characters; most characters share theirs with their neighbours."""

    def __init__(self) -> None:
        self._sets = Memberships(chain(properties(), charsets(), script_extensions()))
        self._charsets = Memberships(charsets())
        self._joined: dict[tuple[Any, ...], str] = {}

    def of(self, character: ucd.CodePoint, base: str) -> str:
        """The tokens of a character, which decomposes to `base` and marks ("" if it does not)."""
        code_point = character.code_point
        kind = "canonical" if code_point in _HANGUL else _kind(character.decomposition)
        mask = self._sets.mask(code_point)
        about = (*character[2:8], character.east_asian_width, character.numeric_value)
        key = (about, mask, kind, base, code_point >> 16)
        if (joined := self._joined.get(key)) is None:
            found = [*_common(character), *self._sets.tokens(mask), *_more(character, kind, base)]
            joined = self._joined[key] = " ".join(found)
        return joined

    def charsets(self, code_point: int) -> int:
        """How many of the legacy charsets have the character."""
        return self._charsets.mask(code_point).bit_count()


def _common(each: ucd.CodePoint) -> Iterator[str]:
    yield fact("gc", each.category)
    yield fact("gc", each.category[0])
    if each.category in _CASED:
        yield fact("gc", "LC")
    yield fact("sc", each.script)
    yield fact("sx", each.script)
    yield fact("bk", each.block)
    yield fact("ag", number(each.age))
    yield fact("bc", each.bidi_class)
    yield fact("ea", each.east_asian_width)
    yield fact("cc", str(each.combining_class))
    yield fact("pl", str(each.code_point >> 16))


def _more(each: ucd.CodePoint, kind: str, base: str) -> Iterator[str]:
    if each.numeric_value:
        yield fact("nv", number(each.numeric_value))
    if kind:
        yield fact("dt", kind)
    if base:
        yield fact("ba", f"{ord(base):04X}")


def _kind(decomposition: str) -> str:
    if "<" in decomposition:
        return decomposition[1 : decomposition.index(">")]
    return "canonical" if decomposition else ""


def sequence_facts(sequence: ucd.Sequence) -> Iterator[str]:
    """The tokens of a sequence: its kind, and the tones of skin in it."""
    yield fact("sq", "any")
    yield fact("sq", sequence.kind)
    if sequence.emoji_version:
        yield fact("ag", number(sequence.emoji_version))
    for code_point in dict.fromkeys(filter(is_tone, sequence.code_points)):
        yield fact("tn", _TONES[code_point - 0x1F3FB])
