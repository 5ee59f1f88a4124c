"""The same searches over four times as many rows: does a page cost more, does a fresh total?

    python -m bench.growth [--data-dir DIR] [--write]

The larger index has the rows of the index and three copies of each behind them. Totals that the
builder of a real index of that size would have counted beforehand are counted anew here.
"""

import argparse
import asyncio
import shutil
import sqlite3
import statistics
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bench import queries
from bench.figures import Figure, show, write
from bench.inside import every_page, never_seen, summary
from bench.queries import Asked
from bench.start import data_folder
from webapp.app import index_path

DEEP = [{"q": text} for text in ("cjk", "letter", "s", "gc:Lo", "arrow")]

# In the order of code points, characters come before sequences, the copies of both too.
PLACE = """iif(cp <= :characters, cp + copy * :characters,
  cp + 3 * :characters + copy * (:rows - :characters))"""
SCRIPT = (
    "create temp table copies as values(0), (1), (2), (3)",
    "alter table copies rename column column1 to copy",
    "create temp table was as select * from orders",
    "create virtual table temp.postings using fts5vocab(main, search, instance)",
    "create temp table found as select doc, group_concat(term, ' ') words from postings group by 1",
    "create virtual table temp.placings using fts5vocab(main, listed, instance)",
    """create temp table facts as select doc cp, group_concat(term, ' ') words from placings
       group by 1""",
    "insert into rows select id + copy * :rows, json from copies cross join rows where copy > 0",
    """insert into exact select hash, tier, row + copy * :rows from copies cross join exact
       where copy > 0""",
    "delete from orders",
    f"""insert into orders select row + copy * :rows, {PLACE}, name + copy * :rows,
       age + copy * :rows, facets from copies cross join was""",
    """insert into search(rowid, words) select doc + copy * :rows, words
       from copies cross join found where copy > 0""",
    "insert into listed(listed) values ('delete-all')",
    f"insert into listed(rowid, words) select {PLACE}, words from copies cross join facts",
    "insert into search(search) values ('optimize')",
    "insert into listed(listed) values ('optimize')",
    "update totals set n = 4 * n",
    "update vocabulary set rows = 4 * rows",
    "update meta set value = 4 * :characters where key = 'characters'",
)


def grow(index: Path, larger: Path) -> None:
    """Write the larger index."""
    shutil.copyfile(index, larger)
    with closing(sqlite3.connect(larger)) as db, db:
        (rows,) = db.execute("select count(*) from rows").fetchone()
        (characters,) = db.execute("select value from meta where key = 'characters'").fetchone()
        for statement in SCRIPT:
            db.execute(statement, {"rows": rows, "characters": int(characters)})


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
