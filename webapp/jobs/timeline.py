"""When the items of a job were under way, attempt by attempt, folded from its log; pure.

Times are milliseconds since the run began. `static/js/lanes.js` does the same in the browser.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from webapp.jobs.events import (
    Event,
    ItemFinished,
    ItemRequeued,
    ItemStarted,
    JobCreated,
    JobRetried,
    JobStarted,
    RetryScheduled,
)
from webapp.jobs.model import ItemStatus
from webapp.phrases import Phrase

SECOND: Final = 1000
MINUTE: Final = 60 * SECOND
# What people count time in, from a millisecond to six hours.
STEPS: Final = (
    *(ten * one for ten in (1, 10, 100) for one in (1, 2, 5)),
    *(seconds * SECOND for seconds in (1, 2, 5, 10, 15, 30)),
    *(minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 360)),
)


class Bar(msgspec.Struct, kw_only=True):
    """One attempt of an item, or `count` items that needed none; `end_ms` is None under way.

    `outcome` is a status of an item, or `retried` or `requeued` for one that was put back.
    """

    code: str
    attempt: int
    lane: int
    start_ms: int
    end_ms: int | None = None
    outcome: str = ItemStatus.RUNNING.value
    http_status: int | None = None
    count: int = 1


class Timeline:
    """The attempts of a job's latest run in the order of their starts.

    Each is in the first lane that was free when it began, so lanes are requests under way.
    """

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self.bars: list[Bar] = []
        self.lanes: list[bool] = []
        self.span_ms = 0
        self._began: datetime | None = None
        self._open: dict[str, Bar] = {}

    def take(self, event: Event) -> None:
        """Go on with the next event of the log."""
        at = datetime.fromisoformat(event.at)
        match event.change:
            case JobCreated() | JobRetried():
                self._clear()
            case JobStarted():
                self._began = self._began or at
            case ItemStarted(code=code, attempt=attempt):
                self._begin(code, attempt, self._since(at))
            case RetryScheduled(code=code, http_status=http_status):
                self._end(code, self._since(at), "retried", http_status)
            case ItemRequeued(code=code) if code in self._open:
                self._end(code, self._since(at), "requeued", None)
            case ItemFinished(code=code, status=ItemStatus.SKIPPED):
                self._keep(code, self._since(at))
            case ItemFinished(code=code, status=status, http_status=http_status):
                self._end(code, self._since(at), status, http_status)
            case _:
                pass

    def _since(self, at: datetime) -> int:
        self._began = self._began or at
        # A clock that was set back must not turn a bar around.
        since = round((at - self._began).total_seconds() * SECOND)
        self.span_ms = max(self.span_ms, since)
        return self.span_ms

    def _free(self) -> int:
        if False not in self.lanes:
            self.lanes.append(False)
        return self.lanes.index(False)

    def _begin(self, code: str, attempt: int, at: int) -> None:
        lane = self._free()
        self.lanes[lane] = True
        self._open[code] = Bar(code=code, attempt=attempt, lane=lane, start_ms=at)
        self.bars.append(self._open[code])

    def _end(self, code: str, at: int, outcome: str, http_status: int | None) -> None:
        # What never began, such as an item cancelled while it waited, has no bar.
        if bar := self._open.pop(code, None):
            self.lanes[bar.lane] = False
            bar.end_ms, bar.outcome, bar.http_status = at, outcome, http_status

    def _keep(self, code: str, at: int) -> None:
        last = self.bars[-1] if self.bars else None
        if last and last.outcome == ItemStatus.SKIPPED and last.start_ms == at:
            last.count += 1
        else:
            outcome = ItemStatus.SKIPPED.value
            bar = Bar(code=code, attempt=0, lane=self._free(), start_ms=at, outcome=outcome)
            bar.end_ms = at
            self.bars.append(bar)


class Times(msgspec.Struct, frozen=True):
    """An item's attempts in sum: under way `took_ms`, between its attempts `waited_ms`."""

    attempts: int
    started_ms: int
    waited_ms: int
    took_ms: int


def times(bars: Sequence[Bar], now_ms: int) -> dict[str, Times]:
    """The times of each item that was begun, by code; what is under way counts up to now."""
    own: dict[str, list[Bar]] = {}
    for bar in bars:
        if bar.attempt:
            own.setdefault(bar.code, []).append(bar)
    return {code: _summed(attempts, now_ms) for code, attempts in own.items()}


def _summed(bars: Sequence[Bar], now_ms: int) -> Times:
    ends = [now_ms if bar.end_ms is None else bar.end_ms for bar in bars]
    took = sum(end - bar.start_ms for end, bar in zip(ends, bars, strict=True))
    return Times(len(bars), bars[0].start_ms, ends[-1] - bars[0].start_ms - took, took)


def ticks(span_ms: int, most: int) -> list[int]:
    """Round moments from 0 to the span, so many at most beside the first."""
    step = next((step for step in STEPS if span_ms <= step * most), STEPS[-1])
    while span_ms > step * most:
        step *= 2
    return list(range(0, span_ms + 1, step))


def duration(ms: int) -> Phrase:
    """`0.41 s`, `12.30 s`, `2 min 05 s`."""
    if ms < MINUTE:
        return Phrase("{seconds} s", seconds=format(ms / SECOND, ".2f"))
    minutes, seconds = divmod(round(ms / SECOND), 60)
    return Phrase("{minutes} min {seconds} s", minutes=minutes, seconds=format(seconds, "02"))


def tick_label(ms: int) -> str:
    """`0`, `0.5 s`, `20 s`, `2:30 min`."""
    if ms == 0:
        return "0"
    if ms < MINUTE:
        return Phrase("{seconds} s", seconds=format(ms / SECOND, "g"))
    minutes, seconds = divmod(ms // SECOND, 60)
    written = f"{minutes}:{seconds:02}" if seconds else str(minutes)
    return Phrase("{minutes} min", minutes=written)
