"""Filling the tables of a new index from the Unicode tables."""

import sqlite3
import threading
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count, islice
from typing import Any

from webapp.characters import ucd
from webapp.characters.counts import Counts, NumberedNames
from webapp.characters.detail_tables import Table, detail_tables, is_unusual
from webapp.characters.facts import LookAlikes
from webapp.characters.fields import (
    classic_tokens,
    exact_keys,
    is_numbered,
    text_facts,
    text_tokens,
    words_of,
)
from webapp.characters.frequent import frequent_matches
from webapp.characters.languages import LanguageWords, locale_rows, numbered
from webapp.characters.name_tables import best_bets, keys, name_parts, operator_names
from webapp.characters.orders import Facets, in_rank_order, orders
from webapp.characters.records import Record, Records, Row
from webapp.characters.schema import INDEXES, LEAST_TOTAL, LOCALE_NAME, TABLES, key_hash
from webapp.characters.vocabulary import Vocabulary
from webapp.characters.word_fields import word_fields
from webapp.characters.writing import Writing

BATCH = 1_000
_OPTIMIZE = "insert into {0}({0}) values('optimize')"
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
        self._counts = Counts()
        # Hash, tier and row of one text after the other: as tuples they take ten times the room.
        self._texts = array("q")

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
        for table in ("search", "listed"):
            # Merged once when all is in, not again and again.
            for setting, value in (("automerge", 0), ("crisismerge", 1_000)):
                self._db.execute(
                    f"insert into {table}({table}, rank) values(?, ?)", (setting, value)
                )

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
        """The records; fills the table in the order of code points while they are made."""
        records: list[Record] = []
        for first, batch in _batches(made):
            self._step("Properties", 0.25 + 0.15 * first / _ABOUT_ALL_ROWS)
            words = [
                " ".join((each.facts, *text_facts(each.texts), *classic_tokens(each.texts.name)))
                for each in batch
            ]
            writing.texts("listed", "rowid, words", first, words)
            records += batch
        writing.execute(_OPTIMIZE.format("listed"))
        return records

    def _search(self, ranked: Iterable[Record], writing: Writing) -> None:
        """Fill the tables that hold every row in the order of rank."""
        numbered_names = NumberedNames()
        for first, batch in _batches(ranked):
            self._step("Words", 0.4 + 0.4 * first / _ABOUT_ALL_ROWS)
            writing.texts("rows", "id, json", first, [each.json for each in batch])
            words = [self._words(each, numbered_names) for each in batch]
            writing.texts("search", "rowid, words", first, words)
            for row, record in enumerate(batch, first):
                for tier, key in set(exact_keys(record.texts, record.likelihood)):
                    if key:
                        self._texts.extend((key_hash(key), tier, row))
        numbered_names.tell(self._counts)
        # Now, so that the tables to come are put where the words were before they were merged.
        writing.execute(_OPTIMIZE.format("search"))

    def _words(self, record: Record, numbered_names: NumberedNames) -> str:
        texts = record.texts
        if is_numbered(texts.name) and texts.is_alone:
            return f"{numbered_names.take(texts.name)} {record.facts}"
        found = words_of(texts)
        self._counts.add(found, spelled=not is_numbered(texts.name))
        languages = self._languages.tokens(record.code_points)
        tokens = (*text_tokens(texts, found), *text_facts(texts), record.facts, languages)
        return " ".join(tokens)

    def _tables(self, records: Sequence[Record], look_alikes: LookAlikes) -> Iterator[Table]:
        """All others, made while SQLite is still busy with the words."""
        self._step("Names", 0.80)
        yield "name_parts(kind, rows, lines)", 3, name_parts(records, self._rows)
        yield "exact", 3, self._exact()
        yield "best", 3, best_bets(self._rows)
        yield "operator_names", 1, sorted((key,) for key in operator_names(records))
        yield "keys", 2, keys(self._rows)
        self._step("Orders", 0.82)
        facets = Facets(records)
        yield "orders", 5, orders(records, self._rows, facets)
        yield "facet_values", 4, facets.values()
        self._step("Details", 0.84)
        yield from detail_tables(self._rows, self._characters, look_alikes)
        names = ((self._rows[row], packed) for row, packed in self._languages.packed_names())
        yield "short_names", 2, names
        self._step("Spelling", 0.88)
        yield "vocabulary", 4, self._counts.vocabulary()
        yield "typos", 2, sorted(self._counts.typos())

    def _exact(self) -> Iterator[tuple[int, int, int]]:
        for each, hashes in self._languages.hashed_names():
            row = self._rows[each]
            for hashed in hashes:
                self._texts.extend((hashed, LOCALE_NAME, row))
        numbers = iter(self._texts)
        # As one number each they are sorted faster, and take half the room.
        found = zip(numbers, numbers, numbers, strict=True)
        packed = sorted({hashed << 32 | tier << 24 | row for hashed, tier, row in found})
        return ((each >> 32, each >> 24 & 0xFF, each & 0xFFFFFF) for each in packed)

    def _finish(self, build_id: str, records: Sequence[Record]) -> None:
        self._step("Indexes", 0.90)
        names = [each.texts.name for each in records if len(each.code_points) == 1]
        self._totals(names)
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

    def _totals(self, names: Sequence[str]) -> None:
        """Count what is frequent, once and for all, given the names of all characters."""
        self._db.execute("create virtual table temp.terms using fts5vocab(main, listed, row)")
        facts = self._db.execute(
            """select '"' || term || '"', doc from temp.terms where doc >= ?""", [LEAST_TOTAL]
        )
        self._insert("totals", 2, facts.fetchall())
        self._db.execute("drop table temp.terms")
        written = (word for _, word, *_ in self._counts.vocabulary())
        fields = dict(word_fields(self._db, written))
        self._insert("word_fields", 2, fields.items())
        vocabulary = Vocabulary(fields)
        for match in frequent_matches(names, LEAST_TOTAL, vocabulary):
            count = "select count(*) from search where search match ?"
            self._insert("totals", 2, [(match, *self._db.execute(count, [match]).fetchone())])
        self._db.execute(
            """insert into all_facets
            select facets, count(*) from orders where cp <= ? group by facets""",
            [len(names)],
        )

    def _check(self) -> None:
        report = self._db.execute("pragma quick_check").fetchone()
        counts = [self._count(table) for table in ("rows", "orders")]
        if report != ("ok",) or counts != [len(self._rows)] * 2:
            raise sqlite3.DatabaseError(f"The index that was built is damaged: {report} {counts}")
        for table in ("search", "listed"):
            self._db.execute(f"insert into {table}({table}) values('integrity-check')")

    def _count(self, table: str) -> int:
        count: int = self._db.execute(f"select count(*) from {table}").fetchone()[0]  # noqa: S608
        return count

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
