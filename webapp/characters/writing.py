"""Writing into a new database from a thread of its own, while other rows are being made."""

import sqlite3
import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from types import TracebackType
from typing import Any, Self

# In one statement; SQLite allows eight times as many.
_MOST_VALUES = 4_000


class Writing:
    """Tables filled one after the other in the background, until `stop` is set.

    SQLite lets other threads run during a statement but not between two: so a batch of rows is
    one statement. An error is raised at the end.
    """

    def __init__(self, db: sqlite3.Connection, stop: threading.Event) -> None:
        self._db = db
        self._stop = stop
        self._failed = False
        self._thread = ThreadPoolExecutor(1, "writing")
        self._tables: list[Future[None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._failed = error is not None
        self._thread.shutdown(cancel_futures=self._failed)
        if error is None:
            for table in self._tables:
                table.result()

    def rows(self, table: str, width: int, rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert rows of so many columns, those that are there already left out.

        They are taken from the iterable when their turn has come, by the other thread.
        """
        self._tables.append(self._thread.submit(self._fill, table, width, rows))

    def _fill(self, table: str, width: int, rows: Iterable[tuple[Any, ...]]) -> None:
        remaining = chain.from_iterable(rows)
        row = f"({','.join('?' * width)})"
        while values := list(islice(remaining, _MOST_VALUES // width * width)):
            if self._failed or self._stop.is_set():
                return
            places = ",".join([row] * (len(values) // width))
            sql = f"insert or ignore into {table} values {places}"  # noqa: S608 - tables are named in code
            self._db.execute(sql, values)
