"""How fast a job goes: what a page shows beside the counters, never what is stored."""

import time
from collections import deque
from typing import Final

import msgspec

from webapp.jobs.model import Job

WINDOW_S: Final = 5.0


class Live(msgspec.Struct, frozen=True):
    """`rate` in bytes/s and `eta` in seconds over the last few seconds; `bytes` so far."""

    rate: float
    eta: float | None
    bytes: int


class Meter:
    """Samples of one job's progress over the last few seconds."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int, int]] = deque()

    def note(self, job: Job, now: float | None = None) -> None:
        """Take a sample."""
        at = time.monotonic() if now is None else now
        left = job.counters.pending + job.counters.running
        self._samples.append((at, job.bytes, left))
        while len(self._samples) > 2 and self._samples[1][0] < at - WINDOW_S:
            self._samples.popleft()

    def read(self) -> Live:
        """The present speed; no `eta` while nothing gets done."""
        if not self._samples:
            return Live(0.0, None, 0)
        first_at, first_bytes, first_left = self._samples[0]
        at, gained, left = self._samples[-1]
        elapsed = max(at - first_at, 0.001)
        done = first_left - left
        eta = round(left * elapsed / done, 1) if done > 0 else None
        return Live(round((gained - first_bytes) / elapsed, 1), eta, gained)
