"""One action on many jobs: each is decided by itself, and told what came of it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from webapp.jobs.actions import Which
from webapp.jobs.model import Job, Text
from webapp.jobs.runner import Runner
from webapp.problems import Problem, ProblemDetails

MOST_AT_ONCE: Final = 200


class Action(StrEnum):
    """What can be done to many jobs."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    RETRY = "retry"
    DELETE = "delete"


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /api/v1/jobs/actions: `items` is for retries, `files` for deletions."""

    action: Action
    ids: Annotated[list[Text], msgspec.Meta(min_length=1, max_length=MOST_AT_ONCE)]
    items: Which = Which.FAILED
    files: bool = False


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of one job: the status that the action on it alone would be answered with."""

    id: str
    status: int
    job: Job | None = None
    problem: ProblemDetails | None = None


async def act(runner: Runner, wish: Wish) -> list[Outcome]:
    """The outcomes in the order of the ids, each of which counts once."""
    return [await _outcome(runner, job_id, wish) for job_id in _distinct(wish.ids)]


def _distinct(ids: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(ids))


async def _outcome(runner: Runner, job_id: str, wish: Wish) -> Outcome:
    try:
        if wish.action is Action.DELETE:
            await runner.delete(job_id, files=wish.files)
            return Outcome(job_id, 204)
        if wish.action is Action.RETRY:
            return Outcome(job_id, 202, await runner.retry(job_id, wish.items))
        return Outcome(job_id, 202, await _simple(runner)[wish.action](job_id))
    except Problem as problem:
        return Outcome(job_id, problem.status, problem=problem.details())


def _simple(runner: Runner) -> Mapping[Action, Callable[[str], Awaitable[Job]]]:
    return {
        Action.START: runner.start,
        Action.PAUSE: runner.pause,
        Action.RESUME: runner.resume,
        Action.CANCEL: runner.cancel,
    }
