"""Jobs survive kill -9: the next start goes on, and nothing is lost or done in secret."""

import hashlib
import signal
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.jobs_client import JobsClient, fold
from tests.processes import ServerProcess
from tests.upstream import Upstream

pytestmark = pytest.mark.crash


async def test_a_killed_server_goes_on_where_it_was(data_dir: Path, upstream: Upstream) -> None:
    source = ("--source", f"held={upstream.template('hold')}")
    async with ServerProcess(data_dir, *source) as server, ClientSession(server.url) as session:
        jobs = JobsClient(session)
        held = await jobs.submit("held", ["A"], concurrency=6, retries=0)
        await upstream.arrived(6)
        before = await jobs.events(held["id"])
        assert await server.end(signal.SIGKILL) == -signal.SIGKILL
    upstream.release()
    async with ServerProcess(data_dir, *source) as server, ClientSession(server.url) as session:
        jobs = JobsClient(session)
        done = await jobs.finished(held["id"])
        assert done["counters"]["ok"] == done["counters"]["total"] == 26
        log = await jobs.log(held["id"])
        assert log[: len(before["events"])] == before["events"]
        fold(log)
        requeued = [event["data"]["code"] for event in log if event["type"] == "item.requeued"]
        assert len(requeued) == 6
        attempts = {item["code"]: item["attempts"] for item in await jobs.items(held["id"])}
        assert {code for code, count in attempts.items() if count == 2} == set(requeued)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_a_stop_in_the_middle_costs_no_item_even_from_our_own_mirror(
    data_dir: Path, how: signal.Signals
) -> None:
    order = {
        "source": "delay", "select": {"codes": ["A", "B"]}, "concurrency": 12, "retries": 0,
    }  # fmt: skip
    async with ServerProcess(data_dir) as server, ClientSession(server.url) as session:
        jobs = JobsClient(session)
        job = await jobs.post("/api/v1/jobs", order, 201)
        events: list[dict[str, object]] = []
        while sum(event["type"] == "item.finished" for event in events) < 3:
            events += (await jobs.events(job["id"], after=len(events), wait=20))["events"]
        assert await server.end(how) == 0
    async with ServerProcess(data_dir) as server, ClientSession(server.url) as session:
        jobs = JobsClient(session)
        done = await jobs.finished(job["id"])
        assert done["counters"]["error"] == 0
        assert done["counters"]["ok"] + done["counters"]["not_found"] == 52
        fold(await jobs.log(job["id"]))


@pytest.mark.parametrize("seen_before_kill", [5, 60, 140, 230])
async def test_all_countries_arrive_although_the_server_is_killed_midway(
    data_dir: Path, seen_before_kill: int
) -> None:
    async with ServerProcess(data_dir) as server, ClientSession(server.url) as session:
        jobs = JobsClient(session)
        order = {"source": "builtin", "select": {"preset": "all"}, "concurrency": 8}
        job = await jobs.post("/api/v1/jobs", order, 201)
        events: list[dict[str, object]] = []
        while len(events) < 2 * seen_before_kill:
            events += (await jobs.events(job["id"], after=len(events), wait=20))["events"]
        await server.end(signal.SIGKILL)
    async with ServerProcess(data_dir) as server, ClientSession(server.url) as session:
        jobs = JobsClient(session)
        done = await jobs.finished(job["id"])
        assert done["state"] == "succeeded"
        assert done["counters"]["ok"] == 249
        log = await jobs.log(job["id"])
        assert log[: len(events)] == events
        fold(log)
        for item in await jobs.items(job["id"]):
            content = (data_dir / "images" / "builtin" / f"{item['code']}.gif").read_bytes()
            assert hashlib.sha256(content).hexdigest() == item["sha256"]
    assert not list((data_dir / "images").glob("**/.*.tmp"))
