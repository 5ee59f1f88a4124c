"""A job told in the words of Fluent Python's flags2 programs (second edition); pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from webapp.flags.sources import filled
from webapp.jobs.events import ItemFinished
from webapp.jobs.model import Counters, ItemStatus, Job

LISTED_CODES: Final = 10


def report(job: Job, codes: Sequence[str], site: str) -> str:
    """What the programs print: at the beginning, and from the rule on when the job is over."""
    told = first_part(job, codes, job.source, site)
    return told + last_part(job.counters, elapsed_s(job)) if job.state.is_final else told


def first_part(job: Job, codes: Sequence[str], label: str, site: str) -> str:
    """What they print at the beginning.

    `label` is what the source is called, `site` the address that the codes are appended to.
    """
    return _as_lines(_first_lines(job, codes, label, site))


def last_part(counters: Counters, seconds: float) -> str:
    """What they print at the end, and when they are interrupted."""
    return _as_lines(["-" * 20, *_counted(counters), f"Elapsed time: {seconds:.2f}s"])


def item_line(change: ItemFinished, address: str) -> str | None:
    """What they print of one flag when they tell everything; None when they would not.

    `address` is that of the source, with `{cc}` or `{CC}` for the code.
    """
    match change.status:
        case ItemStatus.OK:
            return f"{change.code} OK"
        case ItemStatus.NOT_FOUND:
            return f"{change.code} not found: {filled(address, change.code)}"
        case ItemStatus.ERROR:
            return f"{change.code} error: {_reason(change)}"
        case ItemStatus.SKIPPED:
            return f"{change.code} skipped"
        case _:
            return None


def _reason(change: ItemFinished) -> str:
    """Why a flag is not here; `HTTP error 418 - I'm a Teapot` where the source said so."""
    if change.error is None:
        return "no reason given"
    said = f"HTTP {change.http_status} "
    if change.error.code == "http_error" and change.error.detail.startswith(said):
        return f"HTTP error {change.http_status} - {change.error.detail.removeprefix(said)}"
    return change.error.detail


def _as_lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def site_of(template: str) -> str:
    """The part of a source's address that is the same for all countries, without a query."""
    return template.partition("?")[0].partition("{")[0].rstrip("/")


def _first_lines(job: Job, codes: Sequence[str], label: str, site: str) -> Iterator[str]:
    few = len(codes) <= LISTED_CODES
    named = ", ".join(codes) if few else f"from {codes[0]} to {codes[-1]}"
    connections = min(job.options.concurrency, len(codes))
    yield f"{label.upper()} site: {site}"
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


def elapsed_s(job: Job) -> float:
    """How long the job took, in seconds; 0 while it is not over."""
    if job.started_at is None or job.finished_at is None:
        return 0.0
    elapsed = datetime.fromisoformat(job.finished_at) - datetime.fromisoformat(job.started_at)
    return max(0.0, elapsed.total_seconds())
