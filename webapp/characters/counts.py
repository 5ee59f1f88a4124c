"""How many rows have a word: for completing and correcting words."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from webapp.characters.fields import Texts, Words, numbered_parts, words_of
from webapp.characters.schema import key_hash
from webapp.characters.spelling import fragments
from webapp.characters.text import canonical


class Counts:
    """The words of all rows so far."""

    def __init__(self) -> None:
        self._written: set[str] = set()
        self._spelled: set[str] = set()
        self._found: list[str] = []
        self._many: Counter[str] = Counter()

    def add(self, words: Words, *, spelled: bool, rows: int = 1) -> None:
        """Count rows; `spelled` when their words are such as people misspell.

        Words with digits are left out: nearly all are code points, and stand in one row each.
        """
        written = list(filter(str.isalpha, words.written))
        self._written.update(written)
        if spelled:
            self._spelled.update(written)
        found = filter(str.isalpha, chain(words.names, words.others))
        if rows == 1:
            self._found += found
        else:
            self._many.update(dict.fromkeys(found, rows))

    def vocabulary(self) -> Iterator[tuple[int, str, str, int]]:
        """(id, word, token, rows with it), by word."""
        rows = Counter(self._found) + self._many
        for number, word in enumerate(self.words(), 1):
            token = canonical(word)
            yield number, word, token, rows[token]

    def typos(self) -> Iterator[tuple[int, int]]:
        """(hash of a fragment, id of a word that leaves it)."""
        for number, word in enumerate(self.words(), 1):
            if word in self._spelled:
                for fragment in fragments(word):
                    yield key_hash(fragment), number

    def words(self) -> list[str]:
        """All words as they were written, sorted."""
        return sorted(self._written)


class NumberedNames:
    """The words of names made by a rule: those before the number are the same for thousands."""

    def __init__(self) -> None:
        self._stems: Counter[str] = Counter()
        self._numbers: Counter[str] = Counter()
        self._tokens: dict[str, str] = {}

    def take(self, name: str) -> tuple[str, str]:
        """Count a name that `fields.is_numbered`; its tokens but the last, joined, and the last."""
        stem, spelled = numbered_parts(name)
        number = spelled.lower()
        self._stems[stem] += 1
        if number.isalpha():
            self._numbers[number] += 1
        if (tokens := self._tokens.get(stem)) is None:
            tokens = self._tokens[stem] = " ".join(words_of(Texts(stem)).names)
        return tokens, canonical(number)

    def tell(self, counts: Counts) -> None:
        """Add all that were taken to the counts."""
        for text, rows in (*self._stems.items(), *self._numbers.items()):
            counts.add(words_of(Texts(text)), spelled=False, rows=rows)
