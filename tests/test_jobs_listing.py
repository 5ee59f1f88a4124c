"""Lists of jobs: each job once, in one order, whatever is asked for."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from tests.jobs_client import JobsClient, Json
from webapp.data_dir import state_path
from webapp.database import Readers
from webapp.jobs import rows
from webapp.jobs.listing import Listing, Sort
from webapp.jobs.model import Counters, Job, JobState, Options
from webapp.jobs.records import Records
from webapp.problems import CursorMismatch, InvalidRequest

MANY = 10_000
OPTIONS = Options(select={"preset": "pop20"})
SOURCES = ("builtin", "delay", "gone")


def made(number: int) -> Job:
    """A job unlike its neighbours, and like many others."""
    day, hour = 1 + number // 400, number % 24
    at = f"2026-01-{day:02d}T{hour:02d}:00:00.000Z"
    errors = number % 7
    state = list(JobState)[number % len(JobState)]
    return Job(
        id=f"job-{number}",
        kind="flags",
        source=SOURCES[number % 3],
        state=state,
        counters=Counters(total=20, error=errors, ok=20 - errors),
        bytes=number * 37 % 1000,
        created_at=at,
        started_at=at if number % 5 else None,
        finished_at=f"2026-01-{day:02d}T{hour:02d}:{number % 60:02d}:00.250Z"
        if state.is_final
        else None,
        seq=1,
        options=OPTIONS,
    )


JOBS = [made(number) for number in range(MANY)]


def took_ms(job: Job) -> int:
    if job.started_at is None or job.finished_at is None:
        return 0
    return int(job.finished_at[14:16]) * 60_000 + 250


MEASURES: dict[Sort, Callable[[tuple[int, Job]], Any]] = {
    Sort.NEWEST: lambda it: -it[0],
    Sort.OLDEST: lambda it: it[0],
    Sort.LONGEST: lambda it: (-took_ms(it[1]), -it[0]),
    Sort.LARGEST: lambda it: (-it[1].bytes, -it[0]),
    Sort.FAILURES: lambda it: (-it[1].counters.error, -it[0]),
}


def expected(wanted: Listing) -> list[str]:
    """The ids of the list, as somebody would make it who has all jobs in hand."""
    found = [
        (number, job)
        for number, job in enumerate(JOBS)
        if wanted.state in {None, job.state}
        and wanted.source in {None, job.source}
        and (wanted.since is None or job.created_at >= wanted.since)
        and (wanted.until is None or job.created_at <= wanted.until)
    ]
    return [job.id for _, job in sorted(found, key=MEASURES[wanted.sort])]


@pytest.fixture(scope="module")
def full(empty_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of many jobs."""
    path = tmp_path_factory.mktemp("full") / "state.db"
    path.write_bytes(empty_state.read_bytes())
    with closing(sqlite3.connect(path)) as db, db:
        db.executemany(rows.INSERT_JOB, [rows.new_job_row(job) for job in JOBS])
    return path


@pytest.fixture
async def records(full: Path) -> AsyncIterator[Records]:
    readers = await Readers.open(full)
    yield Records(readers)
    await readers.close()


async def walked(records: Records, wanted: Listing, limit: int) -> list[str]:
    """The ids of all pages, one after the other."""
    ids: list[str] = []
    cursor: str | None = None
    while True:
        page = await records.listed(wanted, limit, wanted.place(cursor))
        assert len(page.jobs) <= limit
        ids += [job.id for job in page.jobs]
        if page.following is None:
            return ids
        cursor = page.following


LISTINGS = st.builds(
    Listing,
    state=st.none() | st.sampled_from(JobState),
    source=st.none() | st.sampled_from([*SOURCES, "never"]),
    since=st.none() | st.sampled_from(["2026-01-05T00:00:00.000Z", "2026-01-20T07:00:00.000Z"]),
    until=st.none() | st.sampled_from(["2026-01-04T23:59:59.999Z", "2026-01-22T12:00:00.000Z"]),
    sort=st.sampled_from(Sort),
)


@pytest.mark.usefixtures("unmeasured")
def test_walking_a_list_gives_each_of_its_jobs_once_in_its_order(full: Path) -> None:
    async def law(wanted: Listing, limit: int) -> None:
        readers = await Readers.open(full)
        try:
            records = Records(readers)
            ids = expected(wanted)
            assert await walked(records, wanted, limit) == ids
            assert await records.total(wanted) == len(ids)
        finally:
            await readers.close()

    @profile(max_examples=40)
    @given(wanted=LISTINGS, limit=st.sampled_from([700, 1999, MANY]))
    def laws(wanted: Listing, limit: int) -> None:
        asyncio.run(law(wanted, limit))

    laws()


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Listing(state=JobState.FAILED), "jobs_by_state"),
        (Listing(source="delay"), "jobs_by_source"),
        (Listing(source="delay", sort=Sort.OLDEST), "jobs_by_source"),
        (Listing(), "SCAN jobs"),
        (Listing(sort=Sort.OLDEST), "SCAN jobs"),
    ],
)
def test_a_page_by_number_is_read_and_not_sorted(full: Path, wanted: Listing, index: str) -> None:
    sql, values = wanted.statement(rows.JOB_COLUMNS, 51, (5_000,))
    with closing(sqlite3.connect(full)) as db:
        plan = " ".join(row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", values))
    assert index in plan or "INTEGER PRIMARY KEY" in plan
    assert "TEMP B-TREE" not in plan


def test_who_waits_for_a_job_is_looked_up(full: Path) -> None:
    with closing(sqlite3.connect(full)) as db:
        sql = "EXPLAIN QUERY PLAN SELECT id FROM jobs WHERE predecessor = ? AND state = ?"
        plan = " ".join(row[3] for row in db.execute(sql, ("job-1", "queued")))
    assert "jobs_by_predecessor" in plan


def test_the_marker_of_a_list_of_a_state_is_what_it_always_was() -> None:
    assert Listing().marker((17,)) == "all-17"
    assert Listing(state=JobState.QUEUED).marker((17,)) == "queued-17"
    assert Listing().place("all-17") == (17,)


@pytest.mark.parametrize("sort", Sort)
def test_a_marker_fits_its_own_list_only(sort: Sort) -> None:
    wanted = Listing(sort=sort, source="builtin")
    place = (3,) if sort in {Sort.NEWEST, Sort.OLDEST} else (9, 3)
    marker = wanted.marker(place)
    assert wanted.place(marker) == place
    for other in (
        Listing(),
        Listing(sort=sort),
        Listing(sort=sort, source="delay"),
        Listing(sort=sort, source="builtin", state=JobState.FAILED),
    ):
        with pytest.raises(CursorMismatch):
            other.place(marker)
    for spoilt in (marker[:-1], f"{marker}x", marker.rpartition("-")[0], f"{marker}_1"):
        if spoilt != f"{marker}_1" or sort not in {Sort.NEWEST, Sort.OLDEST}:
            with pytest.raises(CursorMismatch):
                wanted.place(spoilt if spoilt != marker[:-1] else f"{spoilt}-")


@pytest.mark.parametrize(
    ("given_", "wanted"),
    [
        ({"since": "2026-01-02"}, Listing(since="2026-01-02T00:00:00.000Z")),
        ({"until": "2026-01-02"}, Listing(until="2026-01-02T23:59:59.999Z")),
        ({"since": "2026-01-02T03:04:05Z"}, Listing(since="2026-01-02T03:04:05.000Z")),
        ({"until": "9999-12-31"}, Listing(until="9999-12-31T23:59:59.999Z")),
        ({"since": "0001-01-01"}, Listing(since="0001-01-01T00:00:00.000Z")),
        ({"state": "failed", "sort": "largest"}, Listing(state=JobState.FAILED, sort=Sort.LARGEST)),
    ],
)
def test_what_parameters_mean(given_: dict[str, str], wanted: Listing) -> None:
    assert Listing.of(given_) == wanted


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("state", "lost"),
        ("state", ""),
        ("sort", "size"),
        ("source", ""),
        ("source", "Built in"),
        ("source", "x" * 33),
        ("since", "yesterday"),
        ("since", "2026-02-30"),
        ("since", "20260102"),
        ("since", "٢٠٢٦-01-02"),
        ("until", "2026-01-02T03:04:05+02:00"),
        ("until", "2026-01-02T25:00:00Z"),
        ("until", ""),
    ],
)
def test_what_cannot_be_is_named(field: str, text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        Listing.of({field: text})
    assert [error.field for error in caught.value.errors] == [field]


async def test_the_api_lists_as_asked(jobs: JobsClient, data_dir: Path) -> None:
    first = await jobs.finished((await jobs.submit("builtin", ["BR"]))["id"])
    second = await jobs.finished((await jobs.submit("builtin", ["AA", "CN", "US"]))["id"])
    third = await jobs.submit("delay", ["BR"], start=False)

    async def listed(query: str) -> list[str]:
        page: Json = await jobs.get(f"/api/v1/jobs?{query}")
        return [job["id"] for job in page["items"]]

    assert await listed("sort=oldest") == [first["id"], second["id"], third["id"]]
    assert await listed("sort=largest") == [second["id"], first["id"], third["id"]]
    assert await listed("source=delay") == [third["id"]]
    assert await listed("source=never") == []
    with closing(sqlite3.connect(state_path(data_dir))) as db, db:
        db.execute("UPDATE jobs SET created_at = '2020-02-03T12:00:00.000Z' WHERE number = 1")
    assert await listed("until=2020-02-03") == [first["id"]]
    assert await listed("since=2020-02-03T12:00:00.001Z") == [third["id"], second["id"]]
    page = await jobs.get("/api/v1/jobs?sort=largest&limit=1")
    rest = await jobs.get(f"/api/v1/jobs?sort=largest&cursor={page['next']}")
    assert [job["id"] for job in rest["items"]] == [first["id"], third["id"]]
    await jobs.get(f"/api/v1/jobs?cursor={page['next']}", 400)
    await jobs.get("/api/v1/jobs?sort=size", 422)
