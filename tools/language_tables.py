"""The words of other languages, from CLDR's annotations: folded once, here, as queries are."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import regex

from webapp.characters.languages import ENGLISH, numbered
from webapp.characters.text import fold, is_unspaced, suffixes
from webapp.characters.tokens import FIRST_LOCALE, locale_keyword, locale_word

COLUMNS = "code_points name keywords tokens keys names"
# What stays of a folded table: words, and what is between its lines, columns and keywords.
_BETWEEN_WORDS = regex.compile(r"[^\p{L}\p{N}\p{M}\t\n|]")


class Found(NamedTuple):
    """What one annotation adds: the name squashed, and tokens joined by spaces."""

    name: str
    tokens: str


class _Row:
    """What the annotations of all locales say of one row."""

    def __init__(self) -> None:
        self.english = ["", ""]
        self.names: dict[str, str] = {}
        self.keys: list[str] = []
        self.tokens: list[str] = []


def languages(annotations: Iterable[Sequence[str]]) -> list[list[str]]:
    """The rows of the table, ascending by code points, from those of annotations by locale.

    English name and keywords (their words are the plain tokens, so they add none); all tokens
    and, as `exact` knows them, all names in other languages, each joined by spaces; the names in
    all languages as JSON.
    """
    by_locale = {
        locale: [list(line) for line in lines]
        for locale, lines in groupby(annotations, key=itemgetter(0))
    }
    rows: dict[str, _Row] = defaultdict(_Row)
    numbers = numbered(by_locale)
    for locale, lines in by_locale.items():
        _add(rows, locale, numbers[locale], lines)
    return [
        [
            spelled,
            *row.english,
            " ".join(dict.fromkeys(" ".join(row.tokens).split())),
            " ".join(row.keys),
            json.dumps(row.names, ensure_ascii=False, separators=(",", ":")),
        ]
        for spelled, row in sorted(rows.items(), key=lambda each: _code_points(each[0]))
    ]


def _code_points(spelled: str) -> tuple[int, ...]:
    return tuple(int(code_point, 16) for code_point in spelled.split(" "))


def _add(rows: dict[str, _Row], locale: str, number: int, lines: list[list[str]]) -> None:
    for _, spelled, name, keywords in lines:
        if name:
            rows[spelled].names[locale] = name
        if locale == ENGLISH:
            rows[spelled].english = [name, keywords]
    if locale != ENGLISH:
        texts = [f"{name}\t{keywords}" for _, _, name, keywords in lines]
        for line, found in zip(lines, found_in(number, texts), strict=True):
            rows[line[1]].tokens.append(found.tokens)
            if found.name:
                rows[line[1]].keys.append(chr(FIRST_LOCALE + number) + found.name)


def found_in(locale: int, texts: Iterable[str]) -> Iterator[Found]:
    """What the annotations of one locale add, given name, tab, and keywords between bars.

    All are folded at once: 1.9 million keywords one by one take ten times as long.
    """
    folded = _spaced(fold("\n".join(texts)))
    names = [line.partition("\t")[0] for line in folded.split("\n")]
    texts = folded.replace("\t", "|").split("\n")
    tokens = _tokens(locale, texts)
    if unspaced := {char for char in set(folded) if is_unspaced(char)}:
        split = cache(_split)
        for number, text in enumerate(texts):
            if not unspaced.isdisjoint(text):
                tokens[number] = _unspaced_tokens(locale, map(split, text.split("|")))
    for name, found in zip(names, tokens, strict=True):
        yield Found(name.replace(" ", ""), found)


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
    # Not sets: the same words give the same bytes.
    whole: dict[str, None] = {}
    parts: dict[str, None] = {}
    for one, others in texts:
        whole[one] = None
        parts |= dict.fromkeys(others)
    keywords = [locale_keyword(locale, word) for word in whole if word]
    return " ".join(
        [*keywords, *(locale_word(locale, word) for word in parts if word not in whole)]
    )


def _split(text: str) -> tuple[str, Sequence[str]]:
    """A text that is one word ("" otherwise), and all the parts it can be found by."""
    found = text.split()
    endings = [ending for word in found for ending in _endings(word)]
    return found[0] if len(found) == 1 else "", endings


def _endings(word: str) -> list[str]:
    """The word and, where words are not spaced, all that it ends with."""
    return suffixes(word) if is_unspaced(word) else [word]
