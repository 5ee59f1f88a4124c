"""Queries with so many hits that counting them takes longer than anything else about them."""

import re
import string
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence

from webapp.characters.meaning import Group, Query
from webapp.characters.text import words
from webapp.characters.tiers import plan
from webapp.characters.vocabulary import Vocabulary

LONGEST_PHRASE = 4
_NUMBER = re.compile(r"-[0-9A-F]+$")


def frequent_matches(names: Iterable[str], least: int, vocabulary: Vocabulary) -> Iterator[str]:
    """The widest expression of each query that is likely to have as many hits as `least`.

    Words that stand side by side in so many names, and single letters, which begin many words.
    """
    letters = ((letter,) for letter in string.ascii_lowercase)
    queries = (
        Query(interpretation=(), groups=(Group(phrase),))
        for phrase in (*_phrases(names, least), *letters)
    )
    yield from filter(None, dict.fromkeys(plan(query, (), vocabulary).widest for query in queries))


def _phrases(names: Iterable[str], least: int) -> list[tuple[str, ...]]:
    # A hundred thousand names differ only by the number at their end.
    stems = Counter(_NUMBER.sub("", name) for name in names)
    found = [(words(stem), times) for stem, times in stems.items()]
    singles = _counted((((word,) for word in set(each)), times) for each, times in found)
    frequent = {word for (word,), times in singles.items() if times >= least}
    phrases = _counted((_side_by_side(each, frequent), times) for each, times in found)
    return [phrase for phrase, times in phrases.items() if times >= least]


def _counted(found: Iterable[tuple[Iterable[tuple[str, ...]], int]]) -> Counter[tuple[str, ...]]:
    counts: Counter[tuple[str, ...]] = Counter()
    for phrases, times in found:
        for phrase in phrases:
            counts[phrase] += times
    return counts


def _side_by_side(found: Sequence[str], frequent: Container[str]) -> set[tuple[str, ...]]:
    """The phrases of a name in which every word is a frequent one, and none comes twice."""
    phrases = set()
    for start in range(len(found)):
        for end in range(start + 1, min(start + LONGEST_PHRASE, len(found)) + 1):
            if found[end - 1] not in frequent or found[end - 1] in found[start : end - 1]:
                break
            phrases.add(tuple(found[start:end]))
    return phrases
