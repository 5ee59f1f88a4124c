"""Jobs, wherever they are carried out: what a command asks of them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from webapp.jobs.events import Event
from webapp.jobs.model import Job, Order


class Lost(Exception):
    """Whoever carries out the job does not answer any more; the message says what now."""


class Downloads(Protocol):
    """A runner of jobs, in this process or another one; all of it may raise Problem or Lost."""

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
        """End the job; Conflict when it is over."""
        ...
