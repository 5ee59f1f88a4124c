"""A job's log as Server-Sent Events: the same entries that the websocket and the long poll give."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from webapp.jobs import protocol
from webapp.jobs.events import Event
from webapp.jobs.feed import DELETED, Feed, Subscription
from webapp.jobs.records import Records
from webapp.problems import NotFound

Send = Callable[[bytes], Awaitable[None]]

EVENTS_A_WRITE: Final = 256
# Shorter than the patience of the usual proxies; it also finds out that a client has gone.
HEARTBEAT_S: Final = 10.0
HEARTBEAT: Final = b":\n\n"
# Ten writes a second look alive to an eye and leave a slow client time to read.
PAUSE_S: Final = 0.1
RECONNECT_MS: Final = 1000
# After a stop all clients come back: not all at once.
SPREAD_MS: Final = 5000


def block(data: object, *, name: str | None = None, seq: int | None = None) -> bytes:
    """One event of the stream: JSON in one line, under a name and with an id where given."""
    head = b"" if seq is None else b"id: %d\n" % seq
    if name is not None:
        head += b"event: %s\n" % name.encode()
    # JSON has its line breaks escaped, so one line of data is all of it.
    return b"%sdata: %s\n\n" % (head, msgspec.json.encode(data))


def goodbye(spread: Callable[[int, int], int] = random.randint) -> bytes:
    """The last event before the server stops: when to come back."""
    retry_ms = spread(RECONNECT_MS, RECONNECT_MS + SPREAD_MS)
    return b"retry: %d\n" % retry_ms + block({"retry_ms": retry_ms}, name="goodbye")


class Stream:
    """One client that follows one job; `send` raises when the client is gone."""

    def __init__(self, send: Send, feed: Feed, records: Records, job_id: str) -> None:
        self._send = send
        self._feed = feed
        self._records = records
        self._job_id = job_id
        self._after = 0
        self._subscription = Subscription()

    async def follow(self, after: int, head: int) -> None:
        """Send what lies behind seq `after` of a log that ends at `head`, then what is new.

        Returns when the job is deleted and when the server stops.
        """
        # Sent now: an answer's head waits for the first bytes of its body.
        await self._send(b"retry: %d\n\n" % RECONNECT_MS)
        self._after = after
        self._feed.follow(self._subscription, self._job_id, after)
        try:
            if protocol.mode(after, head) == "snapshot":
                await self._send_snapshot()
            await self._send_what_comes()
        except NotFound:
            return
        finally:
            self._feed.forget(self._subscription)

    async def _send_snapshot(self) -> None:
        job, items = await self._records.snapshot(self._job_id)
        state = {"job": job, "items": [item.shown() for item in items]}
        await self._send(block({"seq": job.seq, "state": state}, name="snapshot", seq=job.seq))
        self._after = job.seq

    async def _send_what_comes(self) -> None:
        wake = self._subscription.wake
        while True:
            wake.clear()
            last = await self._catch_up()
            if last is not None and last.type == DELETED:
                return
            if self._feed.is_closed:
                await self._send(goodbye())
                return
            await self._wait(wake)

    async def _catch_up(self) -> Event | None:
        """Send the log to its end; the last entry sent. NotFound when there is no job any more."""
        last: Event | None = None
        while events := await self._feed.read(self._job_id, self._after, EVENTS_A_WRITE):
            last = events[-1]
            await self._send(b"".join(block(event, seq=event.seq) for event in events))
            self._after = last.seq
        if last is None:
            await self._records.get(self._job_id)
        else:
            await self._send_live()
        return last

    async def _send_live(self) -> None:
        live: Any = self._feed.live(self._job_id)
        if live is not None:
            await self._send(block(live, name="live"))
        await asyncio.sleep(PAUSE_S)

    async def _wait(self, wake: asyncio.Event) -> None:
        """Until something happens; a comment now and then says that we are still here."""
        while not wake.is_set():
            try:
                async with asyncio.timeout(HEARTBEAT_S):
                    await wake.wait()
            except TimeoutError:
                await self._send(HEARTBEAT)
