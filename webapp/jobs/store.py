"""Changing jobs: every change is one transaction of tables and log together."""

import secrets
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Final

from webapp.clock import now_text
from webapp.database import Writer
from webapp.jobs import actions, steps, tables
from webapp.jobs.actions import Which
from webapp.jobs.draft import Draft
from webapp.jobs.events import (
    Event,
    ItemFinished,
    JobCreated,
    RetryScheduled,
)
from webapp.jobs.model import (
    Counters,
    Dropped,
    Item,
    Job,
    JobState,
    Kept,
    Options,
)
from webapp.jobs.once import Once
from webapp.phrases import Phrase
from webapp.problems import TooManyRequests

Announce = Callable[[Job, Sequence[Event]], None]
Decide = Callable[[Draft, str], None]

MOST_UNFINISHED: Final = 1000
NO_IMAGES: Final[Mapping[str, Kept]] = MappingProxyType({})


class Store:
    """The truth about jobs. Changes go through the writer; `announce` hears of each commit.

    `count_fenced` is called for each result that came too late: its lease was lost.
    """

    def __init__(
        self,
        writer: Writer,
        announce: Announce,
        count_fenced: Callable[[], None],
        *,
        most_unfinished: int = MOST_UNFINISHED,
    ) -> None:
        self._writer = writer
        self._most_unfinished = most_unfinished
        self._announce = announce
        self._count_fenced = count_fenced

    async def create(
        self,
        source: str,
        options: Options,
        codes: Sequence[tuple[str, str]],
        once: Once | None = None,
    ) -> tuple[Job, bool]:
        """A new queued job with one pending item for each (code, name); True with it.

        With a key that a job has already it is that job, as it is now, and False.
        TooManyRequests while as many jobs are unfinished as there may be.
        """
        job = _new_job(source, options, len(codes))
        created = Event.of(1, job.created_at, JobCreated(job, list(codes)))

        def insert(db: sqlite3.Connection) -> Job:
            if once is not None and (known := once.job(db)):
                return known
            if tables.unfinished(db) >= self._most_unfinished:
                raise _too_many(self._most_unfinished)
            number = tables.insert_job(db, job, codes, created)
            if once is not None:
                once.keep(db, number)
            return job

        made = await self._writer.run(
            insert,
            on_commit=lambda done: self._announce(done, [created]) if done is job else None,
        )
        return made, made is job

    async def start(self, job_id: str) -> Job:
        """Let a queued job run; a running one stays as it is, another one is a Conflict."""
        return await self._change(job_id, actions.start, codes=())

    async def pause(self, job_id: str) -> Job:
        """From now on no item of this job may start; Conflict when it is over."""
        return await self._change(job_id, actions.pause, codes=())

    async def resume(self, job_id: str) -> Job:
        """Let a paused job go on; Conflict when it is over."""
        return await self._change(job_id, actions.resume, codes=())

    async def retry(self, job_id: str, which: Which, codes: Sequence[str] = ()) -> Job:
        """Let a job that is over run again; Conflict when it is not, or nothing is to do.

        With `codes`, those of its items only.
        """
        decide = partial(actions.retry, which=which, codes=codes)
        return await self._change(job_id, decide, codes=None)

    async def begin(self, job_id: str) -> Job:
        """Make a job ready to be carried out: started, and without leases of a former task."""
        return await self._change(job_id, steps.begin, codes=None)

    async def lease(self, job_id: str, code: str) -> Item | JobState:
        """Mark a pending item as under way; the job's state when that allows no lease."""
        draft = await self._drafted(job_id, partial(steps.lease, code=code), codes=(code,))
        return draft.changed.get(code, draft.job.state)

    async def finish(self, job_id: str, outcome: ItemFinished, media_type: str | None) -> bool:
        """Write an item's outcome, and the image it brought, in one transaction.

        False, and nothing is written, when the lease of that attempt is no longer the item's.
        """
        image = {} if media_type is None else {outcome.code: _image(outcome, media_type)}
        return await self._report(job_id, outcome, image)

    async def skip(self, job_id: str, kept: Mapping[str, Kept]) -> Job:
        """Give every listed pending item the image that is there already."""
        return await self._change(job_id, partial(steps.skip, kept=kept), codes=None, images=kept)

    async def schedule_retry(self, job_id: str, retry: RetryScheduled) -> bool:
        """Put a failed item back, not to be leased before `retry.not_before`.

        False, and nothing is written, when the lease of that attempt is no longer the item's.
        """
        return await self._report(job_id, retry, NO_IMAGES)

    async def put_back(self, job_id: str, item: Item, reason: str) -> Job:
        """Take back a lease that could not be made use of, and pause the job for that reason."""
        decide = partial(steps.put_back, item=item, reason=reason)
        return await self._change(job_id, decide, codes=(item.code,))

    async def resume_after(self, job_id: str, reason: str) -> Job:
        """Let a job go on if it is still paused for this reason."""
        return await self._change(job_id, partial(steps.resume_after, reason=reason), codes=())

    async def requeue(self, job_id: str, reason: str) -> Job:
        """Put back every item that was under way when its lease was lost."""
        return await self._change(
            job_id, lambda draft, at: draft.requeue_running(reason, at), codes=None
        )

    async def request_cancel(self, job_id: str) -> Job:
        """From now on no item of this job may start; Conflict when the job is over."""
        return await self._change(job_id, actions.request_cancel, codes=())

    async def finish_cancel(self, job_id: str) -> Job:
        """Cancel what had no outcome yet, and with it the job."""
        return await self._change(job_id, steps.finish_cancel, codes=None)

    async def finish_job(self, job_id: str) -> Job:
        """Close a running job whose items all have their outcome; else nothing happens."""
        return await self._change(job_id, steps.finish_job, codes=())

    async def fail_job(self, job_id: str, reason: str) -> Job:
        """Close a job that cannot go on; what has no outcome yet ends in error."""
        return await self._change(job_id, partial(steps.fail_job, reason=reason), codes=None)

    async def delete(self, job_id: str, *, images: bool) -> tuple[Job, list[Dropped]]:
        """Forget a job, its items and its log; Conflict while it is under way.

        With `images` those too that no other job has: they are given, to be removed.
        """

        def remove(db: sqlite3.Connection) -> tuple[Draft, list[Dropped]]:
            number, job = tables.load_job(db, job_id)
            draft = Draft(job, {})
            actions.delete(draft, now_text())
            dropped = tables.delete_images(db, number, job.source) if images else []
            tables.delete_job(db, number)
            return draft, dropped

        draft, dropped = await self._writer.run(
            remove, on_commit=lambda done: self._announce(done[0].job, done[0].events)
        )
        return draft.job, dropped

    async def _report(
        self, job_id: str, result: ItemFinished | RetryScheduled, images: Mapping[str, Kept]
    ) -> bool:
        """Write what came of a lease, unless it is no longer held."""

        def change(db: sqlite3.Connection) -> Draft:
            number, job = tables.load_job(db, job_id)
            at = now_text()
            draft = Draft(job, tables.load_items(db, number, (result.code,)))
            if draft.holds(result.code, result.attempt):
                draft.record(result, at)
                tables.save(db, number, draft)
                tables.save_images(db, job.source, images, at)
            return draft

        draft = await self._writer.run(change, on_commit=self._tell)
        if not draft.events:
            self._count_fenced()
        return bool(draft.events)

    def _tell(self, draft: Draft) -> None:
        if draft.events:
            self._announce(draft.job, draft.events)

    async def _change(
        self,
        job_id: str,
        decide: Decide,
        *,
        codes: Iterable[str] | None,
        images: Mapping[str, Kept] = NO_IMAGES,
    ) -> Job:
        return (await self._drafted(job_id, decide, codes=codes, images=images)).job

    async def _drafted(
        self,
        job_id: str,
        decide: Decide,
        *,
        codes: Iterable[str] | None,
        images: Mapping[str, Kept] = NO_IMAGES,
    ) -> Draft:
        """Load the job and the items named (None: all), decide, write; all in one transaction."""

        def change(db: sqlite3.Connection) -> Draft:
            number, job = tables.load_job(db, job_id)
            at = now_text()
            draft = Draft(job, tables.load_items(db, number, codes))
            decide(draft, at)
            tables.save(db, number, draft)
            tables.save_images(db, job.source, images, at)
            return draft

        return await self._writer.run(change, on_commit=self._tell)


def _new_job(source: str, options: Options, total: int) -> Job:
    return Job(
        id=secrets.token_hex(8),
        kind="flags",
        source=source,
        state=JobState.QUEUED,
        counters=Counters(total=total, pending=total),
        created_at=now_text(),
        seq=1,
        options=options,
    )


def _too_many(most: int) -> TooManyRequests:
    return TooManyRequests(
        Phrase(
            "There are {count} unfinished jobs, as many as there may be. "
            "Let some come to their end, cancel or delete some.",
            count=most,
        ),
        headers={"Retry-After": "30"},
    )


def _image(outcome: ItemFinished, media_type: str) -> Kept:
    return Kept(outcome.sha256 or "", media_type, outcome.bytes or 0)
