"""How far a job is, as a bar in a terminal."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from webapp.commands.screen import Show
from webapp.jobs.model import Job, JobState


@contextmanager
def bar() -> Iterator[Show]:
    """A bar on standard error while the body runs; it is gone afterwards, the cursor is back."""
    console = Console(file=sys.stderr, no_color=bool(os.environ.get("NO_COLOR")))
    columns = (
        SpinnerColumn(),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    # What else is printed goes to another place than the bar, or while there is none.
    alone = Progress(
        *columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
    )
    with alone as progress:
        task = progress.add_task("", total=None)

        def show(job: Job) -> None:
            counters = job.counters
            done = counters.total - counters.pending - counters.running
            said = described(job)
            progress.update(task, total=counters.total, completed=done, description=said)

        yield show


def described(job: Job) -> str:
    """What the bar does not say: failures, and why nothing happens."""
    counters = job.counters
    told = []
    if job.state is JobState.PAUSED:
        told.append("the disk is full" if job.reason else "paused")
    if counters.not_found:
        told.append(f"{counters.not_found} not found")
    if counters.error:
        told.append(f"{counters.error} error{'s' if counters.error != 1 else ''}")
    return ", ".join(told)
