"""The websocket: nothing is missed, whatever the connection does."""

import asyncio
import json
import random
import socket as socket_module
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import websockets
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, web
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from tests.jobs_client import JobsClient, Json, fold
from tests.upstream import Upstream
from webapp.jobs import protocol, socket_views
from webapp.jobs.events import Event, JobStarted
from webapp.jobs.feed import RECENT_EVENTS, Feed, Subscription
from webapp.jobs.records import Records
from webapp.keys import FEED, RECORDS, SOCKETS
from webapp.server import bind, serving
from webapp.settings import Settings


@pytest.fixture
def settings(data_dir: Path, upstream: Upstream) -> Settings:
    sources = {name: upstream.template(name) for name in ("ok", "hold", "flaky")}
    return Settings(port=0, data_dir=data_dir, sources=sources)


def connect(session: ClientSession) -> Any:
    return session.ws_connect("/api/v1/events", protocols=(protocol.SUBPROTOCOL,))


async def ask(socket: ClientWebSocketResponse, frame: Json) -> Json:
    """Send a frame; its answer, past whatever else comes first."""
    await socket.send_json(frame)
    while True:
        message: Json = await socket.receive_json(timeout=10)
        if message.get("id") == frame.get("id") and "topic" not in message:
            return message


async def subscribe(socket: ClientWebSocketResponse, topic: str, after: int | None = None) -> Json:
    return await ask(socket, {"id": 1, "op": "subscribe", "topic": topic, "after": after})


async def next_events(socket: ClientWebSocketResponse) -> list[Json]:
    while True:
        message: Json = await socket.receive_json(timeout=10)
        if "events" in message:
            events: list[Json] = message["events"]
            return events


async def follow_to_the_end(session: ClientSession, job_id: str, drop_after: int) -> list[Json]:
    """Every event, by a client whose connection drops after each so many frames."""
    seen: list[Json] = []
    while not seen or seen[-1]["type"] != "job.finished":
        async with connect(session) as socket:
            answer = await subscribe(socket, f"job:{job_id}", after=len(seen))
            assert answer["ok"]
            for _ in range(drop_after):
                seen += await next_events(socket)
                if seen[-1]["type"] == "job.finished":
                    break
    return seen


async def test_a_dropped_socket_resumes_without_a_gap(jobs: JobsClient) -> None:
    job = await jobs.submit("ok", ["A", "B", "C", "D"], concurrency=3)
    seen = await follow_to_the_end(jobs.session, job["id"], drop_after=1)
    folded, items = fold(seen)
    shown = await jobs.job(job["id"])
    assert {key: shown[key] for key in folded} == folded
    assert {code: item["status"] for code, item in items.items()} == {
        item["code"]: item["status"] for item in await jobs.items(job["id"])
    }


async def test_a_snapshot_and_what_follows_it_make_the_state(
    jobs: JobsClient, upstream: Upstream
) -> None:
    job = await jobs.submit("hold", ["A"], concurrency=4)
    await upstream.arrived(4)
    async with connect(jobs.session) as socket:
        answer = await subscribe(socket, f"job:{job['id']}")
        assert (answer["mode"], answer["seq"]) == ("snapshot", answer["state"]["job"]["seq"])
        statuses = {item["code"]: item["status"] for item in answer["state"]["items"]}
        upstream.release()
        seq = answer["seq"]
        while True:
            events = await next_events(socket)
            for event in events:
                assert event["seq"] == seq + 1
                seq = event["seq"]
                if event["type"] == "item.finished":
                    statuses[event["data"]["code"]] = event["data"]["status"]
            if events[-1]["type"] == "job.finished":
                break
    assert set(statuses.values()) == {"ok"}
    assert seq == (await jobs.job(job["id"]))["seq"]


async def test_modes_follow_from_the_place_asked_for(jobs: JobsClient) -> None:
    job = await jobs.finished((await jobs.submit("ok", ["BR"]))["id"])
    topic = f"job:{job['id']}"
    async with connect(jobs.session) as socket:
        assert (await subscribe(socket, topic, after=0))["mode"] == "replay"
        assert (await next_events(socket))[0]["type"] == "job.created"
        assert (await subscribe(socket, topic, after=job["seq"]))["mode"] == "tail"
        assert (await subscribe(socket, topic, after=job["seq"] + 1))["mode"] == "snapshot"
        assert (await subscribe(socket, topic))["mode"] == "snapshot"


@pytest.mark.parametrize(
    ("after", "head", "mode"),
    [
        (None, 5, "snapshot"),
        (5, 5, "tail"),
        (0, 5, "replay"),
        (6, 5, "snapshot"),
        (0, 2000, "replay"),
        (0, 2001, "snapshot"),
    ],
)
def test_more_than_two_thousand_behind_is_a_snapshot(
    after: int | None, head: int, mode: str
) -> None:
    assert protocol.mode(after, head) == mode


async def test_the_overview_shows_the_newest_page_and_then_every_change(jobs: JobsClient) -> None:
    first = await jobs.submit("ok", ["BR"], start=False)
    async with connect(jobs.session) as socket:
        answer = await subscribe(socket, "jobs")
        assert [job["id"] for job in answer["state"]["items"]] == [first["id"]]
        second = await jobs.submit("ok", ["CN"])
        seen: dict[str, Json] = {}
        while seen.get(second["id"], {}).get("state") != "succeeded":
            message = await socket.receive_json(timeout=10)
            assert message["topic"] == "jobs"
            seen[message["live"]["id"]] = message["live"]
        assert seen[second["id"]] == await jobs.job(second["id"])


async def test_what_is_left_is_not_sent_any_more(jobs: JobsClient) -> None:
    job = await jobs.submit("ok", ["BR"], start=False)
    async with connect(jobs.session) as socket:
        await subscribe(socket, f"job:{job['id']}")
        await subscribe(socket, "jobs")
        for topic in (f"job:{job['id']}", "jobs"):
            answer = await ask(socket, {"id": 2, "op": "unsubscribe", "topic": topic})
            assert answer == {"id": 2, "ok": True}
        await jobs.post(f"/api/v1/jobs/{job['id']}/start")
        await jobs.finished(job["id"])
        await socket.send_json({"op": "ping"})
        assert await socket.receive_json(timeout=10) == {"op": "pong"}


@pytest.mark.reads
@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        "7",
        "{}",
        '{"id": 1, "op": "dance"}',
        '{"id": 1, "op": "subscribe"}',
        '{"id": 1, "op": "subscribe", "topic": "weather"}',
        '{"id": 1, "op": "subscribe", "topic": "job:nope"}',
        '{"id": 1, "op": "subscribe", "topic": "jobs", "after": -1}',
        '{"id": 1, "op": "subscribe", "topic": "jobs", "after": true}',
        '{"id": 1, "op": "subscribe", "topic": "jobs", "extra": 1}',
        '{"id": {"a": 1}, "op": "subscribe", "topic": "jobs"}',
        "[" * 50_000,
        '{"id": "\\ud800", "op": "ping"}',
    ],
)
async def test_a_bad_frame_gets_a_problem_and_the_socket_lives_on(
    jobs: JobsClient, text: str
) -> None:
    async with connect(jobs.session) as socket:
        await socket.send_str(text)
        answer = await socket.receive_json(timeout=10)
        assert answer["ok"] is False
        assert answer["problem"]["status"] in {400, 404, 422}
        await socket.send_json({"op": "ping"})
        assert await socket.receive_json(timeout=10) == {"op": "pong"}


async def test_a_binary_frame_is_read_as_text_and_a_huge_one_ends_the_socket(
    jobs: JobsClient,
) -> None:
    async with connect(jobs.session) as socket:
        await socket.send_bytes(b'{"op": "ping"}')
        assert await socket.receive_json(timeout=10) == {"op": "pong"}
        await socket.send_str("x" * 70_000)
        message = await socket.receive(timeout=10)
        assert message.type is WSMsgType.CLOSE
        assert message.data == 1009


async def test_a_socket_follows_a_bounded_number_of_jobs(jobs: JobsClient) -> None:
    made = [(await jobs.submit("ok", ["BR"], start=False))["id"] for _ in range(33)]
    async with connect(jobs.session) as socket:
        answers = [await subscribe(socket, f"job:{job_id}") for job_id in made]
    assert [answer["ok"] for answer in answers] == [True] * 32 + [False]


async def test_an_independent_client_speaks_with_us(jobs: JobsClient, server: str) -> None:
    job = await jobs.submit("ok", ["BR", "CN"])
    address = server.replace("http", "ws") + "/api/v1/events"
    async with websockets.connect(
        address, subprotocols=[websockets.Subprotocol(protocol.SUBPROTOCOL)]
    ) as socket:
        assert socket.subprotocol == protocol.SUBPROTOCOL
        await socket.send(f'{{"id": 1, "op": "subscribe", "topic": "job:{job["id"]}", "after": 0}}')
        async for text in socket:
            if '"job.finished"' in str(text):
                break
    assert (await jobs.job(job["id"]))["state"] == "succeeded"


async def test_the_server_forgets_sockets_that_have_gone(
    jobs: JobsClient, app: web.Application
) -> None:
    async with connect(jobs.session) as socket:
        await subscribe(socket, "jobs")
        assert len(app[SOCKETS]) == 1
    async with asyncio.timeout(5):
        while app[SOCKETS]:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0)


async def test_old_entries_come_from_the_tables_and_new_ones_from_memory(
    jobs: JobsClient, app: web.Application
) -> None:
    job = await jobs.finished((await jobs.submit("ok", ["A"], concurrency=2))["id"])
    stored = (await jobs.events(job["id"]))["events"]
    dice = random.Random(3)
    async with connect(jobs.session) as socket:
        for _ in range(10):
            after = dice.randrange(len(stored))
            await subscribe(socket, f"job:{job['id']}", after=after)
            assert await next_events(socket) == stored[after:]
            await ask(socket, {"id": 3, "op": "unsubscribe", "topic": f"job:{job['id']}"})


async def test_the_feed_keeps_a_bounded_number_of_recent_events(
    jobs: JobsClient, app: web.Application
) -> None:
    records: Records = app[RECORDS]
    feed = Feed(records)
    job = await records.get((await jobs.submit("ok", ["BR"], start=False))["id"])
    events = [Event.of(seq, "at", JobStarted()) for seq in range(1, RECENT_EVENTS + 11)]
    feed.publish(job, events)
    assert await feed.read(job.id, RECENT_EVENTS, 5) == events[RECENT_EVENTS : RECENT_EVENTS + 5]
    # What fell out of memory is asked of the tables, which know the real log.
    assert [event.seq for event in await feed.read(job.id, 0, 5)] == [1]


async def test_a_follower_costs_one_number_a_job() -> None:
    subscription = Subscription()
    feed = Feed(records=None)  # type: ignore[arg-type] # nothing is read here
    feed.follow(subscription, "j", 5)
    assert subscription.cursors == {"j": 5}
    feed.forget(subscription)
    assert (subscription.cursors, feed._followers) == ({}, {})


@pytest.fixture
async def narrow_server(app: web.Application) -> AsyncIterator[str]:
    """A server whose connections hold little on their way."""
    with bind("127.0.0.1", 0) as bound:
        bound.setsockopt(socket_module.SOL_SOCKET, socket_module.SO_SNDBUF, 4096)
        async with serving(app, bound) as url:
            yield url


async def test_a_client_that_does_not_read_is_hung_up_on_and_delays_nobody(
    narrow_server: str, app: web.Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_views, "SEND_DEADLINE_S", 0.5)
    async with ClientSession(narrow_server) as session:
        job = await JobsClient(session).submit("ok", ["BR"], start=False)
        async with connect(session) as other, connect(session) as stalled:
            for socket in (other, stalled):
                await subscribe(socket, f"job:{job['id']}", after=1)
            stalled._response.connection.transport.pause_reading()
            shown = await app[RECORDS].get(job["id"])
            seqs: list[int] = []
            for first in range(2, 1_002, 50):
                entries = [
                    Event.of(seq, "x" * 5_000, JobStarted()) for seq in range(first, first + 50)
                ]
                app[FEED].publish(shown, entries)
                while len(seqs) < first + 48:
                    seqs += [event["seq"] for event in await next_events(other)]
            assert seqs == list(range(2, 1_002))
            async with asyncio.timeout(20):
                while len(app[SOCKETS]) > 1:  # noqa: ASYNC110 - nothing announces it
                    await asyncio.sleep(0.01)
            # It would wait for a farewell that it does not read.
            stalled._response.connection.transport.abort()


async def test_who_keeps_up_is_pushed_what_happens_and_who_does_not_reads_on(
    jobs: JobsClient, app: web.Application
) -> None:
    job = await jobs.submit("ok", ["BR"], start=False)
    feed, shown = app[FEED], await app[RECORDS].get(job["id"])
    pushed: list[bytes] = []

    def taken(frame: bytes) -> bool:
        pushed.append(frame)
        return True

    quick, slow, behind = (
        Subscription(taken),
        Subscription(lambda _: False),
        Subscription(taken),
    )
    for follower, after in ((quick, 1), (slow, 1), (behind, 0)):
        follower.is_busy = False
        feed.follow(follower, job["id"], after)
        follower.wake.clear()
    behind.is_busy = True
    feed.publish(shown, [Event.of(2, "at", JobStarted())])
    await slow.wake.wait()
    assert quick.cursors == {job["id"]: 2}
    assert not quick.wake.is_set()
    assert (slow.cursors, behind.cursors) == ({job["id"]: 1}, {job["id"]: 0})
    assert behind.wake.is_set()
    told = json.loads(pushed[0][pushed[0].index(b"{") :])
    assert [event["seq"] for event in told["events"]] == [2]
    for follower in (quick, slow, behind):
        feed.forget(follower)
    assert feed.followers == 0


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536, 200_000])
def test_another_library_reads_our_frames(length: int) -> None:
    stream = StreamReader()
    stream.feed_data(protocol.framed(b"x" * length))
    reading = Frame.parse(stream.read_exact, mask=False)
    with pytest.raises(StopIteration) as read:
        next(reading)
    frame = read.value.value
    assert (frame.opcode, frame.fin, frame.data) == (Opcode.TEXT, True, b"x" * length)
