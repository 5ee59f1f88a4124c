"""Jobs and their figures in words, as pages show them; pure."""

from datetime import datetime
from typing import Any, Final

import msgspec

from webapp.jobs.model import Job
from webapp.phrases import Phrase

KILO: Final = 1000
# The program's own; others are called by their names.
SOURCES: Final = {
    "builtin": Phrase("the built-in source"),
    "delay": Phrase("the late source"),
    "error": Phrase("the failing source"),
}


def title(job: Job) -> Phrase:
    """What the job is about, as its own page is headed."""
    return Phrase.counted(
        "{count} flag from {source}",
        "{count} flags from {source}",
        job.counters.total,
        source=SOURCES.get(job.source, job.source),
    )


def took_ms(job: Job, now: str) -> int | None:
    """How long the job's run has taken until its end, or until now; None before it begins."""
    if job.started_at is None:
        return None
    return max(0, between_ms(job.started_at, job.finished_at or now))


def between_ms(first: str, last: str) -> int:
    """The milliseconds from one moment to another."""
    taken = datetime.fromisoformat(last) - datetime.fromisoformat(first)
    return round(taken.total_seconds() * 1000)


def duration(ms: int | None) -> str:
    """`0.32 s`, `5.1 s`, `2 min 5 s`, `1 h 3 min`; a dash for what has not begun."""
    if ms is None:
        return "–"
    seconds = ms / 1000
    if seconds < 60:
        return Phrase("{seconds} s", seconds=format(seconds, ".2f" if seconds < 1 else ".1f"))
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return Phrase("{minutes} min {seconds} s", minutes=minutes, seconds=rest)
    return Phrase("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)


def size(count: int) -> Phrase:
    """`412 B`, `50.3 kB`, `1.2 MB`."""
    if count < KILO:
        return Phrase("{bytes} B", bytes=count)
    if count < KILO**2:
        return Phrase("{size} kB", size=format(count / KILO, ",.1f"))
    return Phrase("{amount} MB", amount=format(count / KILO**2, ",.1f"))


def line(job: Job, now: str) -> dict[str, Any]:
    """The job with what its line in a list says of it."""
    counters = job.counters
    return {
        **msgspec.to_builtins(job),
        "title": title(job),
        "took": duration(took_ms(job, now)),
        "size": size(job.bytes),
        "done": counters.total - counters.pending - counters.running,
    }
