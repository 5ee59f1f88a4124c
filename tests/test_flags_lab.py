"""The lab: its picture from a log, and its four jobs one after the other."""

import itertools
import re
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.jobs_client import JobsClient
from tests.upstream import Upstream
from webapp.flags import lab
from webapp.jobs.events import (
    Change,
    Event,
    ItemFinished,
    ItemRequeued,
    ItemStarted,
    JobRetried,
    JobStarted,
    RetryScheduled,
)
from webapp.jobs.model import Counters, Failure, ItemStatus, Job, JobState, Options
from webapp.settings import Settings

HTML = {"Accept": "text/html"}


@pytest.fixture
def settings(data_dir: Path, upstream: Upstream) -> Settings:
    return Settings(port=0, data_dir=data_dir, sources={"ok": upstream.template("ok")})


def at(second: float) -> str:
    return f"2026-01-01T00:00:{second:06.3f}Z"


def log(*changes: tuple[float, Change]) -> list[Event]:
    return [Event.of(seq, at(second), change) for seq, (second, change) in enumerate(changes, 1)]


def started(code: str) -> ItemStarted:
    return ItemStarted(code, 1)


def ok(code: str) -> ItemFinished:
    return ItemFinished(code=code, status=ItemStatus.OK)


def test_requests_that_overlap_lie_in_lanes_of_their_own() -> None:
    events = log(
        (1, JobStarted()), (1, started("AA")), (1.5, started("BB")), (2, ok("AA")),
        (2, started("CC")), (4, ok("BB")), (5, ok("CC")), (6, started("DD")),
    )  # fmt: skip
    spans, lanes = lab.requests_of(events, at(7))
    assert lanes == 2
    assert [tuple(span) for span in spans] == [
        (0, 0, 1000, "ok"),
        (1, 500, 3000, "ok"),
        (0, 1000, 4000, "ok"),
        (0, 5000, 6000, "running"),
    ]


def test_only_the_newest_run_is_drawn_and_what_failed_is_marked() -> None:
    failure = Failure("http_error", "HTTP 500")
    retry = RetryScheduled(
        code="AA", attempt=1, http_status=500, delay_ms=1, not_before=at(5), error=failure
    )
    events = log(
        (0, JobStarted()), (0, started("AA")), (1, ok("AA")), (3, JobRetried(2)),
        (3, ItemRequeued("AA", "retry")), (3, JobStarted()), (3, started("AA")), (4, retry),
        (5, started("AA")), (6, ok("AA")),
    )  # fmt: skip
    spans, lanes = lab.requests_of(events, at(9))
    assert lanes == 1
    assert [span.status for span in spans] == ["error", "ok"]
    assert lab.requests_of(log((0, started("AA"))), at(1)) == ([], 0)


def job(job_id: str, at_once: int, seconds: float | None, after: str | None = None) -> Job:
    return Job(
        id=job_id,
        kind="flags",
        source="delay",
        state=JobState.QUEUED if seconds is None else JobState.SUCCEEDED,
        counters=Counters(total=20, pending=20) if seconds is None else Counters(total=20, ok=20),
        created_at=at(0),
        started_at=None if seconds is None else at(0),
        finished_at=None if seconds is None else at(seconds),
        seq=1,
        options=Options(select={"preset": "pop20"}, concurrency=at_once, after=after),
    )


def test_the_picture_compares_with_the_first() -> None:
    runs = [
        lab.Run(job("a", 1, 50), lab.Requests([lab.Span(0, 0, 50_000, "ok")], 1)),
        lab.Run(job("b", 5, 12.5), lab.Requests([], 0)),
        lab.Run(job("c", 20, None), lab.Requests([], 0)),
    ]
    chart = lab.chart(runs, at(59))
    first, second, third = chart["rows"]
    assert (first["speedup"], second["speedup"], third["speedup"]) == ("1.0 ×", "4.0 ×", "–")
    assert (first["rate"], second["rate"], third["rate"]) == ("0.4", "1.6", "–")
    assert (first["width"], second["width"], third["width"]) == (1000, 250, 0)
    assert first["spans"] == [{"x": 0, "y": 0, "width": 1000, "status": "ok"}]
    assert (chart["longest"], chart["is_active"]) == ("50.0 s", True)


def test_earlier_labs_are_known_by_how_their_jobs_follow_each_other() -> None:
    four = [job("a", 1, 50), job("b", 5, 12, "a"), job("c", 20, 5, "b"), job("d", 100, None, "c")]
    others = [job("x", 1, 1), job("y", 5, 1, "x"), job("z", 7, 1, "d")]
    newest_first = {it.id: it for it in reversed([*four, *others[:2]])}
    (found,) = lab.past(newest_first)
    assert found["ids"] == ["a", "b", "c", "d"]
    assert found["took"] == ["50.0 s", "12.0 s", "5.0 s", "–"]
    assert lab.past({**newest_first, "z": others[2]}) == []
    assert lab.past({}) == []


async def page(client: ClientSession, path: str, status: int = 200) -> str:
    async with client.get(path, headers=HTML) as response:
        assert response.status == status
        return await response.text()


async def test_one_button_starts_four_jobs_that_follow_each_other(jobs: JobsClient) -> None:
    form = {"source": "ok", "preset": "pop20", "codes": "BR CN", "concurrency": "7"}
    async with jobs.session.post("/flags/lab", data=form, allow_redirects=False) as response:
        assert response.status == 303
        target = response.headers["Location"]
    ids = target.partition("=")[2].split(",")
    done = [await jobs.finished(job_id) for job_id in ids]
    assert [it["options"]["concurrency"] for it in done] == list(lab.AT_ONCE)
    assert [it["options"]["after"] for it in done] == [None, *ids[:3]]
    assert [it["counters"]["ok"] for it in done] == [2] * 4, "each has really downloaded"
    for before, following in itertools.pairwise(done):
        assert following["started_at"] >= before["finished_at"]
    shown = await page(jobs.session, target)
    assert re.findall(r'<p class="who"><a href="/flags/jobs/(\w+)"', shown) == ids
    assert shown.count('<rect class="span ok"') == 8
    assert "Earlier labs" not in shown
    assert target in await page(jobs.session, "/flags/lab")
    assert "<html" not in await page(jobs.session, target.replace("lab?", "lab/chart?"))


async def test_what_is_left_of_a_lab_is_shown(jobs: JobsClient) -> None:
    made = [(await jobs.submit("ok", ["BR"], start=False))["id"] for _ in range(2)]
    await jobs.delete(made[0])
    shown = await page(jobs.session, f"/flags/lab?jobs={','.join(made)}")
    assert shown.count('class="run"') == 1
    await page(jobs.session, f"/flags/lab?jobs={made[0]}", 404)


@pytest.mark.reads
@pytest.mark.parametrize("text", ["a b", ",", "<b>", "../x", "a" * 65, ",".join("abcdefghi")])
async def test_jobs_that_cannot_be_are_refused(client: ClientSession, text: str) -> None:
    for path in ("/flags/lab", "/flags/lab/chart"):
        async with client.get(path, params={"jobs": text}, headers=HTML) as response:
            assert response.status == 422
            assert "<b>" not in await response.text()


@pytest.mark.reads
async def test_a_form_that_cannot_be_is_shown_again(client: ClientSession) -> None:
    for form, words in (
        ({"source": "nowhere", "preset": "pop20"}, 'data-error="source">The sources are'),
        ({"source": "delay", "codes": "B1"}, 'data-error="select.codes">A country code'),
    ):
        async with client.post("/flags/lab", data=form, headers=HTML) as response:
            assert response.status == 422
            assert words in await response.text()
