"""When each item of a job is due."""

import asyncio
import heapq
import time
from collections.abc import Iterable
from typing import Final

from webapp.clock import seconds_until
from webapp.jobs.model import Item

LONGEST_DELAY_S: Final = 300.0


class Schedule:
    """The codes still to do, each with the moment before which it must not be fetched."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._queue: list[tuple[float, str]] = []
        for item in items:
            # The clock may have been set back meanwhile: nobody was asked to wait longer than this.
            delay_s = seconds_until(item.not_before) if item.not_before else 0.0
            self.put(item.code, min(delay_s, LONGEST_DELAY_S))

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, code: str, delay_s: float) -> None:
        """Let the code come up again, no sooner than in `delay_s` seconds."""
        ready_at = time.monotonic() + delay_s if delay_s > 0 else 0.0
        heapq.heappush(self._queue, (ready_at, code))

    def due(self) -> str | None:
        """A code that is due now, if there is one."""
        if self._queue and self._queue[0][0] <= time.monotonic():
            return heapq.heappop(self._queue)[1]
        return None

    async def next(self) -> str | None:
        """The next code, once it is due; None when nothing is left."""
        if not self._queue:
            return None
        ready_at, code = heapq.heappop(self._queue)
        await asyncio.sleep(max(0.0, ready_at - time.monotonic()))
        return code
