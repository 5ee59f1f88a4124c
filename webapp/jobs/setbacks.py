"""Jobs that cannot go on for now, because of the disk, and go on by themselves when they can."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from webapp.problems import Problem, Unavailable

log = logging.getLogger(__name__)

LOOKED_AFTER_S: Final = 5.0


def is_passing(error: Exception) -> bool:
    """True for what is said, alone or in a group, while the database cannot be used."""
    if isinstance(error, ExceptionGroup):
        return error.subgroup(Unavailable) is not None
    return isinstance(error, Unavailable)


class Setbacks:
    """Looks every few seconds whether what held jobs up is over.

    `resume` is called for those that were paused for want of room, once there is some; `begin`
    for those of which nothing could be written, each time, until that works.
    """

    def __init__(
        self,
        has_room: Callable[[], Awaitable[bool]],
        resume: Callable[[str], Awaitable[None]],
        begin: Callable[[str], None],
    ) -> None:
        self._has_room = has_room
        self._resume = resume
        self._begin = begin
        self._without_room: set[str] = set()
        self._unwritten: set[str] = set()
        self._watch: asyncio.Task[None] | None = None
        self._is_closed = False

    def without_room(self, job_id: str) -> None:
        """The job is paused until there is room."""
        self._without_room.add(job_id)
        self._look_after()

    def unwritten(self, job_id: str) -> None:
        """The database could not be written to: the job is as it was, and nobody is at it."""
        self._unwritten.add(job_id)
        self._look_after()

    async def close(self) -> None:
        """Look after none any longer."""
        self._is_closed = True
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait([self._watch])

    def _look_after(self) -> None:
        if not self._is_closed and (self._watch is None or self._watch.done()):
            self._watch = asyncio.create_task(self._look_again(), name="setbacks")

    async def _look_again(self) -> None:
        while self._without_room or self._unwritten:
            await asyncio.sleep(LOOKED_AFTER_S)
            # What still cannot be read or written is tried again the next time.
            with contextlib.suppress(Problem, OSError):
                await self._go_on()

    async def _go_on(self) -> None:
        for job_id in list(self._unwritten):
            self._unwritten.remove(job_id)
            self._begin(job_id)
        if self._without_room and await self._has_room():
            for job_id in list(self._without_room):
                await self._resume(job_id)
                self._without_room.remove(job_id)
                log.info("there is room again", extra={"job": job_id})
