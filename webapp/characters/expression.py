"""Words, phrases and filters as one query."""

import re
from collections.abc import Sequence

import msgspec
import regex

from webapp.characters import globs
from webapp.characters.alternatives import Choice, as_words, branches, groups
from webapp.characters.conditions import Conditions, conditions
from webapp.characters.decoding import offered_bytes
from webapp.characters.graphemes import identified, offered_clusters
from webapp.characters.identifier import why_not
from webapp.characters.lookup import MAX_NOTICES, offered
from webapp.characters.meaning import Group, Query, Reading, ReadingKind
from webapp.characters.terms import Terms
from webapp.characters.text import printable

_HEX = re.compile(r"[0-9A-Fa-f]{2,6}")
_LEAST_DIGITS = 4
_UNASSIGNED = regex.compile(r"\p{Cn}")
# A text of these alone is nobody's sample of characters, but words, however mistyped.
_ORDINARY = re.compile(r"[\sA-Za-z0-9'\"(),./:;!?*|_-]+")


def expression(typed: str, parsed: Terms) -> Query:
    """The query of a text that has words in it, with all operators read."""
    found = conditions(parsed.parts)
    query = conditioned(_positive(typed, parsed, found), found)
    # `NOT ..` excludes no word, and nobody types that to see all characters.
    if query.asks_for_everything and not found.are_there:
        return as_words(typed) or query
    if not parsed.is_plain:
        return msgspec.structs.replace(query, plain=as_words(typed))
    return _with_other_readings(typed, query)


def conditioned(query: Query, found: Conditions) -> Query:
    """The query, and what is meant instead of it, under these conditions."""
    excluded = (word for part in found.rest if part.negated for word in part.words)
    return msgspec.structs.replace(
        query,
        excluded=tuple(dict.fromkeys(excluded)),
        filters=found.filters,
        sort=found.sort,
        lang=found.lang,
        notices=(*found.notices, *query.notices)[:MAX_NOTICES],
        otherwise=conditioned(query.otherwise, found) if query.otherwise else None,
    )


def _positive(typed: str, parsed: Terms, found: Conditions) -> Query:
    """The query for what a row must have."""
    sides = branches(found.rest)
    reading = Reading(_kind(found, sides), text=printable(typed))
    asked = Query(interpretation=(reading,), groups=groups(sides))
    if not asked.groups:
        return asked
    if any(term.is_glob for side in sides for choice in side for term in choice):
        return _pattern(asked, sides)
    return msgspec.structs.replace(
        asked, name=printable(typed if parsed.is_plain else _name(asked.groups, sides))
    )


def _kind(found: Conditions, sides: Sequence[Sequence[Choice]]) -> ReadingKind:
    if found.are_there:
        return "filter"
    kinds = {term.kind for side in sides for choice in side for term in choice}
    return "phrase" if "phrase" in kinds else "words"


def _name(found: Sequence[Group], sides: Sequence[Sequence[Choice]]) -> str:
    """The text that may be a name as a whole, when there is just one."""
    if len(found) > 1:
        return ""
    return " ".join(term.text for side in sides for choice in side for term in choice)


def _pattern(asked: Query, sides: Sequence[list[Choice]]) -> Query:
    """The query for words with wildcards: like a whole name, else within one, else as words."""
    strict, loose = globs.whole_name(sides), globs.within_name(sides)
    query = asked
    for pattern in dict.fromkeys((loose, strict)):
        query = Query(interpretation=asked.interpretation, pattern=pattern, otherwise=query)
    return query


def _with_other_readings(typed: str, query: Query) -> Query:
    """The query for words alone, with what else they can mean."""
    offers = offered_bytes(typed)
    if _HEX.fullmatch(typed):
        query, offers = _with_notices(typed, query), [*_offered_numbers(typed), *offers]
    if not _ORDINARY.fullmatch(typed):
        query = msgspec.structs.replace(query, otherwise=identified(typed))
        offers += offered_clusters(typed)
    return msgspec.structs.replace(query, interpretation=(*query.interpretation, *offers))


def _offered_numbers(typed: str) -> list[Reading]:
    """The characters that a word is the number of."""
    numbers = dict.fromkeys((int(typed, 16), *([int(typed)] if typed.isdecimal() else [])))
    return [
        offered(number)
        for number in numbers
        if not why_not(number) and not _UNASSIGNED.match(chr(number))
    ]


def _with_notices(typed: str, query: Query) -> Query:
    """Say why a number that looks like a code point was not taken for one."""
    reason = why_not(int(typed, 16))
    if reason is None or typed.isalpha() or len(typed) < _LEAST_DIGITS:
        return query
    return msgspec.structs.replace(query, notices=(*query.notices, reason)[:MAX_NOTICES])
