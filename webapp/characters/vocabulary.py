"""The words that rows are found by: where the rows of each are kept, and what it may begin."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import Final, NamedTuple

from webapp.characters import tokens
from webapp.characters.text import SYNONYMS, canonical

# Beyond so many ways to go on, asking for all tokens that begin so is quicker.
MOST_COMPLETIONS = 8
_LOOKED_AT = 16
MOST_PARTS = 64
LEAST_PART = 4
# No word goes on with it.
LAST_CHARACTER: Final = "\U0010ffff"


class Field(IntEnum):
    """The kinds of fields that a word can stand in, in the order of its places.

    LONGER is for the words of names and other fields that begin with the word.
    """

    NAME = 0
    OTHER = 1
    KEYWORD_WORD = 2
    KEYWORD = 3
    DEFINITION = 4
    NOTE = 5
    LONGER = 6


SPELLED: Final = {
    Field.NAME: tokens.name_word,
    Field.OTHER: tokens.other_word,
    Field.KEYWORD_WORD: tokens.keyword_word,
    Field.KEYWORD: tokens.keyword,
    Field.DEFINITION: tokens.definition,
    Field.NOTE: tokens.note_word,
    Field.LONGER: tokens.longer,
}
_FIELDS: Final = len(Field)


class PackedWords(NamedTuple):
    """Words as they are kept: numbers have 32 bits in the byte order of this machine.

    `words` are sorted and separated by line breaks. `indexed` has of each the number, from 0, of
    the word as which it is indexed. `places` has of each one number a `Field`: the place, from 1,
    of its token there among the postings of rows; 0 where no row has it.
    """

    words: bytes
    indexed: bytes
    places: bytes


def pack_words(words: Iterable[str], found: Sequence[str] = ()) -> PackedWords:
    """The words, and those as which they are indexed; `found` are the tokens, in their order."""
    every = sorted({each for word in words for each in (word, canonical(word))})
    numbers = {word: number for number, word in enumerate(every)}
    indexed = array("I", (numbers[canonical(word)] for word in every))
    kept = array("I", (_place(spell(word), found) for word in every for spell in SPELLED.values()))
    return PackedWords("\n".join(every).encode(), indexed.tobytes(), kept.tobytes())


def _place(token: str, found: Sequence[str]) -> int:
    at = bisect_left(found, token)
    return at + 1 if at < len(found) and found[at] == token else 0


def _ways_to_go_on() -> dict[str, list[str]]:
    """By the beginning of a word: what words are indexed as that begin so, but otherwise there."""
    found: dict[str, set[str]] = {}
    for word, other in SYNONYMS.items():
        for end in range(1, len(word) + 1):
            if not other.startswith(word[:end]):
                found.setdefault(word[:end], set()).add(other)
    return {begun: sorted(others) for begun, others in found.items()}


_SYNONYMS_BEGUN: Final = _ways_to_go_on()


class Vocabulary:
    """All words without digits of names and other English fields, folded.

    They are there as they are written and as they are indexed (`canonical`). Numbers of words are
    from 0, in their order.
    """

    def __init__(self, packed: PackedWords) -> None:
        text = packed.words.decode()
        self._words = text.split("\n") if text else []
        self._numbers = {word: number for number, word in enumerate(self._words)}
        self._indexed = memoryview(packed.indexed).cast("I")
        self._places = memoryview(packed.places).cast("I")
        self._text = f"\n{text}\n"

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __contains__(self, word: str) -> bool:
        return word in self._numbers

    def number(self, word: str) -> int | None:
        """The number of the word, None when it is not there."""
        return self._numbers.get(word)

    def indexed(self, word: str) -> int | None:
        """The number of the word as which this one is indexed; None when no row has that."""
        number = self._numbers.get(word)
        return self._numbers.get(canonical(word)) if number is None else self._indexed[number]

    def word(self, number: int) -> str:
        """The word of this number."""
        return self._words[number]

    def places(self, number: int) -> Iterable[int]:
        """Of each `Field` the place of the word's token there, from 1; 0 where no row has it."""
        return self._places[_FIELDS * number : _FIELDS * (number + 1)]

    def place(self, number: int, field: Field) -> int:
        """The place of the word's token in one field, from 1; 0 where no row has it."""
        return self._places[_FIELDS * number + field]

    def completions(self, word: str) -> list[int] | None:
        """The numbers of indexed words, other than its own, that it begins; None if many."""
        first = self._numbers.get(word)
        if first is None:
            first = bisect_left(self._words, word)
        # Nobody needs to know how many there are beyond this.
        most = min(first + _LOOKED_AT + 1, len(self._words))
        end = bisect_left(self._words, word + LAST_CHARACTER, first, most)
        if end - first > _LOOKED_AT:
            return None
        found = set(self._indexed[first:end])
        if (own := self.indexed(word)) is not None:
            found.discard(own)
        return sorted(found) if len(found) <= MOST_COMPLETIONS else None

    def synonyms(self, word: str) -> list[int]:
        """The numbers of what words beginning like this are indexed as, if that does not."""
        indexed = map(self.indexed, _SYNONYMS_BEGUN.get(word, ()))
        return [number for number in indexed if number is not None]

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
