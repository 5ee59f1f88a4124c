"""Carries jobs out: owned by the application, never by a request."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Sequence

import msgspec

from webapp.clock import now_text
from webapp.jobs import outcomes, retry
from webapp.jobs.actions import Which
from webapp.jobs.errand import Brought, Errand, Failed, NoRoom, Result, Turn
from webapp.jobs.events import RetryScheduled
from webapp.jobs.model import DISK_FULL, Item, ItemStatus, Job, JobState, Order
from webapp.jobs.once import Once
from webapp.jobs.records import Records
from webapp.jobs.schedule import Schedule
from webapp.jobs.setbacks import Setbacks, is_passing
from webapp.jobs.store import Store
from webapp.phrases import Phrase
from webapp.problems import Conflict, InvalidRequest, NotFound, Unavailable

log = logging.getLogger(__name__)


class Runner:
    """One task a job, as many workers in it as the job's concurrency allows."""

    def __init__(self, store: Store, records: Records, errand: Errand) -> None:
        self._store = store
        self._records = records
        self._errand = errand
        self._tasks: dict[str, asyncio.Task[None]] = {}
        # Where the workers of a job wait that found it paused.
        self._gates: dict[str, asyncio.Event] = {}
        # Jobs to be looked at again when their present task has ended.
        self._again: set[str] = set()
        # The keys of the orders that are being carried out.
        self._ordering: set[str] = set()
        self._setbacks = Setbacks(errand.has_room, self._resume_with_room, self._begin)
        self._closing = False

    async def take_up(self) -> None:
        """Go on with what an earlier process left unfinished."""
        for job in await self._records.unfinished():
            if job.state is JobState.CANCELLING:
                await self._store.finish_cancel(job.id)
            elif _is_due(job):
                self._begin(job.id)
            else:
                await self._store.requeue(job.id, "restart")
                if job.reason == DISK_FULL:
                    self._setbacks.without_room(job.id)

    async def submit(self, order: Order, once: Once | None = None) -> tuple[Job, bool]:
        """A new job for the order, under way unless it says `start: false`; True with it.

        False with the job that the key of the order has already. Conflict while the first
        order with this key is being carried out.
        """
        if once is None:
            return await self._submitted(order, None)
        if once.key in self._ordering:
            raise Conflict(Phrase("The first order with this key is still being carried out."))
        self._ordering.add(once.key)
        try:
            return await self._submitted(order, once)
        finally:
            self._ordering.remove(once.key)

    async def _submitted(self, order: Order, once: Once | None) -> tuple[Job, bool]:
        plan = self._errand.plan(order)
        await self._check_predecessor(order)
        options = msgspec.structs.replace(order.options, select=plan.select)
        job, is_new = await self._store.create(order.source, options, plan.codes, once)
        if order.start and order.after is None and job.state is JobState.QUEUED:
            job = await self.start(job.id)
        return job, is_new

    async def _check_predecessor(self, order: Order) -> None:
        if order.after is not None and not await self._records.some([order.after]):
            raise InvalidRequest.field("after", "unknown_job", Phrase("There is no such job."))

    async def start(self, job_id: str) -> Job:
        """Let a queued job run; Conflict when it is over already."""
        job = await self._store.start(job_id)
        self._begin(job_id)
        return job

    async def pause(self, job_id: str) -> Job:
        """Begin nothing more; what is under way comes to its end."""
        return await self._store.pause(job_id)

    async def resume(self, job_id: str) -> Job:
        """Let a paused job go on as before; Conflict when it is over."""
        return self._let_go_on(await self._store.resume(job_id))

    async def retry(self, job_id: str, which: Which, codes: Sequence[str] = ()) -> Job:
        """Run a job again that is over: what failed of it, or all; with `codes`, of these."""
        job = await self._store.retry(job_id, which, codes)
        self._begin(job_id)
        return job

    async def cancel(self, job_id: str) -> Job:
        """End a job: nothing new starts, what is under way is dropped."""
        # Stopped first: its writes that wait would otherwise all go before the cancellation.
        was_running = await self._stop([job_id])
        try:
            await self._store.request_cancel(job_id)
        except Unavailable:
            if was_running:
                self._begin(job_id)
            raise
        return await self._store.finish_cancel(job_id)

    async def delete(self, job_id: str, *, files: bool) -> None:
        """Forget a job that is not under way, with `files` its images too; else Conflict."""
        async with self._errand.discarding():
            job, dropped = await self._store.delete(job_id, images=files)
            # A paused job may have had requests in flight; their results have nowhere to go.
            await self._stop([job_id])
            await self._errand.discard(job.source, dropped)

    async def close(self) -> None:
        """Stop every job where it is; the next process goes on from there."""
        self._closing = True
        await self._setbacks.close()
        for job_id in await self._stop(list(self._tasks)):
            await self._store.requeue(job_id, "shutdown")

    async def _resume_with_room(self, job_id: str) -> None:
        """Let a job go on that was paused for want of room; another state is somebody's word."""
        with contextlib.suppress(NotFound):
            self._let_go_on(await self._store.resume_after(job_id, DISK_FULL))

    def _let_go_on(self, job: Job) -> Job:
        if job.id in self._gates:
            self._gates[job.id].set()
            self._gates[job.id] = asyncio.Event()
        if _is_due(job):
            self._begin(job.id)
        return job

    def _begin(self, job_id: str) -> None:
        if job_id in self._tasks:
            # It may be about to end, having seen the job as it was before.
            self._again.add(job_id)
        elif not self._closing:
            task = asyncio.create_task(self._carry_out(job_id), name=f"job {job_id}")
            self._tasks[job_id] = task
            self._gates[job_id] = asyncio.Event()
            task.add_done_callback(lambda _: self._forget(job_id))

    def _forget(self, job_id: str) -> None:
        self._tasks.pop(job_id, None)
        self._gates.pop(job_id, None)
        if job_id in self._again:
            self._again.remove(job_id)
            self._begin(job_id)

    async def _stop(self, job_ids: Iterable[str]) -> list[str]:
        """Drop what these jobs have under way; those of them that had something."""
        tasks = {job_id: self._tasks[job_id] for job_id in job_ids if job_id in self._tasks}
        for job_id, task in tasks.items():
            self._again.discard(job_id)
            task.cancel()
        if tasks:
            await asyncio.wait(tasks.values())
        return list(tasks)

    async def _carry_out(self, job_id: str) -> None:
        try:
            if (await self._store.begin(job_id)).state is JobState.RUNNING:
                await self._run(job_id)
        except NotFound:
            return  # it was deleted before it began
        except Exception as error:
            if is_passing(error):
                log.warning("nothing of the job can be written now", extra={"job": job_id})
                self._setbacks.unwritten(job_id)
                return
            log.exception("job stopped by a fault of our own", extra={"job": job_id})
            with contextlib.suppress(Exception):
                await self._store.fail_job(job_id, "internal_error")

    async def _run(self, job_id: str) -> None:
        job, items = await self._records.snapshot(job_id)
        pending = {item.code: item for item in items if item.status is ItemStatus.PENDING}
        # What this job itself brought before a crash is fetched again, not skipped.
        untouched = [code for code, item in pending.items() if item.attempts == 0]
        for code in await self._skip_existing(job, untouched):
            del pending[code]
        schedule = Schedule(pending.values())
        async with asyncio.TaskGroup() as workers:
            for _ in range(min(job.options.concurrency, len(schedule))):
                workers.create_task(self._work(job, schedule))
        await self._store.finish_job(job_id)

    async def _skip_existing(self, job: Job, codes: list[str]) -> Iterable[str]:
        """Settle the items whose image is here already; their codes."""
        if job.options.existing == "replace":
            return ()
        async with self._errand.existing(job.source, codes) as present:
            if present:
                await self._store.skip(job.id, present)
            return present

    async def _work(self, job: Job, schedule: Schedule) -> None:
        while (code := await schedule.next()) is not None:
            if not await self._do(job, code, schedule):
                return

    async def _do(self, job: Job, code: str, schedule: Schedule) -> bool:
        """Fetch the item once the job is not paused, and what can be fetched right after it.

        False when the job is over.
        """
        while True:
            # Taken before the lease is asked for: a resumption after its answer opens this gate.
            gate = self._gates[job.id]
            async with self._errand.turn(job.source) as turn:
                leased = await self._store.lease(job.id, code)
                while isinstance(leased, Item):
                    following = await self._fetch(job, leased, turn, schedule)
                    if following is None:
                        return True
                    code, leased = following
            if leased is not JobState.PAUSED:
                return False
            await gate.wait()

    async def _fetch(
        self, job: Job, item: Item, turn: Turn, schedule: Schedule
    ) -> tuple[str, Item | JobState] | None:
        """Fetch an item; the code and the lease of one that may be fetched at once, if any."""
        async with turn.fetched(item.code, job.options.timeout_s) as result:
            code = schedule.due() if turn.renewed() else None
            written = self._write(job, item, result, schedule)
            if code is None:
                await written
                return None
            # Asked for together, both are on disk with one commit.
            _, leased = await asyncio.gather(written, self._store.lease(job.id, code))
            return code, leased

    async def _write(self, job: Job, item: Item, result: Result, schedule: Schedule) -> None:
        match result:
            case Brought():
                await self._store.finish(job.id, outcomes.brought(item, result), result.media_type)
            case NoRoom():
                await self._wait_for_room(job, item, schedule)
            case Failed() if outcomes.may_retry(job, item, result):
                await self._retry(job, item, result, schedule)
            case Failed():
                await self._store.finish(job.id, outcomes.failed(item, result), None)

    async def _wait_for_room(self, job: Job, item: Item, schedule: Schedule) -> None:
        """Put the item back and pause its job: what does not fit now may fit later."""
        await self._store.put_back(job.id, item, DISK_FULL)
        self._setbacks.without_room(job.id)
        schedule.put(item.code, 0.0)

    async def _retry(self, job: Job, item: Item, failed: Failed, schedule: Schedule) -> None:
        delay = retry.delay_s(item.retries, failed.retry_after_s, retry.draw())
        scheduled = RetryScheduled(
            code=item.code,
            attempt=item.attempts,
            http_status=failed.http_status,
            delay_ms=round(delay * 1000),
            not_before=now_text(delay),
            error=outcomes.failure(failed),
        )
        if await self._store.schedule_retry(job.id, scheduled):
            schedule.put(item.code, delay)


def _is_due(job: Job) -> bool:
    """True when the job is to be carried out now, not at somebody's word."""
    if job.state is JobState.QUEUED:
        return job.options.start and job.options.after is None
    return job.state is JobState.RUNNING
