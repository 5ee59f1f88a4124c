"""Changing jobs: every change is one transaction of tables and log together."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import aiosqlite

from webapp.clock import now_text
from webapp.database import Row, Writer
from webapp.jobs import rows
from webapp.jobs.draft import Draft
from webapp.jobs.events import (
    CancelRequested,
    Event,
    ItemFinished,
    ItemStarted,
    JobCreated,
    JobFinished,
    JobStarted,
    RetryScheduled,
)
from webapp.jobs.model import Counters, Failure, Item, ItemStatus, Job, JobState, Kept, Options
from webapp.jobs.records import no_such_job
from webapp.problems import Conflict

Announce = Callable[[Job, Sequence[Event]], None]
Decide = Callable[[Draft, str], None]

NO_IMAGES: Final[Mapping[str, Kept]] = MappingProxyType({})

INSERT_IMAGE: Final = (
    "INSERT INTO images (source, code, sha256, media_type, bytes, fetched_at) "
    "VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (source, code, sha256) DO UPDATE SET fetched_at = excluded.fetched_at"
)


class Store:
    """The truth about jobs. Changes go through the writer; `announce` hears of each commit."""

    def __init__(self, writer: Writer, announce: Announce) -> None:
        self._writer = writer
        self._announce = announce

    async def create(self, source: str, options: Options, codes: Sequence[tuple[str, str]]) -> Job:
        """A new queued job with one pending item for each (code, name)."""
        total = len(codes)
        job = Job(
            id=secrets.token_hex(8),
            kind="flags",
            source=source,
            state=JobState.QUEUED,
            counters=Counters(total=total, pending=total),
            created_at=now_text(),
            seq=1,
            options=options,
        )
        created = Event.of(1, job.created_at, JobCreated(job, list(codes)))

        async def insert(db: aiosqlite.Connection) -> Job:
            cursor = await db.execute(rows.INSERT_JOB, rows.new_job_row(job))
            number = cursor.lastrowid
            await cursor.close()
            await _execute_many(db, rows.INSERT_ITEM, [(number, *code) for code in codes])
            await db.execute_fetchall(rows.INSERT_EVENT, rows.event_row(created, number or 0))
            return job

        return await self._writer.run(
            insert, on_commit=lambda result: self._announce(result, [created])
        )

    async def start(self, job_id: str) -> Job:
        """Let a queued job run; a running one stays as it is, a finished one is a Conflict."""

        def decide(draft: Draft, at: str) -> None:
            if draft.job.state is JobState.QUEUED:
                draft.record(JobStarted(), at)
            elif draft.job.state is not JobState.RUNNING:
                raise Conflict(
                    f"The job is {draft.job.state}; only a queued job can be started.",
                    state=draft.job.state,
                )

        return await self._change(job_id, decide, codes=())

    async def lease(self, job_id: str, code: str) -> Item | None:
        """Mark a pending item as under way; None when the job no longer runs."""
        leased: list[Item] = []

        def decide(draft: Draft, at: str) -> None:
            if draft.job.state is not JobState.RUNNING:
                return
            draft.record(ItemStarted(code, draft.items[code].attempts + 1), at)
            leased.append(draft.items[code])

        await self._change(job_id, decide, codes=(code,))
        return leased[0] if leased else None

    async def finish(self, job_id: str, outcome: ItemFinished, media_type: str | None) -> Job:
        """Write an item's outcome, and the image it brought, in one transaction."""
        return await self._change(
            job_id,
            lambda draft, at: draft.record(outcome, at),
            codes=(outcome.code,),
            images={} if media_type is None else {outcome.code: _image(outcome, media_type)},
        )

    async def skip(self, job_id: str, kept: Mapping[str, Kept]) -> Job:
        """Give every listed pending item the image that is there already."""

        def decide(draft: Draft, at: str) -> None:
            for code, image in kept.items():
                if draft.items[code].status is ItemStatus.PENDING:
                    draft.record(_skipped(code, image, draft.items[code].attempts), at)

        return await self._change(job_id, decide, codes=None, images=kept)

    async def schedule_retry(self, job_id: str, retry: RetryScheduled) -> Job:
        """Put a failed item back, not to be leased before `retry.not_before`."""
        return await self._change(
            job_id, lambda draft, at: draft.record(retry, at), codes=(retry.code,)
        )

    async def requeue(self, job_id: str, reason: str) -> Job:
        """Put back every item that was under way when its lease was lost."""
        return await self._change(
            job_id, lambda draft, at: draft.requeue_running(reason, at), codes=None
        )

    async def request_cancel(self, job_id: str) -> Job:
        """From now on no item of this job may start; Conflict when the job is over."""

        def decide(draft: Draft, at: str) -> None:
            if draft.job.state in {JobState.CANCELLED, JobState.CANCELLING}:
                return
            if draft.job.state.is_final:
                raise Conflict(f"The job is {draft.job.state} already.", state=draft.job.state)
            draft.record(CancelRequested(), at)

        return await self._change(job_id, decide, codes=())

    async def finish_cancel(self, job_id: str) -> Job:
        """Cancel what had no outcome yet, and with it the job."""

        def decide(draft: Draft, at: str) -> None:
            if draft.job.state is not JobState.CANCELLING:
                return
            draft.settle(ItemStatus.CANCELLED, None, at)
            draft.record(JobFinished(JobState.CANCELLED, draft.job.counters), at)

        return await self._change(job_id, decide, codes=None)

    async def finish_job(self, job_id: str) -> Job:
        """Close a running job whose items all have their outcome; else nothing happens."""

        def decide(draft: Draft, at: str) -> None:
            counters = draft.job.counters
            if draft.job.state is JobState.RUNNING and counters.are_settled:
                draft.record(JobFinished(counters.outcome, counters), at)

        return await self._change(job_id, decide, codes=())

    async def fail_job(self, job_id: str, reason: str) -> Job:
        """Close a job that cannot go on; what has no outcome yet ends in error."""

        def decide(draft: Draft, at: str) -> None:
            failure = Failure(reason, "The job could not go on; start it again.")
            draft.settle(ItemStatus.ERROR, failure, at)
            draft.record(JobFinished(JobState.FAILED, draft.job.counters, reason), at)

        return await self._change(job_id, decide, codes=None)

    async def _change(
        self,
        job_id: str,
        decide: Decide,
        *,
        codes: Iterable[str] | None,
        images: Mapping[str, Kept] = NO_IMAGES,
    ) -> Job:
        """Load the job and the items named (None: all), decide, write; all in one transaction."""

        async def change(db: aiosqlite.Connection) -> Draft:
            number, job = await _load_job(db, job_id)
            at = now_text()
            draft = Draft(job, await _load_items(db, number, codes))
            decide(draft, at)
            await _save(db, number, draft)
            await _execute_many(
                db,
                INSERT_IMAGE,
                [
                    (job.source, code, image.sha256, image.media_type, image.bytes, at)
                    for code, image in images.items()
                ],
            )
            return draft

        draft = await self._writer.run(
            change,
            on_commit=lambda draft: (
                self._announce(draft.job, draft.events) if draft.events else None
            ),
        )
        return draft.job


async def _load_job(db: aiosqlite.Connection, job_id: str) -> tuple[int, Job]:
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


async def _load_items(
    db: aiosqlite.Connection, number: int, codes: Iterable[str] | None
) -> dict[str, Item]:
    sql = f"SELECT {rows.ITEM_COLUMNS} FROM items WHERE job = ?"  # noqa: S608 - our names
    if codes is None:
        found = list(await db.execute_fetchall(sql, (number,)))
    else:
        found = []
        for code in codes:
            found += await db.execute_fetchall(f"{sql} AND code = ?", (number, code))
    items = [rows.item_from(tuple(row)) for row in found]
    return {item.code: item for item in items}


async def _save(db: aiosqlite.Connection, number: int, draft: Draft) -> None:
    if not draft.events:
        return
    await db.execute_fetchall(rows.UPDATE_JOB, rows.changed_job_row(draft.job, number))
    changed = [rows.changed_item_row(item, number) for item in draft.changed.values()]
    await _execute_many(db, rows.UPDATE_ITEM, changed)
    await _execute_many(
        db, rows.INSERT_EVENT, [rows.event_row(event, number) for event in draft.events]
    )


async def _execute_many(db: aiosqlite.Connection, sql: str, values: Sequence[Row]) -> None:
    if values:
        await (await db.executemany(sql, values)).close()


def _image(outcome: ItemFinished, media_type: str) -> Kept:
    return Kept(outcome.sha256 or "", media_type, outcome.bytes or 0)


def _skipped(code: str, image: Kept, attempt: int) -> ItemFinished:
    return ItemFinished(
        code=code,
        status=ItemStatus.SKIPPED,
        bytes=image.bytes,
        sha256=image.sha256,
        attempt=attempt,
    )
