"""Jobs in the server that is at work on the data folder, by its API."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar

from webapp.address import running
from webapp.commands.downloads import Lost, Refused
from webapp.flags.failures import safe_text
from webapp.jobs.events import Event
from webapp.jobs.model import Job, Order
from webapp.jobs.once import HEADER as ONCE

T = TypeVar("T")

ANSWER_S: Final = 15.0
WAIT_S: Final = 30
# Often enough for an eye, seldom enough for a server with other things to do.
PAUSE_S: Final = 0.1
# A restart takes a few seconds, an upgrade a minute.
PATIENCE_S: Final = 90.0
AGAIN_S: Final = 0.5
UNAUTHORIZED: Final = 401
LOCKED: Final = "The server wants its token: set CHARFINDER_TOKEN or CHARFINDER_TOKEN_FILE."
GONE: Final = (
    "The server does not answer any more. The job is on its disk: it goes on when the server is "
    "started again."
)


class Events(msgspec.Struct, frozen=True):
    """Some entries of a job's log."""

    events: list[Event]


class Place(msgspec.Struct, frozen=True):
    """A source, and where its flags are."""

    name: str
    address: str


class Places(msgspec.Struct, frozen=True):
    """The sources."""

    items: list[Place]


class Complaint(msgspec.Struct, frozen=True):
    """What of a problem is for people."""

    detail: str = ""


class There:
    """A server; when it is started again, at whatever address, it is found again."""

    def __init__(self, session: ClientSession, url: str, data_dir: Path) -> None:
        self._session = session
        self._url = url
        self._data_dir = data_dir

    async def addresses(self) -> Mapping[str, str]:
        """The sources of the server."""
        places = await self._ask("GET", "/api/v1/sources", Places)
        return {place.name: place.address for place in places.items}

    async def submit(self, order: Order) -> Job:
        """A new job, under way; one even if the answer to the first try got lost."""
        headers = {ONCE: uuid.uuid4().hex, "Content-Type": "application/json"}
        body = msgspec.json.encode(order)
        return await self._persist("POST", "/api/v1/jobs", Job, data=body, headers=headers)

    async def events(self, job_id: str, after: int) -> Sequence[Event]:
        """The log behind `after`; the same place when the server comes back from a restart."""
        path = f"/api/v1/jobs/{job_id}/events?after={after}&wait={WAIT_S}"
        found = await self._persist("GET", path, Events)
        await asyncio.sleep(PAUSE_S)
        return found.events

    async def cancel(self, job_id: str) -> None:
        """End the job."""
        await self._ask("POST", f"/api/v1/jobs/{job_id}/cancel", Job)

    async def _persist(self, method: str, path: str, wanted: type[T], **more: Any) -> T:
        """Ask until there is an answer, for a while: the server may be on its way back."""
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                return await self._ask(method, path, wanted, **more)
            except (Lost, Refused) as error:
                is_passing = isinstance(error, Lost) or error.status >= 500
                if not is_passing or time.monotonic() > until:
                    raise
            await asyncio.sleep(AGAIN_S)
            found = await asyncio.to_thread(running, self._data_dir)
            self._url = found or self._url

    async def _ask(self, method: str, path: str, wanted: type[T], **more: Any) -> T:
        try:
            async with self._session.request(method, self._url + path, **more) as response:
                body = await response.read()
        except (ClientError, TimeoutError, OSError):
            raise Lost(GONE) from None
        if response.status >= 400:
            raise _refused(response.status, body)
        try:
            return msgspec.json.decode(body, type=wanted)
        except msgspec.MsgspecError:
            raise Lost("The server answers, but not as this release does. Update both.") from None


def _refused(status: int, body: bytes) -> Refused:
    if status == UNAUTHORIZED:
        return Refused(LOCKED, status)
    try:
        detail = safe_text(msgspec.json.decode(body, type=Complaint).detail)
    except msgspec.MsgspecError:
        detail = ""
    return Refused(detail or f"The server answered {status}.", status)


@asynccontextmanager
async def downloading(url: str, data_dir: Path, token: str | None) -> AsyncIterator[There]:
    """The server at the address, for as long as the body runs."""
    session = ClientSession(
        headers={"Authorization": f"Bearer {token}"} if token else None,
        timeout=ClientTimeout(total=WAIT_S + ANSWER_S),
        cookie_jar=DummyCookieJar(),
        trust_env=False,
    )
    async with session:
        yield There(session, url, data_dir)
