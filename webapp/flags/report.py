"""A job told in the words of Fluent Python's flags2 programs (second edition); pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from webapp.jobs.model import Counters, Job

LISTED_CODES: Final = 10


def report(job: Job, codes: Sequence[str], site: str) -> str:
    """What the programs print: at the beginning, and from the rule on when the job is over.

    `site` is the address that the codes are appended to.
    """
    lines = [*_first_lines(job, codes, site)]
    if job.state.is_final:
        lines += ["-" * 20, *_counted(job.counters), f"Elapsed time: {_elapsed_s(job):.2f}s"]
    return "".join(f"{line}\n" for line in lines)


def site_of(template: str) -> str:
    """The part of a source's address that is the same for all countries, without a query."""
    return template.partition("?")[0].partition("{")[0].rstrip("/")


def _first_lines(job: Job, codes: Sequence[str], site: str) -> Iterator[str]:
    few = len(codes) <= LISTED_CODES
    named = ", ".join(codes) if few else f"from {codes[0]} to {codes[-1]}"
    connections = min(job.options.concurrency, len(codes))
    yield f"{job.source.upper()} site: {site}"
    yield f"Searching for {_flags(len(codes))}: {named}"
    if connections == 1:
        yield "1 connection will be used."
    else:
        yield f"{connections} concurrent connections will be used."


def _counted(counters: Counters) -> Iterator[str]:
    yield f"{_flags(counters.ok, width=3)} downloaded."
    if counters.not_found:
        yield f"{counters.not_found:3} not found."
    if counters.error:
        yield f"{counters.error:3} error{'s' if counters.error != 1 else ''}."
    # The programs know neither of these; without them the sum would not be right.
    if counters.skipped:
        yield f"{counters.skipped:3} skipped."
    if counters.cancelled:
        yield f"{counters.cancelled:3} cancelled."


def _flags(count: int, width: int = 0) -> str:
    return f"{count:{width}} flag{'s' if count != 1 else ''}"


def _elapsed_s(job: Job) -> float:
    if job.started_at is None or job.finished_at is None:
        return 0.0
    elapsed = datetime.fromisoformat(job.finished_at) - datetime.fromisoformat(job.started_at)
    return max(0.0, elapsed.total_seconds())
