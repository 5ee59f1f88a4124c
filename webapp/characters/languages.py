"""The words of other languages by row and by word, folded when they were imported."""

import lzma
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import NamedTuple

from webapp.characters import data_files, ucd
from webapp.characters.postings import pack_rows
from webapp.characters.schema import key_hash
from webapp.characters.tokens import locale_word

ENGLISH = "en"
# The letter that stands for the first of the rows where they are listed, the next for the second.
FIRST_ROW = 0xA1
_ROW_BITS = 24

Row = tuple[int, ...]


class LanguageRow(NamedTuple):
    """A row's annotations in all locales.

    Name and keywords are the English ones. `keys`, separated by spaces, are the names in other
    locales whose hashes `locale_names` has; `names` is JSON {locale: name}. Both are UTF-8.
    """

    code_points: Row
    name: str
    keywords: tuple[str, ...]
    keys: bytes
    names: bytes


class LocaleTokens(NamedTuple):
    """The tokens of a locale in order, without the character they begin with, and their rows.

    Both are separated by spaces; `rows` are letters, see FIRST_ROW.
    """

    locale: str
    tokens: str
    rows: str


def numbered(ids: Iterable[str]) -> dict[str, int]:
    """The number of each locale: English first, the others by id."""
    known = sorted(set(ids), key=lambda each: (each != ENGLISH, each))
    return {each: number for number, each in enumerate(known)}


def locale_rows() -> Iterator[tuple[str, int]]:
    """Each locale with the number of rows that have a name or keyword in it."""
    return ((locale, int(count)) for locale, count in data_files.rows("locale_rows"))


def language_rows() -> Iterator[LanguageRow]:
    """The rows that have annotations, ascending by code points."""
    for line in _lines("languages"):
        row, name, keywords, *ready = line.split(b"\t")
        texts = tuple(keywords.decode().split("|")) if keywords else ()
        yield LanguageRow(data_files.hexes(row.decode()), name.decode(), texts, *ready)


def locale_tokens() -> Iterator[LocaleTokens]:
    """The tokens of all locales but English, by the numbers of the locales."""
    return (LocaleTokens(*line.decode().split("\t")) for line in _lines("locale_tokens"))


def _lines(name: str) -> list[bytes]:
    # At once: so other threads run meanwhile, which they hardly do when it is line by line.
    content = lzma.decompress((data_files.DATA / f"{name}.tsv.xz").read_bytes())
    return content.removesuffix(b"\n").split(b"\n")[1:]


class LanguageWords:
    """The words of all languages, and English apart: its words are the plain ones.

    They are read in the background from the moment this is made; who asks for them waits.
    """

    def __init__(self) -> None:
        thread = ThreadPoolExecutor(1, "languages")
        self._rows = thread.submit(lambda: list(language_rows()))
        self._names = thread.submit(self._packed)
        self._tokens = thread.submit(locale_tokens)
        thread.shutdown(wait=False)

    def english(self) -> Iterator[ucd.Annotation]:
        """The annotations in English."""
        for each in self._rows.result():
            yield ucd.Annotation(ENGLISH, each.code_points, each.name, each.keywords)

    def tokens(self, numbers: Mapping[Row, int]) -> Iterator[tuple[str, bytes]]:
        """The tokens of all locales but English in order, with their rows as `pack_rows` does."""
        ordered = enumerate(self._rows.result(), FIRST_ROW)
        number = {chr(letter): numbers[each.code_points] for letter, each in ordered}

        # Most tokens have one row or another, or two that others have as well.
        @cache
        def packed(letters: str) -> bytes:
            return pack_rows(array("I", map(number.__getitem__, letters)))

        for place, each in enumerate(self._tokens.result(), 1):
            begin = locale_word(place, "")
            # Seven hundred thousand, so no loop of our own.
            spelled = f"{begin}{each.tokens}".replace(" ", f" {begin}").split(" ")
            yield from zip(spelled, map(packed, each.rows.split(" ")), strict=True)

    def hashed_names(self, numbers: Mapping[Row, int]) -> Iterator[tuple[int, int]]:
        """(hash, row) of all names in all languages but English, sorted."""
        # As one number each they are sorted faster.
        found = {
            key_hash(key) << _ROW_BITS | numbers[each.code_points]
            for each in self._rows.result()
            for key in each.keys.decode().split()
        }
        for both in sorted(found):
            yield both >> _ROW_BITS, both & (1 << _ROW_BITS) - 1

    def packed_names(self, numbers: Mapping[Row, int]) -> Iterator[tuple[int, bytes]]:
        """Each row with its names in all languages, as the table keeps them."""
        for each, packed in self._names.result():
            yield numbers[each], packed

    def _packed(self) -> list[tuple[Row, bytes]]:
        return [(each.code_points, zlib.compress(each.names)) for each in self._rows.result()]
