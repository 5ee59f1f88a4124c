"""Words with wildcards, as regular expressions for names (in RE2's language)."""

import re
from collections.abc import Iterable
from itertools import product

from webapp.characters.alternatives import Choice
from webapp.characters.terms import Term

_WILDCARDS = re.compile(r"[*?]+")
_STARTS, _ENDS = "(?:^|[ -])", "(?:[ -]|$)"
_SOME = "[ -](?:.*[ -])?"


def whole_name(branches: Iterable[list[Choice]]) -> str:
    """The pattern of the names that are like one of the branches from beginning to end.

    A branch of one word is like any part of a name that begins and ends with a word.
    """
    return "|".join(_whole(chosen) for branch in branches for chosen in product(*branch))


def within_name(branches: Iterable[list[Choice]]) -> str:
    """The pattern of the names in which the words of one branch stand in this order."""
    return "|".join(
        _STARTS + _SOME.join(map(_word, chosen)) + _ENDS
        for branch in branches
        for chosen in product(*branch)
    )


def _whole(chosen: tuple[Term, ...]) -> str:
    if len(chosen) == 1:
        return _STARTS + _word(chosen[0]) + _ENDS
    return f"^{' '.join(map(_word, chosen))}$"


def _word(term: Term) -> str:
    literals = _WILDCARDS.split(term.text)
    wildcards = map(_wildcard, _WILDCARDS.findall(term.text))
    return "".join(
        part
        for pair in zip(map(re.escape, literals), (*wildcards, ""), strict=True)
        for part in pair
    )


def _wildcard(run: str) -> str:
    """A run of wildcards; of the stars in it one is enough."""
    return "." * run.count("?") + (".*" if "*" in run else "")
