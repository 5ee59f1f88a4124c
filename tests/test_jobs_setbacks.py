"""A full disk and a database that cannot be written to: jobs wait, and go on by themselves."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from tests.jobs_client import JobsClient, Json, fold
from tests.upstream import Upstream
from webapp import database
from webapp.app import create_app
from webapp.data_dir import state_path
from webapp.database import WRITER_PRAGMAS
from webapp.flags.images import ImageStore
from webapp.jobs import setbacks
from webapp.jobs.setbacks import is_passing
from webapp.keys import IMAGES
from webapp.phrases import Phrase
from webapp.problems import BadRequest, QueryTimeout, Unavailable
from webapp.server import bind, serving
from webapp.settings import Settings

# More than any disk has.
FULL = 1 << 60


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look again soon; do not wait long for a database that somebody else has."""
    monkeypatch.setattr(setbacks, "LOOKED_AFTER_S", 0.05)
    pragmas = [each.replace("busy_timeout=5000", "busy_timeout=50") for each in WRITER_PRAGMAS]
    monkeypatch.setattr(database, "WRITER_PRAGMAS", pragmas)


@pytest.fixture
def settings(data_dir: Path, upstream: Upstream) -> Settings:
    sources = {name: upstream.template(name) for name in ("ok", "hold")}
    return Settings(port=0, data_dir=data_dir, sources=sources)


@pytest.fixture
def images(app: web.Application) -> ImageStore:
    return app[IMAGES]


async def in_state(jobs: JobsClient, job_id: str, state: str) -> Json:
    """The job as soon as it is in this state."""
    after = 0
    while (job := await jobs.job(job_id))["state"] != state:
        after = (await jobs.events(job_id, after=max(after, job["seq"]), wait=20))["seq"]
    return job


async def test_a_full_disk_pauses_a_job_until_there_is_room(
    jobs: JobsClient, images: ImageStore
) -> None:
    images._spare_bytes = FULL
    job_id = (await jobs.submit("ok", ["A"], concurrency=4, retries=0))["id"]
    paused = await in_state(jobs, job_id, "paused")
    assert paused["reason"] == "disk_full"
    assert paused["counters"]["error"] == 0
    images._spare_bytes = 0
    done = await jobs.finished(job_id)
    assert (done["state"], done["reason"], done["counters"]["ok"]) == ("succeeded", None, 26)
    log = await jobs.log(job_id)
    assert fold(log)[0] == done
    assert "job.resumed" in [event["type"] for event in log]
    assert {item["rescues"] for item in await jobs.items(job_id)} == {0}


async def test_what_somebody_says_meanwhile_counts(jobs: JobsClient, images: ImageStore) -> None:
    images._spare_bytes = FULL
    ids = [(await jobs.submit("ok", [letter], concurrency=2))["id"] for letter in "AB"]
    for job_id in ids:
        await in_state(jobs, job_id, "paused")
    assert (await jobs.act(ids[0], "cancel"))["state"] == "cancelled"
    await jobs.act(ids[1], "resume")
    assert (await in_state(jobs, ids[1], "paused"))["reason"] == "disk_full"
    await jobs.act(ids[1], "cancel")
    await jobs.delete(ids[1])
    images._spare_bytes = 0
    again = await jobs.submit("ok", ["C"])
    assert (await jobs.finished(again["id"]))["state"] == "succeeded"
    assert (await jobs.job(ids[0]))["state"] == "cancelled"


@pytest.fixture
def processes(settings: Settings) -> list[web.Application]:
    """Two applications for the same data folder, to be run one after the other."""
    return [create_app(settings), create_app(settings)]


async def test_the_next_process_waits_for_room_as_well(processes: list[web.Application]) -> None:
    for app, spare in zip(processes, (FULL, 0), strict=True):
        app[IMAGES]._spare_bytes = spare
        with bind("127.0.0.1", 0) as bound:
            async with serving(app, bound) as url, ClientSession(url) as session:
                jobs = JobsClient(session)
                if spare:
                    await jobs.submit("ok", ["A"])
                (job,) = (await jobs.get("/api/v1/jobs"))["items"]
                await in_state(jobs, job["id"], "paused" if spare else "succeeded")


async def test_a_database_that_somebody_else_locks_is_waited_for(
    jobs: JobsClient, upstream: Upstream, data_dir: Path
) -> None:
    job_id = (await jobs.submit("hold", ["A"], concurrency=4, retries=0))["id"]
    await upstream.arrived(4)
    with closing(sqlite3.connect(state_path(data_dir), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        upstream.release()
        order = {"source": "ok", "select": {"codes": ["BR"]}}
        async with jobs.session.post("/api/v1/jobs", json=order) as refused:
            assert refused.status == 503
            assert refused.headers["Retry-After"]
            assert (await refused.json())["type"] == "/problems/unavailable"
        async with jobs.session.post(f"/api/v1/jobs/{job_id}/pause") as refused:
            assert refused.status == 503
        # What is there can be read all the while.
        assert (await jobs.job(job_id))["counters"]["ok"] == 0
        other.execute("ROLLBACK")
    done = await jobs.finished(job_id)
    assert (done["state"], done["counters"]["ok"]) == ("succeeded", 26)
    fold(await jobs.log(job_id))
    # Each item that was under way is fetched once more at most.
    assert len(upstream.requests) <= 26 + 4


def test_what_is_passing() -> None:
    gone = Unavailable(Phrase("not now"))
    assert is_passing(gone)
    assert is_passing(QueryTimeout(Phrase("too long")))
    assert is_passing(ExceptionGroup("workers", [ExceptionGroup("one", [gone]), ValueError()]))
    assert not is_passing(BadRequest(Phrase("no")))
    assert not is_passing(ExceptionGroup("workers", [ValueError()]))
