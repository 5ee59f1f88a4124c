"""One set of flags at several concurrencies, side by side: what the picture shows; pure."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from webapp.flags.wording import between_ms, duration, title, took_ms
from webapp.jobs.events import (
    Event,
    ItemFinished,
    ItemRequeued,
    ItemStarted,
    JobRetried,
    JobStarted,
    RetryScheduled,
)
from webapp.jobs.model import Job, JobState

AT_ONCE: Final = (1, 5, 20, 100)
"""How many flags each of a lab's jobs asks for at once, in the order in which they run."""

# The picture is so many units wide; a request is at least one wide, else nobody would see it.
WIDTH: Final = 1000
LANE: Final = 10
GAP: Final = 2


class Span(NamedTuple):
    """One request, from its start to its end in milliseconds since the start of the run."""

    lane: int
    first_ms: int
    last_ms: int
    status: str


class Requests(NamedTuple):
    """The requests of a run, those that overlap in lanes of their own."""

    spans: list[Span]
    lanes: int


def requests_of(events: Iterable[Event], now: str) -> Requests:
    """The requests of the newest run in a log; one under way lasts until now."""
    began, under_way, done = "", dict[str, str](), list[tuple[str, str, str]]()
    for event in events:
        match event.change:
            case JobRetried():
                done.clear()
                began = ""
            case JobStarted():
                began = event.at
            case ItemStarted(code=code):
                under_way[code] = event.at
            case ItemFinished(code=code, status=status) if code in under_way:
                done.append((under_way.pop(code), event.at, status.value))
            case RetryScheduled(code=code) | ItemRequeued(code=code) if code in under_way:
                done.append((under_way.pop(code), event.at, "error"))
            case _:
                pass
    done += [(first, now, "running") for first in under_way.values()]
    return _in_lanes(
        (max(0, between_ms(began, first)), max(0, between_ms(began, last)), status)
        for first, last, status in (done if began else ())
    )


def _in_lanes(requests: Iterable[tuple[int, int, str]]) -> Requests:
    """Each request in the lowest lane that is free when it starts."""
    free: list[int] = []
    busy: list[tuple[int, int]] = []
    spans, lanes = [], 0
    for first, last, status in sorted(requests):
        while busy and busy[0][0] <= first:
            heapq.heappush(free, heapq.heappop(busy)[1])
        if free:
            lane = heapq.heappop(free)
        else:
            lane, lanes = lanes, lanes + 1
        heapq.heappush(busy, (last, lane))
        spans.append(Span(lane, first, last, status))
    return Requests(spans, lanes)


class Run(NamedTuple):
    """One job of a lab and its requests."""

    job: Job
    requests: Requests


def chart(runs: Sequence[Run], now: str) -> dict[str, Any]:
    """What the picture and its table say, as plain values for a template."""
    taken = [took_ms(run.job, now) for run in runs]
    longest = max((ms for ms in taken if ms), default=1)
    first = taken[0] if runs and runs[0].job.state.is_final else None
    return {
        "longest": duration(longest),
        "rows": [_row(run, ms, longest, first) for run, ms in zip(runs, taken, strict=True)],
        "width": WIDTH,
        "is_active": any(not run.job.state.is_final for run in runs),
    }


def _row(run: Run, ms: int | None, longest: int, first: int | None) -> dict[str, Any]:
    job, spans = run.job, run.requests.spans
    counters = job.counters
    done = counters.total - counters.pending - counters.running
    is_over = job.state.is_final and job.state is not JobState.CANCELLED and ms is not None
    return {
        "id": job.id,
        "state": job.state.value,
        "at_once": job.options.concurrency,
        "title": title(job),
        "done": done,
        "total": counters.total,
        "failed": counters.error,
        "took": duration(ms),
        "rate": _rate(done, ms),
        "speedup": f"{first / max(ms, 1):.1f} ×" if is_over and ms is not None and first else "–",
        "width": _units(ms or 0, longest),
        "height": max(run.requests.lanes, 1) * LANE - GAP,
        "spans": [
            {
                "x": _units(span.first_ms, longest),
                "y": span.lane * LANE,
                "width": max(1, _units(span.last_ms - span.first_ms, longest)),
                "status": span.status,
            }
            for span in spans
        ],
        "waited": duration(sum(span.last_ms - span.first_ms for span in spans) if spans else None),
    }


def _rate(done: int, ms: int | None) -> str:
    return f"{done * 1000 / ms:,.1f}" if done and ms else "–"


def _units(ms: int, longest: int) -> float:
    return round(ms * WIDTH / longest, 1)


def past(jobs: Mapping[str, Job]) -> list[dict[str, Any]]:
    """The labs among these jobs, newest first as the jobs are: four, each after the one before."""
    followed = {job.options.after for job in jobs.values()}
    chains = (_chain(job, jobs) for job_id, job in jobs.items() if job_id not in followed)
    return [
        {
            "ids": [job.id for job in chain],
            "title": title(chain[0]),
            "created_at": chain[0].created_at,
            "took": [duration(_whole_ms(job)) for job in chain],
        }
        for chain in chains
        if tuple(job.options.concurrency for job in chain) == AT_ONCE
    ]


def _whole_ms(job: Job) -> int | None:
    """How long the job's run took; None before it is over."""
    return took_ms(job, job.finished_at) if job.finished_at else None


def _chain(last: Job, jobs: Mapping[str, Job]) -> list[Job]:
    """The last jobs that came one after the other, as many as a lab has, first to last."""
    chain = [last]
    while len(chain) < len(AT_ONCE) and (before := jobs.get(chain[-1].options.after or "")):
        chain.append(before)
    return chain[::-1]


def orders(order: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The orders of a lab: one set, each image fetched anew, more at once each time."""
    return [{**order, "concurrency": each, "existing": "replace"} for each in AT_ONCE]
