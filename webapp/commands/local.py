"""Jobs in this process, over the same data folder and by the same runner as the server's."""

import socket
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Final

from webapp import keys
from webapp.app import create_downloads
from webapp.commands.downloads import Refused
from webapp.flags.sources import Sources
from webapp.jobs.events import Event
from webapp.jobs.feed import Feed
from webapp.jobs.model import Job, Order
from webapp.jobs.protocol import REPLAY_LIMIT
from webapp.jobs.runner import Runner
from webapp.problems import Problem
from webapp.server import listening
from webapp.settings import Settings

WAIT_S: Final = 60.0


class Here:
    """The runner of this process."""

    def __init__(self, runner: Runner, feed: Feed, sources: Sources) -> None:
        self._runner = runner
        self._feed = feed
        self._sources = sources

    async def addresses(self) -> Mapping[str, str]:
        """The sources of the settings."""
        return {name: self._sources.address(name) for name in self._sources.names()}

    async def submit(self, order: Order) -> Job:
        """A new job, under way."""
        with refusals():
            job, _ = await self._runner.submit(order)
            return job

    async def events(self, job_id: str, after: int) -> Sequence[Event]:
        """The log behind `after`."""
        with refusals():
            return await self._feed.wait(job_id, after, REPLAY_LIMIT, WAIT_S)

    async def cancel(self, job_id: str) -> None:
        """End the job."""
        with refusals():
            await self._runner.cancel(job_id)


@contextmanager
def refusals() -> Iterator[None]:
    """Make Refused of the problems that come up inside."""
    try:
        yield
    except Problem as problem:
        raise Refused(str(problem.detail), problem.status) from None


def downloading(settings: Settings, bound: socket.socket) -> AbstractAsyncContextManager[Here]:
    """A runner for as long as the body runs; the folder is held and its database migrated.

    The built-in sources answer on the socket. What an earlier process left unfinished stays for
    the next server. Call it before the loop runs: it reads files.
    """
    app = create_downloads(settings)

    @asynccontextmanager
    async def here() -> AsyncIterator[Here]:
        async with listening(app, bound):
            yield Here(app[keys.RUNNER], app[keys.FEED], app[keys.SOURCES])

    return here()
