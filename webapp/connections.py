"""Connections to SQLite files, each with a thread of its own."""

import sqlite3
import weakref
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import aiosqlite

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]


class Connection(aiosqlite.Connection):
    """A connection that does a whole piece of work in one hop to its thread.

    A hop takes longer than most statements, and a change of a job has eight of those.
    """

    async def run(self, work: Work[T]) -> T:
        """What the work gives, done in the connection's thread: it must not touch the loop."""
        execute: Callable[..., Awaitable[T]] = self._execute
        return await execute(work, self._conn)


_connections: "weakref.WeakSet[Connection]" = weakref.WeakSet()


async def connect(address: str, pragmas: Sequence[str]) -> Connection:
    """A connection in autocommit mode; the caller closes it, or `stop_connections` does."""
    open_ = partial(sqlite3.connect, address, uri=True, isolation_level=None)
    connection = Connection(open_, iter_chunk_size=64)
    _ = await connection
    _connections.add(connection)
    try:
        for pragma in pragmas:
            await connection.execute_fetchall(pragma)
    except BaseException:
        await connection.close()
        raise
    return connection


def uri(path: Path, options: str) -> str:
    return f"{path.absolute().as_uri()}?{options}"


def stop_connections() -> None:
    """Stop what is still open: aiosqlite's threads would keep the process from exiting."""
    for connection in list(_connections):
        connection.stop()
