"""Regular expressions in the box, with filters before and after them."""

import re

from webapp.characters.alternatives import as_words
from webapp.characters.conditions import conditions, has_conditions
from webapp.characters.expression import conditioned
from webapp.characters.meaning import Query, Reading
from webapp.characters.terms import pieces, terms
from webapp.characters.text import printable, words

# Case never counts, so the flag that says so changes nothing.
_PATTERN = re.compile(r"/(.+)/i?", re.DOTALL)


def pattern(typed: str) -> Query | None:
    """The query for `/regex/`, which names must match."""
    if "/" not in typed:
        return None
    start, end = _bounds(typed)
    found = _PATTERN.fullmatch(typed[start:end])
    if found is None or not words(typed):
        return None
    expression = printable(found[1])
    query = Query(
        interpretation=(Reading("regex", text=expression),),
        pattern=expression,
        plain=as_words(typed),
    )
    return conditioned(query, conditions(terms(f"{typed[:start]} {typed[end:]}").parts))


def _bounds(typed: str) -> tuple[int, int]:
    """Where the text begins and ends when filters are left out at both ends."""
    start, end = 0, len(typed)
    parts = pieces(typed)
    for term, _, last in parts:
        if not has_conditions([term]):
            break
        start = last
    start += len(typed[start:]) - len(typed[start:].lstrip())
    for term, first, _ in reversed(parts):
        if first < start or typed.endswith("/", 0, end) or not has_conditions([term]):
            break
        end = len(typed[:first].rstrip())
    return start, end
