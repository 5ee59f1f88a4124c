"""Filling the tables of a new index from the Unicode tables."""

import itertools
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from webapp.characters import curated, ucd
from webapp.characters.counts import Counts
from webapp.characters.detail_tables import detail_tables
from webapp.characters.facts import CharacterFacts, LookAlikes
from webapp.characters.fields import (
    classic_tokens,
    exact_keys,
    is_numbered,
    text_facts,
    text_tokens,
    words_of,
)
from webapp.characters.identifier import bare, format_id
from webapp.characters.languages import LanguageWords, annotations_by_locale, numbered
from webapp.characters.model import row_json
from webapp.characters.orders import Facets, in_rank_order, places
from webapp.characters.records import (
    Record,
    Row,
    Writings,
    by_age,
    character_record,
    expand,
    sequence_record,
)
from webapp.characters.schema import INDEXES, LEAST_TOTAL, LOCALE_NAME, TABLES, key_hash
from webapp.characters.text import squash

BATCH = 4_000
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
        self._counts = Counts()

    def run(self, build_id: str) -> None:
        """Fill the database and check it; sqlite3.DatabaseError if the check fails."""
        # Nothing to roll back to: a build that dies is thrown away.
        for setting in ("journal_mode=off", "synchronous=off", "cache_size=-32768"):
            self._db.execute(f"pragma {setting}")
        self._db.executescript(TABLES)
        self._db.execute("begin")
        records = self._records()
        self._step("Order", 0.2)
        ranked = in_rank_order(records)
        self._rows = {record.code_points: row for row, record in enumerate(ranked, 1)}
        look_alikes = LookAlikes(self._rows)
        facts = self._listed(records, look_alikes)
        languages = self._languages()
        self._search(ranked, facts, languages)
        self._exact(records, languages)
        self._orders(records)
        self._details(look_alikes, languages)
        self._finish(build_id)

    def _step(self, stage: str, done: float) -> None:
        if self._stop.is_set():
            raise BuildStopped
        self._progress(stage, done)

    def _records(self) -> list[Record]:
        """All rows in the order of code points, the sequences after the characters."""
        self._step("Characters", 0.0)
        facts, writings = CharacterFacts(), Writings()
        self._characters = list(ucd.code_points())
        own = {each.code_point: each.decomposition for each in self._characters}
        records: list[Record] = []
        for batch in _batches(self._characters):
            self._step("Characters", 0.05 + 0.15 * len(records) / _ABOUT_ALL_ROWS)
            for each in batch:
                base = expand(each.code_point, own, False)[0] if each.decomposition else ""
                records.append(character_record(each, facts, writings, base))
        self._meta("characters", len(records))
        records += (sequence_record(each, writings) for each in ucd.sequences())
        self._meta("sequences", len(records) - len(self._characters))
        return records

    def _listed(self, records: Sequence[Record], look_alikes: LookAlikes) -> dict[Row, str]:
        """Fill the table in the order of code points; the facts of each row."""
        facts: dict[Row, str] = {}
        for batch in _batches(enumerate(records, 1)):
            self._step("Properties", 0.2 + 0.15 * len(facts) / _ABOUT_ALL_ROWS)
            words = []
            for number, record in batch:
                own = (record.facts, *text_facts(record.texts), *look_alikes.tokens(record[0]))
                facts[record.code_points] = " ".join(own)
                classic = " ".join(classic_tokens(record.texts.name))
                words.append((number, f"{facts[record.code_points]} {classic}"))
            self._db.executemany("insert into listed(rowid, words) values(?, ?)", words)
        return facts

    def _languages(self) -> LanguageWords:
        by_locale = list(annotations_by_locale())
        numbers = numbered(locale for locale, _ in by_locale)
        languages = LanguageWords(self._rows)
        for done, (locale, annotations) in enumerate(by_locale):
            self._step("Languages", 0.35 + 0.2 * done / len(by_locale))
            languages.add(locale, numbers[locale], annotations)
        names = {locale: name for locale, name, _ in ucd.locale_names()}
        rows = (
            (numbers[each], each, names[each], count) for each, count in languages.counts.items()
        )
        self._insert("locales", 4, rows)
        return languages

    def _search(
        self, ranked: Sequence[Record], facts: dict[Row, str], languages: LanguageWords
    ) -> None:
        for batch in _batches(enumerate(ranked, 1)):
            self._step("Words", 0.55 + 0.25 * batch[0][0] / _ABOUT_ALL_ROWS)
            self._insert("rows", 2, ((row, row_json(record.item)) for row, record in batch))
            self._db.executemany(
                "insert into search(rowid, words) values(?, ?)",
                (
                    (row, f"{self._words(record)} {facts[record[0]]} {languages.tokens(record[0])}")
                    for row, record in batch
                ),
            )

    def _words(self, record: Record) -> str:
        found = words_of(record.texts)
        self._counts.add(found, spelled=not is_numbered(record.texts.name))
        return " ".join(text_tokens(record.texts, found))

    def _exact(self, records: Sequence[Record], languages: LanguageWords) -> None:
        self._step("Names", 0.80)
        keys = [
            (key_hash(key), tier, self._rows[record.code_points])
            for record in records
            for tier, key in exact_keys(record.texts)
            if key
        ]
        keys += ((key_hash(key), LOCALE_NAME, self._rows[row]) for key, row in languages.keys)
        keys.sort()
        self._insert("exact", 3, keys)
        self._insert("best", 3, self._best_bets())
        spelled = {format_id(bare(row)): number for row, number in self._rows.items()}
        spelled |= {format_id(row): number for row, number in self._rows.items()}
        self._insert("keys", 2, sorted(spelled.items()))

    def _best_bets(self) -> Iterator[tuple[int, int, int]]:
        for term, rows in curated.best_bets():
            hashed = key_hash(squash(term))
            yield from ((hashed, place, self._rows[row]) for place, row in enumerate(rows, 1))

    def _orders(self, records: Sequence[Record]) -> None:
        self._step("Orders", 0.84)
        facets = Facets(records)
        by_name = places(records, lambda each: (each.item.name, each.code_points))
        ages = places(records, lambda each: (by_age(each.item.age), each.code_points))
        self._insert(
            "orders",
            5,
            (
                (self._rows[each[0]], cp, by_name[each[0]], ages[each[0]], facets.of(each))
                for cp, each in enumerate(records, 1)
            ),
        )
        self._insert("facet_values", 4, facets.values())

    def _details(self, look_alikes: LookAlikes, languages: LanguageWords) -> None:
        self._step("Details", 0.86)
        for table, columns, rows in detail_tables(self._rows, self._characters, look_alikes):
            self._insert(table, columns, rows)
        names = ((self._rows[row], packed) for row, packed in languages.packed_names())
        self._insert("short_names", 2, names)

    def _finish(self, build_id: str) -> None:
        self._step("Spelling", 0.88)
        self._insert("vocabulary", 4, self._counts.vocabulary())
        self._insert("typos", 2, sorted(self._counts.typos()))
        self._step("Indexes", 0.90)
        for table in ("search", "listed"):
            self._db.execute(f"insert into {table}({table}) values('optimize')")
        self._totals()
        self._meta("rows", len(self._rows))
        self._meta("unicode_version", ucd.UNICODE_VERSION)
        self._meta("build_id", build_id)
        self._db.execute("commit")
        self._db.executescript(INDEXES)
        self._db.execute("analyze")
        self._step("Checking", 0.96)
        self._check()
        self._step("Done", 1.0)

    def _totals(self) -> None:
        """Count what is frequent, once and for all."""
        self._db.execute("create virtual table temp.terms using fts5vocab(main, listed, row)")
        facts = self._db.execute("select term, doc from temp.terms where doc >= ?", [LEAST_TOTAL])
        self._insert("totals", 2, facts.fetchall())
        self._db.execute("drop table temp.terms")
        for key, expression in self._counts.frequent():
            count = "select count(*) from search where search match ?"
            self._insert("totals", 2, [(key, self._db.execute(count, [expression]).fetchone()[0])])

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


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(rows)
    while batch := list(itertools.islice(iterator, BATCH)):
        yield batch
