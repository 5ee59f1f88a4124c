"""Searching as the programs of Fluent Python do, word by word in names, by code point."""

import re
from typing import Literal

from webapp.characters.alternatives import MAX_WORDS
from webapp.characters.meaning import Group, Query, Reading
from webapp.characters.query import MAX_LENGTH
from webapp.characters.text import printable
from webapp.characters.tokens import classic_hex, classic_word, quoted
from webapp.problems import InvalidRequest

Edition = Literal[1, 2]
WHY = "words of the name"

_WORD = re.compile(r"\w+")
_OF_NAMES = re.compile(r"[0-9A-Z]+")


def parse_classic(text: str, edition: Edition) -> Query:
    """The query of `mode=classic1` or `mode=classic2`; InvalidRequest beyond the limits.

    The first edition takes runs of `\\w`, the second splits at spaces and hyphens only.
    """
    if len(text) > MAX_LENGTH:
        raise InvalidRequest.field(
            "q",
            "too-long",
            f"a search has at most {MAX_LENGTH:,} characters; this has {len(text):,}.",
        )
    upper = text.upper()
    found = _WORD.findall(upper) if edition == 1 else upper.replace("-", " ").split()
    words = tuple(dict.fromkeys(found))
    if len(words) > MAX_WORDS:
        raise InvalidRequest.field(
            "q", "too-many-words", f"a search has at most {MAX_WORDS} words; this has {len(words)}."
        )
    return Query(
        text=printable(text),
        interpretation=(Reading("classic", text=printable(text)),),
        groups=(Group(words),) if words else (),
        classic=edition,
    )


def classic_match(query: Query) -> str:
    """The expression of a classic query; "" when no name can have all its words.

    An ideograph's number counts as a word in the second edition only.
    """
    words = [word for group in query.groups for word in group.words]
    if not words or not all(map(_OF_NAMES.fullmatch, words)):
        return ""
    return " AND ".join(_spelled(word, query.classic) for word in words)


def _spelled(word: str, edition: int) -> str:
    own = quoted(classic_word(word))
    return own if edition == 1 else f"({own} OR {quoted(classic_hex(word))})"
