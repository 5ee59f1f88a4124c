"""How jobs, items and events stand in the tables."""

from typing import Any, Final

import msgspec

from webapp.jobs.events import Event
from webapp.jobs.model import Counters, Failure, Item, ItemStatus, Job, JobState, Options

Row = tuple[Any, ...]

COUNTERS: Final = Counters.__struct_fields__
JOB_COLUMNS: Final = (
    "id, kind, source, state, reason, bytes, created_at, started_at, finished_at, seq, run, "
    "options, " + ", ".join(COUNTERS)
)
ITEM_COLUMNS: Final = (
    "code, name, status, attempts, retries, rescues, http_status, bytes, sha256, ms, "
    "error_code, error_detail, not_before"
)
EVENT_COLUMNS: Final = "seq, at, type, data"

JOB_WIDTH: Final = 12 + len(COUNTERS)

# The predecessor is one of the options, and a column of its own for who looks for those that wait.
INSERT_JOB: Final = (
    f"INSERT INTO jobs ({JOB_COLUMNS}, predecessor) VALUES ({', '.join('?' * (JOB_WIDTH + 1))})"  # noqa: S608 - our names
)
UPDATE_JOB: Final = (
    "UPDATE jobs SET state = ?, reason = ?, bytes = ?, started_at = ?, finished_at = ?, "  # noqa: S608
    f"seq = ?, run = ?, {', '.join(f'{name} = ?' for name in COUNTERS)} WHERE number = ?"
)
INSERT_ITEM: Final = "INSERT INTO items (job, code, name, status) VALUES (?, ?, ?, 'pending')"
UPDATE_ITEM: Final = (
    "UPDATE items SET status = ?, attempts = ?, retries = ?, rescues = ?, http_status = ?, "
    "bytes = ?, sha256 = ?, ms = ?, error_code = ?, error_detail = ?, not_before = ? "
    "WHERE job = ? AND code = ?"
)
INSERT_EVENT: Final = "INSERT INTO events (job, seq, at, type, data) VALUES (?, ?, ?, ?, ?)"


def job_from(row: Row) -> Job:
    """A job from its columns in the order of JOB_COLUMNS."""
    return Job(
        id=row[0],
        kind=row[1],
        source=row[2],
        state=JobState(row[3]),
        reason=row[4],
        bytes=row[5],
        created_at=row[6],
        started_at=row[7],
        finished_at=row[8],
        seq=row[9],
        run=row[10],
        options=msgspec.json.decode(row[11], type=Options),
        counters=Counters(**dict(zip(COUNTERS, row[12:JOB_WIDTH], strict=True))),
    )


def new_job_row(job: Job) -> Row:
    """The values of INSERT_JOB."""
    return (
        job.id,
        job.kind,
        job.source,
        job.state,
        job.reason,
        job.bytes,
        job.created_at,
        job.started_at,
        job.finished_at,
        job.seq,
        job.run,
        msgspec.json.encode(job.options).decode(),
        *msgspec.structs.astuple(job.counters),
        job.options.after,
    )


def changed_job_row(job: Job, number: int) -> Row:
    """The values of UPDATE_JOB."""
    return (
        job.state,
        job.reason,
        job.bytes,
        job.started_at,
        job.finished_at,
        job.seq,
        job.run,
        *msgspec.structs.astuple(job.counters),
        number,
    )


def item_from(row: Row) -> Item:
    """An item from its columns in the order of ITEM_COLUMNS."""
    return Item(
        code=row[0],
        name=row[1],
        status=ItemStatus(row[2]),
        attempts=row[3],
        retries=row[4],
        rescues=row[5],
        http_status=row[6],
        bytes=row[7],
        sha256=row[8],
        ms=row[9],
        error=None if row[10] is None else Failure(row[10], row[11]),
        not_before=row[12],
    )


def changed_item_row(item: Item, number: int) -> Row:
    """The values of UPDATE_ITEM."""
    return (
        item.status,
        item.attempts,
        item.retries,
        item.rescues,
        item.http_status,
        item.bytes,
        item.sha256,
        item.ms,
        item.error.code if item.error else None,
        item.error.detail if item.error else None,
        item.not_before,
        number,
        item.code,
    )


def event_from(row: Row) -> Event:
    """An event from its columns in the order of EVENT_COLUMNS."""
    return Event(row[0], row[1], row[2], msgspec.Raw(row[3].encode()))


def event_row(event: Event, number: int) -> Row:
    """The values of INSERT_EVENT."""
    return (number, event.seq, event.at, event.type, bytes(event.data).decode())
