"""Jobs in the tables, as one transaction loads and writes them."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from webapp.database import Row
from webapp.jobs import rows
from webapp.jobs.draft import Draft
from webapp.jobs.events import Event
from webapp.jobs.model import UNFINISHED_STATES, Dropped, Item, Job, Kept
from webapp.jobs.records import no_such_job

INSERT_IMAGE: Final = (
    "INSERT INTO images (source, code, sha256, media_type, bytes, fetched_at) "
    "VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (source, code, sha256) DO UPDATE SET fetched_at = excluded.fetched_at"
)
OWN_IMAGES: Final = (
    "SELECT code, sha256 FROM items WHERE job = ?1 AND sha256 IS NOT NULL AND NOT EXISTS ("
    "SELECT 1 FROM items AS other JOIN jobs ON jobs.number = other.job "
    "WHERE other.sha256 = items.sha256 AND other.code = items.code "
    "AND other.job <> ?1 AND jobs.source = ?2)"
)
DELETE_IMAGE: Final = "DELETE FROM images WHERE source = ? AND code = ? AND sha256 = ?"
SAME_CONTENT: Final = "SELECT 1 FROM images WHERE sha256 = ? LIMIT 1"


def insert_job(
    db: sqlite3.Connection, job: Job, codes: Sequence[tuple[str, str]], created: Event
) -> int:
    """Write a new job, an item for each (code, name) and the first event; the job's number."""
    number = db.execute(rows.INSERT_JOB, rows.new_job_row(job)).lastrowid or 0
    execute_many(db, rows.INSERT_ITEM, [(number, *code) for code in codes])
    db.execute(rows.INSERT_EVENT, rows.event_row(created, number))
    return number


def unfinished(db: sqlite3.Connection) -> int:
    """How many jobs have not come to their end."""
    marks = ", ".join("?" * len(UNFINISHED_STATES))
    sql = f"SELECT count(*) FROM jobs WHERE state IN ({marks})"  # noqa: S608 - our names
    (count,) = db.execute(sql, tuple(UNFINISHED_STATES)).fetchone()
    return int(count)


def load_job(db: sqlite3.Connection, job_id: str) -> tuple[int, Job]:
    """The job and its number; NotFound when there is none of that id."""
    sql = f"SELECT number, {rows.JOB_COLUMNS} FROM jobs WHERE id = ?"  # noqa: S608 - our names
    row: Row | None = db.execute(sql, (job_id,)).fetchone()
    if row is None:
        raise no_such_job(job_id)
    return row[0], rows.job_from(row[1:])


def load_items(db: sqlite3.Connection, number: int, codes: Iterable[str] | None) -> dict[str, Item]:
    """The items of these codes, or all of them, by code."""
    sql = f"SELECT {rows.ITEM_COLUMNS} FROM items WHERE job = ?"  # noqa: S608 - our names
    if codes is None:
        found = db.execute(sql, (number,)).fetchall()
    else:
        found = []
        for code in codes:
            found += db.execute(f"{sql} AND code = ?", (number, code)).fetchall()
    items = [rows.item_from(row) for row in found]
    return {item.code: item for item in items}


def save(db: sqlite3.Connection, number: int, draft: Draft) -> None:
    """Write what the draft changed, and the events that tell of it."""
    if not draft.events:
        return
    db.execute(rows.UPDATE_JOB, rows.changed_job_row(draft.job, number))
    changed = [rows.changed_item_row(item, number) for item in draft.changed.values()]
    execute_many(db, rows.UPDATE_ITEM, changed)
    execute_many(db, rows.INSERT_EVENT, [rows.event_row(event, number) for event in draft.events])


def save_images(db: sqlite3.Connection, source: str, images: Mapping[str, Kept], at: str) -> None:
    """Note which image of which country came from the source."""
    execute_many(
        db,
        INSERT_IMAGE,
        [
            (source, code, image.sha256, image.media_type, image.bytes, at)
            for code, image in images.items()
        ],
    )


def delete_images(db: sqlite3.Connection, number: int, source: str) -> list[Dropped]:
    """Forget the images of the job that no other job has; call it before the job is deleted."""
    own = db.execute(OWN_IMAGES, (number, source)).fetchall()
    dropped = []
    for code, sha256 in own:
        db.execute(DELETE_IMAGE, (source, code, sha256))
        other = db.execute(SAME_CONTENT, (sha256,)).fetchone()
        dropped.append(Dropped(code, sha256, is_last=other is None))
    return dropped


def delete_job(db: sqlite3.Connection, number: int) -> None:
    """Remove the job, its items and its log."""
    db.execute("DELETE FROM jobs WHERE number = ?", (number,))


def execute_many(db: sqlite3.Connection, sql: str, values: Sequence[Row]) -> None:
    """The statement for each of the rows, if there are any."""
    if values:
        db.executemany(sql, values)
