"""What is gathered while an index is built, and how it gets into the tables."""

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator

import pytest

from webapp.characters import tokens
from webapp.characters.gathered import Gathered, beginnings, continuations
from webapp.characters.postings import BEGUN, LEAST_BEGUN
from webapp.characters.vocabulary import MOST_COMPLETIONS, Vocabulary, pack_words
from webapp.characters.writing import Writing

WORDS = [f"sn{number}" for number in range(LEAST_BEGUN)]


def test_tokens_that_rows_share_are_gathered_with_their_own() -> None:
    gathered = Gathered()
    for row in (1, 2):
        gathered.add_shared(row, "cjk ideograph")
    gathered.add(3, ["cjk", "snowman"])
    rows = {token: sorted(rows) for token, rows in gathered.rows().items()}
    assert rows == {"cjk": [1, 2, 3], "ideograph": [1, 2], "snowman": [3]}


@pytest.mark.parametrize("spell", [tokens.name_word, tokens.other_word])
def test_what_many_words_begin_with_has_the_rows_of_them_all(
    spell: Callable[[str], str],
) -> None:
    gathered = Gathered()
    for row, word in enumerate(WORDS, 1):
        gathered.add(row, [spell(word)])
    gathered.add(100, [spell("so"), tokens.keyword_word("sn")])
    found = {token: sorted(rows) for token, rows in beginnings(gathered.rows())}
    every = list(range(1, LEAST_BEGUN + 1))
    assert found == {spell(f"s{BEGUN}"): [*every, 100], spell(f"sn{BEGUN}"): every}


def test_what_few_words_begin_with_is_not_kept() -> None:
    gathered = Gathered()
    for row, word in enumerate(WORDS[1:], 1):
        gathered.add(row, [word])
    assert list(beginnings(gathered.rows())) == []


def test_what_goes_on_from_a_word_has_the_rows_of_what_it_may_become() -> None:
    many = [f"lo{chr(ord('a') + number)}" for number in range(MOST_COMPLETIONS + 1)]
    tokens_of = [*many, "small", "=lowest", "snow", "=snowman", "=snowmen", "=snow"]
    gathered = Gathered()
    for row, token in enumerate(tokens_of, 1):
        gathered.add(row, [token])
    written = [*many, "lo", "lowest", "lower", "snow", "snowman", "snowmen", "man"]
    found = dict(continuations(gathered.rows(), Vocabulary(pack_words(written))))
    rows = {token: row for row, token in enumerate(tokens_of, 1)}
    assert {token: set(each) for token, each in found.items()} == {
        # Whoever types it may be about to type lower, which is indexed as small.
        tokens.longer("lo"): {rows[each] for each in (*many, "small", "=lowest")},
        tokens.longer("snow"): {rows["=snowman"], rows["=snowmen"]},
    }


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with contextlib.closing(
        sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    ) as opened:
        opened.execute("create table numbers(n integer primary key, twice integer)")
        yield opened


def written(db: sqlite3.Connection) -> list[tuple[int, int]]:
    return db.execute("select * from numbers order by n").fetchall()


def test_rows_are_written_in_the_order_of_their_tables(db: sqlite3.Connection) -> None:
    many = [(number, 2 * number) for number in range(5_000)]
    with Writing(db, threading.Event()) as writing:
        writing.rows("numbers", 2, iter(many))
        writing.rows("numbers", 2, [(1, 0), (5_000, 0)])
    assert written(db) == [*many, (5_000, 0)]


def test_what_cannot_be_written_is_an_error_at_the_end(db: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError), Writing(db, threading.Event()) as writing:
        writing.rows("absent", 2, [(1, 2)])


def test_nothing_is_written_once_a_build_is_stopped(db: sqlite3.Connection) -> None:
    stop = threading.Event()

    def stopped() -> Iterator[tuple[int, int]]:
        yield from ((number, 0) for number in range(2_000))
        stop.set()
        yield from ((number, 0) for number in range(2_000, 9_000))

    with Writing(db, stop) as writing:
        writing.rows("numbers", 2, stopped())
        writing.rows("numbers", 2, [(9_000, 0)])
    assert len(written(db)) == 2_000


def test_a_failure_beside_the_writing_ends_it(db: sqlite3.Connection) -> None:
    class Failure(Exception):
        """What went wrong elsewhere."""

    failed = threading.Event()

    def endless() -> Iterator[tuple[int, int]]:
        for number in range(10_000_000):
            yield number, 0
            failed.set()

    def fill() -> None:
        with Writing(db, threading.Event()) as writing:
            writing.rows("numbers", 2, endless())
            assert failed.wait(10)
            raise Failure

    with pytest.raises(Failure):
        fill()
    assert len(written(db)) < 10_000_000
