"""The event stream, read by a client that knows no more than the standard says."""

import asyncio
import contextlib
import json
import random
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple, Self

import pytest
from aiohttp import ClientSession, web

from tests.jobs_client import JobsClient, Json, fold
from tests.processes import ServerProcess
from tests.upstream import Upstream
from webapp.data_dir import state_path
from webapp.jobs import protocol, server_sent, stream_views
from webapp.jobs.events import Event, JobStarted
from webapp.jobs.places import Places
from webapp.jobs.server_sent import goodbye
from webapp.keys import FEED, PLACES, RECORDS
from webapp.negotiation import prefers_event_stream
from webapp.problems import TooManyRequests
from webapp.server import bind, serving
from webapp.settings import Settings

STREAM = {"Accept": "text/event-stream"}
PATIENCE_S = 20


@pytest.fixture
def settings(data_dir: Path, upstream: Upstream) -> Settings:
    sources = {name: upstream.template(name) for name in ("ok", "hold")}
    return Settings(port=0, data_dir=data_dir, sources=sources)


class Block(NamedTuple):
    """What lies between two empty lines."""

    fields: dict[str, str]
    comments: list[str]

    @property
    def data(self) -> Json:
        data: Json = json.loads(self.fields["data"])
        return data


class Listener:
    """A raw connection that asks for one stream; leaving drops it."""

    def __init__(self, server: str, path: str, *headers: str) -> None:
        host, port = server.removeprefix("http://").split(":")
        self._address = (host, int(port))
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Accept: text/event-stream"]
        self._request = "\r\n".join([*lines, *headers, "", ""]).encode()
        self._text = ""
        self.status = 0

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(*self._address)
        self._writer.write(self._request)
        async with asyncio.timeout(PATIENCE_S):
            head = await self._reader.readuntil(b"\r\n\r\n")
        self.status = int(head.split()[1])
        assert self.status != 200 or b"\r\nContent-Type: text/event-stream\r\n" in head
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.transport.abort()

    async def block(self) -> Block | None:
        """The next block; None at the end of the answer."""
        async with asyncio.timeout(PATIENCE_S):
            while "\n\n" not in self._text:
                size = int(await self._reader.readline(), 16)
                self._text += (await self._reader.readexactly(size + 2))[:-2].decode()
                if size == 0:
                    return None
        text, self._text = self._text.split("\n\n", 1)
        lines = text.split("\n")
        fields = [line.split(": ", 1) for line in lines if not line.startswith(":")]
        comments = [line for line in lines if line.startswith(":")]
        return Block(dict(fields), comments)

    async def named(self, name: str | None) -> Block:
        """The next event of this name; None: an entry of the log."""
        while (block := await self.block()) is not None:
            if "data" in block.fields and block.fields.get("event") == name:
                return block
        raise AssertionError("the stream has ended")

    async def entry(self) -> Json:
        """The next entry of the log; its id is its seq."""
        block = await self.named(None)
        assert int(block.fields["id"]) == block.data["seq"]
        return block.data

    async def log(self) -> list[Json]:
        """The entries up to the job's end."""
        entries = [await self.entry()]
        while entries[-1]["type"] != "job.finished":
            entries.append(await self.entry())
        return entries


def events_of(job: Json) -> str:
    return f"/api/v1/jobs/{job['id']}/events"


async def test_it_is_the_log_that_the_long_poll_gives(jobs: JobsClient, server: str) -> None:
    job = await jobs.submit("ok", ["A", "BR"], concurrency=3)
    async with Listener(server, events_of(job)) as listener:
        seen = await listener.log()
    assert seen == (await jobs.events(job["id"]))["events"]


async def test_a_connection_dropped_at_random_resumes_without_a_gap(
    jobs: JobsClient, server: str
) -> None:
    dice = random.Random(5)
    job = await jobs.submit("ok", ["A", "B", "C", "D", "E"], concurrency=3)
    seen: list[Json] = []
    connections = 0
    while not seen or seen[-1]["type"] != "job.finished":
        # The address stays as it was; the header says how far this client has come.
        place = [f"Last-Event-ID: {seen[-1]['seq']}"] if seen else []
        async with Listener(server, events_of(job) + "?after=0", *place) as listener:
            connections += 1
            for _ in range(dice.randrange(1, 4)):
                seen.append(await listener.entry())
                if seen[-1]["type"] == "job.finished":
                    break
    assert connections > 100
    folded, items = fold(seen)
    shown = await jobs.job(job["id"])
    assert {key: shown[key] for key in folded} == folded
    assert {code: item["status"] for code, item in items.items()} == {
        item["code"]: item["status"] for item in await jobs.items(job["id"])
    }


async def test_what_happens_is_sent_when_it_happens_and_its_speed_without_an_id(
    jobs: JobsClient, server: str, upstream: Upstream
) -> None:
    job = await jobs.submit("hold", ["BR"])
    await upstream.arrived(1)
    async with Listener(server, events_of(job) + "?after=2") as listener:
        assert (await listener.entry())["type"] == "item.started"
        upstream.release()
        assert (await listener.entry())["type"] == "item.finished"
        live = await listener.named("live")
        assert live.data.keys() == {"rate", "eta", "bytes"}
        assert "id" not in live.fields


async def test_a_place_beyond_the_end_gets_the_state_and_then_the_tail(
    jobs: JobsClient, server: str, upstream: Upstream
) -> None:
    job = await jobs.submit("hold", ["BR"])
    await upstream.arrived(1)
    async with Listener(server, events_of(job) + "?after=99") as listener:
        block = await listener.named("snapshot")
        assert int(block.fields["id"]) == block.data["seq"] == 3
        assert block.data["state"]["job"]["state"] == "running"
        assert [item["status"] for item in block.data["state"]["items"]] == ["running"]
        upstream.release()
        assert [entry["seq"] for entry in await listener.log()] == [4, 5]


async def test_who_is_far_behind_gets_the_state(
    jobs: JobsClient, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await jobs.finished((await jobs.submit("ok", ["BR", "CN"]))["id"])
    monkeypatch.setattr(protocol, "REPLAY_LIMIT", job["seq"] - 2)
    async with Listener(server, events_of(job) + "?after=1") as listener:
        block = await listener.named("snapshot")
        assert (block.data["seq"], block.data["state"]["job"]) == (job["seq"], job)
    async with Listener(server, events_of(job) + "?after=2") as listener:
        assert (await listener.entry())["seq"] == 3


async def test_a_quiet_stream_says_that_it_is_there(
    jobs: JobsClient, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_sent, "HEARTBEAT_S", 0.05)
    job = await jobs.submit("ok", ["BR"], start=False)
    async with Listener(server, events_of(job) + "?after=1") as listener:
        blocks = [await listener.block() for _ in range(3)]
    assert blocks == [Block({"retry": "1000"}, []), Block({}, [":"]), Block({}, [":"])]


async def test_a_finished_job_keeps_its_stream_open(jobs: JobsClient, server: str) -> None:
    job = await jobs.finished((await jobs.submit("ok", ["BR"]))["id"])
    async with Listener(server, f"{events_of(job)}?after={job['seq']}") as listener:
        await listener.block()
        # A place in the stream is held although there is nothing to tell.
        async with Listener(server, events_of(job)) as other:
            assert len(await other.log()) == job["seq"]
        next_block = asyncio.create_task(listener.block())
        await asyncio.wait([next_block], timeout=0.1)
        assert not next_block.done()
        next_block.cancel()


async def test_a_deleted_job_ends_its_streams_after_saying_so(
    jobs: JobsClient, server: str
) -> None:
    job = await jobs.submit("ok", ["BR"], start=False)
    async with Listener(server, events_of(job)) as listener:
        assert (await listener.entry())["type"] == "job.created"
        async with jobs.session.delete(f"/api/v1/jobs/{job['id']}") as response:
            assert response.status == 204
        assert (await listener.entry())["type"] == "job.deleted"
        await listener.named("live")
        assert await listener.block() is None
    async with Listener(server, events_of(job)) as listener:
        assert listener.status == 404


async def test_a_job_that_is_gone_without_a_word_ends_its_streams(
    jobs: JobsClient, server: str, app: web.Application, data_dir: Path
) -> None:
    job = await jobs.submit("ok", ["BR"], start=False)
    async with Listener(server, events_of(job)) as listener:
        await listener.named("live")
        with contextlib.closing(sqlite3.connect(state_path(data_dir))) as db, db:
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("DELETE FROM jobs")
        for follower in app[FEED]._followers[job["id"]]:
            follower.wake.set()
        assert await listener.block() is None


async def test_a_stop_says_when_to_come_back(
    jobs: JobsClient, server: str, app: web.Application
) -> None:
    job = await jobs.submit("ok", ["BR"], start=False)
    async with Listener(server, events_of(job)) as listener:
        await listener.entry()
        app[FEED].close()
        block = await listener.named("goodbye")
        assert 1000 <= int(block.fields["retry"]) <= 6000
        assert block.data == {"retry_ms": int(block.fields["retry"])}
        assert await listener.block() is None


@pytest.mark.crash
async def test_a_stop_waits_for_no_stream(data_dir: Path) -> None:
    async with ServerProcess(data_dir) as server, ClientSession(server.url) as session:
        job = await JobsClient(session).submit("builtin", ["BR"], start=False)
        async with (
            Listener(server.url, events_of(job)) as one,
            Listener(server.url, events_of(job)) as other,
        ):
            await one.entry()
            await other.entry()
            ended = asyncio.create_task(server.end(signal.SIGTERM))
            for listener in (one, other):
                await listener.named("goodbye")
                assert await listener.block() is None
            assert await ended == 0
        assert await server.errors() == ""


def test_not_all_clients_are_told_to_come_back_at_once() -> None:
    assert len({goodbye() for _ in range(100)}) > 50


@pytest.fixture
async def narrow_server(app: web.Application) -> AsyncIterator[str]:
    """A server whose connections hold little on their way."""
    with bind("127.0.0.1", 0) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        async with serving(app, bound) as url:
            yield url


async def test_a_client_that_does_not_read_is_dropped_and_delays_nobody(
    narrow_server: str, app: web.Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_views, "SEND_DEADLINE_S", 0.5)
    async with ClientSession(narrow_server) as session:
        job = await JobsClient(session).submit("ok", ["BR"], start=False)
    stalled = Listener(narrow_server, events_of(job))
    async with stalled, Listener(narrow_server, events_of(job)) as other:
        stalled._writer.transport.pause_reading()  # type: ignore[attr-defined] # it reads
        for listener in (stalled, other):
            assert listener.status == 200
        assert app[PLACES]._taken.total() == 2
        entries = [Event.of(seq, "x" * 5000, JobStarted()) for seq in range(2, 1002)]
        app[FEED].publish(await app[RECORDS].get(job["id"]), entries)
        assert [(await other.entry())["seq"] for _ in range(1001)] == [*range(1, 1002)]
        async with asyncio.timeout(PATIENCE_S):
            while app[PLACES]._taken.total() > 1:  # noqa: ASYNC110 - nothing announces it
                await asyncio.sleep(0.01)
            # Hung up on: what was on its way is all that comes, without an end.
            stalled._writer.transport.resume_reading()  # type: ignore[attr-defined] # it reads
            with contextlib.suppress(ConnectionResetError):
                assert not (await stalled._reader.read()).endswith(b"\r\n0\r\n\r\n")


async def test_a_head_gets_the_headers_alone(client: ClientSession, jobs: JobsClient) -> None:
    job = await jobs.submit("ok", ["BR"], start=False)
    async with asyncio.timeout(PATIENCE_S):
        async with client.head(events_of(job), headers=STREAM) as response:
            assert (response.status, response.content_type) == (200, "text/event-stream")
            assert response.headers["Cache-Control"] == "no-store"
            assert await response.read() == b""
        async with client.head("/api/v1/jobs/nope/events", headers=STREAM) as response:
            assert response.status == 404


@pytest.mark.parametrize(
    ("path", "header", "status"),
    [
        ("/api/v1/jobs/nope/events", "", 404),
        ("{}?after=-1", "", 422),
        ("{}?since=1", "", 422),
        ("{}", "x", 422),
        ("{}", "٣", 422),
        ("{}", "1" * 16, 422),
    ],
)
async def test_a_stream_that_cannot_be_is_refused(
    jobs: JobsClient, path: str, header: str, status: int
) -> None:
    job = await jobs.submit("ok", ["BR"], start=False)
    headers = {**STREAM, "Last-Event-ID": header}
    async with jobs.session.get(path.format(events_of(job)), headers=headers) as response:
        assert response.status == status
        assert response.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("accept", "stream"),
    [
        ("text/event-stream", True),
        ("text/event-stream, */*;q=0.1", True),
        ("application/json, text/event-stream", True),
        ("application/json;q=0.2, text/event-stream;q=0.1, */*", False),
        ("text/event-stream;q=0.5, application/*", False),
        ("text/event-stream;q=0.5, */*;q=0.8", False),
        ("text/event-stream;q=0", False),
        ("text/*", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_a_stream_is_given_to_who_asks_for_one(*, accept: str, stream: bool) -> None:
    assert prefers_event_stream(accept) is stream


async def test_the_long_poll_says_that_there_are_two_forms(jobs: JobsClient) -> None:
    job = await jobs.submit("ok", ["BR"], start=False)
    async with jobs.session.get(events_of(job)) as response:
        assert response.content_type == "application/json"
        assert "Accept" in response.headers.getall("Vary")


async def test_places_are_counted_over_streams_and_sockets(app: web.Application) -> None:
    app[PLACES] = Places(2)
    with bind("127.0.0.1", 0) as bound:
        async with serving(app, bound) as url, ClientSession(url) as session:
            job = await JobsClient(session).submit("ok", ["BR"], start=False)
            async with Listener(url, events_of(job)), session.ws_connect("/api/v1/events"):
                async with Listener(url, events_of(job)) as refused:
                    assert refused.status == 429
                async with session.get(events_of(job)) as answer:
                    assert answer.status == 200


def test_a_client_from_elsewhere_has_a_limit_of_its_own() -> None:
    places = Places(5, of_one_client=2)
    with contextlib.ExitStack() as stack:
        for client in ("127.0.0.1", "::1", "192.0.2.1", "192.0.2.1"):
            stack.enter_context(places.taken(client))
        with pytest.raises(TooManyRequests), places.taken("192.0.2.1"):
            pass
        stack.enter_context(places.taken("192.0.2.2"))
        with pytest.raises(TooManyRequests), places.taken(None):
            pass
    with places.taken("not an address"):
        assert places._taken.total() == 1
