"""Watches one job from its submission to its end, or to Ctrl-C."""

import asyncio
import time
from typing import Final

from webapp.commands.downloads import Downloads, Refused
from webapp.commands.followed import Followed
from webapp.commands.interruptions import Interruptions
from webapp.commands.screen import Screen, say
from webapp.flags.report import elapsed_s
from webapp.jobs.model import Job, JobState
from webapp.spinner import spinning

DONE: Final = 0
NOT_DONE: Final = 1
SIGNALLED: Final = 128


class Watch:
    """Tells of a job on a screen; `address` is that of its source."""

    def __init__(self, downloads: Downloads, job: Job, screen: Screen, address: str) -> None:
        self._downloads = downloads
        self._followed = Followed(job)
        self._screen = screen
        self._address = address
        self._began = time.monotonic()

    async def until_over(self, stop: Interruptions) -> int:
        """The exit code. The first interruption cancels the job, the second one lets go of it."""
        following = asyncio.create_task(self._follow())
        try:
            with self._screen:
                interrupted = await stop.came_before(following)
            if interrupted:
                await self._cancel(following, stop)
            if following.done():
                following.result()
        finally:
            following.cancel()
            self._screen.end(self._followed.job, self._elapsed_s())
        return self._code(stop.last)

    async def _follow(self) -> None:
        followed = self._followed
        while not followed.is_over:
            for event in await self._downloads.events(followed.job.id, followed.seq):
                followed.take(event)
                self._screen.tell(event, followed, self._address)

    async def _cancel(self, following: "asyncio.Task[None]", stop: Interruptions) -> None:
        with spinning("Cancelling") as (progress, _):
            progress("what is under way", None)
            ending = asyncio.ensure_future(self._ended(following))
            if await stop.came_before(ending):
                ending.cancel()
            else:
                ending.result()

    async def _ended(self, following: "asyncio.Task[None]") -> None:
        # It may have come to its end, or been deleted, in the very moment.
        try:
            await self._downloads.cancel(self._followed.job.id)
        except Refused as refused:
            if not refused.is_of_the_past:
                raise
        await asyncio.wait({following})

    def _elapsed_s(self) -> float:
        job = self._followed.job
        return elapsed_s(job) if job.finished_at else time.monotonic() - self._began

    def _code(self, interrupted: int | None) -> int:
        job, is_over = self._followed.job, self._followed.is_over
        if interrupted and (job.state is JobState.CANCELLED or not is_over):
            return SIGNALLED + interrupted
        if self._followed.is_deleted:
            say("Somebody has deleted the job.")
        elif job.state is JobState.CANCELLED:
            say("Somebody has cancelled the job.")
        elif job.reason:
            say(f"The job was stopped: {job.reason}. The server's log says more.")
        else:
            return DONE
        return NOT_DONE
