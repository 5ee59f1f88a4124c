"""Jobs in the tables, as one transaction loads and writes them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import aiosqlite

from webapp.database import Row
from webapp.jobs import rows
from webapp.jobs.draft import Draft
from webapp.jobs.events import Event
from webapp.jobs.model import FINAL_STATES, Dropped, Item, Job, Kept
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


async def insert_job(
    db: aiosqlite.Connection, job: Job, codes: Sequence[tuple[str, str]], created: Event
) -> int:
    """Write a new job, an item for each (code, name) and the first event; the job's number."""
    cursor = await db.execute(rows.INSERT_JOB, rows.new_job_row(job))
    number = cursor.lastrowid or 0
    await cursor.close()
    await execute_many(db, rows.INSERT_ITEM, [(number, *code) for code in codes])
    await db.execute_fetchall(rows.INSERT_EVENT, rows.event_row(created, number))
    return number


async def unfinished(db: aiosqlite.Connection) -> int:
    """How many jobs have not come to their end."""
    marks = ", ".join("?" * len(FINAL_STATES))
    sql = f"SELECT count(*) FROM jobs WHERE state NOT IN ({marks})"  # noqa: S608 - our names
    ((count,),) = await db.execute_fetchall(sql, tuple(FINAL_STATES))
    return int(count)


async def load_job(db: aiosqlite.Connection, job_id: str) -> tuple[int, Job]:
    """The job and its number; NotFound when there is none of that id."""
    found = list(
        await db.execute_fetchall(
            f"SELECT number, {rows.JOB_COLUMNS} FROM jobs WHERE id = ?",  # noqa: S608 - our names
            (job_id,),
        )
    )
    if not found:
        raise no_such_job(job_id)
    row: Row = tuple(found[0])
    return row[0], rows.job_from(row[1:])


async def load_items(
    db: aiosqlite.Connection, number: int, codes: Iterable[str] | None
) -> dict[str, Item]:
    """The items of these codes, or all of them, by code."""
    sql = f"SELECT {rows.ITEM_COLUMNS} FROM items WHERE job = ?"  # noqa: S608 - our names
    if codes is None:
        found = list(await db.execute_fetchall(sql, (number,)))
    else:
        found = []
        for code in codes:
            found += await db.execute_fetchall(f"{sql} AND code = ?", (number, code))
    items = [rows.item_from(tuple(row)) for row in found]
    return {item.code: item for item in items}


async def save(db: aiosqlite.Connection, number: int, draft: Draft) -> None:
    """Write what the draft changed, and the events that tell of it."""
    if not draft.events:
        return
    await db.execute_fetchall(rows.UPDATE_JOB, rows.changed_job_row(draft.job, number))
    changed = [rows.changed_item_row(item, number) for item in draft.changed.values()]
    await execute_many(db, rows.UPDATE_ITEM, changed)
    await execute_many(
        db, rows.INSERT_EVENT, [rows.event_row(event, number) for event in draft.events]
    )


async def save_images(
    db: aiosqlite.Connection, source: str, images: Mapping[str, Kept], at: str
) -> None:
    """Note which image of which country came from the source."""
    await execute_many(
        db,
        INSERT_IMAGE,
        [
            (source, code, image.sha256, image.media_type, image.bytes, at)
            for code, image in images.items()
        ],
    )


async def delete_images(db: aiosqlite.Connection, number: int, source: str) -> list[Dropped]:
    """Forget the images of the job that no other job has; call it before the job is deleted."""
    own = list(await db.execute_fetchall(OWN_IMAGES, (number, source)))
    dropped = []
    for code, sha256 in own:
        await db.execute_fetchall(DELETE_IMAGE, (source, code, sha256))
        others = await db.execute_fetchall(SAME_CONTENT, (sha256,))
        dropped.append(Dropped(code, sha256, is_last=not list(others)))
    return dropped


async def delete_job(db: aiosqlite.Connection, number: int) -> None:
    """Remove the job, its items and its log."""
    await db.execute_fetchall("DELETE FROM jobs WHERE number = ?", (number,))


async def execute_many(db: aiosqlite.Connection, sql: str, values: Sequence[Row]) -> None:
    """The statement for each of the rows, if there are any."""
    if values:
        await (await db.executemany(sql, values)).close()
