"""Jobs that wait for another one: each begins when that is over, however it ended."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Final

from webapp.jobs.events import NAMES, Event, JobCreated, JobDeleted, JobFinished, JobResumed
from webapp.jobs.model import Job, JobState
from webapp.jobs.records import Records
from webapp.problems import Problem

log = logging.getLogger(__name__)

ENDS: Final = {NAMES[JobFinished], NAMES[JobDeleted]}
# From these on a job may wait; its predecessor may have ended a moment before.
BEGINNINGS: Final = {NAMES[JobCreated], NAMES[JobResumed]}

Start = Callable[[str], Awaitable[Job]]


class Relay:
    """Hears of every commit and starts whose predecessor is over. What waits is in the tables."""

    def __init__(self, records: Records, start: Start) -> None:
        self._records = records
        self._start = start
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False

    def heard(self, job: Job, events: Sequence[Event]) -> None:
        """What was committed of the job."""
        if self._is_closed:
            return
        types = {event.type for event in events}
        if types & ENDS:
            self._spawn(self._pass_on(job.id))
        elif _is_waiting(job) and types & BEGINNINGS:
            self._spawn(self._look_back(job))

    async def take_up(self) -> None:
        """Start those whose predecessor came to its end while nobody listened."""
        for job in await self._records.unfinished():
            if _is_waiting(job):
                await self._look_back(job)

    async def close(self) -> None:
        """Start nothing more, though jobs may still come to their end: a restart takes it up."""
        self._is_closed = True
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_carried(work), name="relay")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, job_id: str) -> None:
        for job in await self._records.waiting_for(job_id):
            if _is_waiting(job):
                await self._started(job.id)

    async def _look_back(self, job: Job) -> None:
        predecessors = await self._records.some([job.options.after or ""])
        if all(predecessor.state.is_final for predecessor in predecessors):
            await self._started(job.id)

    async def _started(self, job_id: str) -> None:
        try:
            await self._start(job_id)
        except Problem as problem:
            # Somebody was quicker, or nothing can be written: it waits for a start or a restart.
            log.info("a job that waited was not started: %s", problem.detail)


async def _carried(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Problem as problem:
        log.warning("jobs that wait could not be looked for: %s", problem.detail)


def _is_waiting(job: Job) -> bool:
    return job.state is JobState.QUEUED and job.options.start and job.options.after is not None
