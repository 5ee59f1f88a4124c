"""One action on many jobs, each answered as if it were alone."""

from pathlib import Path

import pytest

from tests.jobs_client import JobsClient, Json
from tests.upstream import Upstream
from webapp.jobs.many import MOST_AT_ONCE
from webapp.settings import Settings

PATH = "/api/v1/jobs/actions"


@pytest.fixture
def settings(data_dir: Path, upstream: Upstream) -> Settings:
    sources = {name: upstream.template(name) for name in ("ok", "hold", "teapot")}
    return Settings(port=0, data_dir=data_dir, sources=sources)


async def acted(jobs: JobsClient, action: str, ids: list[str], **more: object) -> list[Json]:
    items: list[Json] = (await jobs.post(PATH, {"action": action, "ids": ids, **more}, 200))[
        "items"
    ]
    return items


async def test_each_job_has_its_own_outcome(jobs: JobsClient) -> None:
    done = await jobs.finished((await jobs.submit("ok", ["BR"]))["id"])
    waiting = await jobs.submit("ok", ["US"], start=False)
    outcomes = await acted(jobs, "cancel", [done["id"], waiting["id"], "nobody", done["id"]])
    assert [(each["id"], each["status"]) for each in outcomes] == [
        (done["id"], 409),
        (waiting["id"], 202),
        ("nobody", 404),
    ]
    assert outcomes[0]["problem"]["state"] == "succeeded"
    assert outcomes[1]["job"] == await jobs.job(waiting["id"])
    assert outcomes[2]["problem"]["type"] == "/problems/not-found"


async def test_the_life_of_many(jobs: JobsClient, upstream: Upstream) -> None:
    ids = [(await jobs.submit("hold", [code], start=False))["id"] for code in ("BR", "US", "CN")]
    for action, state in (("start", "running"), ("pause", "paused"), ("resume", "running")):
        outcomes = await acted(jobs, action, ids)
        assert [each["job"]["state"] for each in outcomes] == [state] * 3
    upstream.release()
    for job_id in ids:
        assert (await jobs.finished(job_id))["state"] == "succeeded"
    assert [each["status"] for each in await acted(jobs, "retry", ids)] == [409] * 3
    again = await acted(jobs, "retry", ids, items="all")
    assert [each["job"]["run"] for each in again] == [2] * 3
    for job_id in ids:
        await jobs.finished(job_id, runs=2)
    assert [each["status"] for each in await acted(jobs, "delete", ids, files=True)] == [204] * 3
    assert (await jobs.get("/api/v1/jobs"))["items"] == []
    assert (await jobs.get("/api/v1/flags"))["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": "explode", "ids": ["a"]},
        {"action": "cancel", "ids": []},
        {"action": "cancel", "ids": ["a"] * (MOST_AT_ONCE + 1)},
        {"action": "cancel", "ids": ["a"], "more": True},
        {"action": "cancel", "ids": ["a" * 1_000]},
        {"action": "cancel", "ids": "all"},
    ],
)
async def test_what_is_no_wish_is_refused(jobs: JobsClient, body: Json) -> None:
    problem = await jobs.post(PATH, body, 422)
    assert problem["errors"]
