"""The words of other languages, from CLDR's annotations: folded once, here, as queries are."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import regex

from webapp.characters.languages import ENGLISH, FIRST_ROW, numbered
from webapp.characters.text import fold, is_unspaced, suffixes
from webapp.characters.tokens import FIRST_LOCALE, locale_keyword, locale_word

# Row n of the languages is the letter FIRST_ROW + n in the rows of tokens.
COLUMNS = "code_points name keywords keys names"
COLUMNS_OF_TOKENS = "locale tokens rows"
# What stays of a folded table: words, and what is between its lines, columns and keywords.
_BETWEEN_WORDS = regex.compile(r"[^\p{L}\p{N}\p{M}\t\n|]")


class Found(NamedTuple):
    """What one annotation adds: the name squashed, and tokens joined by spaces."""

    name: str
    tokens: str


class Tables(NamedTuple):
    """The rows of both tables.

    `languages`, ascending by code points: English name and keywords (their words are the plain
    tokens, so they add none); as the index knows them, all names in other languages, joined by
    spaces; the names in all languages as JSON. `tokens`, by number of locale: the tokens in order,
    without the character that begins those of the locale, and the rows of each, joined by spaces.
    """

    languages: list[list[str]]
    tokens: list[list[str]]


class _Row:
    """What the annotations of all locales say of one row."""

    def __init__(self, letter: str) -> None:
        self.letter = letter
        self.english = ["", ""]
        self.names: dict[str, str] = {}
        self.keys: list[str] = []

    def columns(self) -> list[str]:
        """The columns of the table beside the code points."""
        names = json.dumps(self.names, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return [*self.english, " ".join(self.keys), names]


def tables(annotations: Iterable[Sequence[str]]) -> Tables:
    """The tables made from the rows of annotations, which come by locale."""
    by_locale = {
        locale: [list(line) for line in lines]
        for locale, lines in groupby(annotations, key=itemgetter(0))
    }
    spelled = {line[1] for lines in by_locale.values() for line in lines}
    ordered = enumerate(sorted(spelled, key=_code_points), FIRST_ROW)
    rows = {each: _Row(chr(letter)) for letter, each in ordered}
    tokens = []
    for locale, number in numbered(by_locale).items():
        _add_names(rows, locale, by_locale[locale])
        if locale != ENGLISH:
            tokens.append([locale, *_tokens_of(rows, number, by_locale[locale])])
    return Tables([[each, *row.columns()] for each, row in rows.items()], tokens)


def _code_points(spelled: str) -> tuple[int, ...]:
    return tuple(int(code_point, 16) for code_point in spelled.split(" "))


def _add_names(rows: Mapping[str, _Row], locale: str, lines: Iterable[Sequence[str]]) -> None:
    for _, spelled, name, keywords in lines:
        if name:
            rows[spelled].names[locale] = name
        if locale == ENGLISH:
            rows[spelled].english = [name, keywords]


def _tokens_of(rows: Mapping[str, _Row], number: int, lines: Sequence[Sequence[str]]) -> list[str]:
    """The tokens of one locale and the rows of each; adds the names."""
    letters: dict[str, str] = defaultdict(str)
    texts = [f"{name}\t{keywords}" for _, _, name, keywords in lines]
    for line, found in zip(lines, found_in(number, texts), strict=True):
        row = rows[line[1]]
        for token in dict.fromkeys(found.tokens.split()):
            letters[token[1:]] += row.letter
        if found.name:
            row.keys.append(chr(FIRST_LOCALE + number) + found.name)
    tokens = sorted(letters)
    return [" ".join(tokens), " ".join("".join(sorted(letters[token])) for token in tokens)]


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
