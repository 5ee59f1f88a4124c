"""Filling the tables of a new index from the Unicode tables."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count, islice
from operator import itemgetter
from typing import Any

from webapp.characters import ucd
from webapp.characters.detail_tables import Table, detail_tables, is_unusual
from webapp.characters.facts import LookAlikes
from webapp.characters.fields import classic_tokens
from webapp.characters.gathered import Gathered
from webapp.characters.languages import LanguageWords, locale_rows, numbered
from webapp.characters.name_tables import best_bets, keys, name_parts, operator_names
from webapp.characters.orders import facet_values, in_rank_order, orders
from webapp.characters.postings import Packed, Postings, pack
from webapp.characters.records import Record, Records, Row
from webapp.characters.resident import sections
from webapp.characters.row_items import pack_items
from webapp.characters.schema import INDEXES, TABLES
from webapp.characters.searchable import Searchable
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
        self._languages = LanguageWords()
        self._rows: dict[Row, int] = {}
        self._searchable = Searchable()

    def run(self, build_id: str) -> None:
        """Fill the database and check it; sqlite3.DatabaseError if the check fails."""
        self._prepare()
        self._read_languages()
        self._step("Characters", 0.2)
        made = Records(list(ucd.code_points()), list(ucd.sequences()), self._languages.english())
        look_alikes = made.look_alikes
        self._characters = [each for each in made.characters if is_unusual(each)]
        with Writing(self._db) as writing:
            records = self._listed(made, writing)
            del made  # the memory is needed for what comes
            self._step("Order", 0.4)
            ranked = in_rank_order(records)
            self._rows = {record.code_points: row for row, record in enumerate(ranked, 1)}
            self._search(ranked, writing)
            for table, columns, rows in self._tables(records, look_alikes):
                writing.rows(table, columns, rows)
        self._finish(build_id, records)

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

    def _read_languages(self) -> None:
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
        listed = Gathered()
        for first, batch in _batches(made):
            self._step("Properties", 0.25 + 0.15 * first / _ABOUT_ALL_ROWS)
            for place, record in enumerate(batch, first):
                listed.add_shared(place, record.facts)
                listed.add(place, classic_tokens(record.texts.name))
            records += batch
        found = sorted(listed.rows().items(), key=itemgetter(0))
        writing.rows("resident", 2, sections("listed", pack(found)))
        return records

    def _search(self, ranked: Sequence[Record], writing: Writing) -> None:
        """What searches look up, in the order of rank."""
        items = pack_items((each.head, each.tail) for each in ranked)
        writing.rows("resident", 2, sections("items", items))
        for first, batch in _batches(ranked):
            self._step("Words", 0.4 + 0.4 * first / _ABOUT_ALL_ROWS)
            for row, record in enumerate(batch, first):
                self._searchable.add(row, record)
        writing.rows("resident", 2, self._searchable.sections())

    def _tables(self, records: Sequence[Record], look_alikes: LookAlikes) -> Iterator[Table]:
        """All others, made while SQLite is still busy with the words."""
        self._step("Languages", 0.70)
        yield "locale_tokens", 2, self._languages.tokens(self._rows)
        yield "locale_names", 2, self._locale_names()
        names = ((self._rows[row], packed) for row, packed in self._languages.packed_names())
        yield "short_names", 2, names
        self._step("Names", 0.80)
        yield "name_parts(kind, rows, lines)", 3, name_parts(records, self._rows)
        yield "best", 3, best_bets(self._rows)
        yield "operator_names", 1, sorted((key,) for key in operator_names(records))
        yield "keys", 2, keys(self._rows)
        self._step("Orders", 0.82)
        yield "resident", 2, orders(records, self._rows)
        yield "facet_values", 4, facet_values(records)
        self._step("Details", 0.84)
        yield from detail_tables(self._rows, self._characters, look_alikes)
        self._step("Spelling", 0.88)
        yield "vocabulary", 4, self._searchable.counts.vocabulary()
        yield "typos", 2, sorted(self._searchable.counts.typos())

    def _locale_names(self) -> list[tuple[int, int]]:
        names = self._languages.hashed_names()
        return sorted({(hashed, self._rows[row]) for row, hashes in names for hashed in hashes})

    def _finish(self, build_id: str, records: Sequence[Record]) -> None:
        self._step("Indexes", 0.90)
        names = [each.texts.name for each in records if len(each.code_points) == 1]
        self._meta("characters", len(names))
        self._meta("sequences", len(records) - len(names))
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
