"""The words that rows are found by: what a word may be the beginning, or a part, of."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from webapp.characters.text import SYNONYMS, canonical

# Beyond so many ways to go on, a prefix search over the index is quicker than asking for each word.
MOST_COMPLETIONS = 8
_LOOKED_AT = 64
MOST_PARTS = 64
LEAST_PART = 4


class Vocabulary:
    """All words without digits of names and other English fields, folded, as they are written."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words: Sequence[str] = sorted(words)
        self._text = "\n".join(("", *self._words, ""))

    def __contains__(self, word: str) -> bool:
        place = bisect_left(self._words, word)
        return place < len(self._words) and self._words[place] == word

    def completions(self, word: str) -> list[str] | None:
        """The indexed words, other than its own, that the word begins; None when they are many."""
        first = bisect_left(self._words, word)
        longer = self._words[first : bisect_left(self._words, word + "\U0010ffff", first)]
        if len(longer) > _LOOKED_AT:
            return None
        found = {canonical(each) for each in longer} - {canonical(word)}
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
