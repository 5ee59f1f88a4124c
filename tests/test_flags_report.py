"""The report has the words of the book's programs, letter by letter."""

import contextlib
import re
import sqlite3
from pathlib import Path

import msgspec
import pytest

from tests.jobs_client import JobsClient
from tests.upstream import Upstream
from webapp.data_dir import state_path
from webapp.flags.report import report, site_of
from webapp.jobs.model import Counters, Job, JobState, Options
from webapp.settings import Settings

JOB = Job(
    id="j", kind="flags", source="local", state=JobState.PARTIAL, seq=9,
    counters=Counters(total=3, ok=1, not_found=1, error=1),
    created_at="2026-11-22T10:00:00.000Z", started_at="2026-11-22T10:00:01.000Z",
    finished_at="2026-11-22T10:00:01.125Z", options=Options(select={"codes": ["B"]}),
)  # fmt: skip


@pytest.fixture
def settings(data_dir: Path, upstream: Upstream) -> Settings:
    sources = {"ok": upstream.template("ok", key="secret"), "hold": upstream.template("hold")}
    return Settings(port=0, data_dir=data_dir, sources=sources)


async def told(jobs: JobsClient, job_id: str) -> str:
    async with jobs.session.get(f"/api/v1/jobs/{job_id}/report") as response:
        assert (response.status, response.content_type) == (200, "text/plain")
        assert response.charset == "utf-8"
        return await response.text()


async def test_a_finished_job_is_told_as_the_book_does(jobs: JobsClient, server: str) -> None:
    order = {"source": "builtin", "select": {"preset": "pop20"}}
    job = await jobs.finished((await jobs.post("/api/v1/jobs", order, 201))["id"])
    assert re.fullmatch(
        f"BUILTIN site: {re.escape(server)}/mirror/builtin\n"
        "Searching for 20 flags: from BD to VN\n"
        "5 concurrent connections will be used.\n"
        "--------------------\n"
        " 20 flags downloaded.\n"
        r"Elapsed time: \d+\.\d\ds" "\n",
        await told(jobs, job["id"]),
    )  # fmt: skip


async def test_a_job_that_is_not_over_has_no_counts_yet(
    jobs: JobsClient, upstream: Upstream
) -> None:
    job = await jobs.submit("ok", ["BR"], start=False)
    assert await told(jobs, job["id"]) == (
        f"OK site: {upstream.url}/ok\nSearching for 1 flag: BR\n1 connection will be used.\n"
    )
    await jobs.post(f"/api/v1/jobs/{job['id']}/cancel")
    assert (await told(jobs, job["id"])).endswith(
        "\n--------------------\n  0 flags downloaded.\n  1 cancelled.\nElapsed time: 0.00s\n"
    )


@pytest.mark.parametrize("path", ["nope/report", "nope/archive.zip"])
@pytest.mark.reads
async def test_a_job_that_is_not_there(jobs: JobsClient, path: str) -> None:
    await jobs.get(f"/api/v1/jobs/{path}", 404)


def test_few_codes_are_listed_and_one_is_one() -> None:
    assert report(JOB, ["BC", "BR", "BX"], "http://localhost:8000/flags") == (
        "LOCAL site: http://localhost:8000/flags\n"
        "Searching for 3 flags: BC, BR, BX\n"
        "3 concurrent connections will be used.\n"
        "--------------------\n"
        "  1 flag downloaded.\n"
        "  1 not found.\n"
        "  1 error.\n"
        "Elapsed time: 0.12s\n"
    )


def test_many_are_many() -> None:
    counters = Counters(total=11, not_found=2, error=7, skipped=2)
    job = msgspec.structs.replace(JOB, counters=counters)
    told = report(job, [f"A{letter}" for letter in "BCDEFGHIJKL"], "x")
    assert "Searching for 11 flags: from AB to AL\n5 concurrent" in told
    assert "  0 flags downloaded.\n  2 not found.\n  7 errors.\n  2 skipped.\n" in told


@pytest.mark.parametrize(
    ("template", "site"),
    [
        ("https://www.fluentpython.com/data/flags/{cc}/{cc}.gif",
         "https://www.fluentpython.com/data/flags"),
        ("http://host/{CC}.gif?key=secret", "http://host"),
        ("http://host/get?key=secret&cc={cc}", "http://host/get"),
    ],
)  # fmt: skip
def test_the_site_is_what_the_codes_are_appended_to(template: str, site: str) -> None:
    assert site_of(template) == site


async def test_a_source_that_is_gone_has_no_site(jobs: JobsClient, data_dir: Path) -> None:
    job = await jobs.submit("ok", ["BR"], start=False)
    with contextlib.closing(sqlite3.connect(state_path(data_dir))) as db, db:
        db.execute("UPDATE jobs SET source = 'former'")
    assert (await told(jobs, job["id"])).startswith("FORMER site: (no longer configured)\n")
