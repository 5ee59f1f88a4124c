"""Builds in this process, of so few characters that they can be watched."""

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from itertools import chain, islice, takewhile
from typing import Any, Final

import pytest

from webapp.characters import curated, languages, ucd
from webapp.characters.identifier import format_id
from webapp.characters.indexer import Indexer

Row = tuple[int, ...]
Read = Callable[[], Iterator[Any]]

LATIN: Final = range(0x250)
IDEOGRAPHS: Final = range(0x3400, 0x3464)
SOME_LOCALES: Final = 7


def rows_of_others() -> Iterator[Row]:
    """The rows that other tables than those of characters need."""
    yield from (each.code_points for each in languages.language_rows())
    yield from (each.code_points for each in ucd.sequences())
    yield from (row for row, _ in curated.names_people_use())
    yield from chain.from_iterable(rows for _, rows in curated.best_bets())


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> set[Row]:
    """The rows of data with few characters, of all kinds, and few languages."""
    kept = {*LATIN, *IDEOGRAPHS, *chain.from_iterable(rows_of_others())}

    def of_few(read: Read) -> Read:
        return lambda: (each for each in read() if each.code_point in kept)

    def first(read: Read) -> Read:
        return lambda: takewhile(lambda each: each.code_point < IDEOGRAPHS.stop, read())

    tokens = languages.locale_tokens
    monkeypatch.setattr(languages, "locale_tokens", lambda: islice(tokens(), SOME_LOCALES))
    monkeypatch.setattr(ucd, "readings", first(ucd.readings))
    for name in ("code_points", "aliases", "notes", "readings"):
        monkeypatch.setattr(ucd, name, of_few(getattr(ucd, name)))
    return {(each.code_point,) for each in ucd.code_points()} | {
        each.code_points for each in ucd.sequences()
    }


@pytest.mark.crash
def test_an_index_has_what_it_is_made_of_and_tells_how_far_it_is(few: set[Row]) -> None:
    told: list[tuple[float, str]] = []
    with contextlib.closing(
        sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    ) as db:
        Indexer(db, lambda stage, done: told.append((done, stage)), threading.Event()).run("few")
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        meta = dict(db.execute("select key, value from meta"))
        keys = {key for (key,) in db.execute("select key from keys")}
        assert db.execute("select count(distinct row) from keys").fetchone() == (len(few),)
    assert (meta["build_id"], meta["rows"]) == ("few", str(len(few)))
    assert {format_id(row) for row in few} <= keys
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[0][0] == 0
    assert told[-1] == (1.0, "Done")
