"""One job, and a server that is killed again and again, wherever it happens to be.

CRASH_ROUNDS says how often; docs/reliability.md has what holds.
"""

import asyncio
import copy
import hashlib
import os
import random
import signal
from collections import Counter
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.jobs_client import JobsClient, Json, fold
from tests.processes import ServerProcess
from tests.upstream import Upstream

pytestmark = pytest.mark.crash

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "20"))
CONCURRENCY = 8


async def read_on(jobs: JobsClient, job_id: str, log: list[Json], more: int) -> bool:
    """Read the log until so many further entries were seen; True when it ended before."""
    wanted = len(log) + more
    while len(log) < wanted:
        log += (await jobs.events(job_id, after=len(log), wait=20))["events"]
        if log[-1]["type"] == "job.finished":
            return True
    return False


@pytest.mark.timeout(60 + 4 * ROUNDS)
async def test_no_item_is_lost_or_fetched_twice_too_often_whenever_the_server_is_killed(
    data_dir: Path, upstream: Upstream
) -> None:
    dice = random.Random()
    source = ("--telnet-port", "off", "--source", f"late={upstream.template('late', ms='20')}")
    order = {
        "source": "late", "select": {"preset": "every"}, "concurrency": CONCURRENCY, "retries": 0,
    }  # fmt: skip
    log: list[Json] = []
    job_id, runs = "", 1
    for _ in range(ROUNDS):
        async with ServerProcess(data_dir, *source) as server, ClientSession(server.url) as session:
            jobs = JobsClient(session)
            job_id = job_id or (await jobs.post("/api/v1/jobs", order, 201))["id"]
            if await read_on(jobs, job_id, log, dice.randrange(1, 90)):
                await check(jobs, job_id, log, runs)
                await jobs.act(job_id, "retry", body={"items": "all"})
                runs += 1
            await asyncio.sleep(dice.random() * 0.05)
            await server.end(signal.SIGKILL)
    async with ServerProcess(data_dir, *source) as server, ClientSession(server.url) as session:
        jobs = JobsClient(session)
        while not await read_on(jobs, job_id, log, 1_000):
            pass
        await check(jobs, job_id, log, runs)
    requests = Counter(request.code for request in upstream.requests)
    # Only what was in flight when the server was killed was fetched in vain.
    assert sum(requests.values()) <= 676 * runs + ROUNDS * CONCURRENCY
    attempts = Counter(event["data"]["code"] for event in log if event["type"] == "item.started")
    assert all(requests[code] <= attempts[code] for code in requests)
    for path in (data_dir / "images" / ".objects").iterdir():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem
    assert not list((data_dir / "images").glob("**/.*.tmp"))


async def check(jobs: JobsClient, job_id: str, log: list[Json], runs: int) -> None:
    """One terminal state each, a log without a gap, and both say the same."""
    job, items = fold(copy.deepcopy(log))
    assert log == await jobs.log(job_id, runs)
    shown = await jobs.job(job_id)
    assert {key: shown[key] for key in job} == job
    assert (shown["state"], shown["counters"]["ok"]) == ("succeeded", 676)
    assert {item["code"]: item["status"] for item in await jobs.items(job_id)} == {
        code: item["status"] for code, item in items.items()
    }
