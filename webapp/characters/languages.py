"""The words of other languages, from CLDR's annotations."""

import json
import lzma
import re
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from operator import itemgetter
from typing import NamedTuple

import regex

from webapp.characters import ucd
from webapp.characters.data_files import DATA, hexes
from webapp.characters.schema import key_hash
from webapp.characters.text import fold, is_unspaced, suffixes
from webapp.characters.tokens import FIRST_LOCALE, locale_keyword, locale_word

ENGLISH = "en"
# What stays of a folded table: words, and what is between its lines, columns and keywords.
_BETWEEN_WORDS = regex.compile(r"[^\p{L}\p{N}\p{M}\t\n|]")

# There are a hundred times as many annotations as rows.
_row = cache(hexes)

Row = tuple[int, ...]


class Found(NamedTuple):
    """What one annotation adds to its row: the name squashed, and tokens joined by spaces."""

    row: Row
    name: str
    tokens: str


def numbered(ids: Iterable[str]) -> dict[str, int]:
    """The number of each locale: English first, the others by id."""
    known = sorted(set(ids), key=lambda each: (each != ENGLISH, each))
    return {each: number for number, each in enumerate(known)}


def found_in(locale: int, table: str) -> Iterator[Found]:
    """What the annotations of one locale add, given the lines of their table.

    All lines are folded at once: 1.9 million keywords one by one take ten times as long.
    """
    folded = _spaced(fold(table))
    lines = [line.split("\t") for line in folded.split("\n")]
    texts = [f"{name}|{keywords}" for _, _, name, keywords in lines]
    tokens = _tokens(locale, texts)
    if unspaced := {char for char in set(folded) if is_unspaced(char)}:
        split = cache(_split)
        for number, text in enumerate(texts):
            if not unspaced.isdisjoint(text):
                tokens[number] = _unspaced_tokens(locale, map(split, text.split("|")))
    for (_, row, name, _), found in zip(lines, tokens, strict=True):
        yield Found(_row(row), name.replace(" ", ""), found)


def _spaced(text: str) -> str:
    """The text with one space for all that stands between words within a keyword."""
    for char in set(text):
        if _BETWEEN_WORDS.match(char):
            text = text.replace(char, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    for end in "\t\n|":
        text = text.replace(f" {end}", end).replace(f"{end} ", end)
    return text


def _tokens(locale: int, texts: Iterable[str]) -> list[str]:
    """The tokens of texts separated by bars: one word is a keyword, of several each is a word."""
    keyword, word = locale_keyword(locale, ""), locale_word(locale, "")
    begun = keyword + f"\n{keyword}".join(texts).replace("|", f"|{keyword}")
    told_apart = re.sub(f"{keyword}(?=[^ |\n]+ )", word, begun).replace(" ", f" {word}")
    return re.sub(f"{keyword}(?=[|\n]|$)", "", told_apart).replace("|", " ").split("\n")


def _unspaced_tokens(locale: int, texts: Iterable[tuple[str, Sequence[str]]]) -> str:
    """The same where words are not spaced."""
    whole: set[str] = set()
    parts: set[str] = set()
    for one, others in texts:
        whole.add(one)
        parts.update(others)
    keywords = [locale_keyword(locale, word) for word in whole if word]
    return " ".join([*keywords, *(locale_word(locale, word) for word in parts - whole)])


def _split(text: str) -> tuple[str, Sequence[str]]:
    """A text that is one word ("" otherwise), and all the parts it can be found by."""
    found = text.split()
    endings = [ending for word in found for ending in _endings(word)]
    return found[0] if len(found) == 1 else "", endings


def _endings(word: str) -> list[str]:
    """The word and, where words are not spaced, all that it ends with."""
    return suffixes(word) if is_unspaced(word) else [word]


def tables(locales: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each locale with the lines of its annotations; `locales` are all that have any."""
    with lzma.open(DATA / "annotations.tsv.xz") as file:
        content = file.read()
    starts = {locale: content.index(f"\n{locale}\t".encode()) + 1 for locale in locales}
    ends = [*sorted(starts.values())[1:], len(content)]
    for (locale, start), end in zip(sorted(starts.items(), key=itemgetter(1)), ends, strict=True):
        yield locale, content[start : end - 1].decode()


class LanguageWords:
    """The words of all languages by row, and English apart: its words are the plain ones."""

    def __init__(self) -> None:
        self.numbers = numbered(locale for locale, _, _ in ucd.locale_names())
        self.english: list[ucd.Annotation] = []
        self.rows: dict[str, int] = {}
        self._hashes = array("q")
        self._named: list[Row] = []
        self._tokens: dict[Row, list[str]] = defaultdict(list)
        self._names: dict[Row, dict[str, str]] = defaultdict(dict)

    def add(self, locale: str, table: str) -> None:
        """Take in the lines of one locale's table."""
        annotations = [line.split("\t") for line in table.split("\n")]
        self.rows[locale] = len(annotations)
        for _, row, name, _ in annotations:
            if name:
                self._names[_row(row)][locale] = name
        if locale == ENGLISH:
            self.english = [
                ucd.Annotation(locale, hexes(row), name, tuple(filter(None, keywords.split("|"))))
                for _, row, name, keywords in annotations
            ]
        else:
            self._add(self.numbers[locale], table)

    def _add(self, number: int, table: str) -> None:
        mark = chr(FIRST_LOCALE + number)
        for found in found_in(number, table):
            self._tokens[found.row].append(found.tokens)
            if found.name:
                self._hashes.append(key_hash(mark + found.name))
                self._named.append(found.row)

    def hashed_names(self) -> Iterator[tuple[int, Row]]:
        """(hash of a name in a language, row), for all languages but English."""
        return zip(self._hashes, self._named, strict=True)

    def take_tokens(self, row: Row) -> str:
        """The tokens of a row in all languages but English, joined by spaces; once."""
        return " ".join(self._tokens.pop(row, ()))

    def packed_names(self) -> Iterator[tuple[Row, bytes]]:
        """Each row's names in all languages, as the table keeps them."""
        for row, names in self._names.items():
            text = json.dumps(names, ensure_ascii=False, separators=(",", ":"))
            yield row, zlib.compress(text.encode(), 9)
