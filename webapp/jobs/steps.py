"""What the program itself does to a job while it carries it out: decisions on a draft; pure.

Each takes the draft, what it is about, and the moment. What does not fit the job's state any more
changes nothing: somebody else's word came first.
"""

from collections.abc import Mapping

from webapp.jobs import actions
from webapp.jobs.draft import Draft
from webapp.jobs.events import (
    ItemFinished,
    ItemRequeued,
    ItemStarted,
    JobFinished,
    JobPaused,
    JobStarted,
)
from webapp.jobs.model import Failure, Item, ItemStatus, JobState, Kept


def begin(draft: Draft, at: str) -> None:
    """Make a job ready to be carried out: started, and without leases of a former task."""
    if draft.job.state is JobState.QUEUED:
        draft.record(JobStarted(), at)
    draft.requeue_running("restart", at)


def lease(draft: Draft, at: str, code: str) -> None:
    """Mark a pending item as under way, if the job is."""
    if draft.job.state is JobState.RUNNING:
        draft.record(ItemStarted(code, draft.items[code].attempts + 1), at)


def skip(draft: Draft, at: str, kept: Mapping[str, Kept]) -> None:
    """Give every listed pending item the image that is there already."""
    for code, image in kept.items():
        if draft.items[code].status is ItemStatus.PENDING:
            draft.record(_skipped(code, image, draft.items[code].attempts), at)


def put_back(draft: Draft, at: str, item: Item, reason: str) -> None:
    """Take back a lease that could not be made use of, and pause the job for that reason."""
    if draft.holds(item.code, item.attempts):
        draft.record(ItemRequeued(item.code, reason), at)
    if draft.job.state is JobState.RUNNING:
        draft.record(JobPaused(reason), at)


def resume_after(draft: Draft, at: str, reason: str) -> None:
    """Let a job go on if it is still paused for this reason."""
    if draft.job.state is JobState.PAUSED and draft.job.reason == reason:
        actions.resume(draft, at)


def finish_cancel(draft: Draft, at: str) -> None:
    """Cancel what had no outcome yet, and with it the job."""
    if draft.job.state is JobState.CANCELLING:
        draft.settle(ItemStatus.CANCELLED, None, at)
        draft.record(JobFinished(JobState.CANCELLED, draft.job.counters), at)


def finish_job(draft: Draft, at: str) -> None:
    """Close a running job whose items all have their outcome."""
    counters = draft.job.counters
    if draft.job.state is JobState.RUNNING and counters.are_settled:
        draft.record(JobFinished(counters.outcome, counters), at)


def fail_job(draft: Draft, at: str, reason: str) -> None:
    """Close a job that cannot go on; what has no outcome yet ends in error."""
    failure = Failure(reason, "The job could not go on; start it again.")
    draft.settle(ItemStatus.ERROR, failure, at)
    draft.record(JobFinished(JobState.FAILED, draft.job.counters, reason), at)


def _skipped(code: str, image: Kept, attempt: int) -> ItemFinished:
    return ItemFinished(
        code=code,
        status=ItemStatus.SKIPPED,
        bytes=image.bytes,
        sha256=image.sha256,
        attempt=attempt,
    )
