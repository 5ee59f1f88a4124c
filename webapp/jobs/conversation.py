"""One websocket: a reader that answers frames, and a writer that sends what is new."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import msgspec

from webapp.jobs import cursors, protocol
from webapp.jobs.feed import EVENTS_A_FRAME, Feed, Push, Subscription
from webapp.jobs.protocol import JOBS, Frame
from webapp.jobs.records import Records
from webapp.phrases import Phrase, plain
from webapp.problems import InvalidRequest, Problem

log = logging.getLogger(__name__)

Send = Callable[[str], Awaitable[None]]

TOPICS_A_SOCKET: Final = 32
FIRST_PAGE: Final = 20


class Conversation:
    """What one client asked for and has been sent.

    `send` raises when the client is gone; `push` is that of a `Subscription`.
    """

    def __init__(self, send: Send, push: Push, feed: Feed, records: Records) -> None:
        self._send_text = send
        self._feed = feed
        self._records = records
        self._subscription = Subscription(push)

    async def answer(self, text: str) -> None:
        """Do what a frame says, and say so."""
        try:
            frame = protocol.read_frame(text)
            await self._obey(frame)
        except Problem as problem:
            await self._send(protocol.refusal(protocol.frame_id(text), problem))

    async def follow(self) -> None:
        """Send what is new, and is not pushed, for as long as the client reads."""
        subscription = self._subscription
        while True:
            subscription.is_busy = False
            await subscription.wake.wait()
            subscription.is_busy = True
            subscription.wake.clear()
            for job_id in list(subscription.cursors):
                await self._catch_up(job_id)
            for job_id in subscription.take_deleted():
                await self._send({"topic": JOBS, "deleted": job_id})
            for job in subscription.take_changed():
                await self._send({"topic": JOBS, "live": job})

    def close(self) -> None:
        """Follow nothing any more."""
        self._feed.forget(self._subscription)

    async def _obey(self, frame: Frame) -> None:
        match frame.op:
            case "ping":
                await self._send({"op": "pong"})
            case "unsubscribe":
                self._unsubscribe(frame)
                await self._send({"id": frame.id, "ok": True})
            case "subscribe" if frame.job_id is None:
                await self._subscribe_all(frame)
            case "subscribe":
                await self._subscribe(frame, frame.job_id)

    def _unsubscribe(self, frame: Frame) -> None:
        if frame.job_id is None:
            self._feed.leave_all(self._subscription)
        else:
            self._feed.leave(self._subscription, frame.job_id)

    async def _subscribe_all(self, frame: Frame) -> None:
        # Attached before the page is read, so that no change falls between the two.
        self._feed.follow_all(self._subscription)
        jobs, following = await self._records.page(None, FIRST_PAGE, None)
        state = {"items": jobs, "next": cursors.write(following, None)}
        reply = {"id": frame.id, "ok": True, "mode": "snapshot", "seq": 0}
        await self._send({**reply, "state": state})

    async def _subscribe(self, frame: Frame, job_id: str) -> None:
        if len(self._subscription.cursors) >= TOPICS_A_SOCKET:
            raise InvalidRequest.field(
                "topic",
                "too_many",
                Phrase("A socket follows {most} jobs at most.", most=TOPICS_A_SOCKET),
            )
        head = (await self._records.get(job_id)).seq
        after, mode = frame.after, protocol.mode(frame.after, head)
        reply: dict[str, Any] = {"id": frame.id, "ok": True, "mode": mode, "seq": head}
        if after is None or mode == "snapshot":
            job, items = await self._records.snapshot(job_id)
            after = reply["seq"] = job.seq
            reply["state"] = {"job": job, "items": [item.shown() for item in items]}
        await self._send(reply)
        self._feed.follow(self._subscription, job_id, after)

    async def _catch_up(self, job_id: str) -> None:
        """Send the job's log from this client's place in it to its end."""
        cursors = self._subscription.cursors
        while (after := cursors.get(job_id)) is not None:
            frame = await self._feed.frame(job_id, after, EVENTS_A_FRAME)
            if frame is None:
                return
            await self._send_text(frame.text.decode())
            if (live := self._feed.live(job_id)) is not None:
                await self._send_text(protocol.told_live(job_id, live).decode())
            # The client may have moved its place meanwhile; its word counts.
            if cursors.get(job_id) == after:
                cursors[job_id] = frame.last.seq

    async def _send(self, message: dict[str, Any]) -> None:
        await self._send_text(msgspec.json.encode(message, enc_hook=plain).decode())


@contextlib.asynccontextmanager
async def following(conversation: Conversation, hang_up: Callable[[], None]) -> AsyncIterator[None]:
    """Run the conversation's writer beside the body.

    When the writer ends first, its client does not read any more: `hang_up` is called, and
    the client comes back and resumes.
    """
    writer = asyncio.create_task(conversation.follow(), name="websocket writer")
    writer.add_done_callback(lambda _: hang_up())
    try:
        yield
    finally:
        writer.cancel()
        await asyncio.wait([writer])
        if not writer.cancelled() and not isinstance(writer.exception(), ConnectionError):
            log.error("websocket writer failed", exc_info=writer.exception())
        conversation.close()
