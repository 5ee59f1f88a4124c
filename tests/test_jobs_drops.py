"""A connection cut a hundred times, at random, by each door to the log: what is folded is what is.

The third door, the event stream, has its test in test_jobs_server_sent.py.
"""

import asyncio
import contextlib
import random
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession

from tests.jobs_client import JobsClient, Json, fold
from tests.upstream import Upstream
from webapp.jobs import protocol
from webapp.settings import Settings

pytestmark = pytest.mark.crash

DROPS = 100


@pytest.fixture
def settings(data_dir: Path, upstream: Upstream) -> Settings:
    return Settings(port=0, data_dir=data_dir, sources={"late": upstream.template("late", ms="20")})


@pytest.fixture
async def job(jobs: JobsClient) -> Json:
    """A job that is under way for a while."""
    order = {"source": "late", "select": {"preset": "every"}, "concurrency": 4}
    return await jobs.post("/api/v1/jobs", order, 201)


async def assert_folded_is_shown(jobs: JobsClient, job_id: str, seen: list[Json]) -> None:
    assert [event["seq"] for event in seen] == list(range(1, len(seen) + 1))
    folded, items = fold(seen)
    shown = await jobs.job(job_id)
    assert {key: shown[key] for key in folded} == folded
    assert {code: item["status"] for code, item in items.items()} == {
        item["code"]: item["status"] for item in await jobs.items(job_id)
    }


async def test_a_socket_cut_at_random_leads_to_the_state(jobs: JobsClient, job: Json) -> None:
    dice, seen, drops = random.Random(7), list[Json](), 0
    topic = f"job:{job['id']}"
    while not seen or seen[-1]["type"] != "job.finished":
        socket = await jobs.session.ws_connect("/api/v1/events", protocols=(protocol.SUBPROTOCOL,))
        await socket.send_json({"id": 1, "op": "subscribe", "topic": topic, "after": len(seen)})
        for _ in range(dice.randrange(1, 3)):
            frame = await socket.receive_json(timeout=10)
            seen += frame.get("events", [])
            if seen and seen[-1]["type"] == "job.finished":
                break
        if drops < DROPS:
            drops += 1
            cut(socket)
        await socket.close()
    assert drops == DROPS
    await assert_folded_is_shown(jobs, job["id"], seen)


def cut(socket: object) -> None:
    """No farewell: the connection is gone."""
    connection = socket._response.connection  # type: ignore[attr-defined]  # aiohttp keeps it to itself
    if connection is not None and connection.transport is not None:
        connection.transport.abort()


async def test_a_long_poll_cut_at_random_leads_to_the_state(
    jobs: JobsClient, job: Json, server: str
) -> None:
    dice, seen, drops = random.Random(11), list[Json](), 0
    async with ClientSession(server) as session:
        poller = JobsClient(session)
        while not seen or seen[-1]["type"] != "job.finished":
            poll = asyncio.create_task(poller.events(job["id"], after=len(seen), wait=20))
            if drops < DROPS:
                drops += 1
                await asyncio.wait([poll], timeout=dice.random() * 0.02)
                poll.cancel()
            with contextlib.suppress(asyncio.CancelledError, ClientError):
                seen += (await poll)["events"]
    assert drops == DROPS
    await assert_folded_is_shown(jobs, job["id"], seen)
