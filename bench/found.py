"""Is every character the first row for its name, its id, itself, and each formal alias?

    python -m bench.found [--data-dir DIR]

Asks half a million questions, without HTTP, on all cores, and prints each miss.
"""

import argparse
import asyncio
import itertools
import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from bench.inside import opened
from bench.queries import rows
from bench.start import data_folder
from webapp.characters import ucd
from webapp.characters.identifier import format_id
from webapp.characters.query import parse
from webapp.data_dir import index_path

SHOWN = 50


class Question(NamedTuple):
    """What is asked, of what kind it is, and the row that has to come first."""

    kind: str
    text: str
    row: str


def questions(index: Path) -> Iterator[Question]:
    """All of them; a label such as <control> is no name."""
    for row in rows(index):
        if not row["name"].startswith("<"):
            yield Question("name", row["name"], row["id"])
        yield Question("id", row["id"], row["id"])
        yield Question("itself", row["char"], row["id"])
    for alias in ucd.aliases():
        yield Question("alias", alias.text, format_id([alias.code_point]))


async def _misses(index: Path, share: int, shares: int) -> list[tuple[Question, str]]:
    found = []
    async with opened(index) as characters:
        for question in itertools.islice(questions(index), share, None, shares):
            page = await characters.search(parse(question.text), limit=1)
            first = page.rows()[0]["id"] if page.items else "nothing"
            if first != question.row:
                found.append((question, first))
    return found


def misses(index: Path, share: int, shares: int) -> list[tuple[Question, str]]:
    """The questions of one share that have another first row, and that row's id."""
    return asyncio.run(_misses(index, share, shares))


def main(index: Path) -> int:
    asked, started = Counter(question.kind for question in questions(index)), time.perf_counter()
    shares = os.cpu_count() or 1
    with ProcessPoolExecutor(shares) as pool:
        found = pool.map(misses, [index] * shares, range(shares), [shares] * shares)
        missed = [miss for each in found for miss in each]
    wrong = Counter(question.kind for question, _ in missed)
    for kind, count in asked.items():
        print(f"{kind:8} {count - wrong[kind]:,} of {count:,}")
    for (kind, text, row), first in missed[:SHOWN]:
        print(f"  {kind} {text!r}: {first} instead of {row}")
    print(f"{time.perf_counter() - started:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, help="a data folder (default: a new one)")
    given = parser.parse_args()
    with data_folder(given.data_dir) as folder:
        raise SystemExit(main(index_path(folder)))
