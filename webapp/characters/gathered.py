"""The rows of each token, gathered row by row while an index is built."""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter

from pyroaring import BitMap

from webapp.characters.postings import BEGUN, LEAST_BEGUN, LONGEST_BEGINNING
from webapp.characters.tokens import longer, name_word, other_word
from webapp.characters.vocabulary import LAST_CHARACTER, Vocabulary

Rows = Mapping[str, "array[int]"]
_no_rows: "partial[array[int]]" = partial(array, "I")


class Gathered:
    """Tokens with their rows."""

    def __init__(self) -> None:
        self._rows: defaultdict[str, array[int]] = defaultdict(_no_rows)
        self._shared: defaultdict[str, array[int]] = defaultdict(_no_rows)

    def add(self, row: int, tokens: Iterable[str]) -> None:
        """Add a row to each of the tokens."""
        rows = self._rows
        for token in tokens:
            rows[token].append(row)

    def add_shared(self, row: int, tokens: str) -> None:
        """Add a row to tokens, joined by spaces, that many rows have all in common."""
        self._shared[tokens].append(row)

    def rows(self) -> Rows:
        """The rows of each token; some come twice, and not all in order."""
        for tokens, rows in self._shared.items():
            for token in tokens.split():
                self._rows[token].extend(rows)
        self._shared.clear()
        return self._rows


def beginnings(rows: Rows) -> Iterator[tuple[str, "array[int]"]]:
    """What many words begin with, as `Postings.begun` looks for it, with the rows of them all."""
    for marker in (name_word(""), other_word("")):
        before = len(marker)
        words = [each for each in rows if each.startswith(marker) and each[before:][:1].isalnum()]
        words.sort()
        for end in range(before + 1, before + LONGEST_BEGINNING + 1):
            for begun, several in groupby(words, itemgetter(slice(end))):
                found = list(several)
                if len(begun) == end and len(found) >= LEAST_BEGUN:
                    yield f"{begun}{BEGUN}", _together(rows[word] for word in found)


def continuations(rows: Rows, vocabulary: Vocabulary) -> Iterator[tuple[str, BitMap]]:
    """What goes on from a word, as `Field.LONGER` of the vocabulary means it, with its rows."""
    every = sorted(rows)
    for word in vocabulary:
        numbers = vocabulary.completions(word)
        found: list[str] = []
        if numbers is None:
            found += [*_begun(name_word(word), every), *_begun(other_word(word), every)]
            numbers = vocabulary.synonyms(word)
        for each in map(vocabulary.word, numbers):
            found += [name_word(each), other_word(each)]
        if several := [BitMap(rows[token]) for token in found if token in rows]:
            yield longer(word), BitMap.union(*several)


def _begun(beginning: str, every: Sequence[str]) -> Sequence[str]:
    """The tokens, which are sorted, that begin so."""
    first = bisect_left(every, beginning)
    return every[first : bisect_left(every, beginning + LAST_CHARACTER, first)]


def _together(several: Iterable["array[int]"]) -> "array[int]":
    together = _no_rows()
    for rows in several:
        together.extend(rows)
    return together
