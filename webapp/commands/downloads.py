"""Jobs, wherever they are carried out: what a command asks of them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from webapp.jobs.events import Event
from webapp.jobs.model import Job, Order


class Lost(Exception):
    """Whoever carries out the job does not answer any more; the message says what now."""


class Refused(Exception):
    """What was asked for cannot be done; the message says why, `status` as HTTP has it."""

    def __init__(self, detail: str, status: int) -> None:
        super().__init__(detail)
        self.status = status

    @property
    def is_of_the_past(self) -> bool:
        """True when the job is over, or there no longer."""
        return self.status in {404, 409}


class Downloads(Protocol):
    """A runner of jobs, in this process or another one; all of it may raise Refused or Lost."""

    async def addresses(self) -> Mapping[str, str]:
        """The sources by name, each with its address, `{cc}` or `{CC}` for the code."""
        ...

    async def submit(self, order: Order) -> Job:
        """A new job for the order, under way."""
        ...

    async def events(self, job_id: str, after: int) -> Sequence[Event]:
        """What follows seq `after` in the job's log; waits a while for the first of it."""
        ...

    async def cancel(self, job_id: str) -> None:
        """End the job; Refused when it is over."""
        ...
