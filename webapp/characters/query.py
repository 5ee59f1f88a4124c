"""What the box means: the readings of a text, in the order in which they are tried."""

import re
from collections.abc import Callable

import msgspec
import regex

from webapp.characters.alternatives import as_words
from webapp.characters.conditions import conditions, has_conditions
from webapp.characters.decoding import escaped, offered_bytes, utf8
from webapp.characters.expression import conditioned, expression
from webapp.characters.graphemes import LONGEST_TEXT, identified, literal
from webapp.characters.identifier import format_id, why_not
from webapp.characters.lookup import looked_up, offered
from webapp.characters.meaning import Group, Query, Reading
from webapp.characters.notations import notation
from webapp.characters.patterns import pattern
from webapp.characters.series import series
from webapp.characters.terms import Terms, terms
from webapp.characters.text import join_surrogates, printable, words
from webapp.phrases import Phrase
from webapp.problems import InvalidRequest

MAX_LENGTH = LONGEST_TEXT

_BARE_HEX = re.compile(r"[0-9A-Fa-f]{4,6}")
_IDENTIFY = re.compile(r"(?:=|id:)\s*(\S.*)", re.DOTALL)
_SYMBOL = regex.compile(r"[\p{S}--\p{ASCII}]", regex.VERSION1)
_JOINED_LETTERS = regex.compile(r"[\p{L}\p{N}]\p{M}*[\p{L}\p{N}]|\s")
_SHORT = 300
# Small letters and spaces, not all of which are digits of hex: that can be nothing but words, and
# is what people type most.
_JUST_WORDS = re.compile(r"(?=[a-f ]*[g-z])[a-z]{2,}(?: [a-z]+)*")
_ASCII_SYMBOLS = re.compile(r"[!-/:-@\[-`{-~\s]+")


def parse(text: str) -> Query:
    """The query that a text means. Total but for `InvalidRequest` on a text beyond the limits."""
    check_length(text)
    is_short = len(text) <= _SHORT
    if is_short and _JUST_WORDS.fullmatch(text) and (query := as_words(text)):
        return query
    text = join_surrogates(text)
    if not text:
        return Query(text="", interpretation=(Reading("words", text=""),))
    query = _read(text.strip() or text)
    return msgspec.structs.replace(query, text=printable(text))


def check_length(text: str) -> None:
    """InvalidRequest for a text that is longer than a search may be."""
    if len(text) > MAX_LENGTH:
        raise InvalidRequest.field(
            "q",
            "too-long",
            Phrase(
                "a search has at most {most} characters; this has {count}.",
                most=MAX_LENGTH,
                count=len(text),
            ),
        )


def _read(typed: str) -> Query:
    text = printable(typed)
    if query := _identify(typed) or pattern(text):
        return query
    # Every filter has a colon, and what has none can be a list longer than any search.
    if ":" in text and has_conditions(terms(text).parts):
        return _limited(text, terms(text))
    if query := _direct(typed):
        return query
    return expression(text, terms(text)) if words(text) else _symbols(typed)


def _direct(typed: str) -> Query | None:
    """The first of the readings that a text can have without saying so."""
    return next(filter(None, (reading(typed) for reading in _READINGS)), None)


def _limited(text: str, parsed: Terms) -> Query:
    """What stands beside filters, which may be code points or characters, under these."""
    found = conditions(parsed.parts)
    is_simple = found.rest and all(part.kind == "word" and not part.negated for part in found.rest)
    beside = _direct(" ".join(part.text for part in found.rest)) if is_simple else None
    if beside is None:
        return expression(text, parsed)
    reading = Reading("filter", text=text)
    query = conditioned(msgspec.structs.replace(beside, interpretation=(reading,)), found)
    return msgspec.structs.replace(query, plain=as_words(text))


def _symbols(typed: str) -> Query:
    """Symbols without a word are themselves, unless they are how people write another: `->`."""
    reading = Reading("words", text=printable(typed))
    plain = Query(interpretation=(reading,), name=printable(typed))
    return msgspec.structs.replace(identified(typed), plain=plain)


def _identify(typed: str) -> Query | None:
    """`=text` or `id:text`; an id after `id:` is just that id."""
    found = _IDENTIFY.fullmatch(typed)
    if found is None or _ASCII_SYMBOLS.fullmatch(typed):
        return None
    return (_notation(found[1]) if typed[0] != "=" else None) or identified(found[1])


def _notation(typed: str) -> Query | None:
    found = notation(typed)
    if found is None:
        return None
    reading = Reading(found.kind, id=format_id(found.code_points))
    return looked_up([found.code_points], (reading,))


def _bare_hex(typed: str) -> Query | None:
    """Hex with a digit in it is a code point first; `face` and `dead` are words first."""
    if not _BARE_HEX.fullmatch(typed) or typed.isalpha():
        return None
    numbers = [int(typed, 16), *([int(typed)] if typed.isdecimal() else [])]
    possible = [number for number in numbers if not why_not(number)]
    if not possible:
        return None
    readings = (*map(offered, possible), *offered_bytes(typed))
    query = looked_up([(number,) for number in possible], readings)
    return msgspec.structs.replace(query, name=typed, groups=(Group(tuple(words(typed))),))


def _sample(typed: str) -> Query | None:
    """Symbols with single letters among them, such as `♥é→`, are what somebody has pasted."""
    if not _SYMBOL.search(typed) or _JOINED_LETTERS.search(typed):
        return None
    text = printable(typed)
    if not words(text):
        return None
    return msgspec.structs.replace(identified(typed), otherwise=expression(text, terms(text)))


Reader = Callable[[str], Query | None]
# What a text can be without saying so, in the order in which it is tried.
_READINGS: tuple[Reader, ...] = (_notation, series, escaped, _bare_hex, utf8, literal, _sample)
