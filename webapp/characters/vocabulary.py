"""The words that rows are found by: in which fields, and what a word may be the beginning of."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum

from webapp.characters.text import SYNONYMS, canonical

# Beyond so many ways to go on, asking for all tokens that begin so is quicker.
MOST_COMPLETIONS = 8
_LOOKED_AT = 16
MOST_PARTS = 64
LEAST_PART = 4


class Field(IntEnum):
    """The kinds of fields that a word stands in, in some row: bits, see `tokens`."""

    NAME = 1
    OTHER = 2
    KEYWORD_WORD = 4
    KEYWORD = 8
    DEFINITION = 16
    NOTE = 32
    ANY = 63


class Vocabulary:
    """All words without digits of names and other English fields, folded, with their fields.

    They are there as they are written and as they are indexed (`canonical`).
    """

    def __init__(self, fields: Mapping[str, int]) -> None:
        self._fields = fields
        self._words: Sequence[str] = sorted(fields)
        self._text = "\n".join(("", *self._words, ""))

    def __contains__(self, word: str) -> bool:
        return word in self._fields

    def fields(self, word: str) -> int:
        """The fields that have the word in some row; any may have one with a digit in it."""
        known = self._fields.get(word)
        if known is not None:
            return known
        return 0 if word.isalpha() else Field.ANY

    def completions(self, word: str) -> list[str] | None:
        """The indexed words, other than its own, that the word begins; None when they are many."""
        first = bisect_left(self._words, word)
        longer = self._words[first : first + _LOOKED_AT + 1]
        if len(longer) > _LOOKED_AT and longer[-1].startswith(word):
            return None
        found = {canonical(each) for each in longer if each.startswith(word)} - {canonical(word)}
        return sorted(found) if len(found) <= MOST_COMPLETIONS else None

    def synonyms(self, word: str) -> list[str]:
        """What words beginning like this one are indexed as, if that begins otherwise."""
        begun = (other for each, other in SYNONYMS.items() if each.startswith(word))
        return sorted({other for other in begun if not other.startswith(word)})

    def containing(self, part: str) -> list[str]:
        """Some indexed words that contain the part, none when it is too short to mean anything."""
        if len(part) < LEAST_PART:
            return []
        found: list[str] = []
        at = self._text.find(part)
        while at >= 0 and len(found) < MOST_PARTS:
            end = self._text.index("\n", at)
            found.append(canonical(self._text[self._text.rindex("\n", 0, at) + 1 : end]))
            at = self._text.find(part, end)
        return list(dict.fromkeys(found))


def everywhere(words: Iterable[str]) -> Vocabulary:
    """A vocabulary of words that may stand in any field."""
    return Vocabulary(dict.fromkeys(words, int(Field.ANY)))
