import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from tests.jobs_client import JobsClient
from tests.upstream import Upstream
from webapp.data_dir import state_path
from webapp.jobs import retention
from webapp.jobs.retention import forget_old, forgetting
from webapp.keys import RECORDS, RUNNER
from webapp.phrases import Phrase
from webapp.problems import Conflict
from webapp.settings import Settings


@pytest.fixture
def settings(settings: Settings, upstream: Upstream) -> Settings:
    sources = {name: upstream.template(name) for name in ("ok", "hold")}
    return msgspec.structs.replace(settings, sources=sources)


def end_long_ago(data_dir: Path, *job_ids: str) -> None:
    with closing(sqlite3.connect(state_path(data_dir))) as db, db:
        for job_id in job_ids:
            db.execute(
                "UPDATE jobs SET finished_at = '2020-01-01T00:00:00.000Z' WHERE id = ?", (job_id,)
            )


async def test_old_jobs_go_and_their_images_stay(
    jobs: JobsClient, app: web.Application, data_dir: Path
) -> None:
    old, new, waiting = [await jobs.submit("ok", ["BR"], start=n < 2) for n in range(3)]
    for job in (old, new):
        await jobs.finished(job["id"])
    end_long_ago(data_dir, old["id"], waiting["id"])

    async def forget(job_id: str) -> None:
        await app[RUNNER].delete(job_id, files=False)

    assert await forget_old(app[RECORDS], forget, 30) == 1
    await jobs.get(f"/api/v1/jobs/{old['id']}", 404)
    assert (await jobs.job(new["id"]))["state"] == "succeeded"
    assert (await jobs.job(waiting["id"]))["state"] == "queued"
    assert [flag["code"] for flag in (await jobs.get("/api/v1/flags"))["items"]] == ["BR"]


async def test_a_full_round_that_is_refused_is_the_last(
    jobs: JobsClient, app: web.Application, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    job = await jobs.finished((await jobs.submit("ok", ["BR"]))["id"])
    end_long_ago(data_dir, job["id"])

    async def refused(job_id: str) -> None:
        raise Conflict(Phrase("{id} is running", id=job_id))

    async with asyncio.timeout(5):
        assert await forget_old(app[RECORDS], refused, 30) == 0


async def test_a_job_that_somebody_retries_meanwhile_stays(
    jobs: JobsClient, app: web.Application, data_dir: Path
) -> None:
    job = await jobs.finished((await jobs.submit("ok", ["BR"]))["id"])
    end_long_ago(data_dir, job["id"])

    async def too_late(job_id: str) -> None:
        raise Conflict(Phrase("{id} is running", id=job_id))

    assert await forget_old(app[RECORDS], too_late, 1) == 0


async def test_it_looks_at_the_start_and_not_at_all_where_jobs_are_kept_for_ever(
    jobs: JobsClient, app: web.Application, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await jobs.finished((await jobs.submit("ok", ["BR"]))["id"])
    end_long_ago(data_dir, job["id"])
    forgotten: asyncio.Queue[str] = asyncio.Queue()
    monkeypatch.setattr(retention, "LOOKED_FOR_AFTER_S", 0.01)
    async with forgetting(app[RECORDS], forgotten.put, 0):
        await asyncio.sleep(0)
    assert forgotten.empty()
    async with forgetting(app[RECORDS], forgotten.put, 7):
        assert [await forgotten.get() for _ in range(3)] == [job["id"]] * 3


class TestTheBound:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return msgspec.structs.replace(settings, most_jobs=2)

    async def test_no_more_jobs_wait_than_may(self, jobs: JobsClient, upstream: Upstream) -> None:
        held = await jobs.submit("hold", ["BR"])
        waiting = await jobs.submit("ok", ["BR"], start=False)
        order = {"source": "ok", "select": {"codes": ["BR"]}}
        async with jobs.session.post("/api/v1/jobs", json=order) as refused:
            assert refused.status == 429
            assert refused.headers["Retry-After"] == "30"
            assert (await refused.json())["type"] == "/problems/too-many-requests"
        assert len((await jobs.get("/api/v1/jobs"))["items"]) == 2
        await jobs.delete(waiting["id"])
        assert (await jobs.submit("ok", ["BR"], start=False))["state"] == "queued"
        upstream.release()
        await jobs.finished(held["id"])
        await jobs.submit("ok", ["BR"])

    async def test_a_known_key_is_answered_however_many_wait(self, jobs: JobsClient) -> None:
        order = {"source": "ok", "select": {"codes": ["BR"]}, "start": False}
        headers = {"Idempotency-Key": "once"}

        async def ordered() -> str:
            async with jobs.session.post("/api/v1/jobs", json=order, headers=headers) as answer:
                assert answer.status == 201
                return str((await answer.json())["id"])

        first = await ordered()
        await jobs.submit("ok", ["BR"], start=False)
        assert await ordered() == first
