"""Words, phrases and filters as one query."""

import re
from collections.abc import Sequence

import msgspec
import regex

from webapp.characters import globs
from webapp.characters.alternatives import Choice, branches, groups, in_order, too_many
from webapp.characters.conditions import Conditions, conditions
from webapp.characters.graphemes import identified
from webapp.characters.identifier import why_not
from webapp.characters.lookup import MAX_NOTICES, offered
from webapp.characters.meaning import Filter, Group, Query, Reading, ReadingKind
from webapp.characters.terms import Term, Terms
from webapp.characters.text import canonical, printable, words
from webapp.characters.tokens import name_word, other_word

_HEX = re.compile(r"[0-9A-Fa-f]{2,6}")
_UNASSIGNED = regex.compile(r"\p{Cn}")
# A text of these alone is nobody's sample of characters, but words, however mistyped.
_ORDINARY = re.compile(r"[\sA-Za-z0-9'\"(),./:;!?*|_-]+")


def expression(typed: str, parsed: Terms) -> Query:
    """The query of a text that has words in it, with all operators read."""
    found = conditions(parsed.parts)
    query = _with_exclusions(_positive(typed, parsed, found), found.rest)
    query = msgspec.structs.replace(
        query,
        filters=(*found.filters, *query.filters),
        sort=found.sort,
        lang=found.lang,
        notices=(*found.notices, *query.notices)[:MAX_NOTICES],
    )
    return _with_other_readings(typed, parsed, query)


def plain(typed: str) -> Query | None:
    """The query for the words of a text without operators; None when no name has so many."""
    found = Group(in_order(words(typed)))
    if not found.words or too_many([found]):
        return None
    reading = Reading("words", text=printable(typed))
    return Query(
        text=printable(typed), interpretation=(reading,), name=printable(typed), groups=(found,)
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


def _with_exclusions(query: Query, parts: Sequence[Term]) -> Query:
    excluded = tuple(dict.fromkeys(word for part in parts if part.negated for word in part.words))
    if query.groups or query.pattern or not excluded:
        return msgspec.structs.replace(query, excluded=excluded)
    # With nothing to look for, to leave out words is a condition on all rows.
    filters = tuple(
        Filter((name_word(canonical(word)), other_word(canonical(word))), negated=True)
        for word in excluded
    )
    return msgspec.structs.replace(query, filters=filters)


def _with_other_readings(typed: str, parsed: Terms, query: Query) -> Query:
    """The query, with what else the text can mean."""
    if not parsed.is_plain:
        return msgspec.structs.replace(query, plain=plain(typed))
    if _HEX.fullmatch(typed):
        return _with_number(typed, query)
    if _ORDINARY.fullmatch(typed):
        return query
    other = identified(typed)
    reading = msgspec.structs.replace(other.interpretation[0], q=f"={printable(typed)}")
    return msgspec.structs.replace(
        query, interpretation=(*query.interpretation, reading), otherwise=other
    )


def _with_number(typed: str, query: Query) -> Query:
    """The query for a word that is hex too, which is offered when it is a character."""
    numbers = [int(typed, 16), *([int(typed)] if typed.isdecimal() else [])]
    reasons = [reason for number in numbers[:1] if (reason := why_not(number))]
    is_word = typed.isalpha() or len(typed) < 4
    offers = [
        offered(number)
        for number in dict.fromkeys(numbers)
        if not why_not(number) and not _UNASSIGNED.match(chr(number))
    ]
    return msgspec.structs.replace(
        query,
        interpretation=(*query.interpretation, *offers),
        notices=query.notices if is_word else (*query.notices, *reasons),
    )
