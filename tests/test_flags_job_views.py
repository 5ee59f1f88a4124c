"""The page of one job as a browser without JavaScript has it."""

import re
from pathlib import Path

import pytest
from aiohttp import ClientSession, FormData

from tests.jobs_client import JobsClient
from tests.upstream import Upstream
from webapp.flags import job_views
from webapp.settings import Settings

HTML = {"Accept": "text/html"}
ROW = re.compile(r'<tr data-row="(\w\w)">(.*?)</tr>')
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>")
BAR = re.compile(r'<rect class="attempt".*?fill="url\(#fill-(\w+)\)"><title>(.*?)</title>')


@pytest.fixture
def settings(data_dir: Path, upstream: Upstream) -> Settings:
    sources = {name: upstream.template(name) for name in ("ok", "flaky", "teapot", "not-found")}
    return Settings(port=0, data_dir=data_dir, sources=sources)


async def page(client: ClientSession, job_id: str) -> str:
    async with client.get(f"/flags/jobs/{job_id}", headers=HTML) as response:
        assert response.status == 200
        return await response.text()


def rows(text: str) -> dict[str, list[str]]:
    return {code: CELL.findall(cells) for code, cells in ROW.findall(text)}


async def test_every_attempt_is_a_bar_and_every_item_a_row(
    client: ClientSession, jobs: JobsClient
) -> None:
    job_id = (await jobs.submit("flaky", ["BR", "CN"], concurrency=2))["id"]
    await jobs.finished(job_id)
    text = await page(client, job_id)
    bars = BAR.findall(text)
    assert sorted(outcome for outcome, _ in bars) == ["ok", "ok", "retried", "retried"]
    assert all(
        re.fullmatch(r"(BR|CN) \w+, attempt \d: .* after .* s, HTTP \d+", t) for _, t in bars
    )
    brazil = rows(text)["BR"]
    assert (brazil[1], brazil[2], brazil[7]) == ("Brazil", "2", "Saved")
    assert re.fullmatch(r"\+\d\.\d\d s", brazil[3])


async def test_what_was_kept_needed_no_request(client: ClientSession, jobs: JobsClient) -> None:
    await jobs.finished((await jobs.submit("ok", ["BR", "CN"]))["id"])
    again = await jobs.finished((await jobs.submit("ok", ["BR", "CN"]))["id"])
    text = await page(client, again["id"])
    assert BAR.findall(text) == [("skipped", "2 flags kept without a request")]
    assert rows(text)["BR"][2:6] == ["0", "–", "–", "–"]


async def test_a_long_log_is_read_page_by_page(
    client: ClientSession, jobs: JobsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_views, "EVENTS_AT_ONCE", 7)
    job_id = (await jobs.submit("ok", ["A"], concurrency=5))["id"]
    await jobs.finished(job_id)
    assert len(BAR.findall(await page(client, job_id))) == 26
    monkeypatch.setattr(job_views, "MOST_BARS", 20)
    text = await page(client, job_id)
    assert len(BAR.findall(text)) == 20
    assert "6 earlier attempts are left out here" in text
    monkeypatch.setattr(job_views, "MOST_EVENTS", 20)
    assert 0 < len(BAR.findall(await page(client, job_id))) < 26


async def test_failures_stand_by_their_causes_and_each_can_be_retried(
    client: ClientSession, jobs: JobsClient, upstream: Upstream
) -> None:
    job_id = (await jobs.submit("teapot", ["BR", "CN", "DE"], retries=0))["id"]
    await jobs.finished(job_id)
    text = await page(client, job_id)
    assert "The source refused, HTTP 418" in text
    assert "3 flags: BR, CN, DE" in text
    assert 'name="codes" value="BR CN DE"' in text
    before = len(upstream.requests)
    async with client.post(
        f"/flags/jobs/{job_id}/retry", data=FormData({"codes": "br, de"}), allow_redirects=False
    ) as response:
        assert (response.status, response.headers["Location"]) == (303, f"/flags/jobs/{job_id}")
    job = await jobs.finished(job_id, runs=2)
    assert (job["run"], job["counters"]["error"], len(upstream.requests) - before) == (2, 3, 2)


async def test_a_form_that_names_another_item_is_told(
    client: ClientSession, jobs: JobsClient
) -> None:
    job_id = (await jobs.submit("teapot", ["BR"], retries=0))["id"]
    await jobs.finished(job_id)
    async with client.post(
        f"/flags/jobs/{job_id}/retry", data=FormData({"codes": "MX"}), headers=HTML
    ) as response:
        assert response.status == 422
        assert "This job has no such item." in await response.text()


async def test_what_it_brought_is_linked(client: ClientSession, jobs: JobsClient) -> None:
    job_id = (await jobs.submit("ok", ["BR"]))["id"]
    await jobs.finished(job_id)
    text = await page(client, job_id)
    for tail in ("archive.zip", "report"):
        assert f'href="/api/v1/jobs/{job_id}/{tail}"' in text
