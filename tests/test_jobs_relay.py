"""Jobs that wait for another one begin when it is over, and not before."""

import itertools
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from tests.jobs_client import JobsClient, Json
from tests.upstream import Upstream
from webapp.app import create_app
from webapp.keys import RELAY
from webapp.server import bind, serving
from webapp.settings import Settings


@pytest.fixture
def settings(data_dir: Path, upstream: Upstream) -> Settings:
    sources = {name: upstream.template(name) for name in ("ok", "hold")}
    return Settings(port=0, data_dir=data_dir, sources=sources)


@pytest.fixture
def restarted(settings: Settings) -> web.Application:
    """The program as it is started again over the same data."""
    return create_app(settings)


async def chain(jobs: JobsClient, upstream: Upstream) -> list[Json]:
    """A job that is held up, and two that come after it."""
    first = await jobs.submit("hold", ["BR"])
    await upstream.arrived(1)
    second = await jobs.submit("ok", ["CN"], after=first["id"])
    third = await jobs.submit("ok", ["US"], after=second["id"])
    return [first, second, third]


async def test_each_begins_when_the_one_before_is_over(
    jobs: JobsClient, upstream: Upstream
) -> None:
    made = await chain(jobs, upstream)
    assert [(await jobs.job(job["id"]))["state"] for job in made[1:]] == ["queued", "queued"]
    upstream.release()
    done = [await jobs.finished(job["id"]) for job in made]
    for before, job in itertools.pairwise(done):
        assert job["started_at"] >= before["finished_at"]


async def test_a_job_that_was_cancelled_or_deleted_is_over_too(
    jobs: JobsClient, upstream: Upstream
) -> None:
    first, second, third = await chain(jobs, upstream)
    await jobs.act(first["id"], "cancel")
    assert (await jobs.finished(second["id"]))["state"] == "succeeded"
    assert (await jobs.finished(third["id"]))["state"] == "succeeded"
    waiting = await jobs.submit("ok", ["FR"], start=False)
    last = await jobs.submit("ok", ["DE"], after=waiting["id"])
    assert (await jobs.job(last["id"]))["state"] == "queued"
    await jobs.delete(waiting["id"])
    await jobs.finished(last["id"])


async def test_what_is_over_already_is_not_waited_for(jobs: JobsClient) -> None:
    done = await jobs.finished((await jobs.submit("ok", ["BR"]))["id"])
    await jobs.finished((await jobs.submit("ok", ["CN"], after=done["id"]))["id"])


async def test_a_pause_is_somebodys_word(jobs: JobsClient, upstream: Upstream) -> None:
    _, second, third = await chain(jobs, upstream)
    await jobs.act(second["id"], "pause")
    upstream.release()
    assert (await jobs.job(second["id"]))["state"] == "paused"
    await jobs.act(second["id"], "resume")
    await jobs.finished(second["id"])
    await jobs.finished(third["id"])


async def test_who_is_to_wait_for_a_start_does(jobs: JobsClient) -> None:
    done = await jobs.finished((await jobs.submit("ok", ["BR"]))["id"])
    waiting = await jobs.submit("ok", ["CN"], after=done["id"], start=False)
    other = await jobs.submit("ok", ["CN"], after=done["id"])
    await jobs.finished(other["id"])
    assert (await jobs.job(waiting["id"]))["state"] == "queued"
    await jobs.act(waiting["id"], "start")
    await jobs.finished(waiting["id"])


async def test_nobody_waits_for_a_job_that_is_not_there(jobs: JobsClient) -> None:
    order = {"source": "ok", "select": {"codes": ["BR"]}, "after": "nobody"}
    problem = await jobs.post("/api/v1/jobs", order, 422)
    assert [error["field"] for error in problem["errors"]] == ["after"]


@pytest.mark.crash
async def test_a_restart_takes_up_what_waits(
    app: web.Application, restarted: web.Application, upstream: Upstream
) -> None:
    with bind("127.0.0.1", 0) as bound:
        async with serving(app, bound) as url, ClientSession(url) as session:
            made = await chain(JobsClient(session), upstream)
    upstream.release()
    with bind("127.0.0.1", 0) as bound:
        async with serving(restarted, bound) as url, ClientSession(url) as session:
            for job in made:
                await JobsClient(session).finished(job["id"])


@pytest.mark.crash
async def test_a_restart_starts_whose_predecessor_went_unnoticed(
    app: web.Application, restarted: web.Application, upstream: Upstream
) -> None:
    with bind("127.0.0.1", 0) as bound:
        async with serving(app, bound) as url, ClientSession(url) as session:
            first, second, _ = await chain(JobsClient(session), upstream)
            # As if the program had ended between the commit and the start.
            await app[RELAY].close()
            upstream.release()
            await JobsClient(session).finished(first["id"])
            # Long enough for a start that should not be.
            for _ in range(20):
                assert (await JobsClient(session).job(second["id"]))["state"] == "queued"
    with bind("127.0.0.1", 0) as bound:
        async with serving(restarted, bound) as url, ClientSession(url) as session:
            await JobsClient(session).finished(second["id"])
