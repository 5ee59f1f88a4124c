"""What searches in English look up, gathered from the records of an index that is built."""

from array import array
from collections.abc import Container, Iterable, Iterator
from itertools import chain
from operator import itemgetter

from webapp.characters import tokens
from webapp.characters.counts import Counts, NumberedNames
from webapp.characters.fields import exact_keys, is_numbered, text_facts, text_tokens, words_of
from webapp.characters.gathered import Gathered, beginnings
from webapp.characters.name_keys import PackedNames, pack_names
from webapp.characters.postings import pack
from webapp.characters.records import Record
from webapp.characters.resident import PackedWords, sections
from webapp.characters.schema import key_hash
from webapp.characters.text import canonical
from webapp.characters.vocabulary import Field

_SPELLED = (
    (Field.NAME, tokens.name_word),
    (Field.OTHER, tokens.other_word),
    (Field.KEYWORD_WORD, tokens.keyword_word),
    (Field.KEYWORD, tokens.keyword),
    (Field.DEFINITION, tokens.definition),
    (Field.NOTE, tokens.note_word),
)


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
        if is_numbered(texts.name) and texts.is_alone:
            stem, number = self._numbered.take(texts.name)
            self._gathered.add_shared(row, stem)
            self._gathered.add(row, (number,))
        else:
            found = words_of(texts)
            self.counts.add(found, spelled=not is_numbered(texts.name))
            self._gathered.add(row, text_tokens(texts, found))
            self._gathered.add(row, text_facts(texts))
        for tier, key in set(exact_keys(texts, record.likelihood)):
            if key:
                self._names.extend((key_hash(key), tier, row))

    def sections(self) -> Iterator[tuple[str, bytes]]:
        """The sections of `Resident` that are made of them."""
        self._numbered.tell(self.counts)
        rows = self._gathered.rows()
        found = sorted(chain(rows.items(), beginnings(rows)), key=itemgetter(0))
        yield from sections("search", pack(found))
        yield from sections("words", packed_words(self.counts.words(), rows))
        yield from sections("names", self._packed_names())

    def _packed_names(self) -> PackedNames:
        numbers = iter(self._names)
        # As one number each they are sorted faster, and take half the room.
        found = zip(numbers, numbers, numbers, strict=True)
        packed = sorted([hashed << 32 | tier << 24 | row for hashed, tier, row in found])
        return pack_names((each >> 32, each >> 24 & 0xFF, each & 0xFFFFFF) for each in packed)


def packed_words(words: Iterable[str], found: Container[str]) -> PackedWords:
    """The words and what they are indexed as, with the fields that have them as a token."""
    every = sorted({each for word in words for each in (word, canonical(word))})
    fields = (sum(field for field, spell in _SPELLED if spell(word) in found) for word in every)
    return PackedWords("\n".join(every).encode(), bytes(fields))
