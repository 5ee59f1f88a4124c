"""Words that somebody may have meant, by the letters they share with the one that was typed."""

from collections.abc import Iterable, Iterator
from itertools import combinations

LEAST_LETTERS = 4
# Words are compared by how they begin: the rest is checked by distance alone.
_LETTERS_TAKEN = 7
_TWO_SLIPS_FROM = 8
# Shorter words of other languages are too often one letter away from an English one.
_SURELY_FROM = 6


def slips(word: str) -> int:
    """How many wrong, missing, doubled or swapped letters a word of this length may have."""
    if len(word) < LEAST_LETTERS:
        return 0
    return 1 if len(word) < _TWO_SLIPS_FROM else 2


def fragments(word: str) -> set[str]:
    """What is left of the beginning of a word without up to as many letters as it has slips.

    Two words that differ by a slip share a fragment, so a table of them finds one from the other.
    """
    head = word[:_LETTERS_TAKEN]
    return {
        "".join(kept)
        for dropped in range(slips(word) + 1)
        for kept in combinations(head, len(head) - dropped)
    }


def distance(one: str, other: str) -> int:
    """Wrong, missing, added and swapped letters between two words (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, last, row = row, before, [at]
        for to, wanted in enumerate(other, 1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != wanted))
            if last and to > 1 and letter == other[to - 2] and wanted == one[at - 2]:
                cost = min(cost, last[to - 2] + 1)
            row.append(cost)
    return row[-1]


def is_slip(word: str, meant: str) -> bool:
    """True when the one is so likely a slip for the other that no other language comes first."""
    return len(word) >= _SURELY_FROM and word.isascii() and distance(word, meant) == 1


def nearest(word: str, candidates: Iterable[tuple[str, int]]) -> str | None:
    """The candidate (word, rows with it) that was most likely meant; None if none is near.

    The first letter is hardly ever the wrong one.
    """
    near = list(_near(word, candidates))
    return min(near)[-1] if near else None


def _near(word: str, candidates: Iterable[tuple[str, int]]) -> Iterator[tuple[int, int, str]]:
    for each, rows in candidates:
        if each[:1] == word[:1] and (apart := distance(word, each)) <= slips(word):
            yield apart, -rows, each
