"""The same searches over four times as many rows: does a page cost more, does a fresh total?

    python -m bench.growth [--data-dir DIR] [--write]

The larger index has the rows of the index and three copies of each behind them.
"""

import argparse
import asyncio
import shutil
import sqlite3
import statistics
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from pyroaring import BitMap

from bench import queries
from bench.figures import Figure, show, write
from bench.inside import every_page, never_seen, summary
from bench.queries import Asked, sections_of
from bench.start import data_folder
from webapp.characters.name_keys import PackedNames, pack_names
from webapp.characters.postings import Packed, Postings, pack, pack_rows, unpack_rows
from webapp.characters.resident import sections
from webapp.characters.row_items import PackedItems
from webapp.data_dir import index_path

DEEP = [{"q": text} for text in ("cjk", "letter", "s", "gc:Lo", "arrow")]
COPIES = range(4)
ROW = (1 << 24) - 1

SCRIPT = (
    """insert into locale_names select hash, row + copy * :rows
       from locale_names cross join (select value copy from json_each('[1, 2, 3]'))""",
    "update vocabulary set rows = 4 * rows",
    "update meta set value = 4 * :characters where key = 'characters'",
)


class Size(NamedTuple):
    """How many rows an index has; `characters` come first in the order of code points."""

    rows: int
    characters: int

    def copied_rows(self, rows: BitMap) -> BitMap:
        """The rows and their copies."""
        return BitMap.union(*(rows.shift(copy * self.rows) for copy in COPIES))

    def copied_places(self, places: BitMap) -> BitMap:
        """Places in the order of code points: the copies of characters are before sequences."""
        sequences = self.rows - self.characters
        last = BitMap(range(self.characters + 1))
        return BitMap.union(
            *((places & last).shift(copy * self.characters) for copy in COPIES),
            *((places - last).shift(3 * self.characters + copy * sequences) for copy in COPIES),
        )

    def copied_order(self, order: "array[int]") -> "array[int]":
        """The rows at all places, those of each copy behind the ones before."""
        return array("I", (row + copy * self.rows for copy in COPIES for row in order))


def grow(index: Path, larger: Path) -> None:
    """Write the larger index."""
    shutil.copyfile(index, larger)
    with closing(sqlite3.connect(larger)) as db, db:
        (characters,) = db.execute("select value from meta where key = 'characters'").fetchone()
        (rows,) = db.execute("select value from meta where key = 'rows'").fetchone()
        size = Size(int(rows), int(characters))
        db.executemany(
            "update resident set data = ?2 where name = ?1", [*larger_sections(index, size)]
        )
        tokens = db.execute("select token, rows from locale_tokens").fetchall()
        db.executemany(
            "update locale_tokens set rows = ?2 where token = ?1",
            ((token, pack_rows(size.copied_rows(unpack_rows(rows)))) for token, rows in tokens),
        )
        parts = db.execute("select kind, rows, lines from name_parts").fetchall()
        db.executemany(
            "insert into name_parts(kind, rows, lines) values (?, ?, ?)",
            (
                (kind, array("I", [row + copy * size.rows for row in array("I", rows)]), lines)
                for kind, rows, lines in parts
                for copy in COPIES[1:]
            ),
        )
        for statement in SCRIPT:
            db.execute(statement, size._asdict())


def larger_sections(index: Path, size: Size) -> Iterator[tuple[str, bytes]]:
    """The sections of the larger index that are other ones, by name."""
    postings = Postings(sections_of(index, "search", Packed))
    yield from sections("search", copied(postings, size.copied_rows))
    postings = Postings(sections_of(index, "listed", Packed))
    yield from sections("listed", copied(postings, size.copied_places))
    yield from sections("items", copied_items(sections_of(index, "items", PackedItems)))
    yield from sections("names", copied_names(sections_of(index, "names", PackedNames), size))
    by_code_point, by_name, by_age = (
        array("I", queries.section(index, f"order.{order}")) for order in ("cp", "name", "age")
    )
    characters = size.copied_order(by_code_point[: size.characters])
    sequences = size.copied_order(by_code_point[size.characters :])
    yield "order.cp", (characters + sequences).tobytes()
    yield "order.name", size.copied_order(by_name).tobytes()
    yield "order.age", size.copied_order(by_age).tobytes()


def copied(postings: Postings, copies: Callable[[BitMap], BitMap]) -> Packed:
    """Postings with the copies of all rows."""
    return pack((token, copies(postings.rows(token))) for token in postings.tokens(""))


def copied_items(items: PackedItems) -> PackedItems:
    """Items as often as there are copies."""
    ends, size = array("I", items.ends), len(items.heads)
    further = (end + copy * size for copy in COPIES for end in ends[1:])
    return PackedItems(
        items.heads * len(COPIES),
        array("I", [0, *further]).tobytes(),
        items.kinds * len(COPIES),
        items.tails,
    )


def copied_names(names: PackedNames, size: Size) -> PackedNames:
    """Each name with all the rows that it is the name of."""
    found = zip(array("q", names.hashes), array("I", names.values), strict=True)
    return pack_names(
        sorted(
            (hashed, value >> 24, (value & ROW) + copy * size.rows)
            for hashed, value in found
            for copy in COPIES
        )
    )


async def measured(index: Path, asked: Sequence[Asked]) -> tuple[list[float], list[float]]:
    """Times in ms of pages of any depth, and of first pages with their totals."""
    return await every_page(index, DEEP), await never_seen(index, asked)


async def growth(data_dir: Path) -> list[Figure]:
    """The figures of both indexes."""
    index, larger = index_path(data_dir), data_dir / "larger.db"
    asked = queries.first_pages(index)
    small_pages, small_first = await measured(index, asked)
    grow(index, larger)
    pages, first = await measured(larger, asked)
    megabytes, before = larger.stat().st_size / 1e6, index.stat().st_size / 1e6
    larger.unlink()
    usual = statistics.median(small_pages)
    return [
        Figure("index", megabytes, "MB", "", f"{before:.0f} with a quarter of the rows"),
        Figure("page behind the first, median", statistics.median(pages), "ms", "", f"{usual:.2f}"),
        Figure("the slowest of them", max(pages), "ms", "≤ 5 ms", f"{max(small_pages):.1f}"),
        *beside(summary("never seen", first, "", "≤ 25 ms"), summary("", small_first, "", "")),
    ]


def beside(figures: Sequence[Figure], others: Sequence[Figure]) -> list[Figure]:
    """The figures, with the values of others in brackets."""
    return [
        figure._replace(more=f"{other.value:.2f}")
        for figure, other in zip(figures, others, strict=True)
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, help="a data folder (default: a new one)")
    parser.add_argument("--write", action="store_true", help="write into docs/performance.md")
    given = parser.parse_args()
    with data_folder(given.data_dir) as folder:
        figures = asyncio.run(growth(folder))
    show("growth", figures)
    if given.write:
        write("growth", figures)
