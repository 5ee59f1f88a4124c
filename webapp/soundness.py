"""Whether what is on disk is sound: the database, what it says of itself, and the images."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from webapp.flags.images import ImageStore
from webapp.jobs import rows
from webapp.jobs.events import IllegalEvent, fold
from webapp.jobs.model import Counters, Item, Job
from webapp.migrate import MigrationError, verify

MOST_OF_A_KIND: Final = 20
COUNTED: Final = [name for name in Counters.__struct_fields__ if name != "total"]

MISCOUNTED: Final = "SELECT id FROM jobs WHERE total <> {items} OR {wrong} LIMIT ?".format(  # noqa: S608 - our names
    items="(SELECT count(*) FROM items WHERE job = number)",
    wrong=" OR ".join(
        f"{name} <> (SELECT count(*) FROM items WHERE job = number AND status = '{name}')"  # noqa: S608 - our names
        for name in COUNTED
    ),
)
GAPS: Final = (
    "SELECT id FROM jobs WHERE seq <> (SELECT count(*) FROM events WHERE job = number) "
    "OR seq <> (SELECT max(seq) FROM events WHERE job = number) LIMIT ?"
)
UNKNOWN_IMAGES: Final = (
    "SELECT jobs.id || ' ' || code FROM items JOIN jobs ON jobs.number = items.job "
    "WHERE (status = 'ok') AND sha256 IS NULL LIMIT ?"
)
LAWS: Final = {
    MISCOUNTED: "Job {}: its counters are not the numbers of its items.",
    GAPS: "Job {}: its log has a gap.",
    UNKNOWN_IMAGES: "Job and item {}: done, but without an image.",
}


def faults(state: Path, images: Path, migrations: Path) -> Iterator[str]:
    """A line for each thing that is not as it should be; a server may be at work meanwhile."""
    try:
        uri = f"{state.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as db:
            # One moment for all questions.
            db.execute("BEGIN")
            yield from _faults_of_database(db)
            yield from _faults_of_logs(db)
            verify(state, migrations)
            hashes = db.execute("SELECT sha256, min(code) FROM images GROUP BY sha256").fetchall()
        yield from _faults_of_images(hashes, ImageStore(images))
    except (sqlite3.DatabaseError, MigrationError) as error:
        yield f"{state.name}: {error}"


def _faults_of_database(db: sqlite3.Connection) -> Iterator[str]:
    for (said,) in db.execute(f"PRAGMA integrity_check({MOST_OF_A_KIND})"):
        if said != "ok":
            yield f"Database: {' '.join(said.split())}"
    for table, *_ in db.execute("PRAGMA foreign_key_check").fetchmany(MOST_OF_A_KIND):
        yield f"Database: a row of {table} refers to one that is not there."
    for question, sentence in LAWS.items():
        for (name,) in db.execute(question, (MOST_OF_A_KIND,)):
            yield sentence.format(name)


def _faults_of_logs(db: sqlite3.Connection) -> Iterator[str]:
    """Each log is gone through anew: it must lead to what the tables say."""
    jobs = f"SELECT number, {rows.JOB_COLUMNS} FROM jobs"  # noqa: S608 - our names
    items_of = f"SELECT {rows.ITEM_COLUMNS} FROM items WHERE job = ?"  # noqa: S608 - our names
    for number, *row in db.execute(jobs):
        job = rows.job_from(tuple(row))
        found = db.execute(items_of, (number,))
        items = {item.code: item for item in map(rows.item_from, found)}
        try:
            is_told = _told(db, number) == (job, items)
        except (IllegalEvent, msgspec.MsgspecError, KeyError):
            is_told = False
        if not is_told:
            yield f"Job {job.id}: its log does not lead to its state."


def _told(db: sqlite3.Connection, number: int) -> tuple[Job, dict[str, Item]]:
    """The job and its items as the log tells of them; IllegalEvent when it can tell of none."""
    sql = f"SELECT {rows.EVENT_COLUMNS} FROM events WHERE job = ? ORDER BY seq"  # noqa: S608 - our names
    return fold(map(rows.event_from, db.execute(sql, (number,))))


def _faults_of_images(hashes: list[tuple[str, str]], images: ImageStore) -> Iterator[str]:
    with asyncio.Runner() as loop:
        for sha256, code in hashes:
            if not loop.run(images.verify(sha256)):
                yield f"Image of {code}, {sha256}: missing, or not what it was."
