"""Is every character the first row for its name, its id, itself, and each formal alias?

    python -m bench.found [--data-dir DIR]

Asks half a million questions in this process, which takes some minutes, and prints each miss.
"""

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.inside import opened
from bench.queries import rows
from bench.start import data_folder
from webapp.app import index_path
from webapp.characters import ucd
from webapp.characters.identifier import format_id
from webapp.characters.index import CharacterIndex
from webapp.characters.query import parse

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


async def misses(index: CharacterIndex, asked: list[Question]) -> list[tuple[Question, str]]:
    """The questions with another first row, and that row's id."""
    found = []
    for question in asked:
        page = await index.search(parse(question.text), limit=1)
        first = page.rows()[0]["id"] if page.items else "nothing"
        if first != question.row:
            found.append((question, first))
    return found


async def main(path: Path) -> int:
    asked, started = list(questions(path)), time.perf_counter()
    async with opened(path) as index:
        missed = await misses(index, asked)
    wrong = Counter(question.kind for question, _ in missed)
    for kind, count in Counter(question.kind for question in asked).items():
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
        raise SystemExit(asyncio.run(main(index_path(folder))))
