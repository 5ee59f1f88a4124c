"""Jobs in a real SQLite file: tables and log change together or not at all."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from webapp.database import Readers, Writer
from webapp.jobs.events import Event, IllegalEvent, ItemFinished, RetryScheduled, fold
from webapp.jobs.model import Failure, ItemStatus, Job, JobState, Kept, Options
from webapp.jobs.records import Records
from webapp.jobs.store import Store
from webapp.problems import Conflict, NotFound

CODES = [(code, f"Country {code}") for code in ("AD", "BR", "CN", "DE", "EG", "FR")]
OPTIONS = Options(select={"preset": "all"})
AT = "2026-01-01T00:00:00.000Z"


class Desk:
    """A store and what it announced."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self.announced: list[tuple[Job, list[Event]]] = []
        self.fenced = 0
        self.store = Store(writer, self._announce, self._count_fenced)
        self.records = Records(readers)

    def _announce(self, job: Job, events: Sequence[Event]) -> None:
        self.announced.append((job, list(events)))

    def _count_fenced(self) -> None:
        self.fenced += 1

    async def create(self, codes: Sequence[tuple[str, str]]) -> Job:
        job, is_new = await self.store.create("builtin", OPTIONS, codes)
        assert is_new
        return job

    async def log(self, job_id: str) -> list[Event]:
        return await self.records.events(job_id, 0, 10_000)


@pytest.fixture
async def desk(data_dir: Path) -> AsyncIterator[Desk]:
    writer = await Writer.open(data_dir / "state.db")
    readers = await Readers.open(data_dir / "state.db")
    try:
        yield Desk(writer, readers)
    finally:
        await writer.close()
        await readers.close()


def done(code: str, attempt: int = 1) -> ItemFinished:
    return ItemFinished(
        code=code,
        status=ItemStatus.OK,
        http_status=200,
        bytes=7,
        sha256="ab" * 32,
        ms=3,
        attempt=attempt,
    )


async def test_a_new_job_is_whole(desk: Desk) -> None:
    job = await desk.create(CODES)
    kept, items = await desk.records.snapshot(job.id)
    assert kept == job == await desk.records.get(job.id)
    assert [(item.code, item.name, item.status) for item in items] == [
        (code, name, ItemStatus.PENDING) for code, name in CODES
    ]
    assert fold(await desk.log(job.id)) == (job, {item.code: item for item in items})


async def test_state_from_the_log_is_the_state_in_the_tables_under_any_traffic(desk: Desk) -> None:
    job = await desk.create(CODES)
    await desk.store.start(job.id)
    dice = random.Random(7)

    async def act(code: str) -> None:
        retry = RetryScheduled(
            code=code,
            attempt=1,
            http_status=500,
            delay_ms=1,
            not_before=AT,
            error=Failure("http_error", "500"),
        )
        for _ in range(12):
            action = dice.choice(["lease", "lease", "finish", "retry", "requeue"])
            # What is not legal now must leave no trace.
            with contextlib.suppress(IllegalEvent):
                match action:
                    case "lease":
                        await desk.store.lease(job.id, code)
                    case "finish":
                        await desk.store.finish(job.id, done(code), "image/gif")
                    case "retry":
                        await desk.store.schedule_retry(job.id, retry)
                    case _:
                        await desk.store.requeue(job.id, "restart")

    await asyncio.gather(*(act(code) for code, _ in CODES))
    log = await desk.log(job.id)
    assert [event.seq for event in log] == list(range(1, len(log) + 1))
    final, items = await desk.records.snapshot(job.id)
    assert fold(log) == (final, {item.code: item for item in items})
    announced = [event for _, events in desk.announced for event in events]
    assert announced == log


async def test_a_cancelled_caller_splits_nothing(desk: Desk) -> None:
    job = await desk.create(CODES)
    await desk.store.start(job.id)
    tasks = [asyncio.create_task(desk.store.lease(job.id, code)) for code, _ in CODES]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.wait(tasks)
    await desk.store.start(job.id)
    log = await desk.log(job.id)
    final, items = await desk.records.snapshot(job.id)
    assert fold(log) == (final, {item.code: item for item in items})
    assert [event for _, events in desk.announced for event in events] == log


async def test_nothing_is_leased_once_a_job_is_being_cancelled(desk: Desk) -> None:
    job = await desk.create(CODES)
    await desk.store.start(job.id)
    await desk.store.lease(job.id, "AD")
    await desk.store.request_cancel(job.id)
    assert await desk.store.lease(job.id, "BR") is JobState.CANCELLING
    await desk.store.finish(job.id, done("AD"), "image/gif")
    cancelled = await desk.store.finish_cancel(job.id)
    assert cancelled.state is JobState.CANCELLED
    assert (cancelled.counters.ok, cancelled.counters.cancelled) == (1, 5)
    assert (await desk.store.request_cancel(job.id)).seq == cancelled.seq
    with pytest.raises(Conflict, match="cancelled"):
        await desk.store.start(job.id)


async def test_a_result_whose_lease_was_lost_is_fenced_and_counted(desk: Desk) -> None:
    job = await desk.create(CODES)
    await desk.store.start(job.id)
    await desk.store.lease(job.id, "AD")
    seq = (await desk.store.requeue(job.id, "restart")).seq
    assert not await desk.store.finish(job.id, done("AD"), "image/gif")
    await desk.store.lease(job.id, "AD")
    assert not await desk.store.finish(job.id, done("AD"), "image/gif")
    assert desk.fenced == 2
    assert (await desk.records.get(job.id)).seq == seq + 1
    assert await desk.store.finish(job.id, done("AD", attempt=2), "image/gif")
    assert not await desk.store.finish(job.id, done("AD", attempt=2), "image/gif")
    assert desk.fenced == 3
    log = await desk.log(job.id)
    final, items = await desk.records.snapshot(job.id)
    assert (final.counters.ok, final.bytes) == (1, 7)
    assert fold(log) == (final, {item.code: item for item in items})


async def test_a_job_that_is_over_cannot_be_cancelled_or_finished_again(desk: Desk) -> None:
    job = await desk.create(CODES[:1])
    await desk.store.start(job.id)
    await desk.store.lease(job.id, "AD")
    assert (await desk.store.finish_job(job.id)).state is JobState.RUNNING
    await desk.store.finish(job.id, done("AD"), "image/gif")
    over = await desk.store.finish_job(job.id)
    assert over.state is JobState.SUCCEEDED
    assert over.finished_at is not None
    assert (await desk.store.finish_job(job.id)).seq == over.seq
    with pytest.raises(Conflict, match="succeeded"):
        await desk.store.request_cancel(job.id)


async def test_a_fault_of_our_own_gives_every_open_item_an_outcome(desk: Desk) -> None:
    job = await desk.create(CODES)
    await desk.store.start(job.id)
    await desk.store.lease(job.id, "AD")
    failed = await desk.store.fail_job(job.id, "internal_error")
    assert (failed.state, failed.reason) == (JobState.FAILED, "internal_error")
    assert failed.counters.error == len(CODES)


async def test_skipped_items_take_the_image_that_is_there(desk: Desk) -> None:
    job = await desk.create(CODES)
    await desk.store.start(job.id)
    kept = {"BR": Kept("cd" * 32, "image/gif", 99)}
    after = await desk.store.skip(job.id, kept)
    assert (after.counters.skipped, after.counters.pending, after.bytes) == (1, 5, 0)
    items, _ = await desk.records.items(job.id, ItemStatus.SKIPPED, 10, "")
    assert [(item.code, item.sha256, item.bytes) for item in items] == [("BR", "cd" * 32, 99)]
    assert items[0].image_url == f"/api/v1/flags/BR?sha256={'cd' * 32}"


async def test_pages_of_jobs_and_items_give_each_once(desk: Desk) -> None:
    made = [await desk.create(CODES) for _ in range(7)]
    seen: list[str] = []
    before = None
    while True:
        jobs, before = await desk.records.page(JobState.QUEUED, 3, before)
        seen += [job.id for job in jobs]
        if before is None:
            break
    assert seen == [job.id for job in reversed(made)]
    assert await desk.records.page(JobState.FAILED, 3, None) == ([], None)
    codes: list[str] = []
    after: str | None = ""
    while after is not None:
        items, after = await desk.records.items(made[0].id, None, 4, after)
        codes += [item.code for item in items]
    assert codes == [code for code, _ in CODES]


async def test_an_unknown_job_is_not_found_by_any_door(desk: Desk) -> None:
    for question in (
        desk.records.get("nope"),
        desk.records.snapshot("nope"),
        desk.records.items("nope", None, 1, ""),
        desk.store.start("nope"),
        desk.store.request_cancel("nope"),
    ):
        with pytest.raises(NotFound, match="no job nope"):
            await question
