"""How many rows have a word: for completing and correcting words."""

from collections import Counter
from collections.abc import Iterator

from webapp.characters.fields import Words
from webapp.characters.schema import key_hash
from webapp.characters.spelling import fragments
from webapp.characters.text import canonical


class Counts:
    """The words of all rows so far."""

    def __init__(self) -> None:
        self._written: set[str] = set()
        self._spelled: set[str] = set()
        self._names: Counter[str] = Counter()
        self._others: Counter[str] = Counter()

    def add(self, words: Words, *, spelled: bool) -> None:
        """Count a row; `spelled` when its words are such as people misspell.

        Words with digits are left out: nearly all are code points, and stand in one row each.
        """
        written = list(filter(str.isalpha, words.written))
        self._written.update(written)
        if spelled:
            self._spelled.update(written)
        self._names.update(filter(str.isalpha, words.names))
        self._others.update(filter(str.isalpha, words.others))

    def vocabulary(self) -> Iterator[tuple[int, str, str, int]]:
        """(id, word, token, rows with it), by word."""
        for number, word in enumerate(self._words(), 1):
            token = canonical(word)
            yield number, word, token, self._names[token] + self._others[token]

    def typos(self) -> Iterator[tuple[int, int]]:
        """(hash of a fragment, id of a word that leaves it)."""
        for number, word in enumerate(self._words(), 1):
            if word in self._spelled:
                for fragment in fragments(word):
                    yield key_hash(fragment), number

    def _words(self) -> list[str]:
        return sorted(self._written)
