"""Which sequences a character is part of, and which vary a sequence."""

from collections import defaultdict
from collections.abc import Iterable

from webapp.characters.identifier import EMOJI_STYLE, TEXT_STYLE

_JOINING = frozenset({0x200D, TEXT_STYLE, EMOJI_STYLE})
_TONES = frozenset(range(0x1F3FB, 0x1F400))
_PERSONS = frozenset(map(ord, "\N{MAN}\N{WOMAN}\N{ADULT}\N{FEMALE SIGN}\N{MALE SIGN}"))


class Families:
    """The sequences of an index by the characters in them; `sequences` are (row, text)."""

    def __init__(self, sequences: Iterable[tuple[int, str]]) -> None:
        self._rows: dict[int, set[int]] = defaultdict(set)
        for row, text in sequences:
            for char in text:
                self._rows[ord(char)].add(row)

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
