"""The events of a job, and the one pure function that changes jobs and items."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from webapp.jobs.model import FINAL_STATES, Counters, Failure, Item, ItemStatus, Job, JobState


class JobCreated(msgspec.Struct, frozen=True):
    job: Job
    codes: list[tuple[str, str]]


class JobStarted(msgspec.Struct, frozen=True):
    pass


class CancelRequested(msgspec.Struct, frozen=True):
    pass


class JobPaused(msgspec.Struct, frozen=True):
    reason: str | None = None


class JobResumed(msgspec.Struct, frozen=True):
    pass


class JobRetried(msgspec.Struct, frozen=True):
    run: int


class JobDeleted(msgspec.Struct, frozen=True):
    pass


class JobFinished(msgspec.Struct, frozen=True):
    state: JobState
    counters: Counters
    reason: str | None = None


class ItemStarted(msgspec.Struct, frozen=True):
    code: str
    attempt: int


class ItemFinished(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    status: ItemStatus
    http_status: int | None = None
    bytes: int | None = None
    sha256: str | None = None
    ms: int | None = None
    attempt: int = 0
    error: Failure | None = None


class RetryScheduled(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    attempt: int
    http_status: int | None
    delay_ms: int
    not_before: str
    error: Failure


class ItemRequeued(msgspec.Struct, frozen=True):
    code: str
    reason: str


JobChange = (
    JobCreated
    | JobStarted
    | JobPaused
    | JobResumed
    | CancelRequested
    | JobRetried
    | JobFinished
    | JobDeleted
)
ItemChange = ItemStarted | ItemFinished | RetryScheduled | ItemRequeued
Change = JobChange | ItemChange

TYPES: Final[dict[str, type[Change]]] = {
    "job.created": JobCreated,
    "job.started": JobStarted,
    "job.paused": JobPaused,
    "job.resumed": JobResumed,
    "job.cancel_requested": CancelRequested,
    "job.retried": JobRetried,
    "job.finished": JobFinished,
    "job.deleted": JobDeleted,
    "item.started": ItemStarted,
    "item.finished": ItemFinished,
    "item.retry_scheduled": RetryScheduled,
    "item.requeued": ItemRequeued,
}
NAMES: Final = {change: name for name, change in TYPES.items()}


class Event(msgspec.Struct, frozen=True):
    """One entry of a job's log: `seq` is 1, 2, 3 … without a gap."""

    seq: int
    at: str
    type: str
    data: msgspec.Raw

    @classmethod
    def of(cls, seq: int, at: str, change: Change) -> "Event":
        """The log entry that tells of the change."""
        return cls(seq, at, NAMES[type(change)], msgspec.Raw(msgspec.json.encode(change)))

    @property
    def change(self) -> Change:
        """What happened."""
        return msgspec.json.decode(self.data, type=TYPES[self.type])


class IllegalEvent(Exception):
    """The event cannot follow: nothing may be changed by it."""


# Pausing lets what is under way come to its end.
_UNDER_WAY: Final = frozenset({JobState.RUNNING, JobState.CANCELLING, JobState.PAUSED})
# The states a job may be in for each of its changes.
LEGAL: Final[dict[type[Change], frozenset[JobState]]] = {
    JobStarted: frozenset({JobState.QUEUED}),
    JobPaused: frozenset({JobState.QUEUED, JobState.RUNNING}),
    JobResumed: frozenset({JobState.PAUSED}),
    CancelRequested: frozenset({JobState.QUEUED, JobState.RUNNING, JobState.PAUSED}),
    JobRetried: FINAL_STATES,
    JobFinished: _UNDER_WAY,
    JobDeleted: FINAL_STATES | {JobState.QUEUED, JobState.PAUSED},
    ItemStarted: frozenset({JobState.RUNNING}),
    ItemFinished: _UNDER_WAY,
    RetryScheduled: _UNDER_WAY,
    # While queued: an item of an earlier run comes up again.
    ItemRequeued: _UNDER_WAY | {JobState.QUEUED},
}


def apply(job: Job, item: Item | None, event: Event) -> tuple[Job, Item | None]:
    """The job, and the item the event speaks of, after the event.

    The tables, the browser's wall and every replay are this function; nothing else changes
    a job. Raises IllegalEvent for an event that cannot follow.
    """
    change = event.change
    if event.seq != job.seq + 1:
        raise IllegalEvent(f"event {event.seq} cannot follow {job.seq}")
    if job.state not in LEGAL.get(type(change), frozenset()):
        raise IllegalEvent(f"{event.type} is not legal while {job.state}")
    job = replace(job, seq=event.seq)
    if isinstance(change, ItemChange):
        if item is None or item.code != change.code:
            raise IllegalEvent(f"{event.type} for an item that this job does not have")
        return _apply_to_item(job, item, change)
    return replace(job, **_difference(job, change, event.at)), None


def _difference(job: Job, change: JobChange, at: str) -> dict[str, Any]:
    """The fields of the job that the change gives another value."""
    after: dict[str, Any] = {}
    match change:
        case JobStarted():
            after = {"state": JobState.RUNNING, "started_at": at}
        case JobPaused(reason=reason):
            after = {"state": JobState.PAUSED, "reason": reason}
        case JobResumed():
            state = JobState.RUNNING if job.started_at else JobState.QUEUED
            after = {"state": state, "reason": None}
        case CancelRequested():
            after = {"state": JobState.CANCELLING, "reason": None}
        case JobRetried(run=run):
            after = _begun_again(job, run)
        case JobFinished():
            _require_end(job, change)
            after = {"state": change.state, "reason": change.reason, "finished_at": at}
        case JobCreated():
            raise IllegalEvent("a job is created once")
        case JobDeleted():
            pass  # whoever follows the job is told; there is nothing left to change
    return after


def _require_end(job: Job, change: JobFinished) -> None:
    if not job.counters.are_settled:
        raise IllegalEvent("a job is not finished before its items are")
    if change.counters != job.counters or not change.state.is_final:
        raise IllegalEvent("a job ends with its own counters, in a state that is an end")


def _begun_again(job: Job, run: int) -> dict[str, Any]:
    if run != job.run + 1:
        raise IllegalEvent(f"run {run} cannot follow {job.run}")
    fresh = dict.fromkeys(("reason", "started_at", "finished_at"))
    return {**fresh, "state": JobState.QUEUED, "run": run}


def _apply_to_item(job: Job, item: Item, change: ItemChange) -> tuple[Job, Item]:
    after = _up_again(item) if job.state is JobState.QUEUED else _item_after(item, change)
    gained = after.bytes or 0 if after.status is ItemStatus.OK else 0
    job = replace(
        job, counters=job.counters.move(item.status, after.status), bytes=job.bytes + gained
    )
    return job, after


def _up_again(item: Item) -> Item:
    """The item in a new run: its attempts stay counted, its former outcome is in the log alone."""
    if not item.status.is_final:
        raise IllegalEvent(f"{item.code} is {item.status} already")
    return Item(code=item.code, name=item.name, attempts=item.attempts)


def _item_after(item: Item, change: ItemChange) -> Item:
    if item.status.is_final:
        raise IllegalEvent(f"{item.code} has its outcome already: {item.status}")
    match change:
        case ItemStarted(attempt=attempt):
            _require(item, ItemStatus.PENDING)
            return replace(item, status=ItemStatus.RUNNING, attempts=attempt, not_before=None)
        case ItemRequeued():
            _require(item, ItemStatus.RUNNING)
            return item.put_back(change.reason)
        case RetryScheduled(http_status=http_status, error=error, not_before=not_before):
            _require_lease(item, change.attempt)
            return replace(
                item,
                status=ItemStatus.PENDING,
                retries=item.retries + 1,
                http_status=http_status,
                error=error,
                not_before=not_before,
            )
        case ItemFinished(status=ItemStatus.OK | ItemStatus.NOT_FOUND):
            _require_lease(item, change.attempt)
            return _finished(item, change)
        case ItemFinished():
            _require_attempt(item, change.attempt)
            return _finished(item, change)


def _require_lease(item: Item, attempt: int) -> None:
    _require(item, ItemStatus.RUNNING)
    _require_attempt(item, attempt)


def _require_attempt(item: Item, attempt: int) -> None:
    if attempt != item.attempts:
        raise IllegalEvent(f"{item.code} is at attempt {item.attempts}, not {attempt}")


def _finished(item: Item, change: ItemFinished) -> Item:
    if not change.status.is_final:
        raise IllegalEvent(f"{change.status} is no outcome")
    return replace(
        item,
        status=change.status,
        http_status=change.http_status,
        bytes=change.bytes,
        sha256=change.sha256,
        ms=change.ms,
        error=change.error,
        not_before=None,
    )


def _require(item: Item, status: ItemStatus) -> None:
    if item.status is not status:
        raise IllegalEvent(f"{item.code} is {item.status}, not {status}")


def fold(events: Iterable[Event]) -> tuple[Job, dict[str, Item]]:
    """The job and its items by code, rebuilt from the whole log."""
    log = iter(events)
    first = next(log, None)
    if first is None or not isinstance(first.change, JobCreated):
        raise IllegalEvent("a log begins with job.created")
    created = first.change
    job = created.job
    items = {code: Item(code=code, name=name) for code, name in created.codes}
    for event in log:
        code = getattr(event.change, "code", "")
        job, item = apply(job, items.get(code), event)
        if item is not None:
            items[code] = item
    return job, items
