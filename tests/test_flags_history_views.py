"""The page of all jobs as a browser without JavaScript uses it."""

import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession

from tests.jobs_client import JobsClient
from tests.upstream import Upstream
from webapp.flags.history_views import CHOOSE
from webapp.settings import Settings

HTML = {"Accept": "text/html"}
LINE = re.compile(r'<tr role="row" data-id="([0-9a-f]{16})">')


@pytest.fixture
def settings(data_dir: Path, upstream: Upstream) -> Settings:
    sources = {name: upstream.template(name) for name in ("ok", "hold", "teapot")}
    return Settings(port=0, data_dir=data_dir, sources=sources)


async def page(client: ClientSession, query: str = "", status: int = 200) -> str:
    async with client.get(f"/flags/history{query}", headers=HTML) as response:
        assert response.status == status
        return await response.text()


async def send(client: ClientSession, *fields: tuple[str, str], status: int = 200) -> str:
    headers = {**HTML, "Content-Type": "application/x-www-form-urlencoded"}
    async with client.post("/flags/history", data=urlencode(fields), headers=headers) as response:
        assert response.status == status
        return await response.text()


async def waiting(jobs: JobsClient, count: int, source: str = "ok") -> list[str]:
    """Queued jobs, the newest first."""
    made = [await jobs.submit(source, ["BR"], start=False) for _ in range(count)]
    return [job["id"] for job in made][::-1]


async def test_all_jobs_are_reached_page_by_page(jobs: JobsClient) -> None:
    made = await waiting(jobs, 120)
    query, seen = "?sort=largest&state=queued&source=ok", list[str]()
    for _ in range(3):
        shown = await page(jobs.session, query)
        assert 'data-total="120"' in shown
        seen += LINE.findall(shown)
        following = re.search(r'rel="next" href="/flags/history([^"]+)"', shown)
        query = following[1].replace("&amp;", "&") if following else "none"
    assert query == "none"
    assert seen == made


async def test_filters_narrow_down_and_are_shown_again(jobs: JobsClient) -> None:
    await jobs.finished((await jobs.submit("teapot", ["BR", "CN"], retries=0))["id"])
    failed = LINE.findall(await page(jobs.session))
    made = await waiting(jobs, 2)
    shown = await page(jobs.session, "?state=failed&source=&since=&until=&sort=failures")
    assert LINE.findall(shown) == failed
    assert '<option value="failed" selected>' in shown
    assert '<option value="failures" selected>' in shown
    assert LINE.findall(await page(jobs.session, "?source=ok&utm_source=mail")) == made
    assert "No job is like that" in await page(jobs.session, "?until=2020-01-01")


@pytest.mark.reads
async def test_a_first_visit_is_told_where_to_start(client: ClientSession) -> None:
    assert 'href="/flags">Start a download' in await page(client)


@pytest.mark.reads
@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("?since=yesterday", 422, 'id="since-error" data-error="since">A day such as'),
        ("?state=lost", 422, 'data-error="state">One of'),
        ("?sort=%3Cb%3E", 422, 'data-error="sort">One of'),
        ("?cursor=nonsense", 400, "first page"),
        ("?sort=largest&cursor=all-3", 400, "first page"),
    ],
)
async def test_what_cannot_be_is_told_at_its_field(
    client: ClientSession, query: str, status: int, words: str
) -> None:
    shown = await page(client, query, status)
    assert words in shown
    assert "<b>" not in shown


async def test_one_action_on_many_is_told_job_by_job(jobs: JobsClient) -> None:
    done = await jobs.finished((await jobs.submit("ok", ["BR"]))["id"])
    one, other = await waiting(jobs, 2)
    ids = [("ids", job_id) for job_id in (one, done["id"], "nobody")]
    shown = await send(jobs.session, ("action", "pause"), ("state", "queued"), *ids)
    assert "1 of 3 jobs paused" in shown
    assert "The job is succeeded: only a job that is not over can be paused." in shown
    assert "There is no job nobody." in shown
    assert LINE.findall(shown) == [other], "the filter was sent along"
    assert (await jobs.job(one))["state"] == "paused"


async def test_what_was_deleted_is_told_and_gone(jobs: JobsClient) -> None:
    one, other = await waiting(jobs, 2)
    shown = await send(jobs.session, ("action", "delete"), ("ids", one))
    assert "1 of 1 job deleted" in shown
    assert "1 flag from ok: Deleted, its images stay" in shown
    assert LINE.findall(shown) == [other]


async def test_every_button_is_an_action(jobs: JobsClient) -> None:
    await waiting(jobs, 1)
    shown = await page(jobs.session)
    named = re.findall(r'name="action" value="(\w+)"', shown)
    assert named == ["start", "pause", "resume", "retry", "cancel", "delete"]
    for action in named:
        await send(jobs.session, ("action", action), ("ids", "nobody"))


async def test_buttons_without_jobs_say_what_is_missing(jobs: JobsClient) -> None:
    await waiting(jobs, 1)
    assert CHOOSE in await send(jobs.session, ("action", "pause"), status=422)
    await send(jobs.session, ("action", "explode"), ("ids", "nobody"), status=422)
    await send(jobs.session, *([("ids", "nobody")] * 101), status=400)


async def test_what_a_client_names_is_text_and_nothing_else(jobs: JobsClient) -> None:
    shown = await send(jobs.session, ("action", "pause"), ("ids", "<img src=x>"))
    assert "<img src=x>" not in shown
    assert "&lt;img src=x&gt;" in shown
