"""Queries for given code points: what to look up, and how that is told."""

from collections.abc import Iterable

from webapp.characters.identifier import bare, format_id, why_not
from webapp.characters.meaning import Query, Reading
from webapp.phrases import Phrase

MAX_NOTICES = 5

THE_CODE_POINT = "code point"
THE_CHARACTER = "the character itself"


def looked_up(
    wanted: Iterable[tuple[int, ...]],
    readings: Iterable[Reading],
    *,
    why: str = THE_CODE_POINT,
) -> Query:
    """The query for these code points and sequences, each also by its other spellings."""
    wanted = dict.fromkeys(wanted)
    spellings = (format_id(spelling) for each in wanted for spelling in {each: 0, bare(each): 0})
    return Query(
        interpretation=tuple(readings),
        keys=tuple(dict.fromkeys(spellings)),
        why=why,
        notices=impossible(dict.fromkeys(c for each in wanted for c in each)),
    )


def impossible(code_points: Iterable[int]) -> tuple[Phrase, ...]:
    """Why some of these numbers can have no row, a few of the reasons."""
    reasons: dict[Phrase, None] = {}
    for code_point in code_points:
        if reason := why_not(code_point):
            reasons[reason] = None
        if len(reasons) == MAX_NOTICES:
            break
    return tuple(reasons)


def offered(code_point: int) -> Reading:
    """A code point as a reading that is one click away."""
    key = format_id([code_point])
    return Reading("codepoint", id=key, q=key)
