"""The jobs API as clients are promised it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web

from tests.jobs_client import JobsClient
from tests.upstream import Upstream
from webapp.jobs.events import Event
from webapp.jobs.model import Job
from webapp.keys import FEED, RUNNER
from webapp.settings import Settings

ORDER: dict[str, Any] = {"source": "builtin", "select": {"codes": ["BR"]}}


@pytest.fixture
def settings(data_dir: Path, upstream: Upstream) -> Settings:
    return Settings(port=0, data_dir=data_dir, sources={"hold": upstream.template("hold")})


async def test_a_job_is_answered_as_promised(client: ClientSession) -> None:
    async with client.post("/api/v1/jobs", json={**ORDER, "start": False}) as response:
        job = await response.json()
        assert response.status == 201
        assert response.headers["Location"] == f"/api/v1/jobs/{job['id']}"
    assert {key: value for key, value in job.items() if key not in {"id", "created_at"}} == {
        "kind": "flags",
        "source": "builtin",
        "state": "queued",
        "reason": None,
        "counters": {
            "total": 1, "pending": 1, "running": 0, "ok": 0,
            "not_found": 0, "error": 0, "skipped": 0, "cancelled": 0,
        },
        "bytes": 0,
        "started_at": None,
        "finished_at": None,
        "seq": 1,
        "run": 1,
        "options": {
            "select": {"codes": ["BR"]}, "limit": None, "concurrency": 5, "retries": 2,
            "timeout_s": 10.0, "existing": "skip", "start": False, "after": None,
        },
    }  # fmt: skip
    assert job["created_at"].endswith("Z")


@pytest.mark.reads
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"source": "nowhere"}, "source"),
        ({"source": 7}, "source"),
        ({"select": {"preset": "none"}}, "select.preset"),
        ({"select": {}}, "select"),
        ({"select": {"codes": ["BR", "B1"]}}, "select.codes[1]"),
        ({"select": {"codes": ["ＢＲ"]}}, "select.codes[0]"),
        ({"select": {"codes": ["../"]}}, "select.codes[0]"),
        ({"select": {"codes": []}}, "select.codes"),
        ({"select": {"codes": "BR"}}, "select.codes"),
        ({"select": {"codes": ["BR"], "preset": "all"}}, "select"),
        ({"select": {"countries": ["BR"]}}, "select.countries"),
        ({"concurrency": 0}, "concurrency"),
        ({"concurrency": 1001}, "concurrency"),
        ({"concurrency": True}, "concurrency"),
        ({"retries": -1}, "retries"),
        ({"retries": 11}, "retries"),
        ({"timeout_s": 0.05}, "timeout_s"),
        ({"timeout_s": 121}, "timeout_s"),
        ({"limit": 0}, "limit"),
        ({"existing": "keep"}, "existing"),
        ({"start": "yes"}, "start"),
        ({"kind": "songs"}, "kind"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_an_order_that_cannot_be_is_refused_by_field(
    jobs: JobsClient, change: dict[str, Any], field: str
) -> None:
    problem = await jobs.post("/api/v1/jobs", {**ORDER, **change}, 422)
    assert [error["field"] for error in problem["errors"]] == [field]
    assert (await jobs.get("/api/v1/jobs"))["items"] == []


@pytest.mark.reads
@pytest.mark.parametrize("missing", ["source", "select"])
async def test_source_and_select_are_required(jobs: JobsClient, missing: str) -> None:
    order = {key: value for key, value in ORDER.items() if key != missing}
    problem = await jobs.post("/api/v1/jobs", order, 422)
    assert problem["errors"][0]["field"] == missing


@pytest.mark.reads
@pytest.mark.parametrize("body", [None, [], "x", 1])
async def test_an_order_is_an_object(jobs: JobsClient, body: object) -> None:
    await jobs.post("/api/v1/jobs", body, 422 if body is not None else 415)


@pytest.mark.parametrize(
    ("select", "limit", "codes"),
    [
        ({"codes": ["b", "BR", "br"]}, None, 26),
        ({"preset": "pop20"}, None, 20),
        ({"preset": "all"}, None, 249),
        ({"preset": "every"}, None, 676),
        ({"preset": "every"}, 3, 3),
    ],
)
async def test_what_a_selection_means(
    jobs: JobsClient, select: dict[str, Any], limit: int | None, codes: int
) -> None:
    order = {"source": "builtin", "select": select, "limit": limit, "start": False}
    job = await jobs.post("/api/v1/jobs", order, 201)
    assert job["counters"]["total"] == codes
    items = await jobs.items(job["id"])
    assert len(items) == codes
    assert items[0].keys() >= {
        "code", "name", "status", "attempts", "http_status",
        "bytes", "sha256", "ms", "error", "image_url",
    }  # fmt: skip


async def test_lists_page_newest_first_and_filter(jobs: JobsClient) -> None:
    made = [(await jobs.submit("builtin", ["BR"], start=False))["id"] for _ in range(5)]
    await jobs.post(f"/api/v1/jobs/{made[2]}/cancel")
    page = await jobs.get("/api/v1/jobs?limit=2")
    rest = await jobs.get(f"/api/v1/jobs?limit=200&cursor={page['next']}")
    assert [job["id"] for job in page["items"] + rest["items"]] == made[::-1]
    assert rest["next"] is None
    async with jobs.session.get("/api/v1/jobs?limit=2&state=queued") as answer:
        (link,) = answer.links.getall("next")
    async with jobs.session.get(str(link["url"])) as answer:
        assert [job["id"] for job in (await answer.json())["items"]] == made[1::-1]
        assert not answer.links
    cancelled = await jobs.get("/api/v1/jobs?state=cancelled")
    assert [job["id"] for job in cancelled["items"]] == [made[2]]


@pytest.mark.reads
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/jobs?state=lost", 422),
        ("/api/v1/jobs?limit=0", 422),
        ("/api/v1/jobs?limit=-1", 422),
        ("/api/v1/jobs?limit=٣", 422),
        ("/api/v1/jobs?cursor=x", 400),
        ("/api/v1/jobs?page=2", 422),
        ("/api/v1/jobs/nope", 404),
        ("/api/v1/jobs/nope/items", 404),
        ("/api/v1/jobs/nope/events", 404),
        ("/flags/jobs/nope", 404),
    ],
)
async def test_bad_questions_get_clear_answers(jobs: JobsClient, path: str, status: int) -> None:
    problem = await jobs.get(path, status)
    assert problem["status"] == status
    assert problem["detail"]


async def test_bad_questions_about_a_job(jobs: JobsClient) -> None:
    job_id = (await jobs.submit("builtin", ["BR"], start=False))["id"]
    for tail, status in (
        ("items?status=gone", 422),
        ("items?cursor=b", 400),
        ("items?limit=0", 422),
        ("events?after=-1", 422),
        ("events?after=x", 422),
        ("events?wait=61", 422),
        ("events?wait=nan", 422),
        ("events?since=1", 422),
    ):
        await jobs.get(f"/api/v1/jobs/{job_id}/{tail}", status)


async def test_a_marker_fits_its_own_list_only(jobs: JobsClient) -> None:
    job_id = (await jobs.submit("builtin", ["A"], start=False))["id"]
    await jobs.submit("builtin", ["B"], start=False)
    following = (await jobs.get("/api/v1/jobs?state=queued&limit=1"))["next"]
    assert (await jobs.get(f"/api/v1/jobs?state=queued&cursor={following}"))["next"] is None
    for query in (f"state=running&cursor={following}", f"cursor={following}"):
        problem = await jobs.get(f"/api/v1/jobs?{query}", 400)
        assert problem["type"] == "/problems/cursor-mismatch"
    items = f"/api/v1/jobs/{job_id}/items"
    following = (await jobs.get(f"{items}?limit=9"))["next"]
    assert len((await jobs.get(f"{items}?cursor={following}"))["items"]) == 17
    await jobs.get(f"{items}?status=ok&cursor={following}", 400)


async def test_a_list_that_did_not_change_is_not_sent_again(client: ClientSession) -> None:
    async with client.get("/api/v1/jobs") as response:
        known = {"If-None-Match": response.headers["ETag"]}
    async with client.get("/api/v1/jobs", headers=known) as response:
        assert response.status == 304
    async with client.post("/api/v1/jobs", json={**ORDER, "start": False}) as response:
        assert response.status == 201
    async with client.get("/api/v1/jobs", headers=known) as response:
        assert response.status == 200


async def test_codes_are_kept_in_upper_case(jobs: JobsClient) -> None:
    job = await jobs.submit("builtin", ["br", "cN", "b"], start=False)
    assert job["options"]["select"] == {"codes": ["BR", "CN", "B"]}


async def test_a_poll_ends_when_the_server_stops(jobs: JobsClient, app: web.Application) -> None:
    job = await jobs.submit("hold", ["BR"], start=False)
    poll = asyncio.create_task(jobs.events(job["id"], after=1, wait=60))
    while not app[FEED].followers:  # noqa: ASYNC110 - nothing announces that the poll has come
        await asyncio.sleep(0)
    app[FEED].close()
    async with asyncio.timeout(5):
        assert (await poll)["events"] == []


async def test_a_job_that_did_not_change_is_not_sent_again(client: ClientSession) -> None:
    async with client.post("/api/v1/jobs", json={**ORDER, "start": False}) as response:
        job_id = (await response.json())["id"]
    async with client.get(f"/api/v1/jobs/{job_id}") as response:
        known = {"If-None-Match": response.headers["ETag"]}
    async with client.get(f"/api/v1/jobs/{job_id}", headers=known) as response:
        assert response.status == 304
    async with client.post(f"/api/v1/jobs/{job_id}/cancel") as response:
        assert response.status == 202
    async with client.get(f"/api/v1/jobs/{job_id}", headers=known) as response:
        assert response.status == 200


async def test_the_long_poll_answers_as_soon_as_something_happens(
    jobs: JobsClient, upstream: Upstream
) -> None:
    job = await jobs.submit("hold", ["BR"])
    await upstream.arrived(1)
    head = (await jobs.events(job["id"]))["seq"]
    assert (await jobs.events(job["id"], after=head))["events"] == []
    upstream.release()
    answer = await jobs.events(job["id"], after=head, wait=20)
    assert answer["events"][0]["seq"] == head + 1
    assert answer["seq"] == answer["events"][-1]["seq"]


async def test_sources_and_countries_can_be_listed(jobs: JobsClient) -> None:
    names = [source["name"] for source in (await jobs.get("/api/v1/sources"))["items"]]
    assert names == ["builtin", "delay", "error", "fluentpython", "hold"]
    answer = await jobs.get("/api/v1/countries")
    assert len(answer["items"]) == 249
    assert {"code": "BR", "name": "Brazil"} in answer["items"]
    assert [preset["count"] for preset in answer["presets"]] == [20, 249, 676]


class TestOrdersWithAKey:
    async def order(
        self, client: ClientSession, key: str, **changes: Any
    ) -> tuple[int, str | None, dict[str, Any]]:
        headers = {"Idempotency-Key": key}
        order = {**ORDER, "start": False, **changes}
        async with client.post("/api/v1/jobs", json=order, headers=headers) as response:
            replayed = response.headers.get("Idempotent-Replayed")
            return response.status, replayed, await response.json(content_type=None)

    async def test_the_same_order_is_the_same_job(
        self, client: ClientSession, jobs: JobsClient
    ) -> None:
        status, replayed, job = await self.order(client, "k-1")
        assert (status, replayed) == (201, None)
        await jobs.act(job["id"], "pause")
        status, replayed, again = await self.order(client, "k-1")
        assert (status, replayed) == (201, "true")
        assert again == await jobs.job(job["id"])
        _, replayed, other = await self.order(client, "k-2")
        assert (replayed, other["id"] != job["id"]) == (None, True)

    async def test_another_order_with_the_key_is_refused(
        self, client: ClientSession, jobs: JobsClient
    ) -> None:
        await self.order(client, "k-1")
        status, _, problem = await self.order(client, "k-1", concurrency=7)
        assert status == 422
        assert [error["field"] for error in problem["errors"]] == ["Idempotency-Key"]
        assert len((await jobs.get("/api/v1/jobs"))["items"]) == 1

    async def test_orders_at_once_are_one_job(
        self, client: ClientSession, jobs: JobsClient
    ) -> None:
        answers = await asyncio.gather(*(self.order(client, "k-1", start=True) for _ in range(12)))
        assert {status for status, _, _ in answers} <= {201, 409}
        assert [status for status, replayed, _ in answers if not replayed].count(201) == 1
        assert len((await jobs.get("/api/v1/jobs"))["items"]) == 1
        status, replayed, _ = await self.order(client, "k-1", start=True)
        assert (status, replayed) == (201, "true")

    async def test_a_refused_order_leaves_its_key_free(self, client: ClientSession) -> None:
        assert (await self.order(client, "k-1", source="nowhere"))[0] == 422
        assert (await self.order(client, "k-1"))[:2] == (201, None)

    async def test_a_deleted_job_takes_its_key_along(
        self, client: ClientSession, jobs: JobsClient
    ) -> None:
        _, _, job = await self.order(client, "k-1")
        await jobs.delete(job["id"])
        assert (await self.order(client, "k-1"))[:2] == (201, None)

    @pytest.mark.parametrize("key", ["", "k" * 201, "a b", "é"])
    async def test_a_key_is_visible_ascii(self, client: ClientSession, key: str) -> None:
        assert (await self.order(client, key))[0] == 422


async def test_a_long_poll_tells_no_place_whose_events_it_did_not_give(
    jobs: JobsClient, app: web.Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await jobs.submit("builtin", ["BR"], start=False)
    store = app[RUNNER]._store
    told: list[tuple[Job, Sequence[Event]]] = []
    # Between the commit and the word about it there is a moment.
    monkeypatch.setattr(store, "_announce", lambda *change: told.append(change))
    await jobs.act(job["id"], "pause")
    assert (await jobs.job(job["id"]))["seq"] == 2
    assert await jobs.events(job["id"], after=1) == {"events": [], "seq": 1}
    for change in told:
        app[FEED].publish(*change)
    news = await jobs.events(job["id"], after=1)
    assert ([event["type"] for event in news["events"]], news["seq"]) == (["job.paused"], 2)
