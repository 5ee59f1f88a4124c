"""The writer that cannot be split and the readers that cannot run away, on real files."""

import asyncio
import contextlib
import json
import random
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Protocol

import pytest

from webapp.connections import Connection, connect
from webapp.database import WRITER_PRAGMAS, Readers, Writer
from webapp.problems import QueryTimeout, Unavailable
from webapp.settings import ROOT

# Endless for these tests; yet without a deadline it ends, so that they turn red and do not hang.
ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000000) "
    "SELECT count(*) FROM n"
)
LONG_S = 30.0
PROMPT_S = 2.0

Work = Callable[[sqlite3.Connection], int]


class Refused(Exception):
    """What a failing piece of work raises."""


class Runs(Protocol):
    """Whoever runs a piece of work in a transaction."""

    async def run(self, work: Work) -> int: ...


class NaiveWriter:
    """The control: a lock and a try around one connection, as one would write it at first."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = asyncio.Lock()

    async def run(self, work: Work) -> int:
        async with self._lock:
            await self._connection.execute_fetchall("BEGIN IMMEDIATE")
            try:
                result = await self._connection.run(work)
            except Exception:
                await self._connection.execute_fetchall("ROLLBACK")
                raise
            await self._connection.execute_fetchall("COMMIT")
            return result


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger: the balance is the sum of the moves, in any state that anyone may see."""
    path = tmp_path / "ledger.db"
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript(
            "CREATE TABLE balance (amount INTEGER NOT NULL) STRICT;"
            "CREATE TABLE moves (number INTEGER PRIMARY KEY, amount INTEGER NOT NULL) STRICT;"
            "INSERT INTO balance VALUES (0);"
        )
    return path


@pytest.fixture
async def writer(path: Path) -> AsyncIterator[Writer]:
    writer = await Writer.open(path)
    try:
        yield writer
    finally:
        await writer.close()


def ledger(path: Path) -> tuple[int, list[int]]:
    """The balance and every move, as another process sees them."""
    with contextlib.closing(sqlite3.connect(path, timeout=0)) as db:
        (balance,) = db.execute("SELECT amount FROM balance").fetchone()
        return balance, [row[0] for row in db.execute("SELECT amount FROM moves ORDER BY number")]


def check_is_free(path: Path) -> None:
    """Raise when somebody still holds the write lock."""
    with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        db.execute("ROLLBACK")


def moving(amount: int, *, fails: bool = False) -> Work:
    """Work on two tables; half of it must never be seen."""

    def work(db: sqlite3.Connection) -> int:
        db.execute("UPDATE balance SET amount = amount + ?", (amount,))
        db.execute("INSERT INTO moves (amount) VALUES (?)", (amount,))
        if fails:
            raise Refused(amount)
        return amount

    return work


class Caller:
    """One piece of work, and the moment at which its caller walks out."""

    def __init__(self, amount: int, dice: random.Random) -> None:
        self.amount = amount
        self._work = moving(amount, fails=dice.random() < 1 / 7)
        # 0 is anywhere before its turn; 1, 2 and 3 come during a statement; 4 is never.
        self._leaves_at = dice.choice([0, 1, 2, 3, 4, 4, 4, 4])
        self._patience_s = dice.random() * 0.1

    def begin(self, writer: Runs) -> asyncio.Task[int]:
        self._loop = asyncio.get_running_loop()
        self.task = asyncio.create_task(writer.run(self._steps))
        if self._leaves_at == 0:
            self._loop.call_later(self._patience_s, self.task.cancel)
        return self.task

    def _steps(self, db: sqlite3.Connection) -> int:
        self._step(1)
        db.execute("SELECT amount FROM balance")
        self._step(2)
        result = self._work(db)
        self._step(3)
        return result

    def _step(self, number: int) -> None:
        if number == self._leaves_at:
            self._loop.call_soon_threadsafe(self.task.cancel)


async def storm(writer: Runs, dice: random.Random, callers: int) -> dict[int, object]:
    """Many callers at once, some failing, some leaving at any moment; what became of each."""
    tasks = {}
    for amount in range(1, callers + 1):
        tasks[amount] = Caller(amount, dice).begin(writer)
        if dice.random() < 1 / 4:
            await asyncio.sleep(0)
    outcomes = await asyncio.gather(*tasks.values(), return_exceptions=True)
    return dict(zip(tasks, outcomes, strict=True))


def check_ledger(path: Path, outcomes: dict[int, object]) -> None:
    balance, moves = ledger(path)
    assert balance == sum(moves)
    for amount, outcome in outcomes.items():
        match outcome:
            case int():
                assert amount in moves
            case Refused():
                assert amount not in moves
            case _:
                assert isinstance(outcome, asyncio.CancelledError)
    check_is_free(path)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_no_transaction_is_ever_split(writer: Writer, path: Path, seed: int) -> None:
    outcomes = await storm(writer, random.Random(seed), 400)
    # What a cancelled caller left behind has begun already: let it come to its end.
    assert await writer.run(moving(0)) == 0
    assert not writer._connection.in_transaction
    check_ledger(path, outcomes)
    kinds = {type(outcome) for outcome in outcomes.values()}
    assert kinds == {int, Refused, asyncio.CancelledError}


async def test_control_a_lock_around_a_connection_is_split(path: Path) -> None:
    connection = await connect(path.absolute().as_uri(), WRITER_PRAGMAS)
    naive = NaiveWriter(connection)
    try:
        outcomes = await storm(naive, random.Random(1), 400)
        with pytest.raises((AssertionError, sqlite3.OperationalError)):
            check_ledger(path, outcomes)
    finally:
        await connection.close()


async def test_what_waits_together_is_committed_together(writer: Writer, path: Path) -> None:
    statements: list[str] = []
    await writer._connection.set_trace_callback(statements.append)
    calls = [writer.run(moving(amount, fails=amount == 4)) for amount in range(1, 8)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert statements.count("COMMIT") == 1
    # The one that failed has undone only itself.
    assert [str(outcome) for outcome in outcomes] == ["1", "2", "3", "4", "5", "6", "7"]
    assert isinstance(outcomes[3], Refused)
    assert ledger(path) == (24, [1, 2, 3, 5, 6, 7])


async def test_a_long_queue_is_cut_into_groups(writer: Writer, path: Path) -> None:
    statements: list[str] = []
    await writer._connection.set_trace_callback(statements.append)
    await asyncio.gather(*(writer.run(moving(1)) for _ in range(300)))
    assert statements.count("COMMIT") == 3
    assert ledger(path)[0] == 300


async def test_nobody_writes_between_the_reads_and_the_writes_of_a_work(
    writer: Writer, path: Path
) -> None:
    def read_then_write(db: sqlite3.Connection) -> int:
        db.execute("SELECT amount FROM balance")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            check_is_free(path)
        return moving(5)(db)

    assert await writer.run(read_then_write) == 5
    assert ledger(path) == (5, [5])


async def test_commits_are_announced_in_their_order_also_for_who_has_left(
    writer: Writer, path: Path
) -> None:
    announced: list[int] = []
    tasks: list[asyncio.Task[int]] = []

    loop = asyncio.get_running_loop()

    def leaving(amount: int) -> Work:
        def work(db: sqlite3.Connection) -> int:
            result = moving(amount)(db)
            if amount % 3 == 0:
                loop.call_soon_threadsafe(tasks[amount].cancel)
            return result

        return work

    for amount in range(40):
        run = writer.run(leaving(amount), on_commit=announced.append)
        tasks.append(asyncio.create_task(run))
        if amount % 5 == 0:
            await asyncio.sleep(0)
    await asyncio.gather(*tasks, return_exceptions=True)
    await writer.run(moving(100))
    assert [task.cancelled() for task in tasks] == [amount % 3 == 0 for amount in range(40)]
    assert [*announced, 100] == ledger(path)[1]
    assert len(announced) == 40


async def test_who_leaves_before_the_turn_comes_is_passed_over(writer: Writer, path: Path) -> None:
    left = asyncio.create_task(writer.run(moving(1)))
    await asyncio.sleep(0)
    left.cancel()
    await writer.run(moving(2))
    assert ledger(path) == (2, [2])


async def test_a_faulty_announcement_does_not_stop_the_writer(
    writer: Writer, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fall_over(_result: int) -> None:
        raise Refused("nobody listens")

    assert await writer.run(moving(1), on_commit=fall_over) == 1
    assert await writer.run(moving(2)) == 2
    assert ledger(path) == (3, [1, 2])
    assert "could not be announced" in caplog.text


async def test_a_database_that_fails_a_work_fails_the_group(writer: Writer, path: Path) -> None:
    def locked(db: sqlite3.Connection) -> int:
        moving(1)(db)
        raise sqlite3.OperationalError("disk I/O error")

    outcomes = await asyncio.gather(
        writer.run(moving(2)), writer.run(locked), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [Unavailable, Unavailable]
    assert await writer.run(moving(3)) == 3
    assert ledger(path) == (3, [3])


async def test_work_that_ends_the_transaction_itself_fails_the_group(
    writer: Writer, path: Path
) -> None:
    def lose(db: sqlite3.Connection) -> int:
        moving(1)(db)
        db.execute("ROLLBACK")
        raise Refused

    outcomes = await asyncio.gather(writer.run(moving(2)), writer.run(lose), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Unavailable, Unavailable]
    assert await writer.run(moving(3)) == 3
    assert ledger(path) == (3, [3])


async def test_close_finishes_what_waits(path: Path) -> None:
    writer = await Writer.open(path)
    tasks = [asyncio.create_task(writer.run(moving(1))) for _ in range(200)]
    await asyncio.sleep(0)
    assert writer.waiting == 200
    await writer.close()
    assert await asyncio.gather(*tasks) == [1] * 200
    assert ledger(path)[0] == 200
    with pytest.raises(Unavailable):
        await writer.run(moving(1))
    await writer.close()


async def test_who_is_cancelled_while_closing_cuts_nothing_short(path: Path) -> None:
    writer = await Writer.open(path)
    tasks = [asyncio.create_task(writer.run(moving(1))) for _ in range(50)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(writer.close())
    await asyncio.sleep(0)
    closing.cancel()
    assert await asyncio.gather(*tasks) == [1] * 50
    await writer.close()


async def test_a_writer_that_is_ended_leaves_no_caller_waiting(path: Path) -> None:
    writer = await Writer.open(path)
    started, may_end = threading.Event(), threading.Event()

    def last(db: sqlite3.Connection) -> int:
        started.set()
        may_end.wait()
        return moving(1)(db)

    first = asyncio.create_task(writer.run(last))
    await asyncio.to_thread(started.wait)
    others = [asyncio.create_task(writer.run(moving(2))) for _ in range(3)]
    await asyncio.sleep(0)
    writer._task.cancel()
    await asyncio.sleep(0)
    may_end.set()
    outcomes = await asyncio.gather(first, *others, return_exceptions=True)
    # What was on its way is on disk, and is said to be.
    assert outcomes[0] == 1
    assert [type(outcome) for outcome in outcomes[1:]] == [Unavailable] * 3
    await asyncio.wait([writer._task])
    assert ledger(path) == (1, [1])
    check_is_free(path)


async def test_an_unusable_file_leaves_no_thread(tmp_path: Path) -> None:
    threads = set(threading.enumerate())
    not_a_database = tmp_path / "text.db"
    not_a_database.write_text("This is no database, however long it may be." * 100)
    missing = tmp_path / "missing.db"
    for opening in (Writer.open(missing), Readers.open(missing), Writer.open(not_a_database)):
        with pytest.raises(sqlite3.DatabaseError):
            await opening
    assert not missing.exists()
    for thread in set(threading.enumerate()) - threads:
        thread.join(PROMPT_S)
        assert not thread.is_alive()


@pytest.fixture
async def reader(path: Path) -> AsyncIterator[Readers]:
    """One connection with a short deadline."""
    readers = await Readers.open(path, deadline_s=0.1)
    yield readers
    await readers.close()


async def test_a_query_ends_at_its_deadline_and_the_next_is_prompt(reader: Readers) -> None:
    with pytest.raises(QueryTimeout, match=r"stopped after 0\.1 s"):
        await reader.fetch_all(ENDLESS)
    started = time.monotonic()
    assert await reader.fetch_one("SELECT amount FROM balance") == (0,)
    assert time.monotonic() - started < PROMPT_S


async def test_errors_other_than_the_deadline_come_through(reader: Readers) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await reader.fetch_all("SELECT * FROM nowhere")
    assert await reader.fetch_one("SELECT amount FROM balance WHERE amount > 9") is None


async def test_a_reader_cannot_write(reader: Readers) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await reader.fetch_all("UPDATE balance SET amount = 9")


async def under_way(readers: Readers, busy: int) -> None:
    """Return once so many connections are at work."""
    async with asyncio.timeout(PROMPT_S):
        while sum(one._turn.locked() for one in readers._readers) < busy:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0)


async def test_a_cancelled_caller_frees_the_connection(path: Path) -> None:
    readers = await Readers.open(path, deadline_s=LONG_S)
    started = time.monotonic()
    for _ in range(3):
        slow = asyncio.create_task(readers.fetch_all(ENDLESS))
        await under_way(readers, 1)
        slow.cancel()
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        assert await readers.fetch_one("SELECT amount FROM balance") == (0,)
    assert time.monotonic() - started < PROMPT_S
    await readers.close()


async def test_who_is_cancelled_again_while_the_query_ends_still_waits_for_it(path: Path) -> None:
    readers = await Readers.open(path, deadline_s=LONG_S)
    slow = asyncio.create_task(readers.fetch_all(ENDLESS))
    await under_way(readers, 1)
    slow.cancel()
    await asyncio.sleep(0)
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    assert await readers.fetch_one("SELECT 1") == (1,)
    await readers.close()


async def test_readers_take_turns(path: Path) -> None:
    readers = await Readers.open(path, count=2, deadline_s=LONG_S)
    slow = asyncio.create_task(readers.fetch_all(ENDLESS))
    await under_way(readers, 1)
    # The second connection answers; the third turn is the busy one's again.
    assert await readers.fetch_one("SELECT 2") == (2,)
    third = asyncio.create_task(readers.fetch_one("SELECT 3"))
    await asyncio.sleep(0)
    assert await readers.fetch_one("SELECT 4") == (4,)
    assert not third.done()
    assert not slow.done()
    slow.cancel()
    assert await third == (3,)
    await readers.close()


async def test_closing_stops_what_still_runs(path: Path) -> None:
    readers = await Readers.open(path, deadline_s=LONG_S)
    slow = asyncio.create_task(readers.fetch_all(ENDLESS))
    await under_way(readers, 1)
    started = time.monotonic()
    await readers.close()
    with pytest.raises(QueryTimeout):
        await slow
    assert time.monotonic() - started < PROMPT_S


def run_python(program: str, *arguments: str, timeout_s: float = 30.0) -> str:
    """The output of a program that has the whole interpreter to itself."""
    command = [sys.executable, "-c", textwrap.dedent(program), *arguments]
    done = subprocess.run(
        command, cwd=ROOT, timeout=timeout_s, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


DISK_FULL = """
    import asyncio, json, resource, signal, sys
    from pathlib import Path
    from webapp.database import Writer
    from webapp.problems import Unavailable

    def limit(size):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def fill(db):
        db.execute("INSERT INTO moves (amount) VALUES (1)")
        db.execute("INSERT INTO ballast VALUES (randomblob(20000))")
        return 1

    async def main(path):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        writer = await Writer.open(path)
        first = await asyncio.gather(*(writer.run(fill) for _ in range(2)))
        limit(100_000)
        full = await asyncio.gather(*(writer.run(fill) for _ in range(5)), return_exceptions=True)
        inside = writer._connection.in_transaction
        limit(resource.RLIM_INFINITY)
        after = await asyncio.gather(*(writer.run(fill) for _ in range(3)))
        await writer.close()
        refused = [isinstance(one, Unavailable) for one in full]
        print(json.dumps({"first": first, "refused": refused, "inside": inside, "after": after}))

    asyncio.run(main(Path(sys.argv[1])))
"""


def test_a_full_disk_fails_the_whole_group_and_is_got_over(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE ballast (content BLOB) STRICT")
    told = json.loads(run_python(DISK_FULL, str(path)))
    assert told == {
        "first": [1, 1], "refused": [True] * 5, "inside": False, "after": [1, 1, 1]
    }  # fmt: skip
    assert ledger(path)[1] == [1] * 5
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


LEFT_OPEN = """
    import asyncio, sys
    from pathlib import Path
    from webapp.connections import stop_connections
    from webapp.database import Readers, Writer

    async def main(path):
        global kept
        kept = await Writer.open(path), await Readers.open(path, count=2)

    asyncio.run(main(Path(sys.argv[1])))
    if sys.argv[2] == "stop":
        stop_connections()
    print("end of the program")
"""


@pytest.mark.crash
def test_a_connection_left_open_does_not_keep_the_process(path: Path) -> None:
    assert run_python(LEFT_OPEN, str(path), "stop", timeout_s=10) == "end of the program\n"


@pytest.mark.crash
def test_control_a_connection_left_open_keeps_the_process(path: Path) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        run_python(LEFT_OPEN, str(path), "do not stop", timeout_s=2)
