"""Writing into a new database from a thread of its own, while the next rows are being made."""

import sqlite3
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from types import TracebackType
from typing import Any, Self

import msgspec

# Whoever makes rows waits when so many batches are not written yet: they take memory.
_MOST_WAITING = 2
# In one statement; SQLite allows eight times as many.
_MOST_VALUES = 4_000


class Writing:
    """Statements carried out in order, one after the other, in the background.

    SQLite lets other threads run during a statement but not between two: so a batch of rows is
    one statement; long texts go in as JSON. An error is raised by a later call, or at the end.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._thread = ThreadPoolExecutor(1, "writing")
        self._waiting: list[Future[object]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.shutdown(cancel_futures=error is not None)
        if error is None:
            self._wait_for(0)

    def texts(self, table: str, columns: str, first: int, texts: Sequence[str]) -> None:
        """Insert texts into the second of two columns, the first being a number from `first`."""
        sql = f"""insert into {table}({columns})
        select key + {first:d}, value from json_each(cast(? as text))"""  # noqa: S608 - tables are named in code
        self.execute(sql, (msgspec.json.encode(texts),))

    def rows(self, table: str, width: int, rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert rows of so many columns, those that are there already left out."""
        remaining = iter(rows)
        while some := list(islice(remaining, _MOST_VALUES // width)):
            row = f"({','.join('?' * width)})"
            values = ",".join([row] * len(some))
            sql = f"insert or ignore into {table} values {values}"  # noqa: S608 - tables are named in code
            self.execute(sql, list(chain.from_iterable(some)))

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Carry out a statement some time later."""
        self._wait_for(_MOST_WAITING - 1)
        self._waiting.append(self._thread.submit(self._db.execute, sql, parameters))

    def _wait_for(self, most: int) -> None:
        while len(self._waiting) > most:
            self._waiting.pop(0).result()
