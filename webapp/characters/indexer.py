"""Filling the tables of a new index from the Unicode tables."""

import sqlite3
import threading
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from webapp.characters import ucd
from webapp.characters.counts import Counts
from webapp.characters.detail_tables import detail_tables
from webapp.characters.facts import CharacterFacts, LookAlikes
from webapp.characters.fields import (
    classic_tokens,
    exact_keys,
    is_numbered,
    text_tokens,
    words_of,
)
from webapp.characters.frequent import frequent_matches
from webapp.characters.identifier import bare, format_id
from webapp.characters.languages import LanguageWords, locale_rows, numbered
from webapp.characters.model import row_json
from webapp.characters.name_tables import best_bets, name_parts, operator_names
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
from webapp.characters.vocabulary import Vocabulary
from webapp.characters.word_fields import word_fields
from webapp.characters.writing import Writing

BATCH = 1_000
_OPTIMIZE = "insert into {0}({0}) values('optimize')"
# Progress is told before the rows are counted.
_ABOUT_ALL_ROWS = 176_000

Value = TypeVar("Value")
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
        records = self._records()
        self._step("Order", 0.4)
        ranked = in_rank_order(records)
        self._rows = {record.code_points: row for row, record in enumerate(ranked, 1)}
        look_alikes = LookAlikes(self._rows.keys())
        for record in records:
            record.facts.extend(look_alikes.tokens(record.code_points))
        with Writing(self._db) as writing:
            self._listed(records, writing)
            self._search(ranked, writing)
        self._names(records)
        self._orders(records)
        self._details(look_alikes)
        self._finish(build_id)

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
        names = {locale: name for locale, name, _ in ucd.locale_names()}
        numbers = numbered(rows)
        self._insert(
            "locales", 4, ((n, each, names[each], rows[each]) for each, n in numbers.items())
        )

    def _records(self) -> list[Record]:
        """All rows in the order of code points, the sequences after the characters."""
        self._step("Characters", 0.2)
        facts, writings = CharacterFacts(), Writings(self._languages.english())
        self._characters = list(_slim(ucd.code_points()))
        own = {c.code_point: c.decomposition for c in self._characters if c.decomposition}
        records: list[Record] = []
        for first, batch in _batches(self._characters):
            self._step("Characters", 0.25 + 0.15 * first / _ABOUT_ALL_ROWS)
            for each in batch:
                base = expand(each.code_point, own, False)[0] if each.decomposition else ""
                records.append(character_record(each, facts, writings, base))
        self._meta("characters", len(records))
        records += (sequence_record(each, writings) for each in ucd.sequences())
        self._meta("sequences", len(records) - len(self._characters))
        return records

    def _listed(self, records: Sequence[Record], writing: Writing) -> None:
        """Fill the table in the order of code points."""
        for first, batch in _batches(records):
            self._step("Properties", 0.4 + 0.1 * first / _ABOUT_ALL_ROWS)
            words = [" ".join((*each.facts, *classic_tokens(each.texts.name))) for each in batch]
            writing.texts("listed", "rowid, words", first, words)
        writing.execute(_OPTIMIZE.format("listed"))

    def _search(self, ranked: Sequence[Record], writing: Writing) -> None:
        """Fill the tables that hold every row in the order of rank."""
        for first, batch in _batches(ranked):
            self._step("Words", 0.5 + 0.3 * first / _ABOUT_ALL_ROWS)
            writing.texts("rows", "id, json", first, [row_json(each.item) for each in batch])
            writing.texts("search", "rowid, words", first, [self._words(each) for each in batch])
            for row, record in enumerate(batch, first):
                for tier, key in exact_keys(record.texts, record.likelihood):
                    if key:
                        self._texts.extend((key_hash(key), tier, row))
                record.facts.clear()  # the memory is needed for what comes
        # Now, so that the tables to come are put where the words were before they were merged.
        writing.execute(_OPTIMIZE.format("search"))

    def _words(self, record: Record) -> str:
        found = words_of(record.texts)
        self._counts.add(found, spelled=not is_numbered(record.texts.name))
        languages = self._languages.tokens(record.code_points)
        return " ".join((*text_tokens(record.texts, found), *record.facts, languages))

    def _names(self, records: Sequence[Record]) -> None:
        self._step("Names", 0.80)
        for each, hashes in self._languages.hashed_names():
            row = self._rows[each]
            for hashed in hashes:
                self._texts.extend((hashed, LOCALE_NAME, row))
        numbers = iter(self._texts)
        self._db.execute("create temp table found(hash integer, tier integer, row integer)")
        self._insert("temp.found", 3, zip(numbers, numbers, numbers, strict=True))
        self._db.execute("insert into exact select distinct * from temp.found order by 1, 2, 3")
        self._db.execute("drop table temp.found")
        self._insert("best", 3, best_bets(self._rows))
        self._insert("operator_names", 1, sorted((key,) for key in operator_names(records)))
        self._insert("name_parts(kind, rows, lines)", 3, name_parts(records, self._rows))
        spelled = {format_id(bare(row)): number for row, number in self._rows.items()}
        spelled |= {format_id(row): number for row, number in self._rows.items()}
        self._insert("keys", 2, sorted(spelled.items()))

    def _orders(self, records: Sequence[Record]) -> None:
        self._step("Orders", 0.84)
        facets = Facets(records)
        by_name = places(records, lambda each: (each.name, each.code_points))
        ages = places(records, lambda each: (by_age(each.age), each.code_points))
        self._insert(
            "orders",
            5,
            (
                (self._rows[each[0]], cp, by_name[each[0]], ages[each[0]], facets.of(each))
                for cp, each in enumerate(records, 1)
            ),
        )
        self._insert("facet_values", 4, facets.values())

    def _details(self, look_alikes: LookAlikes) -> None:
        self._step("Details", 0.86)
        for table, columns, rows in detail_tables(self._rows, self._characters, look_alikes):
            self._insert(table, columns, rows)
        names = ((self._rows[row], packed) for row, packed in self._languages.packed_names())
        self._insert("short_names", 2, names)

    def _finish(self, build_id: str) -> None:
        self._step("Spelling", 0.88)
        self._insert("vocabulary", 4, self._counts.vocabulary())
        self._insert("typos", 2, sorted(self._counts.typos()))
        self._step("Indexes", 0.90)
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
        facts = self._db.execute(
            """select '"' || term || '"', doc from temp.terms where doc >= ?""", [LEAST_TOTAL]
        )
        self._insert("totals", 2, facts.fetchall())
        self._db.execute("drop table temp.terms")
        written = (word for _, word, *_ in self._counts.vocabulary())
        fields = dict(word_fields(self._db, written))
        self._insert("word_fields", 2, fields.items())
        vocabulary = Vocabulary(fields)
        names = (each.name for each in self._characters)
        for match in frequent_matches(names, LEAST_TOTAL, vocabulary):
            count = "select count(*) from search where search match ?"
            self._insert("totals", 2, [(match, *self._db.execute(count, [match]).fetchone())])
        self._db.execute(
            """insert into all_facets
            select facets, count(*) from orders where cp <= ? group by facets""",
            [len(self._characters)],
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


def _batches(records: Sequence[Value]) -> Iterator[tuple[int, Sequence[Value]]]:
    """(number of the first, from 1, some of the records), over all of them."""
    for start in range(0, len(records), BATCH):
        yield start + 1, records[start : start + BATCH]


def _slim(characters: Iterable[ucd.CodePoint]) -> Iterator[ucd.CodePoint]:
    """The same with equal texts kept once: there are few of them beside the names."""
    known: dict[Any, Any] = {}
    for each in characters:
        yield ucd.CodePoint(
            each[0], each[1], *(known.setdefault(value, value) for value in each[2:])
        )
