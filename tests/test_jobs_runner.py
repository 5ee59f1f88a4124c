"""Jobs against upstreams that behave and misbehave, through a real server."""

import asyncio
import hashlib
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from tests.jobs_client import JobsClient, fold
from tests.upstream import GIF, PNG, Upstream
from webapp.app import create_app
from webapp.jobs import retry
from webapp.jobs.model import Item, JobState
from webapp.keys import RUNNER
from webapp.server import bind, serving
from webapp.settings import Settings

BEHAVIOURS = (
    "ok", "png", "not-found", "teapot", "server-error", "flaky", "hold", "html", "silent",
    "hang-up", "too-many", "script-reason",
)  # fmt: skip


@pytest.fixture
def settings(data_dir: Path, upstream: Upstream) -> Settings:
    sources = {name: upstream.template(name) for name in BEHAVIOURS}
    return Settings(port=0, data_dir=data_dir, sources=sources)


@pytest.fixture
def processes(settings: Settings) -> list[web.Application]:
    """Two applications for the same data folder, to be run one after the other."""
    return [create_app(settings), create_app(settings)]


async def test_every_flag_of_a_good_source_arrives(jobs: JobsClient, data_dir: Path) -> None:
    job = await jobs.finished((await jobs.submit("ok", ["BR", "fr", "C"], concurrency=7))["id"])
    assert job["state"] == "succeeded"
    assert job["counters"]["ok"] == job["counters"]["total"] == 28
    assert job["bytes"] == 28 * len(GIF)
    items = {item["code"]: item for item in await jobs.items(job["id"])}
    assert list(items) == sorted(items)
    assert items["BR"]["name"] == "Brazil"
    assert (items["BR"]["status"], items["BR"]["attempts"]) == ("ok", 1)
    assert items["BR"]["sha256"] == hashlib.sha256(GIF).hexdigest()
    assert (data_dir / "images" / "ok" / "BR.gif").read_bytes() == GIF
    async with jobs.session.get(items["BR"]["image_url"]) as response:
        assert await response.read() == GIF
        assert "immutable" in response.headers["Cache-Control"]


async def test_what_the_log_says_is_what_get_says_at_that_seq(jobs: JobsClient) -> None:
    job_id = (await jobs.submit("flaky", ["A"], concurrency=9))["id"]
    log = await jobs.log(job_id)
    job, items = fold(log)
    shown = await jobs.job(job_id)
    assert {key: shown[key] for key in job} == job
    assert {item["code"]: item["status"] for item in await jobs.items(job_id)} == {
        code: item["status"] for code, item in items.items()
    }


@pytest.mark.parametrize(
    ("source", "status", "code"),
    [
        ("not-found", "not_found", None),
        ("teapot", "error", "http_error"),
        ("html", "error", "bad_type"),
        ("script-reason", "error", "http_error"),
    ],
)
async def test_a_refusal_is_final_at_the_first_attempt(
    jobs: JobsClient, upstream: Upstream, source: str, status: str, code: str | None
) -> None:
    job = await jobs.finished((await jobs.submit(source, ["BR"], retries=5))["id"])
    (item,) = await jobs.items(job["id"])
    assert (item["status"], item["attempts"], len(upstream.requests)) == (status, 1, 1)
    assert (item["error"] or {}).get("code") == code
    assert job["state"] == ("succeeded" if status == "not_found" else "failed")
    assert "\x1b" not in str(item["error"])


async def test_one_bad_item_does_not_stop_the_others(jobs: JobsClient) -> None:
    job = await jobs.finished((await jobs.submit("builtin", ["BC", "BR", "ZZ", "FR"]))["id"])
    assert job["state"] == "succeeded"
    assert (job["counters"]["ok"], job["counters"]["not_found"]) == (2, 2)


async def test_failures_of_the_upstream_are_retried_and_counted(
    jobs: JobsClient, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "BASE_S", 0.01)
    job = await jobs.finished((await jobs.submit("server-error", ["BR"], retries=3))["id"])
    (item,) = await jobs.items(job["id"])
    assert job["state"] == "failed"
    assert (item["attempts"], item["http_status"], len(upstream.requests)) == (4, 500, 4)
    retried = [e for e in await jobs.log(job["id"]) if e["type"] == "item.retry_scheduled"]
    assert [event["data"]["attempt"] for event in retried] == [1, 2, 3]


async def test_a_flaky_upstream_ends_well(
    jobs: JobsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "BASE_S", 0.01)
    job = await jobs.finished((await jobs.submit("flaky", ["BR", "CN"], retries=1))["id"])
    assert job["state"] == "succeeded"
    assert [(item["attempts"], item["error"]) for item in await jobs.items(job["id"])] == [
        (2, None),
        (2, None),
    ]


async def test_a_silent_upstream_costs_the_time_limit_and_no_more(jobs: JobsClient) -> None:
    order = await jobs.submit("silent", ["BR"], retries=0, timeout_s=0.2)
    job = await jobs.finished(order["id"])
    (item,) = await jobs.items(job["id"])
    assert item["error"]["code"] == "timeout"
    assert item["ms"] >= 200


async def test_no_more_requests_are_open_than_the_job_may_have(
    jobs: JobsClient, upstream: Upstream
) -> None:
    job = await jobs.submit("hold", ["A"], concurrency=4)
    await upstream.arrived(4)
    assert (await jobs.job(job["id"]))["counters"]["running"] == 4
    upstream.release()
    await jobs.finished(job["id"])
    assert upstream.peak == 4


async def test_images_that_are_there_are_not_fetched_again(
    jobs: JobsClient, upstream: Upstream, data_dir: Path
) -> None:
    await jobs.finished((await jobs.submit("ok", ["BR", "CN"]))["id"])
    again = await jobs.finished((await jobs.submit("ok", ["BR", "CN", "DE"]))["id"])
    assert (again["counters"]["skipped"], again["counters"]["ok"]) == (2, 1)
    assert all(item["image_url"] for item in await jobs.items(again["id"]))
    assert len(upstream.requests) == 3
    replaced = await jobs.submit("ok", ["BR"], existing="replace")
    assert (await jobs.finished(replaced["id"]))["counters"]["ok"] == 1
    assert len(upstream.requests) == 4
    path = data_dir / "images" / "ok" / "CN.gif"
    path.unlink()
    path.write_bytes(PNG)
    verified = await jobs.submit("ok", ["BR", "CN"], existing="verify")
    counters = (await jobs.finished(verified["id"]))["counters"]
    assert (counters["skipped"], counters["ok"]) == (1, 1)
    assert path.read_bytes() == GIF


async def test_an_image_of_another_source_does_not_count(jobs: JobsClient) -> None:
    await jobs.finished((await jobs.submit("ok", ["BR"]))["id"])
    other = await jobs.finished((await jobs.submit("png", ["BR"]))["id"])
    assert other["counters"]["ok"] == 1


async def test_cancel_drops_what_is_under_way_and_starts_nothing_more(
    jobs: JobsClient, upstream: Upstream
) -> None:
    job = await jobs.submit("hold", ["A"], concurrency=3)
    await upstream.arrived(3)
    async with asyncio.timeout(10):
        cancelled = await jobs.post(f"/api/v1/jobs/{job['id']}/cancel")
    assert cancelled["state"] == "cancelled"
    assert cancelled["counters"]["cancelled"] == 26
    assert len(upstream.requests) == 3
    log = await jobs.log(job["id"])
    assert [event["type"] for event in log if event["type"].startswith("job.")] == [
        "job.created",
        "job.started",
        "job.cancel_requested",
        "job.finished",
    ]
    fold(log)
    assert (await jobs.post(f"/api/v1/jobs/{job['id']}/cancel"))["seq"] == cancelled["seq"]


async def test_cancel_is_quick_while_a_wide_job_is_still_starting(jobs: JobsClient) -> None:
    order = {"source": "hold", "select": {"preset": "every"}, "concurrency": 1000}
    job = await jobs.post("/api/v1/jobs", order, 201)
    await jobs.events(job["id"], after=job["seq"], wait=20)
    cancelled = await jobs.post(f"/api/v1/jobs/{job['id']}/cancel")
    assert cancelled["state"] == "cancelled"
    # What waited to be written when the cancellation came was dropped, not written first.
    log = await jobs.log(job["id"])
    requested = next(e["seq"] for e in log if e["type"] == "job.cancel_requested")
    assert requested < 676
    fold(log)


async def test_a_job_can_wait_for_its_start(jobs: JobsClient, upstream: Upstream) -> None:
    job = await jobs.submit("ok", ["BR"], start=False)
    assert job["state"] == "queued"
    assert (await jobs.events(job["id"], after=1, wait=0.1))["events"] == []
    assert upstream.requests == []
    await jobs.post(f"/api/v1/jobs/{job['id']}/start")
    assert (await jobs.finished(job["id"]))["state"] == "succeeded"
    problem = await jobs.post(f"/api/v1/jobs/{job['id']}/start", status=409)
    assert "succeeded" in problem["detail"]
    assert problem["state"] == "succeeded"


async def test_the_next_process_goes_on_where_this_one_stopped(
    processes: list[web.Application], upstream: Upstream
) -> None:
    with bind("127.0.0.1", 0) as bound:
        async with serving(processes[0], bound) as url, ClientSession(url) as session:
            job = await JobsClient(session).submit("hold", ["A"], concurrency=5)
            waiting = await JobsClient(session).submit("ok", ["BR"], start=False)
            await upstream.arrived(5)
    upstream.release()
    with bind("127.0.0.1", 0) as bound:
        async with serving(processes[1], bound) as url, ClientSession(url) as session:
            jobs = JobsClient(session)
            done = await jobs.finished(job["id"])
            assert done["counters"]["ok"] == done["counters"]["total"] == 26
            log = await jobs.log(job["id"])
            requeued = [event["data"] for event in log if event["type"] == "item.requeued"]
            assert len(requeued) == 5
            assert {event["reason"] for event in requeued} == {"shutdown"}
            fold(log)
            assert (await jobs.job(waiting["id"]))["state"] == "queued"


async def test_a_job_begun_again_takes_up_what_its_former_task_dropped(
    jobs: JobsClient, upstream: Upstream, app: web.Application
) -> None:
    job = await jobs.submit("hold", ["A"], concurrency=3)
    await upstream.arrived(3)
    # As when a cancellation stopped the task and then could not be written.
    await app[RUNNER]._stop([job["id"]])
    upstream.release()
    await jobs.post(f"/api/v1/jobs/{job['id']}/start")
    assert (await jobs.finished(job["id"]))["counters"]["ok"] == 26


async def test_a_cancel_that_was_interrupted_is_finished_by_the_next_process(
    processes: list[web.Application],
) -> None:
    app = processes[0]
    with bind("127.0.0.1", 0) as bound:
        async with serving(app, bound) as url, ClientSession(url) as session:
            job = await JobsClient(session).submit("ok", ["A"], start=False)
            # What a kill leaves between the two transactions of a cancel.
            await app[RUNNER]._store.request_cancel(job["id"])
    with bind("127.0.0.1", 0) as bound:
        async with serving(processes[1], bound) as url, ClientSession(url) as session:
            done = await JobsClient(session).finished(job["id"])
            assert (done["state"], done["counters"]["cancelled"]) == ("cancelled", 26)


@pytest.mark.parametrize(
    ("retries", "retry_after", "fraction", "expected"),
    [
        (0, None, 0.999, 0.4995),
        (3, None, 0.5, 2.0),
        (20, None, 0.5, 15.0),
        (0, 7.0, 0.5, 7.0),
        (5, 1.0, 0.9, 14.4),
    ],
)
def test_the_delay_is_jittered_capped_and_never_before_retry_after(
    retries: int, retry_after: float | None, fraction: float, expected: float
) -> None:
    assert retry.delay_s(retries, retry_after, fraction) == pytest.approx(expected)


async def test_a_job_resumed_while_a_worker_learns_of_its_pause_goes_on(
    jobs: JobsClient, upstream: Upstream, app: web.Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await jobs.submit("hold", ["BR", "CN"], concurrency=1)
    await upstream.arrived(1)
    await jobs.act(job["id"], "pause")
    runner = app[RUNNER]
    lease = runner._store.lease

    async def overtaken(job_id: str, code: str) -> Item | JobState:
        leased = await lease(job_id, code)
        if leased is JobState.PAUSED:
            await runner.resume(job_id)
        return leased

    monkeypatch.setattr(runner._store, "lease", overtaken)
    upstream.release()
    async with asyncio.timeout(20):
        assert (await jobs.finished(job["id"]))["counters"]["ok"] == 2
