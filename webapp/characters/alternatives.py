"""What the words of a text ask for together: alternatives, and how many there may be."""

from collections.abc import Iterable, Sequence
from itertools import product

from webapp.characters.meaning import Group, Query, Reading
from webapp.characters.terms import AS_CHARACTERS, Term
from webapp.characters.text import printable, words
from webapp.phrases import Phrase
from webapp.problems import InvalidRequest

MAX_WORDS = 32
MAX_GROUPS = 16

Choice = list[Term]


def groups(sides: Sequence[Sequence[Choice]]) -> tuple[Group, ...]:
    """The groups of which a row must match one; InvalidRequest when they have too many words."""
    found = (_group(chosen) for side in sides for chosen in product(*side))
    distinct = tuple(dict.fromkeys(group for group in found if group.words or group.phrases))
    check_words(_count(distinct), AS_CHARACTERS)
    return distinct


def check_words(number: int, advice: Phrase | None = None) -> None:
    """InvalidRequest for more words than a search may have."""
    if number > MAX_WORDS:
        detail = Phrase(
            "a search has at most {most} words; this has {count}.", most=MAX_WORDS, count=number
        )
        if advice:
            detail = Phrase("{detail} {advice}", detail=detail, advice=advice)
        raise InvalidRequest.field("q", "too-many-words", detail)


def branches(parts: Sequence[Term]) -> list[list[Choice]]:
    """The sides of each `|`, each a list of choices; `a|b` without spaces is one choice."""
    found: list[list[Choice]] = [[]]
    is_glued = False
    for part in parts:
        if part.kind == "or":
            is_glued = part.glued
            if not part.glued:
                found.append([])
        elif not part.negated and (part.words or part.is_glob):
            if is_glued and found[-1]:
                found[-1][-1].append(part)
            else:
                found[-1].append([part])
            is_glued = False
    _check_product(found)
    return [branch for branch in found if branch]


def _check_product(found: Iterable[Sequence[Choice]]) -> None:
    total = 0
    for branch in found:
        ways = 1
        for choice in branch:
            ways *= len(choice)
            if total + ways > MAX_GROUPS:
                raise InvalidRequest.field(
                    "q",
                    "too-many-alternatives",
                    Phrase("a search has at most {most} alternatives.", most=MAX_GROUPS),
                )
        total += ways if branch else 0


def _count(found: Iterable[Group]) -> int:
    return sum(len(group.words) + sum(map(len, group.phrases)) for group in found)


def _group(chosen: Iterable[Term]) -> Group:
    found: list[str] = []
    phrases: list[tuple[str, ...]] = []
    for term in chosen:
        if term.kind == "phrase":
            phrases.append(term.words)
        else:
            found += term.words
    return Group(in_order(found), tuple(dict.fromkeys(phrases)))


def in_order(found: Sequence[str]) -> tuple[str, ...]:
    """Each word once, the last one still last, as that one may be unfinished."""
    if len(found) < 2:
        return tuple(found)
    return (*(word for word in dict.fromkeys(found) if word != found[-1]), found[-1])


def as_words(typed: str) -> Query | None:
    """The query for the words of a text without operators; None when no name has so many."""
    found = in_order(words(typed))
    if not 0 < len(found) <= MAX_WORDS:
        return None
    text = printable(typed)
    reading = Reading("words", text=text)
    return Query(text=text, interpretation=(reading,), name=text, groups=(Group(found),))
