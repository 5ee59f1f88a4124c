"""The words of other languages by row, folded when they were imported."""

import lzma
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from webapp.characters import data_files, ucd
from webapp.characters.schema import key_hash

ENGLISH = "en"

Row = tuple[int, ...]


class LanguageRow(NamedTuple):
    """A row's annotations in all locales: what is searched of them, and the names as JSON.

    Name and keywords are the English ones. Tokens and names squashed, as `exact` knows them, are
    of the other locales, separated by spaces; `names` is {locale: name}. All three are UTF-8.
    """

    code_points: Row
    name: str
    keywords: tuple[str, ...]
    tokens: bytes
    keys: bytes
    names: bytes


def numbered(ids: Iterable[str]) -> dict[str, int]:
    """The number of each locale: English first, the others by id."""
    known = sorted(set(ids), key=lambda each: (each != ENGLISH, each))
    return {each: number for number, each in enumerate(known)}


def locale_rows() -> Iterator[tuple[str, int]]:
    """Each locale with the number of rows that have a name or keyword in it."""
    return ((locale, int(count)) for locale, count in data_files.rows("locale_rows"))


def language_rows() -> Iterator[LanguageRow]:
    """The rows that have annotations, ascending by code points."""
    # At once: so other threads run meanwhile, which they hardly do when it is line by line.
    content = lzma.decompress((data_files.DATA / "languages.tsv.xz").read_bytes())
    for line in content.splitlines()[1:]:
        row, name, keywords, *ready = line.split(b"\t")
        texts = tuple(keywords.decode().split("|")) if keywords else ()
        yield LanguageRow(data_files.hexes(row.decode()), name.decode(), texts, *ready)


class LanguageWords:
    """The words of all languages, and English apart: its words are the plain ones.

    They are read in the background from the moment this is made; who asks for them waits.
    """

    def __init__(self) -> None:
        thread = ThreadPoolExecutor(1, "languages")
        self._reading = thread.submit(_read)
        thread.shutdown(wait=False)

    def english(self) -> Iterator[ucd.Annotation]:
        """The annotations in English."""
        for row, (words, _) in self._reading.result().items():
            yield ucd.Annotation(ENGLISH, row, words.name, words.keywords)

    def tokens(self, row: Row) -> str:
        """The tokens of a row in all languages but English, joined by spaces."""
        found = self._reading.result().get(row)
        return found[0].tokens.decode() if found else ""

    def hashed_names(self) -> Iterator[tuple[Row, list[int]]]:
        """Each row with the hashes of its names in all languages but English."""
        for row, (words, _) in self._reading.result().items():
            yield row, [key_hash(key) for key in words.keys.decode().split()]

    def packed_names(self) -> Iterator[tuple[Row, bytes]]:
        """Each row's names in all languages, as the table keeps them."""
        for row, (_, packed) in self._reading.result().items():
            yield row, packed


def _read() -> dict[Row, tuple[LanguageRow, bytes]]:
    return {each.code_points: (each, zlib.compress(each.names)) for each in language_rows()}
