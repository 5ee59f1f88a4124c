"""Which sequences a character is part of, and which vary it or a sequence; pure."""

from collections import defaultdict
from collections.abc import Iterable

from webapp.characters.identifier import EMOJI_STYLE, TEXT_STYLE

_JOINING = frozenset({0x200D, TEXT_STYLE, EMOJI_STYLE})
_TONES = frozenset(range(0x1F3FB, 0x1F400))
_PEOPLE = frozenset(map(ord, "\N{MAN}\N{WOMAN}\N{ADULT}"))
_SIGNS = frozenset(map(ord, "\N{FEMALE SIGN}\N{MALE SIGN}"))
_PERSONS = _PEOPLE | _SIGNS
_ANYBODY = "\N{ADULT}"


class Families:
    """The sequences of an index by the characters in them; `sequences` are (row, text)."""

    def __init__(self, sequences: Iterable[tuple[int, str]]) -> None:
        self._rows: dict[int, set[int]] = defaultdict(set)
        self._kin: dict[str, dict[str, int]] = defaultdict(dict)
        for row, text in sequences:
            for char in text:
                self._rows[ord(char)].add(row)
            self._kin[_core(text)][text] = row

    def related(self, text: str) -> list[int]:
        """The rows with the character or, for a sequence, those that vary it, the best first.

        Variants differ in skin tones and in whether persons are women or men; the sequence
        itself is one of them.
        """
        points = frozenset(map(ord, text))
        if len(points) > 1:
            plain = points - _JOINING - _TONES
            points = plain - _PERSONS or plain or points
        return sorted(set.intersection(*(self._rows.get(point, set()) for point in points)))

    def varies(self, text: str) -> bool:
        """Whether there are sequences that differ from the text in tones and genders alone."""
        kin = self._kin.get(_core(text), {})
        return len(kin) > (text in kin)

    def variants(self, text: str) -> list[int]:
        """The rows of those sequences by code points, so that tones are in order."""
        kin = self._kin.get(_core(text), {})
        return [row for each, row in sorted(kin.items()) if each != text]


def _core(text: str) -> str:
    """The text without tones and signs of gender, and with one mark for every person in it."""
    points = [point for point in map(ord, text) if point not in _JOINING and point not in _TONES]
    if len(points) < 2:
        return "".join(map(chr, points))
    plain = [point for point in points if point not in _SIGNS]
    return "".join(_ANYBODY if point in _PEOPLE else chr(point) for point in plain)
