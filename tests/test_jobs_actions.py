"""Pause, resume, retry and delete, through a real server."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from tests.jobs_client import JobsClient, Json, fold
from tests.upstream import Upstream
from webapp.app import create_app
from webapp.jobs import protocol
from webapp.keys import RUNNER
from webapp.server import bind, serving
from webapp.settings import Settings

BEHAVIOURS = ("ok", "not-found", "teapot", "flaky", "hold")


@pytest.fixture
def settings(data_dir: Path, upstream: Upstream) -> Settings:
    sources = {name: upstream.template(name) for name in BEHAVIOURS}
    return Settings(port=0, data_dir=data_dir, sources=sources)


@pytest.fixture
def processes(settings: Settings) -> list[web.Application]:
    """Two applications for the same data folder, to be run one after the other."""
    return [create_app(settings), create_app(settings)]


async def settled(jobs: JobsClient, job_id: str) -> Json:
    """The job once nothing of it is under way."""
    after = 0
    while (job := await jobs.job(job_id))["counters"]["running"]:
        after = (await jobs.events(job_id, after=max(after, job["seq"]), wait=20))["seq"]
    return job


async def assert_log_is_state(jobs: JobsClient, job_id: str) -> None:
    """What the log says is what GET says."""
    job, items = fold((await jobs.events(job_id))["events"])
    assert job == await jobs.job(job_id)
    shown = {item["code"]: item["status"] for item in await jobs.items(job_id)}
    assert {code: item["status"] for code, item in items.items()} == shown


class TestPause:
    async def test_what_is_under_way_ends_and_nothing_begins_until_resumed(
        self, jobs: JobsClient, upstream: Upstream
    ) -> None:
        job_id = (await jobs.submit("hold", ["A"], concurrency=3))["id"]
        await upstream.arrived(3)
        paused = await jobs.act(job_id, "pause")
        assert paused["state"] == "paused"
        upstream.release()
        job = await settled(jobs, job_id)
        assert (job["state"], job["counters"]["ok"], job["counters"]["pending"]) == (
            "paused",
            3,
            23,
        )
        assert len(upstream.requests) == 3
        assert (await jobs.act(job_id, "resume"))["state"] == "running"
        assert (await jobs.finished(job_id))["counters"]["ok"] == 26
        await assert_log_is_state(jobs, job_id)

    async def test_again_and_again_changes_nothing(
        self, jobs: JobsClient, upstream: Upstream
    ) -> None:
        job_id = (await jobs.submit("hold", ["A"], concurrency=2))["id"]
        await upstream.arrived(2)
        seq = (await jobs.act(job_id, "pause"))["seq"]
        assert (await jobs.act(job_id, "pause"))["seq"] == seq
        seq = (await jobs.act(job_id, "resume"))["seq"]
        assert (await jobs.act(job_id, "resume"))["seq"] == seq

    async def test_a_job_resumed_while_requests_are_in_flight_fetches_on_at_once(
        self, jobs: JobsClient, upstream: Upstream
    ) -> None:
        job_id = (await jobs.submit("hold", ["A"], concurrency=2))["id"]
        await upstream.arrived(2)
        for _ in range(20):
            await jobs.act(job_id, "pause")
            await jobs.act(job_id, "resume")
        upstream.release()
        assert (await jobs.finished(job_id))["counters"]["ok"] == 26
        assert upstream.peak == 2
        assert len(upstream.requests) == 26

    async def test_a_job_paused_over_its_last_items_is_over_when_resumed(
        self, jobs: JobsClient, upstream: Upstream
    ) -> None:
        job_id = (await jobs.submit("hold", ["BR", "CN"]))["id"]
        await upstream.arrived(2)
        await jobs.act(job_id, "pause")
        upstream.release()
        job = await settled(jobs, job_id)
        assert (job["state"], job["counters"]["ok"]) == ("paused", 2)
        await jobs.act(job_id, "resume")
        assert (await jobs.finished(job_id))["state"] == "succeeded"

    async def test_a_job_that_waits_for_its_start_waits_on_after_a_pause(
        self, jobs: JobsClient, upstream: Upstream
    ) -> None:
        job_id = (await jobs.submit("ok", ["BR"], start=False))["id"]
        await jobs.act(job_id, "pause")
        problem = await jobs.act(job_id, "start", 409)
        assert problem["state"] == "paused"
        assert (await jobs.act(job_id, "resume"))["state"] == "queued"
        assert upstream.requests == []
        await jobs.act(job_id, "start")
        assert (await jobs.finished(job_id))["state"] == "succeeded"

    async def test_a_paused_job_can_be_cancelled(
        self, jobs: JobsClient, upstream: Upstream
    ) -> None:
        job_id = (await jobs.submit("hold", ["A"], concurrency=3))["id"]
        await upstream.arrived(3)
        await jobs.act(job_id, "pause")
        cancelled = await jobs.act(job_id, "cancel")
        assert (cancelled["state"], cancelled["counters"]["cancelled"]) == ("cancelled", 26)
        await assert_log_is_state(jobs, job_id)

    async def test_a_paused_job_is_paused_still_in_the_next_process(
        self, processes: list[web.Application], upstream: Upstream
    ) -> None:
        with bind("127.0.0.1", 0) as bound:
            async with serving(processes[0], bound) as url, ClientSession(url) as session:
                job_id = (await JobsClient(session).submit("hold", ["A"], concurrency=4))["id"]
                await upstream.arrived(4)
                await JobsClient(session).act(job_id, "pause")
        upstream.release()
        with bind("127.0.0.1", 0) as bound:
            async with serving(processes[1], bound) as url, ClientSession(url) as session:
                jobs = JobsClient(session)
                job = await jobs.job(job_id)
                assert (job["state"], job["counters"]["running"]) == ("paused", 0)
                assert len(upstream.requests) == 4
                await jobs.act(job_id, "resume")
                assert (await jobs.finished(job_id))["counters"]["ok"] == 26
                await assert_log_is_state(jobs, job_id)


class TestRetry:
    async def test_what_failed_runs_again_and_the_rest_stays(
        self, jobs: JobsClient, upstream: Upstream
    ) -> None:
        job_id = (await jobs.submit("flaky", ["BR", "CN"], retries=0, concurrency=1))["id"]
        first = await jobs.finished(job_id)
        assert (first["state"], first["counters"]["error"]) == ("failed", 2)
        again = await jobs.act(job_id, "retry")
        assert (again["state"], again["run"]) == ("running", 2)
        assert (again["finished_at"], again["options"]) == (None, first["options"])
        second = await jobs.finished(job_id, runs=2)
        assert (second["state"], second["counters"]["ok"]) == ("succeeded", 2)
        assert [item["attempts"] for item in await jobs.items(job_id)] == [2, 2]
        assert [item["error"] for item in await jobs.items(job_id)] == [None, None]
        log = await jobs.log(job_id, runs=2)
        failed = [e["data"] for e in log if e["data"].get("status") == "error"]
        assert [event["attempt"] for event in failed] == [1, 1]
        await assert_log_is_state(jobs, job_id)

    async def test_a_cancelled_job_goes_on_with_what_it_had_not_done(
        self, jobs: JobsClient, upstream: Upstream
    ) -> None:
        job_id = (await jobs.submit("hold", ["A"], concurrency=3, start=False))["id"]
        await jobs.act(job_id, "cancel")
        upstream.release()
        # It was to wait for a start; a retry is one.
        await jobs.act(job_id, "retry")
        assert (await jobs.finished(job_id, runs=2))["counters"]["ok"] == 26

    async def test_all_items_run_again_on_demand(
        self, jobs: JobsClient, upstream: Upstream
    ) -> None:
        job_id = (await jobs.submit("ok", ["BR", "CN"]))["id"]
        assert (await jobs.finished(job_id))["state"] == "succeeded"
        problem = await jobs.act(job_id, "retry", 409)
        assert problem["state"] == "succeeded"
        await jobs.act(job_id, "retry", body={"items": "all"})
        assert (await jobs.finished(job_id, runs=2))["counters"]["ok"] == 2
        assert len(upstream.requests) == 4
        await assert_log_is_state(jobs, job_id)

    async def test_a_second_retry_at_once_is_the_same_run(
        self, jobs: JobsClient, upstream: Upstream
    ) -> None:
        job_id = (await jobs.submit("hold", ["A"], concurrency=2))["id"]
        problem = await jobs.act(job_id, "retry", 409)
        assert problem["state"] == "running"
        await jobs.act(job_id, "cancel")
        both = await asyncio.gather(jobs.act(job_id, "retry"), jobs.act(job_id, "retry"))
        assert [job["run"] for job in both] == [2, 2]
        upstream.release()
        assert (await jobs.finished(job_id, runs=2))["counters"]["ok"] == 26

    async def test_the_items_that_are_named_run_again_and_no_other(
        self, jobs: JobsClient, upstream: Upstream
    ) -> None:
        job_id = (await jobs.submit("flaky", ["BR", "CN", "DE"], retries=0, concurrency=1))["id"]
        assert (await jobs.finished(job_id))["counters"]["error"] == 3
        again = await jobs.act(job_id, "retry", body={"codes": ["br", "DE"]})
        assert (again["run"], again["counters"]["error"]) == (2, 1)
        assert again["counters"]["pending"] + again["counters"]["running"] == 2
        second = await jobs.finished(job_id, runs=2)
        assert (second["state"], second["counters"]["ok"], second["counters"]["error"]) == (
            "partial",
            2,
            1,
        )
        assert [item["attempts"] for item in await jobs.items(job_id)] == [2, 1, 2]
        log = await jobs.log(job_id, runs=2)
        requeued = [e["data"]["code"] for e in log if e["type"] == "item.requeued"]
        assert requeued == ["BR", "DE"]
        await assert_log_is_state(jobs, job_id)

    async def test_of_the_items_named_those_that_went_well_run_again_on_demand_only(
        self, jobs: JobsClient, upstream: Upstream
    ) -> None:
        job_id = (await jobs.submit("ok", ["BR", "CN"]))["id"]
        await jobs.finished(job_id)
        problem = await jobs.act(job_id, "retry", 409, {"codes": ["BR"]})
        assert problem["state"] == "succeeded"
        await jobs.act(job_id, "retry", body={"items": "all", "codes": ["BR"]})
        await jobs.finished(job_id, runs=2)
        assert len(upstream.requests) == 3
        await assert_log_is_state(jobs, job_id)

    async def test_an_item_that_the_job_does_not_have_is_named(self, jobs: JobsClient) -> None:
        job_id = (await jobs.submit("teapot", ["BR"], retries=0))["id"]
        seq = (await jobs.finished(job_id))["seq"]
        problem = await jobs.act(job_id, "retry", 422, {"codes": ["BR", "MX"]})
        assert [error["field"] for error in problem["errors"]] == ["codes[1]"]
        assert (await jobs.job(job_id))["seq"] == seq

    async def test_what_a_retry_under_way_left_aside_cannot_join_it(
        self, jobs: JobsClient, upstream: Upstream
    ) -> None:
        job_id = (await jobs.submit("hold", ["BR", "CN"], concurrency=1))["id"]
        await jobs.act(job_id, "cancel")
        await jobs.act(job_id, "retry", body={"codes": ["BR"]})
        # Again the same is the same run; the other one would be forgotten.
        assert (await jobs.act(job_id, "retry", body={"codes": ["BR"]}))["run"] == 2
        problem = await jobs.act(job_id, "retry", 409, {"codes": ["CN"]})
        assert problem["state"] == "running"
        upstream.release()
        assert (await jobs.finished(job_id, runs=2))["counters"]["cancelled"] == 1

    @pytest.mark.parametrize(
        "body",
        [{"items": "some"}, {"only": "failed"}, [], {"codes": []}, {"codes": "BR"}, {"codes": [1]}],
    )
    async def test_another_wish_is_refused(self, jobs: JobsClient, body: object) -> None:
        job_id = (await jobs.submit("teapot", ["BR"]))["id"]
        await jobs.finished(job_id)
        await jobs.act(job_id, "retry", 422, body)


class TestDelete:
    async def test_a_job_that_is_over_is_gone_by_every_door(self, jobs: JobsClient) -> None:
        job_id = (await jobs.submit("ok", ["BR"]))["id"]
        await jobs.finished(job_id)
        await jobs.delete(job_id)
        for tail in ("", "/items", "/events"):
            await jobs.get(f"/api/v1/jobs/{job_id}{tail}", 404)
        for action in ("start", "pause", "resume", "cancel", "retry"):
            await jobs.act(job_id, action, 404)
        await jobs.delete(job_id, status=404)
        assert (await jobs.get("/api/v1/jobs"))["items"] == []
        # Its images stay.
        assert [flag["code"] for flag in (await jobs.get("/api/v1/flags"))["items"]] == ["BR"]

    async def test_with_its_files_when_no_other_job_has_them(
        self, jobs: JobsClient, data_dir: Path
    ) -> None:
        first = await jobs.finished((await jobs.submit("ok", ["BR", "CN"]))["id"])
        again = await jobs.finished((await jobs.submit("ok", ["CN"]))["id"])
        assert again["counters"]["skipped"] == 1
        folder, objects = data_dir / "images" / "ok", data_dir / "images" / ".objects"
        image_url = (await jobs.items(first["id"]))[0]["image_url"]
        await jobs.delete(first["id"], "?files=true")
        # Both have one content, which the other job has still.
        assert [path.name for path in folder.iterdir()] == ["CN.gif"]
        assert len(list(objects.iterdir())) == 1
        await jobs.get(image_url, 404)
        assert [flag["code"] for flag in (await jobs.get("/api/v1/flags"))["items"]] == ["CN"]
        await jobs.delete(again["id"], "?files=true")
        assert [*folder.iterdir(), *objects.iterdir()] == []
        anew = await jobs.finished((await jobs.submit("ok", ["BR"]))["id"])
        assert anew["counters"]["ok"] == 1

    async def test_the_files_of_a_deleted_job_come_again_while_others_are_deleted(
        self, jobs: JobsClient
    ) -> None:
        for _ in range(5):
            first = await jobs.finished((await jobs.submit("ok", ["A"]))["id"])
            second = await jobs.submit("ok", ["A", "B"], existing="verify", concurrency=8)
            await jobs.delete(first["id"], "?files=true")
            await jobs.finished(second["id"])
            for item in await jobs.items(second["id"]):
                async with jobs.session.get(item["image_url"]) as response:
                    assert response.status == 200
            await jobs.delete(second["id"], "?files=true")

    @pytest.mark.parametrize("query", ["?files=1", "?files=", "?file=true"])
    async def test_another_parameter_is_refused(self, jobs: JobsClient, query: str) -> None:
        job_id = (await jobs.submit("ok", ["BR"], start=False))["id"]
        await jobs.delete(job_id, query, 422)
        await jobs.delete(job_id, "?files=false")

    async def test_a_running_job_is_cancelled_first(
        self, jobs: JobsClient, upstream: Upstream
    ) -> None:
        job_id = (await jobs.submit("hold", ["A"], concurrency=2))["id"]
        await upstream.arrived(2)
        assert (await jobs.delete(job_id, status=409))["state"] == "running"
        await jobs.act(job_id, "cancel")
        await jobs.delete(job_id)

    async def test_a_paused_job_is_deleted_with_what_it_has_in_flight(
        self, jobs: JobsClient, upstream: Upstream, app: web.Application
    ) -> None:
        job_id = (await jobs.submit("hold", ["A"], concurrency=2))["id"]
        await upstream.arrived(2)
        await jobs.act(job_id, "pause")
        await jobs.delete(job_id)
        assert not app[RUNNER]._tasks

    async def test_who_follows_is_told_before_it_is_gone(self, jobs: JobsClient) -> None:
        job_id = (await jobs.submit("ok", ["BR"]))["id"]
        seq = (await jobs.finished(job_id))["seq"]
        poll = asyncio.create_task(jobs.events(job_id, after=seq, wait=20))
        protocols = (protocol.SUBPROTOCOL,)
        async with jobs.session.ws_connect("/api/v1/events", protocols=protocols) as socket:
            for number, topic in enumerate((f"job:{job_id}", "jobs")):
                frame = {"id": number, "op": "subscribe", "topic": topic, "after": seq}
                await socket.send_json(frame)
                assert (await socket.receive_json(timeout=10))["ok"]
            await jobs.delete(job_id)
            seen: list[Json] = []
            gone = {"topic": "jobs", "deleted": job_id}
            # How fast it went may be told as well.
            while gone not in seen or not any("events" in frame for frame in seen):
                seen.append(await socket.receive_json(timeout=10))
        events = [event for frame in seen for event in frame.get("events", ())]
        assert [(event["seq"], event["type"]) for event in events] == [(seq + 1, "job.deleted")]
        assert (await poll)["events"] == events


@pytest.mark.parametrize("action", ["start", "pause", "resume", "cancel"])
async def test_what_is_over_can_only_be_retried(jobs: JobsClient, action: str) -> None:
    job_id = (await jobs.submit("ok", ["BR"]))["id"]
    seq = (await jobs.finished(job_id))["seq"]
    problem = await jobs.act(job_id, action, 409)
    assert (problem["state"], problem["type"]) == ("succeeded", "/problems/conflict")
    assert (await jobs.job(job_id))["seq"] == seq
