"""Filling the tables of a new index from the Unicode tables."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count, islice
from typing import Any

from webapp.characters import ucd
from webapp.characters.detail_tables import Table, detail_tables, is_unusual
from webapp.characters.facts import LookAlikes
from webapp.characters.languages import LanguageWords, locale_rows, numbered
from webapp.characters.name_tables import best_bets, keys, name_parts, operator_names
from webapp.characters.orders import facet_values, in_rank_order, orders
from webapp.characters.postings import Packed, Postings
from webapp.characters.records import Record, Records, Row
from webapp.characters.resident import sections
from webapp.characters.row_items import pack_items
from webapp.characters.schema import INDEXES, TABLES
from webapp.characters.searchable import Listed, Searchable
from webapp.characters.tokens import fact
from webapp.characters.writing import Writing

BATCH = 1_000
# Progress is told before the rows are counted.
_ABOUT_ALL_ROWS = 176_000

Progress = Callable[[str, float], None]


class BuildStopped(Exception):
    """The build was asked to stop; nothing of it is left."""


class Indexer:
    """One build into an empty database; every step can be stopped between two batches."""

    def __init__(self, db: sqlite3.Connection, progress: Progress, stop: threading.Event) -> None:
        self._db = db
        self._progress = progress
        self._stop = stop
        self._characters: list[ucd.CodePoint] = []
        self._rows: dict[Row, int] = {}

    def run(self, build_id: str) -> None:
        """Fill the database and check it; sqlite3.DatabaseError if the check fails."""
        languages = LanguageWords()
        self._prepare()
        self._locales()
        self._step("Characters", 0.03)
        made = Records(list(ucd.code_points()), list(ucd.sequences()), languages.english())
        look_alikes = made.look_alikes
        self._characters = [each for each in made.characters if is_unusual(each)]
        with Writing(self._db, self._stop) as writing:
            records = self._listed(made, writing)
            del made  # the memory is needed for what comes
            self._step("Order", 0.27)
            ranked = in_rank_order(records)
            self._rows = {record.code_points: row for row, record in enumerate(ranked, 1)}
            writing.rows("resident", 2, _items(ranked))
            for table in (*self._languages(languages), *self._tables(records, look_alikes)):
                writing.rows(*table)
            characters = sum(len(each.code_points) == 1 for each in records)
            searchable = self._searchable(ranked)
            del records, ranked, look_alikes, languages  # again for the memory
            self._search(searchable, writing)
            self._step("Tables", 0.95)
        self._finish(build_id, characters)

    def _prepare(self) -> None:
        # Nothing to roll back to: a build that dies is thrown away.
        for setting in (
            "page_size=8192",
            "journal_mode=off",
            "synchronous=off",
            "cache_size=-32768",
        ):
            self._db.execute(f"pragma {setting}")
        self._db.executescript(TABLES)
        self._db.execute("begin")

    def _step(self, stage: str, done: float) -> None:
        if self._stop.is_set():
            raise BuildStopped
        self._progress(stage, done)

    def _locales(self) -> None:
        self._step("Languages", 0.0)
        rows = dict(locale_rows())
        names = {locale: each for locale, *each in ucd.locale_names()}
        numbers = numbered(rows)
        self._insert(
            "locales", 5, ((n, each, *names[each], rows[each]) for each, n in numbers.items())
        )

    def _listed(self, made: Iterable[Record], writing: Writing) -> list[Record]:
        """The records; in the order of code points their facts are gathered on the way."""
        records: list[Record] = []
        listed = Listed()
        for first, batch in _batches(made):
            self._step("Properties", 0.12 + 0.15 * first / _ABOUT_ALL_ROWS)
            for place, record in enumerate(batch, first):
                listed.add(place, record)
            records += batch
        writing.rows("resident", 2, listed.sections())
        return records

    def _searchable(self, ranked: Sequence[Record]) -> Searchable:
        """What searches look up, in the order of rank."""
        searchable = Searchable()
        for first, batch in _batches(ranked):
            self._step("Words", 0.33 + 0.42 * first / _ABOUT_ALL_ROWS)
            for row, record in enumerate(batch, first):
                searchable.add(row, record)
        return searchable

    def _search(self, searchable: Searchable, writing: Writing) -> None:
        self._step("Search", 0.75)
        for done, section in enumerate(searchable.sections()):
            self._step("Search", 0.8 + 0.01 * done)
            writing.rows("resident", 2, [section])
        self._step("Spelling", 0.93)
        writing.rows("vocabulary", 4, searchable.counts.vocabulary())
        writing.rows("typos", 2, sorted(searchable.counts.typos()))

    def _languages(self, languages: LanguageWords) -> Iterator[Table]:
        rows = self._rows
        yield "locale_tokens", 2, languages.tokens(rows)
        yield "locale_names", 2, languages.hashed_names(rows)
        yield "short_names", 2, languages.packed_names(rows)

    def _tables(self, records: Sequence[Record], look_alikes: LookAlikes) -> Iterator[Table]:
        """All others, which are filled while the words are gathered."""
        yield from detail_tables(self._rows, self._characters, look_alikes)
        yield "resident", 2, orders(records, self._rows)
        yield "facet_values", 4, facet_values(records)
        yield "name_parts(kind, rows, lines)", 3, name_parts(records, self._rows)
        yield "best", 3, best_bets(self._rows)
        yield "operator_names", 1, sorted((key,) for key in operator_names(records))
        yield "keys", 2, keys(self._rows)

    def _finish(self, build_id: str, characters: int) -> None:
        self._step("Indexes", 0.96)
        self._meta("characters", characters)
        self._meta("sequences", len(self._rows) - characters)
        self._meta("rows", len(self._rows))
        self._meta("unicode_version", ucd.UNICODE_VERSION)
        self._meta("build_id", build_id)
        self._db.execute("commit")
        self._db.executescript(INDEXES)
        self._db.execute("analyze")
        self._step("Checking", 0.98)
        self._check()
        self._step("Done", 1.0)

    def _check(self) -> None:
        report = self._db.execute("pragma quick_check").fetchone()
        blobs: dict[str, bytes] = dict(self._db.execute("select name, data from resident"))
        counts = {name: len(data) // 4 for name, data in blobs.items() if name.startswith("order.")}
        counts |= {part: _counted(part, blobs) for part in ("search", "listed")}
        if report != ("ok",) or set(counts.values()) != {len(self._rows)}:
            raise sqlite3.DatabaseError(f"The index that was built is damaged: {report} {counts}")

    def _meta(self, key: str, value: object) -> None:
        self._insert("meta", 2, [(key, str(value))])

    def _insert(self, table: str, width: int, rows: Iterable[tuple[Any, ...]]) -> None:
        places = ",".join("?" * width)
        # Table names come from this program alone.
        self._db.executemany(f"insert or ignore into {table} values({places})", rows)


def _items(ranked: Iterable[Record]) -> Iterator[tuple[str, bytes]]:
    return sections("items", pack_items((each.head, each.tail) for each in ranked))


def _batches(records: Iterable[Record]) -> Iterator[tuple[int, list[Record]]]:
    """(number of the first, from 1, some of the records), over all of them."""
    remaining = iter(records)
    for first in count(1, BATCH):
        if not (batch := list(islice(remaining, BATCH))):
            return
        yield first, batch


def _counted(part: str, blobs: Mapping[str, bytes]) -> int:
    """How many rows postings have, read back: each has a category, or is a sequence."""
    postings = Postings(Packed(*(blobs.get(f"{part}.{field}", b"") for field in Packed._fields)))
    return len(postings.begun(fact("gc", "")) | postings.rows(fact("sq", "any")))
