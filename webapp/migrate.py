"""Numbered SQL files, applied once each, all pending ones in one transaction."""

import contextlib
import hashlib
import re
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import webapp
from webapp.durable import give_name

COMMENT: Final = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
FILE_NAME: Final = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql", re.ASCII)

LEDGER: Final = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    applied_at TEXT NOT NULL,
    app_version TEXT NOT NULL
) STRICT
"""


class MigrationError(Exception):
    """The database cannot be brought to this release's schema; one line says why."""


class Migration(NamedTuple):
    """One numbered file."""

    version: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def read_migrations(folder: Path) -> list[Migration]:
    """The files of `folder` in order; MigrationError unless they are numbered 1, 2, 3 …"""
    found = sorted(folder.glob("*.sql"))
    migrations = []
    for expected, path in enumerate(found, start=1):
        match = FILE_NAME.fullmatch(path.name)
        if match is None or int(match[1]) != expected:
            raise MigrationError(
                f"Migration {path.name} is out of order: expected {expected:04d}_…."
            )
        migrations.append(Migration(expected, match[2], path.read_text(encoding="utf-8")))
    return migrations


def statements(sql: str) -> Iterator[str]:
    """The single statements of a script; a trigger's inner semicolons do not split it."""
    statement = ""
    for piece in re.split(r"(?<=;)", sql):
        statement += piece
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""
    if rest := COMMENT.sub("", statement).strip():
        raise MigrationError(f"A migration ends in the middle of a statement: {rest[:200]!r}.")


def migrate(path: Path, folder: Path) -> int:
    """Bring the database at `path` up to date; how many migrations were applied."""
    migrations = read_migrations(folder)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as connection:
        return apply_pending(connection, migrations, path)


def verify(path: Path, folder: Path) -> None:
    """MigrationError unless this release can serve the database, once it is up to date."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
        applied = _applied(connection)
    if not applied:
        raise MigrationError(f"{path.name} is no database of this program.")
    _refuse_foreign(applied, read_migrations(folder))


def apply_pending(
    connection: sqlite3.Connection, migrations: Sequence[Migration], path: Path
) -> int:
    """Apply what is missing in one BEGIN IMMEDIATE: the file's own lock keeps others out.

    An edited file or a newer database is refused, with nothing changed. A database that
    holds something already is copied aside first.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        applied = _applied(connection)
        _refuse_foreign(applied, migrations)
        pending = migrations[len(applied) :]
        if pending:
            if applied:
                _back_up(path, len(applied))
            for migration in pending:
                _apply(connection, migration)
            _check_references(connection)
        connection.execute("COMMIT")
    except sqlite3.DatabaseError as error:
        raise MigrationError(f"{path.name} cannot be migrated: {error}.{_advice(error)}") from error
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    return len(pending)


def _applied(connection: sqlite3.Connection) -> list[tuple[int, str, str]]:
    present = connection.execute(
        "SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations'"
    ).fetchone()
    if present is None:
        return []
    return connection.execute(
        "SELECT version, name, sha256 FROM schema_migrations ORDER BY version"
    ).fetchall()


def _refuse_foreign(
    applied: Sequence[tuple[int, str, str]], migrations: Sequence[Migration]
) -> None:
    if len(applied) > len(migrations):
        version = applied[-1][0]
        raise MigrationError(
            f"The database is from a newer release (schema {version}; this one knows "
            f"{len(migrations)}). Start that release, or restore a backup."
        )
    for (version, name, sha256), migration in zip(applied, migrations, strict=False):
        if sha256 != migration.sha256:
            raise MigrationError(
                f"Migration {version:04d}_{name}.sql was edited after it had been applied."
            )


def _apply(connection: sqlite3.Connection, migration: Migration) -> None:
    connection.execute(LEDGER)
    for statement in statements(migration.sql):
        connection.execute(statement)
    connection.execute(
        "INSERT INTO schema_migrations VALUES (?, ?, ?, ?, ?)",
        (
            migration.version,
            migration.name,
            migration.sha256,
            datetime.now(UTC).isoformat(timespec="milliseconds"),
            webapp.__version__,
        ),
    )


def _check_references(connection: sqlite3.Connection) -> None:
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise MigrationError(f"A migration left {len(broken)} broken references.")


def _back_up(path: Path, version: int) -> None:
    """A whole, synced copy beside the database before its schema changes."""
    final = path.with_name(f"{path.stem}.before-{version + 1:04d}{path.suffix}")
    temporary = final.with_suffix(".tmp")
    temporary.unlink(missing_ok=True)
    source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    copy = sqlite3.connect(temporary)
    with contextlib.closing(source), contextlib.closing(copy):
        source.backup(copy)
    give_name(temporary, final)


def _advice(error: sqlite3.DatabaseError) -> str:
    """What to do about a file that is damaged; nothing about others."""
    if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return ""
    return " It is damaged: bring a backup back with `run.py restore FILE`, or move it away."
