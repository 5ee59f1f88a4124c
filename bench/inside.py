"""Searching in this process, without HTTP: what a query costs that nobody has asked before."""

import contextlib
import gc
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bench.figures import Figure
from bench.load import percentile
from bench.queries import Asked
from webapp.characters.index import CharacterIndex
from webapp.characters.parameters import Search
from webapp.problems import Problem

OPENINGS = 3


async def ask(index: CharacterIndex, asked: Asked, after: str | None = None) -> str | None:
    """Read the query and search; where the next page begins."""
    search = Search.from_parameters(asked)
    page = await index.search(
        search.query, limit=search.limit, after=after, sort=search.sort, lang=search.lang
    )
    return page.next


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[CharacterIndex]:
    """The index, newly opened: it has no answers yet, but has been asked something."""
    index = await CharacterIndex.open(path)
    try:
        await ask(index, {"q": "warm up"})
        # What other parts left behind is not to be collected while the clock runs.
        gc.collect()
        yield index
    finally:
        await index.close()


async def never_seen(path: Path, queries: Sequence[Asked]) -> list[float]:
    """The median time in ms of each query's first page and total, in indexes newly opened."""
    rounds = []
    for _ in range(OPENINGS):
        async with opened(path) as index:
            rounds.append([await _timed(index, asked) for asked in queries])
    return [statistics.median(times) for times in zip(*rounds, strict=True)]


async def every_page(path: Path, queries: Sequence[Asked]) -> list[float]:
    """The median time in ms of every page of each query but its first."""
    async with opened(path) as index:
        rounds = [
            [ms for asked in queries for ms in await _walked(index, asked)] for _ in range(OPENINGS)
        ]
    return [statistics.median(times) for times in zip(*rounds, strict=True)]


async def _walked(index: CharacterIndex, asked: Asked) -> list[float]:
    times: list[float] = []
    after = await ask(index, asked)
    while after is not None:
        started = time.perf_counter()
        after = await ask(index, asked, after)
        times.append((time.perf_counter() - started) * 1000)
    return times


async def _timed(index: CharacterIndex, asked: Asked) -> float:
    started = time.perf_counter()
    # A refusal is an answer too.
    with contextlib.suppress(Problem):
        await ask(index, asked)
    return (time.perf_counter() - started) * 1000


def summary(name: str, times: Sequence[float], median: str, p99: str) -> list[Figure]:
    """The median and the 99th percentile of times in ms, with what is wanted of each."""
    count, worst = f"of {len(times):,}", f"worst {max(times):.1f} ms"
    return [
        Figure(f"{name}, median", statistics.median(times), "ms", median, count),
        Figure(f"{name}, 99th percentile", percentile(times, 99), "ms", p99, worst),
    ]
