"""Backups: jobs and images in one file, made beside a running server, checked before they count."""

import asyncio
import contextlib
import hashlib
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from webapp.data_dir import CannotStart
from webapp.durable import give_name
from webapp.flags.images import ImageStore
from webapp.migrate import MigrationError, verify

# A backup is a database of jobs with one table more, so SQLite's own tools read it.
CONTENTS: Final = """
CREATE TABLE backup_images (
    sha256 TEXT PRIMARY KEY,
    media_type TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT
"""
ASIDE: Final = "state.before-restore.db"
PAGES_OF_WAL: Final = ("-wal", "-shm")


class BackupError(CannotStart):
    """The backup cannot be made or used; one line says why."""


class Amount(NamedTuple):
    """What is in a backup; `missing` images were not on disk, or not what they had been."""

    jobs: int
    images: int
    missing: int


def save(state: Path, images: Path, file: Path) -> Amount:
    """Copy the database and its images into `file`; a server may be at work meanwhile.

    The file gets its name when it is whole, checked and on disk. BackupError when it cannot be
    made, or when something else has that name.
    """
    if not state.exists():
        raise BackupError(f"There is nothing to save: {state} does not exist.")
    with _explained(file, "made"), _temporary(file) as temporary:
        _refuse_to_replace(file)
        _copy(state, temporary)
        with _opened(temporary) as db:
            missing = _put_images(db, ImageStore(images))
            amount = Amount(*_counts(db), missing)
        _check(temporary)
        give_name(temporary, file)
    return amount


def restore(state: Path, images: Path, file: Path, migrations: Path) -> Amount:
    """Bring back what `file` has; no server may have the folder meanwhile.

    Nothing is changed before the whole backup was found sound. The database that was there is
    kept as `state.before-restore.db`. BackupError when the backup is not usable.
    """
    if not file.is_file():
        raise BackupError(f"There is no backup {file}.")
    for leftover in state.parent.glob(f".{state.name}.*.tmp*"):
        leftover.unlink()
    with _explained(file, "restored"), _temporary(state) as temporary:
        _copy(file, temporary)
        _check(temporary)
        try:
            verify(temporary, migrations)
        except MigrationError as error:
            raise BackupError(f"{file} cannot be restored: {error}") from None
        with _opened(temporary) as db:
            amount = Amount(*_counts(db), 0)
            _take_images(db, ImageStore(images))
        _set_aside(state)
        give_name(temporary, state)
    return amount


@contextlib.contextmanager
def _explained(file: Path, done: str) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error, ValueError) as error:
        raise BackupError(f"{file} cannot be {done}: {error}.") from error


@contextlib.contextmanager
def _temporary(beside: Path) -> Iterator[Path]:
    """A name in the same folder; whatever has it at the end is removed."""
    path = beside.with_name(f".{beside.name}.{secrets.token_hex(8)}.tmp")
    try:
        yield path
    finally:
        for ending in ("", "-journal", *PAGES_OF_WAL):
            path.with_name(path.name + ending).unlink(missing_ok=True)


@contextlib.contextmanager
def _opened(path: Path, options: str = "mode=rw") -> Iterator[sqlite3.Connection]:
    uri = f"{path.absolute().as_uri()}?{options}"
    with contextlib.closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as db:
        yield db


def _refuse_to_replace(file: Path) -> None:
    """An empty file and an earlier backup may be replaced, and nothing else."""
    if not file.exists() or (file.is_file() and not file.stat().st_size):
        return
    with contextlib.suppress(sqlite3.Error), _opened(file, "mode=ro") as db:
        if _has_images(db):
            return
    raise BackupError(f"{file} is there already and is no backup; name another file.")


def _copy(origin: Path, copy: Path) -> None:
    """A copy of one moment of a database, as one file without a log beside it."""
    with _opened(origin, "mode=ro") as source, _opened(copy, "mode=rwc") as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")


def _put_images(db: sqlite3.Connection, images: ImageStore) -> int:
    """Put every image that the database speaks of into it; how many are not to be had."""
    db.execute(CONTENTS)
    missing = 0
    with asyncio.Runner() as loop, db:
        db.execute("BEGIN")
        for (sha256,) in db.execute("SELECT DISTINCT sha256 FROM images").fetchall():
            image = loop.run(images.read(sha256))
            if image is None:
                missing += 1
            else:
                row = (sha256, image.media_type, image.content)
                db.execute("INSERT INTO backup_images VALUES (?, ?, ?)", row)
    return missing


def _take_images(db: sqlite3.Connection, images: ImageStore) -> None:
    """Put the images back on disk, the newest of a country last, and out of the database."""
    if not _has_images(db):
        return
    found = db.execute(
        "SELECT source, code, content, backup_images.media_type FROM images "
        "JOIN backup_images USING (sha256) ORDER BY fetched_at, number"
    )
    with asyncio.Runner() as loop:
        for image in found:
            loop.run(images.save(*image))
    db.execute("DROP TABLE backup_images")
    db.execute("VACUUM")


def _counts(db: sqlite3.Connection) -> tuple[int, int]:
    (jobs,) = db.execute("SELECT count(*) FROM jobs").fetchone()
    if not _has_images(db):
        return jobs, 0
    (images,) = db.execute("SELECT count(*) FROM backup_images").fetchone()
    return jobs, images


def _has_images(db: sqlite3.Connection) -> bool:
    found = db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'backup_images'")
    return found.fetchone() is not None


def _check(path: Path) -> None:
    """BackupError unless every page, reference and image of the backup is sound."""
    with _opened(path, "mode=ro") as db:
        (said,) = db.execute("PRAGMA integrity_check(1)").fetchone()
        if said != "ok":
            raise BackupError(f"The backup is damaged: {' '.join(said.split())}.")
        if db.execute("PRAGMA foreign_key_check").fetchone():
            raise BackupError("The backup is damaged: it refers to what it does not have.")
        if not _has_images(db):
            return
        for sha256, content in db.execute("SELECT sha256, content FROM backup_images"):
            if hashlib.sha256(content).hexdigest() != sha256:
                raise BackupError(f"The backup is damaged: image {sha256} is not what it was.")


def _set_aside(state: Path) -> None:
    """Keep the present database under another name; it stays in place until it is replaced."""
    if not state.exists():
        return
    aside = state.with_name(ASIDE)
    is_whole = _fold_log(state)
    for ending in ("", *PAGES_OF_WAL):
        aside.with_name(aside.name + ending).unlink(missing_ok=True)
    if not is_whole:
        # A log must not stay beside the file that comes: SQLite would replay it there.
        for ending in PAGES_OF_WAL:
            with contextlib.suppress(FileNotFoundError):
                state.with_name(state.name + ending).replace(aside.with_name(aside.name + ending))
    try:
        aside.hardlink_to(state)
    except OSError:
        # Not every file system has hard links.
        shutil.copyfile(state, aside)


def _fold_log(state: Path) -> bool:
    """Write the log beside the database into it; False when it is too damaged for that."""
    try:
        with _opened(state) as db:
            (mode,) = db.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise BackupError("Another program has the database open; end it first.") from None
        return False
    return str(mode) == "delete"
