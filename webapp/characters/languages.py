"""The words of other languages, from CLDR's annotations."""

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import groupby
from typing import NamedTuple

import regex

from webapp.characters import ucd
from webapp.characters.text import fold, is_unspaced, suffixes
from webapp.characters.tokens import FIRST_LOCALE, locale_keyword, locale_word

ENGLISH = "en"
# Annotations are folded a whole locale at a time, which takes a tenth of the time; no word holds
# these separators.
_FIELD, _KEYWORD, _ROW = "\x1d", "\x1e", "\x1f"
_BETWEEN_WORDS = regex.compile(r"[^\p{L}\p{N}\p{M}\x1d\x1e\x1f]+")

Row = tuple[int, ...]


class Found(NamedTuple):
    """What one annotation adds to its row."""

    row: Row
    name: str
    tokens: str


def numbered(ids: Iterable[str]) -> dict[str, int]:
    """The number of each locale: English first, the others by id."""
    known = sorted(set(ids), key=lambda each: (each != ENGLISH, each))
    return {each: number for number, each in enumerate(known)}


def found_in(locale: int, annotations: Iterable[ucd.Annotation]) -> Iterator[Found]:
    """What the annotations of one locale add: the name squashed, and tokens joined by spaces."""
    rows = list(annotations)
    texts = (_FIELD.join((each.name, _KEYWORD.join(each.keywords))) for each in rows)
    folded = _BETWEEN_WORDS.sub(" ", fold(_ROW.join(texts)))
    keyword, word = locale_keyword(locale, ""), locale_word(locale, "")
    split = cache(_split)
    for each, line in zip(rows, folded.split(_ROW), strict=True):
        name, _, keywords = line.partition(_FIELD)
        found = [split(text) for text in (name, *keywords.split(_KEYWORD))]
        whole = {one for one, _ in found if one}
        parts = set().union(*(each for _, each in found)) - whole
        tokens = [keyword + each for each in whole]
        tokens += [word + each for each in parts]
        yield Found(each.code_points, name.replace(" ", ""), " ".join(tokens))


def _split(text: str) -> tuple[str, list[str]]:
    """(the text if it is one word, the other words that it can be found by)."""
    found = text.split()
    if len(found) == 1:
        return found[0], _endings(found[0])[1:]
    return "", [ending for word in found for ending in _endings(word)]


def _endings(word: str) -> list[str]:
    """The word and, where words are not spaced, all that it ends with."""
    return suffixes(word) if not word.isascii() and is_unspaced(word) else [word]


def annotations_by_locale() -> Iterator[tuple[str, list[ucd.Annotation]]]:
    """The annotations of one locale after the other."""
    for locale, annotations in groupby(ucd.annotations(), key=lambda each: each.locale):
        yield locale, list(annotations)


class LanguageWords:
    """All languages together: tokens and names of each row, and the locales themselves."""

    def __init__(self, rows: Mapping[Row, object]) -> None:
        self._rows = rows
        self._tokens: dict[Row, list[str]] = defaultdict(list)
        self._names: dict[Row, dict[str, str]] = defaultdict(dict)
        self.keys: list[tuple[str, Row]] = []
        self.counts: dict[str, int] = {}

    def add(self, locale: str, number: int, annotations: Iterable[ucd.Annotation]) -> None:
        """Take in a locale; English has its words among the plain ones already."""
        rows = [each for each in annotations if each.code_points in self._rows]
        self.counts[locale] = len(rows)
        for each in rows:
            if each.name:
                self._names[each.code_points][locale] = each.name
        if locale == ENGLISH:
            return
        mark = chr(FIRST_LOCALE + number)
        for found in found_in(number, rows):
            self._tokens[found.row].append(found.tokens)
            if found.name:
                self.keys.append((mark + found.name, found.row))

    def tokens(self, row: Row) -> str:
        """The tokens of a row in all languages, joined by spaces."""
        return " ".join(self._tokens.get(row, ()))

    def packed_names(self) -> Iterator[tuple[Row, bytes]]:
        """Each row's names in all languages, as the table keeps them."""
        for row, names in self._names.items():
            text = json.dumps(names, ensure_ascii=False, separators=(",", ":"))
            yield row, zlib.compress(text.encode())
