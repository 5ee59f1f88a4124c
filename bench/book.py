"""The index of Fluent Python's charfinder: a dict of sets of characters, over the same names."""

import statistics
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from bench.figures import Figure
from bench.inside import ask, opened
from bench.queries import rows

WORDS = ("cjk", "letter")
ROUNDS = 7


class DictOfSets:
    """As in the book: for each word of a name, the set of the characters that have it."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        self.entries: defaultdict[str, set[str]] = defaultdict(set)
        for char, name in names.items():
            for word in name.replace("-", " ").split():
                self.entries[word].add(char)

    def search(self, text: str) -> tuple[int, list[tuple[str, str]]]:
        """How many characters have all the words, and the first 200 of them."""
        found = set.intersection(*(self.entries[word] for word in text.upper().split()))
        return len(found), [(char, self.names[char]) for char in sorted(found)[:200]]


async def compare(path: Path) -> list[Figure]:
    """One page and total of very common words, in both; ours in an index newly opened."""
    book = DictOfSets({row["char"]: row["name"] for row in rows(path) if len(row["char"]) == 1})
    theirs: dict[str, list[float]] = {word: [] for word in WORDS}
    ours: dict[str, list[float]] = {word: [] for word in WORDS}
    for _ in range(ROUNDS):
        async with opened(path) as index:
            for word in WORDS:
                started = time.perf_counter()
                book.search(word)
                between = time.perf_counter()
                await ask(index, {"q": word})
                theirs[word].append((between - started) * 1000)
                ours[word].append((time.perf_counter() - between) * 1000)
    return [
        Figure(
            f"`{word}`, against a dict of sets",
            (their := statistics.median(theirs[word])) / (our := statistics.median(ours[word])),
            "×",
            more=f"{our:.2f} ms ranked, {their:.1f} ms unranked",
        )
        for word in WORDS
    ]
