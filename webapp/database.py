"""SQLite for an event loop: one writer that cannot be split, readers that cannot run away."""

import asyncio
import contextlib
import itertools
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, Generic, NamedTuple, TypeVar, cast

from webapp.connections import Connection, Work, connect, uri
from webapp.phrases import Phrase
from webapp.problems import QueryTimeout, Unavailable

T = TypeVar("T")
Row = tuple[Any, ...]

log = logging.getLogger(__name__)

WRITER_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    # An acknowledged order must survive a power cut; group commit pays for it.
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA journal_size_limit=16777216",
)
READER_PRAGMAS: Final = ("PRAGMA query_only=ON", "PRAGMA trusted_schema=OFF")

GROUP_SIZE: Final = 128
INSTRUCTIONS_BETWEEN_CHECKS: Final = 1000


class _Order(Generic[T]):
    """One piece of work waiting for the writer, and the future its caller awaits."""

    def __init__(self, work: Work[T], on_commit: Callable[[T], None] | None) -> None:
        self.work = work
        self.on_commit = on_commit
        self.done: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    def fail(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)

    def succeed(self, result: T) -> None:
        try:
            if self.on_commit is not None:
                self.on_commit(result)
        except Exception:
            # The change is on disk; whoever fails to tell of it must not take the writer along.
            log.exception("a commit could not be announced")
        if not self.done.done():
            self.done.set_result(result)


class Writer:
    """The one read-write connection of a database file, owned by one task.

    Callers hand over a function and await a future, so cancelling a caller can never leave a
    transaction half done: its work commits whole or not at all. What waits together is committed
    together, in one hop to the connection's thread, each in a savepoint of its own.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # Unbounded: each order is awaited by a task that exists anyway.
        self._orders: asyncio.Queue[_Order[Any] | None] = asyncio.Queue()
        self._closing = False
        self._is_ended = False
        self._task = asyncio.create_task(self._serve(), name="database writer")

    @classmethod
    async def open(cls, path: Path) -> "Writer":
        """The writer of the file at `path`, which exists and is migrated."""
        return cls(await connect(uri(path, "mode=rw"), WRITER_PRAGMAS))

    @property
    def waiting(self) -> int:
        """How many pieces of work wait for a transaction."""
        return self._orders.qsize()

    async def run(self, work: Work[T], *, on_commit: Callable[[T], None] | None = None) -> T:
        """The result of `work(connection)`, after its transaction is on disk.

        The work is done in another thread. What it raises comes back as it is; Unavailable when
        nothing can be written.
        `on_commit` is called with the result right after the commit, in order of commits,
        even when the caller has been cancelled meanwhile.
        """
        if self._closing:
            raise _unavailable(Phrase("The server is shutting down."))
        order = _Order(work, on_commit)
        self._orders.put_nowait(order)
        return await order.done

    async def close(self) -> None:
        """Finish what waits, then close the connection."""
        if not self._closing:
            self._closing = True
            self._orders.put_nowait(None)
        # Shielded: who is cancelled while waiting must not cut short what others wait for.
        await asyncio.shield(self._task)

    async def _serve(self) -> None:
        try:
            while not self._is_ended and (batch := await self._next_batch()):
                await self._commit(batch)
        finally:
            self._closing = True
            while not self._orders.empty():
                if (order := self._orders.get_nowait()) is not None:
                    order.fail(_unavailable(Phrase("The server is shutting down.")))
            await self._connection.close()

    async def _next_batch(self) -> list[_Order[Any]]:
        """Everything that waits now; empty when the writer is to close."""
        first = await self._orders.get()
        if first is None:
            return []
        batch = [first]
        while len(batch) < GROUP_SIZE and not self._orders.empty():
            order = self._orders.get_nowait()
            if order is None:
                self._orders.put_nowait(None)
                break
            batch.append(order)
        return batch

    async def _commit(self, batch: list[_Order[Any]]) -> None:
        """Run the batch in one transaction; a failing piece of work undoes only itself."""
        orders = [order for order in batch if not order.done.cancelled()]
        works = [order.work for order in orders]
        hop = asyncio.ensure_future(self._connection.run(partial(_transact, works)))
        try:
            outcomes = await self._end_of(hop)
        except Exception as error:
            log.exception("transaction failed")
            detail = Phrase("The database cannot be written to now.")
            for order in orders:
                order.fail(_unavailable(detail, error))
            if not isinstance(error, sqlite3.Error):
                raise
            return
        for order, outcome in zip(orders, outcomes, strict=True):
            if isinstance(outcome, _Refusal):
                order.fail(outcome.error)
            else:
                order.succeed(outcome)

    async def _end_of(self, hop: "asyncio.Future[T]") -> T:
        """What comes of the hop; if this task is cancelled meanwhile, it ends after that."""
        try:
            return await asyncio.shield(hop)
        except asyncio.CancelledError:
            self._is_ended = True
            await asyncio.wait([hop])
            return hop.result()


class _Refusal(NamedTuple):
    """What a piece of work raised, and was undone for."""

    error: Exception


def _transact(works: Sequence[Work[Any]], db: sqlite3.Connection) -> list[Any]:
    """What each piece of work gives, or its refusal, when all that was not undone is on disk."""
    db.execute("BEGIN IMMEDIATE")
    try:
        outcomes = [_attempt(work, db) for work in works]
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                db.execute("ROLLBACK")
        raise
    return outcomes


def _attempt(work: Work[Any], db: sqlite3.Connection) -> Any:
    db.execute("SAVEPOINT work")
    try:
        result = work(db)
    except Exception as error:
        # A full disk or an I/O error is nobody's own, and may have ended the transaction by itself.
        if isinstance(error, sqlite3.OperationalError):
            raise
        if not db.in_transaction:
            raise sqlite3.OperationalError(f"transaction lost: {error}") from error
        db.execute("ROLLBACK TO work")
        db.execute("RELEASE work")
        return _Refusal(error)
    db.execute("RELEASE work")
    return result


def _unavailable(detail: Phrase, cause: BaseException | None = None) -> Unavailable:
    problem = Unavailable(detail, headers={"Retry-After": "5"})
    problem.__cause__ = cause
    return problem


class _Reader:
    """One read-only connection; calls on it run one at a time, each with its own deadline."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._turn = asyncio.Lock()
        self._stop_at = 0.0

    def past_deadline(self) -> int:
        """SQLite asks this every thousand instructions; non-zero stops the statement."""
        return int(time.monotonic() > self._stop_at)

    async def fetch_all(self, sql: str, parameters: Sequence[Any], deadline_s: float) -> list[Row]:
        async with self._turn:
            self._stop_at = time.monotonic() + deadline_s
            query = asyncio.ensure_future(self.connection.execute_fetchall(sql, parameters))
            try:
                return cast("list[Row]", await asyncio.shield(query))
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                    raise
                raise QueryTimeout(
                    Phrase(
                        "The query was stopped after {seconds} s. Try a more specific one.",
                        seconds=format(deadline_s, "g"),
                    )
                ) from None
            finally:
                # A cancelled caller must not hand a busy thread to the next one.
                self._stop_at = 0.0
                await _ended(query)

    async def close(self) -> None:
        self._stop_at = 0.0
        async with self._turn:
            await self.connection.close()


async def _ended(query: "asyncio.Future[Any]") -> None:
    """Return once the query has ended, whatever happens to the caller meanwhile."""
    cancelled = False
    while not query.done():
        try:
            await asyncio.wait([query])
        except asyncio.CancelledError:
            cancelled = True
    if not query.cancelled():
        query.exception()
    if cancelled:
        raise asyncio.CancelledError


class Readers:
    """Read-only connections to one file, taken in turn."""

    def __init__(self, readers: Sequence[_Reader], deadline_s: float) -> None:
        self._readers = readers
        self._turns = itertools.cycle(readers)
        self.deadline_s = deadline_s

    @classmethod
    async def open(
        cls, path: Path, *, count: int = 1, immutable: bool = False, deadline_s: float = 1.0
    ) -> "Readers":
        """`count` readers of the file; `immutable` only for a file that never changes in place."""
        address = uri(path, "mode=ro&immutable=1" if immutable else "mode=ro")
        readers: list[_Reader] = []
        try:
            for _ in range(count):
                reader = _Reader(await connect(address, READER_PRAGMAS))
                readers.append(reader)
                await reader.connection.set_progress_handler(
                    reader.past_deadline, INSTRUCTIONS_BETWEEN_CHECKS
                )
        except BaseException:
            await cls(readers, deadline_s).close()
            raise
        return cls(readers, deadline_s)

    async def fetch_all(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Every row of one statement; QueryTimeout when it runs past the deadline."""
        return await next(self._turns).fetch_all(sql, parameters, self.deadline_s)

    async def fetch_one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row of one statement, or None."""
        rows = await self.fetch_all(sql, parameters)
        return rows[0] if rows else None

    async def close(self) -> None:
        """Close every connection; what still runs on one is stopped first."""
        for reader in self._readers:
            await reader.close()
