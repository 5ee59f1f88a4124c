"""What `run.py flags` prints: the report on standard output, progress on standard error."""

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Self

from webapp.commands.followed import Followed
from webapp.commands.output import Output, visible
from webapp.flags.report import first_part, item_line, last_part, site_of
from webapp.jobs.events import Event, ItemFinished, JobPaused
from webapp.jobs.model import Job

Show = Callable[[Job], None]


class Screen:
    """The words of the book's programs, in their order; leaving it takes the bar away.

    `label` is what the source was called; with `verbose` each flag gets a line, and no bar.
    """

    def __init__(self, label: str, *, verbose: bool) -> None:
        self._output = Output()
        self._label = label
        self._verbose = verbose
        self._has_begun = False
        self._bar = ExitStack()
        self._show: Show | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._show = None
        self._bar.close()

    def tell(self, event: Event, followed: Followed, address: str) -> None:
        """Something happened; `address` is that of the source."""
        job, change = followed.job, event.change
        if not self._has_begun:
            self._begin(job, followed.codes, site_of(address))
        if self._verbose and isinstance(change, ItemFinished):
            line = item_line(change, address)
            self._output.write(f"{visible(line)}\n" if line else "")
        if self._show:
            self._show(job)
        elif isinstance(change, JobPaused):
            say("Paused: the disk is full." if change.reason else "Somebody has paused the job.")

    def _begin(self, job: Job, codes: Sequence[str], site: str) -> None:
        self._has_begun = True
        self._output.write(first_part(job, codes, self._label, site))
        # Not before: nothing else may be written while the bar is there.
        if not self._verbose and is_watched():
            from webapp.commands.progress import bar

            self._show = self._bar.enter_context(bar())

    def end(self, job: Job, seconds: float) -> None:
        """The counts, whether or not the job came to its end."""
        if self._has_begun:
            self._output.write(last_part(job.counters, seconds))
            self._output.check()


def is_watched() -> bool:
    """True when standard error is a terminal."""
    return sys.stderr is not None and sys.stderr.isatty()


def say(text: str) -> None:
    """A line on standard error."""
    print(visible(text), file=sys.stderr, flush=True)
