"""What searches in English look up, gathered from the records of an index that is built."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import Union

from pyroaring import BitMap

from webapp.characters.counts import Counts, NumberedNames
from webapp.characters.fields import (
    Texts,
    Words,
    classic_number,
    classic_tokens,
    exact_keys,
    is_numbered,
    numbered_parts,
    text_facts,
    text_tokens,
    unihan_words,
    words_of,
)
from webapp.characters.gathered import Gathered, beginnings, continuations
from webapp.characters.name_keys import PackedNames, pack_names
from webapp.characters.postings import Packed, pack
from webapp.characters.records import Record
from webapp.characters.resident import sections
from webapp.characters.schema import NAME, key_hash
from webapp.characters.text import name_key
from webapp.characters.vocabulary import Vocabulary, pack_words

Rows = Union["array[int]", BitMap]


class Searchable:
    """The words, facts and names of records."""

    def __init__(self) -> None:
        self.counts = Counts()
        self._numbered = NumberedNames()
        self._gathered = Gathered()
        # Hash, tier and row of one name after the other: as tuples they take ten times the room.
        self._names = array("q")

    def add(self, row: int, record: Record) -> None:
        """Add the record of a row."""
        self._gathered.add_shared(row, record.facts)
        texts = record.texts
        if is_numbered(texts.name) and texts.has_one_name:
            self._add_numbered(row, texts)
            return
        found = words_of(texts)
        self.counts.add(found, spelled=not is_numbered(texts.name))
        self._add_words(row, texts, found)
        for tier, key in set(exact_keys(texts, record.likelihood)):
            if key:
                self._names.extend((key_hash(key), tier, row))

    def _add_numbered(self, row: int, texts: Texts) -> None:
        stem, number = self._numbered.take(texts.name)
        self._gathered.add_shared(row, stem)
        self._gathered.add(row, (number,))
        if texts.unihan:
            found = unihan_words(texts.unihan, (*stem.split(), number))
            self.counts.add(found, spelled=False)
            self._add_words(row, texts, found)
        self._names.extend((key_hash(name_key(texts.name)), NAME, row))

    def _add_words(self, row: int, texts: Texts, found: Words) -> None:
        self._gathered.add(row, text_tokens(texts, found))
        self._gathered.add(row, text_facts(texts))

    def sections(self) -> Iterator[tuple[str, bytes]]:
        """The sections of `Resident` that are made of them, once."""
        self._numbered.tell(self.counts)
        words = self.counts.words()
        packed, every = self._packed_rows(words)
        # What comes now needs the room.
        self._gathered = Gathered()
        yield from sections("search", packed)
        yield from sections("words", pack_words(words, every))
        yield from sections("names", self._packed_names())

    def _packed_rows(self, words: Sequence[str]) -> tuple[Packed, list[str]]:
        """The rows of all tokens, and the tokens in their order."""
        rows = self._gathered.rows()
        longer = continuations(rows, Vocabulary(pack_words(words)))
        found = _sorted(chain(rows.items(), beginnings(rows), longer))
        return pack(found), [token for token, _ in found]

    def _packed_names(self) -> PackedNames:
        numbers = iter(self._names)
        # As one number each they are sorted faster, and take half the room.
        found = zip(numbers, numbers, numbers, strict=True)
        packed = sorted([hashed << 32 | tier << 24 | row for hashed, tier, row in found])
        return pack_names((each >> 32, each >> 24 & 0xFF, each & 0xFFFFFF) for each in packed)


class Listed:
    """What lists in the order of code points look up: facts, and words of official names."""

    def __init__(self) -> None:
        self._gathered = Gathered()
        self._stems: dict[str, str] = {}

    def add(self, place: int, record: Record) -> None:
        """Add the record at a place."""
        self._gathered.add_shared(place, record.facts)
        name = record.texts.name
        if not is_numbered(name):
            self._gathered.add(place, classic_tokens(name))
            return
        stem, number = numbered_parts(name)
        if (found := self._stems.get(stem)) is None:
            found = self._stems[stem] = " ".join(classic_tokens(name)[:-1])
        self._gathered.add_shared(place, found)
        self._gathered.add(place, (classic_number(stem, number),))

    def sections(self) -> Iterator[tuple[str, bytes]]:
        """The section of `Resident` that is made of them."""
        return sections("listed", pack(_sorted(self._gathered.rows().items())))


def _sorted(found: Iterable[tuple[str, Rows]]) -> list[tuple[str, Rows]]:
    return sorted(found, key=itemgetter(0))
