"""Filling the tables of a new index from the Unicode tables."""

import itertools
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from webapp.characters import ucd
from webapp.characters.identifier import bare, format_id
from webapp.characters.records import (
    Record,
    aliases_by_code_point,
    by_age,
    character_record,
    full_decompositions,
    sequence_record,
)
from webapp.characters.schema import INDEXES, TABLES

BATCH = 4_000

Progress = Callable[[str, float], None]


class BuildStopped(Exception):
    """The build was asked to stop; nothing of it is left."""


class _Order(NamedTuple):
    """What the orders other than relevance are made from."""

    code_points: tuple[int, ...]
    name: str
    age: tuple[int, int]


class Indexer:
    """One build into an empty database; every step can be stopped between two batches."""

    def __init__(self, db: sqlite3.Connection, progress: Progress, stop: threading.Event) -> None:
        self._db = db
        self._progress = progress
        self._stop = stop
        self._aliases = aliases_by_code_point()
        self._rows: dict[tuple[int, ...], int] = {}
        self._orders: list[_Order] = []
        self._names: list[tuple[str, int, int]] = []
        self._own: dict[int, str] = {}
        self._vocabulary: Counter[str] = Counter()

    def run(self, build_id: str) -> None:
        """Fill the database and check it; sqlite3.DatabaseError if the check fails."""
        # Nothing to roll back to: a build that dies is thrown away.
        for setting in ("journal_mode=off", "synchronous=off", "cache_size=-32768"):
            self._db.execute(f"pragma {setting}")
        self._db.executescript(TABLES)
        self._db.execute("begin")
        self._characters()
        self._sequences()
        self._small_tables()
        self._order_rows()
        self._finish(build_id)

    def _step(self, stage: str, done: float) -> None:
        if self._stop.is_set():
            raise BuildStopped
        self._progress(stage, done)

    def _characters(self) -> None:
        for batch in _batches(ucd.code_points()):
            self._step("Characters", 0.75 * len(self._rows) / 180_000)
            first = len(self._rows) + 1
            self._add(
                [character_record(each, self._aliases.get(each.code_point, ())) for each in batch]
            )
            self._insert("characters", 16, ((row, *each) for row, each in enumerate(batch, first)))
            self._own.update((each[0], each.decomposition) for each in batch if each.decomposition)
        self._meta("characters", len(self._rows))

    def _sequences(self) -> None:
        self._step("Sequences", 0.75)
        for batch in _batches(ucd.sequences()):
            first = len(self._rows) + 1
            self._add([sequence_record(each) for each in batch])
            self._insert(
                "sequences",
                5,
                (
                    (row, " ".join(f"{c:04X}" for c in each.code_points), *each[1:])
                    for row, each in enumerate(batch, first)
                ),
            )
        self._meta("sequences", len(self._orders) - len(self._rows) + self._count("sequences"))

    def _add(self, records: list[Record]) -> None:
        """Number the records and put them into every table that all rows are in."""
        numbered = list(enumerate(records, len(self._rows) + 1))
        for row, record in numbered:
            self._rows[record.code_points] = row
            self._orders.append(
                _Order(record.code_points, record.item.name, by_age(record.item.age))
            )
            self._names += ((key, row, tier) for key, tier in record.names)
            self._vocabulary.update(record.words)
        self._insert("rows", 2, ((row, record.json) for row, record in numbered))
        self._insert("keys", 2, ((record.item.id, row) for row, record in numbered))
        self._db.executemany(
            "insert into search(rowid, words) values(?, ?)",
            ((row, " ".join(record.words)) for row, record in numbered),
        )

    def _small_tables(self) -> None:
        self._step("Names", 0.78)
        self._insert("names", 3, sorted(self._names))
        self._insert(
            "keys",
            2,
            (
                (format_id(bare(code_points)), row)
                for code_points, row in self._rows.items()
                if bare(code_points) != code_points
            ),
        )
        self._insert("aliases", 3, self._of_rows(ucd.aliases()))
        self._insert("notes", 3, self._of_rows(ucd.notes()))
        self._insert(
            "entities",
            2,
            (
                (self._rows[stands_for], name)
                for name, stands_for in ucd.entities()
                if stands_for in self._rows
            ),
        )
        self._insert("short_names", 3, self._short_names("en"))
        self._insert("blocks", 3, ucd.blocks())
        self._insert(
            "decompositions",
            3,
            ((self._rows[each[0],], *each[1:]) for each in full_decompositions(self._own)),
        )

    def _of_rows(self, facts: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """The facts with their code point replaced by its row; some are of code points without."""
        for code_point, *rest in facts:
            if row := self._rows.get((code_point,)):
                yield row, *rest

    def _short_names(self, locale: str) -> Iterator[tuple[int, str, str]]:
        """CLDR's names in one locale; the annotations are sorted by locale."""
        up_to = itertools.takewhile(lambda each: each.locale <= locale, ucd.annotations())
        for each in up_to:
            if each.locale == locale and each.name and each.code_points in self._rows:
                yield self._rows[each.code_points], locale, each.name

    def _order_rows(self) -> None:
        self._step("Orders", 0.80)
        ranks = [self._ranks(lambda order: order.code_points)]
        ranks.append(self._ranks(lambda order: (order.name, order.code_points)))
        ranks.append(self._ranks(lambda order: (order.age, order.code_points)))
        self._insert(
            "orders", 4, ((row, *rank) for row, rank in enumerate(zip(*ranks, strict=True), 1))
        )

    def _ranks(self, key: Callable[[_Order], Any]) -> list[int]:
        """The place of each row, from 1, when all are sorted by the key."""
        ranks = [0] * len(self._orders)
        in_order = sorted(range(len(ranks)), key=lambda row: key(self._orders[row]))
        for place, row in enumerate(in_order, 1):
            ranks[row] = place
        return ranks

    def _finish(self, build_id: str) -> None:
        self._step("Words", 0.86)
        self._insert("vocabulary", 2, sorted(self._vocabulary.items()))
        self._db.execute("insert into search(search) values('optimize')")
        self._step("Indexes", 0.92)
        self._meta("rows", len(self._rows))
        self._meta("unicode_version", ucd.UNICODE_VERSION)
        self._meta("build_id", build_id)
        self._db.execute("commit")
        self._db.executescript(INDEXES)
        self._db.execute("analyze")
        self._step("Checking", 0.96)
        self._check()
        self._step("Done", 1.0)

    def _check(self) -> None:
        report = self._db.execute("pragma quick_check").fetchone()
        counts = [self._count(table) for table in ("rows", "orders")]
        if report != ("ok",) or counts != [len(self._rows)] * 2:
            raise sqlite3.DatabaseError(f"The index that was built is damaged: {report} {counts}")
        self._db.execute("insert into search(search) values('integrity-check')")

    def _count(self, table: str) -> int:
        count: int = self._db.execute(f"select count(*) from {table}").fetchone()[0]  # noqa: S608
        return count

    def _meta(self, key: str, value: object) -> None:
        self._insert("meta", 2, [(key, str(value))])

    def _insert(self, table: str, width: int, rows: Iterable[tuple[Any, ...]]) -> None:
        places = ",".join("?" * width)
        # Table names come from this module alone.
        self._db.executemany(f"insert or ignore into {table} values({places})", rows)


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(rows)
    while batch := list(itertools.islice(iterator, BATCH)):
        yield batch
