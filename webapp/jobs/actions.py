"""What a client may do to a job, and in which state: decisions on a draft, without a database.

Each takes the draft and the moment. An effect that is there already changes nothing; Conflict
tells the state that does not allow what was asked.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from webapp.jobs.draft import Draft
from webapp.jobs.events import (
    CancelRequested,
    ItemRequeued,
    JobDeleted,
    JobPaused,
    JobResumed,
    JobRetried,
    JobStarted,
)
from webapp.jobs.model import FINAL_STATES, ItemStatus, JobState
from webapp.phrases import Phrase
from webapp.problems import Conflict, InvalidRequest

FAILED: Final = frozenset({ItemStatus.ERROR, ItemStatus.CANCELLED})

_STATES: Final = {
    JobState.QUEUED: Phrase("queued"),
    JobState.RUNNING: Phrase("running"),
    JobState.PAUSED: Phrase("paused"),
    JobState.CANCELLING: Phrase("cancelling"),
    JobState.SUCCEEDED: Phrase("succeeded"),
    JobState.PARTIAL: Phrase("partial"),
    JobState.FAILED: Phrase("failed"),
    JobState.CANCELLED: Phrase("cancelled"),
}


class Which(StrEnum):
    """The items that a retry begins again."""

    FAILED = "failed"
    ALL = "all"


def start(draft: Draft, at: str) -> None:
    """Let a queued job run."""
    if draft.job.state is JobState.QUEUED:
        draft.record(JobStarted(), at)
    elif draft.job.state is not JobState.RUNNING:
        raise _conflict(draft, Phrase("only a queued job can be started"))


def pause(draft: Draft, at: str) -> None:
    """Begin no further item; what is under way comes to its end."""
    if draft.job.state in {JobState.QUEUED, JobState.RUNNING}:
        draft.record(JobPaused(), at)
    elif draft.job.state is not JobState.PAUSED:
        raise _conflict(draft, Phrase("only a job that is not over can be paused"))


def resume(draft: Draft, at: str) -> None:
    """Go on as before the pause: running, or waiting for its start."""
    if draft.job.state is JobState.PAUSED:
        draft.record(JobResumed(), at)
    elif draft.job.state not in {JobState.QUEUED, JobState.RUNNING}:
        raise _conflict(draft, Phrase("only a paused job can be resumed"))


def request_cancel(draft: Draft, at: str) -> None:
    """From now on no item of this job may start."""
    if draft.job.state in {JobState.CANCELLED, JobState.CANCELLING}:
        return
    if draft.job.state.is_final:
        raise _conflict(draft, Phrase("what is over cannot be cancelled"))
    draft.record(CancelRequested(), at)


def retry(draft: Draft, at: str, which: Which, codes: Sequence[str] = ()) -> None:
    """Begin a new run with the items that failed or were cancelled, or with all of them.

    With `codes`, with those among them only; InvalidRequest names a code that the job does not
    have.
    """
    _require_codes(draft, codes)
    failed = _those(draft, FAILED, codes)
    again = failed if which is Which.FAILED else _those(draft, frozenset(ItemStatus), codes)
    # Named items that the run under way leaves aside cannot join it.
    if draft.job.state is JobState.RUNNING and draft.job.run > 1 and not (codes and failed):
        return
    if draft.job.state not in FINAL_STATES:
        raise _conflict(draft, Phrase("only a job that is over can be retried"))
    if not again:
        none_of_these, none = Phrase("none of these items failed"), Phrase("no item of it failed")
        raise _conflict(draft, none_of_these if codes else none)
    draft.record(JobRetried(draft.job.run + 1), at)
    for code in again:
        draft.record(ItemRequeued(code, "retry"), at)
    # In the same transaction: a kill must not leave a retry that waits for a start.
    draft.record(JobStarted(), at)


def delete(draft: Draft, at: str) -> None:
    """Forget a job that has nothing under way."""
    if draft.job.state in {JobState.RUNNING, JobState.CANCELLING}:
        raise _conflict(draft, Phrase("cancel it before you delete it"))
    draft.record(JobDeleted(), at)


def _require_codes(draft: Draft, codes: Sequence[str]) -> None:
    for place, code in enumerate(codes):
        if code not in draft.items:
            raise InvalidRequest.field(
                f"codes[{place}]", "unknown", Phrase("This job has no such item.")
            )


def _those(draft: Draft, statuses: frozenset[ItemStatus], codes: Sequence[str]) -> list[str]:
    """The codes of the items in these statuses, in the job's order; of the named ones if any."""
    named = frozenset(codes or draft.items)
    return [it.code for it in draft.items.values() if it.status in statuses and it.code in named]


def _conflict(draft: Draft, why: Phrase) -> Conflict:
    state = draft.job.state
    detail = Phrase("The job is {state}: {why}.", state=_STATES[state], why=why)
    return Conflict(detail, state=state)
