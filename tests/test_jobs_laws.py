"""Jobs under any sequence of what clients, workers and crashes do, against a plain model.

After each step: only legal transitions, counters that sum to the total, a log without gaps, and one
state, whether folded from the log, read from the tables or kept by the model.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from webapp import database
from webapp.database import Readers, Writer
from webapp.jobs.actions import Which
from webapp.jobs.events import Event, ItemFinished, RetryScheduled, apply, fold
from webapp.jobs.model import Failure, Item, ItemStatus, Job, JobState, Options
from webapp.jobs.records import Records
from webapp.jobs.store import Store
from webapp.problems import Conflict, NotFound

T = TypeVar("T")

AT = "2026-01-01T00:00:00.000Z"
CODES = ["AD", "BR", "CN"]
OVER = {"succeeded", "partial", "failed", "cancelled"}
# Every step from one state of a job to another that there may be.
STEPS = {
    ("queued", "running"), ("queued", "paused"), ("queued", "cancelling"),
    ("running", "paused"), ("running", "cancelling"), ("running", "succeeded"),
    ("running", "partial"), ("running", "failed"),
    ("paused", "running"), ("paused", "queued"), ("paused", "cancelling"),
    ("cancelling", "cancelled"),
    *((state, "queued") for state in OVER),
}  # fmt: skip


@dataclass
class Plain:
    """A job as somebody would keep it who knows nothing of events."""

    items: dict[str, str]
    attempts: dict[str, int]
    state: str = "queued"
    run: int = 1
    started: bool = False

    def with_status(self, *wanted: str) -> list[str]:
        return [code for code, status in self.items.items() if status in wanted]

    def act(self, action: str) -> bool:
        """Do what a client asks for; False when that is not legal now."""
        done: dict[tuple[str, str], str] = {
            ("start", "queued"): "running",
            ("pause", "queued"): "paused",
            ("pause", "running"): "paused",
            ("resume", "paused"): "running" if self.started else "queued",
            ("cancel", "queued"): "cancelling",
            ("cancel", "running"): "cancelling",
            ("cancel", "paused"): "cancelling",
        }
        there = {
            "start": {"running"},
            "pause": {"paused"},
            "resume": {"queued", "running"},
            "cancel": {"cancelling", "cancelled"},
        }
        if self.state in there[action]:
            return True
        if (action, self.state) not in done:
            return False
        self.state = done[action, self.state]
        self.started = self.started or self.state == "running"
        return True

    def retry(self, which: Which) -> bool:
        if self.state == "running" and self.run > 1:
            return True
        wanted = ("error", "cancelled") if which is Which.FAILED else tuple(ItemStatus)
        again = self.with_status(*wanted)
        if self.state not in OVER or not again:
            return False
        self.items.update(dict.fromkeys(again, "pending"))
        self.state, self.run = "running", self.run + 1
        return True

    def lose_leases(self) -> None:
        self.items.update(dict.fromkeys(self.with_status("running"), "pending"))

    def finish_cancel(self) -> None:
        if self.state == "cancelling":
            self.items.update(dict.fromkeys(self.with_status("pending", "running"), "cancelled"))
            self.state = "cancelled"

    def finish(self) -> None:
        if self.state == "running" and not self.with_status("pending", "running"):
            failed, total = len(self.with_status("error")), len(self.items)
            self.state = "succeeded" if not failed else "failed" if failed == total else "partial"


@dataclass(frozen=True)
class Lease:
    """What a worker holds, perhaps longer than it may."""

    job_id: str
    code: str
    attempt: int


@dataclass
class Desk:
    """The store on its files, as one process has it."""

    path: Path
    told: dict[str, list[Event]] = field(default_factory=dict)
    fenced: int = 0

    async def open(self) -> None:
        self.writer = await Writer.open(self.path)
        self.readers = await Readers.open(self.path)
        self.store = Store(self.writer, self._announce, self._count_fenced)
        self.records = Records(self.readers)

    async def close(self) -> None:
        await self.writer.close()
        await self.readers.close()

    def _announce(self, job: Job, events: Sequence[Event]) -> None:
        self.told.setdefault(job.id, []).extend(events)

    def _count_fenced(self) -> None:
        self.fenced += 1


class AnyTraffic(RuleBasedStateMachine):
    """Clients, workers and crashes, in any order."""

    jobs: Bundle[str] = Bundle("jobs")
    leases: Bundle[Lease] = Bundle("leases")

    def __init__(self, desk: Desk, run: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
        super().__init__()
        self.desk, self.run = desk, run
        self.plain: dict[str, Plain] = {}
        self.gone: set[str] = set()
        self.touched: set[str] = set()

    def attempt(self, work: Coroutine[Any, Any, object], *, legal: bool) -> None:
        """Do it; what is not legal is refused."""
        try:
            self.run(work)
        except Conflict:
            assert not legal
        else:
            assert legal

    @initialize(target=jobs, total=st.integers(1, 3))
    def a_first_job(self, total: int) -> str:
        job_id = self.make(total)
        self.act(job_id, "start")
        return job_id

    @precondition(lambda self: len(self.plain) < 2)
    @rule(target=jobs, total=st.integers(1, 3))
    def create(self, total: int) -> str:
        return self.make(total)

    def make(self, total: int) -> str:
        codes = [(code, f"Country {code}") for code in CODES[:total]]
        options = Options(select={"preset": "all"})
        job, _ = self.run(self.desk.store.create("builtin", options, codes))
        names = [code for code, _ in codes]
        self.plain[job.id] = Plain(dict.fromkeys(names, "pending"), dict.fromkeys(names, 0))
        self.touched.add(job.id)
        return str(job.id)

    @rule(job_id=jobs, action=st.sampled_from(["start", "pause", "resume", "resume", "cancel"]))
    def act(self, job_id: str, action: str) -> None:
        store = self.desk.store
        does = {"start": store.start, "pause": store.pause, "resume": store.resume}
        does["cancel"] = store.request_cancel
        self.touched.add(job_id)
        self.attempt(does[action](job_id), legal=self.plain[job_id].act(action))

    @rule(which=st.sampled_from(Which))
    def retry(self, which: Which) -> None:
        for job_id, plain in self.plain.items():
            self.touched.add(job_id)
            legal = plain.retry(which)
            self.attempt(self.desk.store.retry(job_id, which), legal=legal)

    def pending(self) -> list[tuple[str, str]]:
        """Every item that waits, with its job."""
        return [
            (job_id, code)
            for job_id, plain in self.plain.items()
            for code in plain.with_status("pending")
        ]

    @precondition(lambda self: self.pending())
    @rule(target=leases, number=st.integers(0, 5))
    def lease(self, number: int) -> Any:
        waiting = self.pending()
        return self.leased(*waiting[number % len(waiting)])

    def leased(self, job_id: str, code: str) -> Any:
        plain = self.plain[job_id]
        self.touched.add(job_id)
        leased = self.run(self.desk.store.lease(job_id, code))
        if plain.state != "running":
            assert leased is JobState(plain.state)
            return multiple()
        plain.items[code] = "running"
        plain.attempts[code] += 1
        assert isinstance(leased, Item)
        return Lease(job_id, code, leased.attempts)

    @precondition(lambda self: any(plain.state == "running" for plain in self.plain.values()))
    @rule(target=leases)
    def lease_again_after_a_crash(self) -> Any:
        """Two workers at one item, of whom the first does not know that it was too slow."""
        running = [place for place in self.pending() if self.plain[place[0]].state == "running"]
        if not running:
            return multiple()
        slow = self.leased(*running[0])
        self.crash_and_restart()
        return multiple(slow, self.leased(*running[0]))

    def holds(self, lease: Lease) -> bool:
        plain = self.plain.get(lease.job_id)
        if plain is None or plain.items[lease.code] != "running":
            return False
        return plain.attempts[lease.code] == lease.attempt

    def report(self, lease: Lease, work: Coroutine[Any, Any, bool], status: str) -> None:
        self.touched.add(lease.job_id)
        held, fenced = self.holds(lease), self.desk.fenced
        try:
            assert self.run(work) == held
        except NotFound:
            assert lease.job_id in self.gone
            return
        assert self.desk.fenced == fenced + (not held)
        if held:
            self.plain[lease.job_id].items[lease.code] = status

    @rule(lease=leases, status=st.sampled_from(["ok", "ok", "not_found", "error"]))
    def finish(self, lease: Lease, status: str) -> None:
        result = ItemFinished(
            code=lease.code,
            status=ItemStatus(status),
            http_status=200,
            bytes=7 if status == "ok" else None,
            sha256="ab" * 32 if status == "ok" else None,
            ms=3,
            attempt=lease.attempt,
            error=Failure("timeout", "late") if status == "error" else None,
        )
        media_type = "image/gif" if status == "ok" else None
        self.report(lease, self.desk.store.finish(lease.job_id, result, media_type), status)

    @rule(lease=leases)
    def fail_for_now(self, lease: Lease) -> None:
        scheduled = RetryScheduled(
            code=lease.code,
            attempt=lease.attempt,
            http_status=503,
            delay_ms=1,
            not_before=AT,
            error=Failure("http_error", "503"),
        )
        self.report(lease, self.desk.store.schedule_retry(lease.job_id, scheduled), "pending")

    @rule(job_id=jobs)
    def close_job(self, job_id: str) -> None:
        self.touched.add(job_id)
        self.run(self.desk.store.finish_job(job_id))
        self.plain[job_id].finish()

    @precondition(lambda self: any(plain.state == "running" for plain in self.plain.values()))
    @rule(status=st.sampled_from(["ok", "not_found", "error"]))
    def run_to_the_end(self, status: str) -> None:
        for job_id, plain in self.plain.items():
            for code in plain.with_status("pending") if plain.state == "running" else ():
                self.finish(self.leased(job_id, code), status)
            self.close_job(job_id)

    @precondition(lambda self: any(plain.state == "cancelling" for plain in self.plain.values()))
    @rule()
    def finish_cancel(self) -> None:
        for job_id, plain in self.plain.items():
            self.touched.add(job_id)
            self.run(self.desk.store.finish_cancel(job_id))
            plain.finish_cancel()

    @rule()
    def crash_and_restart(self) -> None:
        """What the next process finds: no workers, and leases that nobody knows of."""
        self.run(self.desk.close())
        self.run(self.desk.open())
        self.touched |= set(self.plain)
        for job_id, plain in self.plain.items():
            plain.lose_leases()
            if plain.state == "cancelling":
                self.run(self.desk.store.finish_cancel(job_id))
                plain.finish_cancel()
            elif plain.state == "running":
                assert self.run(self.desk.store.begin(job_id)).state is JobState.RUNNING
            else:
                self.run(self.desk.store.requeue(job_id, "restart"))

    @rule(target=jobs, job_id=consumes(jobs))
    def delete(self, job_id: str) -> Any:
        self.touched.add(job_id)
        legal = self.plain[job_id].state not in {"running", "cancelling"}
        self.attempt(self.desk.store.delete(job_id, images=False), legal=legal)
        if not legal:
            return job_id
        del self.plain[job_id]
        self.gone.add(job_id)
        return multiple()

    @invariant()
    def one_state(self) -> None:
        for job_id in self.touched & set(self.plain):
            self.check(job_id)
        for job_id in self.touched & self.gone:
            assert self.run(self.desk.records.events(job_id, 0, 1)) == []
            assert self.desk.told[job_id][-1].type == "job.deleted"
        self.touched.clear()

    def check(self, job_id: str) -> None:
        job, found = self.run(self.desk.records.snapshot(job_id))
        items = {item.code: item for item in found}
        log: list[Event] = self.run(self.desk.records.events(job_id, 0, 100_000))
        assert [event.seq for event in log] == list(range(1, job.seq + 1))
        assert log == self.desk.told[job_id]
        assert fold(log) == (job, items)
        assert self.run(self.desk.records.get(job_id)) == job
        plain = self.plain[job_id]
        assert (job.state.value, job.run) == (plain.state, plain.run)
        assert {code: item.status.value for code, item in items.items()} == plain.items
        assert {code: item.attempts for code, item in items.items()} == plain.attempts
        total, *counts = msgspec.structs.astuple(job.counters)
        assert sum(counts) == total == len(items)
        assert_legal(log)


def assert_legal(log: Sequence[Event]) -> None:
    """Each event leads from one state to another that may follow it."""
    job, items = fold(log[:1])
    for event in log[1:]:
        before = job.state
        job, item = apply(job, items.get(getattr(event.change, "code", "")), event)
        if item is not None:
            items[item.code] = item
        assert before is job.state or (before.value, job.state.value) in STEPS


def test_any_traffic_leaves_one_state_by_legal_steps(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A process that is killed loses nothing by it, and the disk is waited for elsewhere.
    hasty = [pragma.replace("=FULL", "=OFF") for pragma in database.WRITER_PRAGMAS]
    monkeypatch.setattr(database, "WRITER_PRAGMAS", hasty)
    desk = Desk(data_dir / "state.db")
    with asyncio.Runner() as loop:

        class TrafficHere(AnyTraffic):
            def __init__(self) -> None:
                super().__init__(desk, loop.run)

        loop.run(desk.open())
        try:
            run_state_machine_as_test(
                TrafficHere,
                settings=settings(max_examples=25, stateful_step_count=30, deadline=None),
            )
        finally:
            loop.run(desk.close())
