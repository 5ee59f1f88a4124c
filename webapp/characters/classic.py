"""Searching as the programs of Fluent Python do, word by word in names, by code point."""

import re
from collections.abc import Iterator
from typing import Literal

from webapp.characters.alternatives import check_words
from webapp.characters.expressions import NOTHING, Expression, Token, all_of, any_of
from webapp.characters.meaning import Group, Query, Reading
from webapp.characters.query import check_length
from webapp.characters.text import printable
from webapp.characters.tokens import classic_hex, classic_word

Edition = Literal[1, 2]
WHY = "words of the name"

_WORD = re.compile(r"\w+")
_OF_NAMES = re.compile(r"[0-9A-Z]+")


def parse_classic(text: str, edition: Edition) -> Query:
    """The query of `mode=classic1` or `mode=classic2`; InvalidRequest beyond the limits.

    The first edition takes runs of `\\w`, the second splits at spaces and hyphens only.
    """
    check_length(text)
    upper = text.upper()
    found = _WORD.findall(upper) if edition == 1 else upper.replace("-", " ").split()
    words = tuple(dict.fromkeys(found))
    check_words(len(words))
    return Query(
        text=printable(text),
        interpretation=(Reading("classic", text=printable(text)),),
        groups=(Group(words),) if words else (),
        classic=edition,
    )


def classic_names(query: Query) -> Expression:
    """The names with all words of a classic query.

    An ideograph's number counts as a word in the second edition only.
    """
    words = [word for group in query.groups for word in group.words]
    if not words or not all(map(_OF_NAMES.fullmatch, words)):
        return NOTHING
    return all_of(any_of(_spelled(word, query.classic)) for word in words)


def _spelled(word: str, edition: int) -> Iterator[Expression]:
    yield Token(classic_word(word))
    if edition != 1:
        yield Token(classic_hex(word))
