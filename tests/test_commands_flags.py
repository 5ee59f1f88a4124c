"""`flags` has the options and the words of the book's downloader, letter by letter."""

import asyncio
import contextlib
import re
import signal
import sqlite3
from argparse import Namespace
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from tests.jobs_client import JobsClient
from tests.upstream import Upstream
from webapp.cli import parser
from webapp.commands import remote
from webapp.commands.downloads import Downloads, Lost, Refused
from webapp.commands.flags import UsageError, check, order_of, source_of
from webapp.commands.interruptions import Interruptions
from webapp.commands.remote import There
from webapp.commands.screen import Screen
from webapp.commands.watch import Watch
from webapp.data_dir import held, state_path
from webapp.flags.report import item_line
from webapp.jobs.events import Event, ItemFinished, JobDeleted, JobFinished
from webapp.jobs.model import Failure, ItemStatus, Job, JobState, Order
from webapp.settings import Settings

Command = Callable[..., int]
Captured = pytest.CaptureFixture[str]

NAMES = ("builtin", "delay", "error", "fluentpython", "mine")


def read(*arguments: str) -> Namespace:
    return parser().parse_args(["flags", *arguments])


# The command line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-m", "0"], "--max_req CONCURRENT must be >= 1"),
        (["-l", "0"], "--limit N must be >= 1"),
        (["-s", "NOWHERE"], "--server LABEL must be one of DELAY, ERROR, LOCAL, REMOTE"),
        (["BRA"], "each CC argument must be A to Z or AA to ZZ."),
        (["1"], "each CC argument must be A to Z or AA to ZZ."),
        (["--retries", "11"], "retries: At most 10."),
        (["--timeout", "0"], "timeout_s: At least 0.1."),
    ],
)
def test_what_is_impossible_is_a_usage_error_in_the_books_words(
    command: Command, capsys: Captured, arguments: list[str], said: str
) -> None:
    assert command("flags", *arguments) == 2
    told = capsys.readouterr()
    assert told.err.startswith(f"*** Usage error: {said}\nusage: ")
    assert told.out == ""


@pytest.mark.parametrize(
    ("arguments", "select", "concurrency"),
    [
        ([], {"preset": "pop20"}, 5),
        (["-a"], {"preset": "all"}, 5),
        (["-a", "-e", "BR"], {"preset": "every"}, 5),
        (["-a", "1"], {"preset": "all"}, 5),
        (["b", "br", "-m", "3000"], {"codes": ["b", "br"]}, 1000),
        (["--max-req", "7"], {"preset": "pop20"}, 7),
    ],
)
def test_every_goes_before_all_and_all_before_codes(
    arguments: list[str], select: dict[str, Any], concurrency: int
) -> None:
    options = read(*arguments)
    check(options)
    order = order_of(options, "builtin")
    assert (order.select, order.concurrency) == (select, concurrency)
    assert order.existing == "replace"


def test_a_label_is_the_books_or_the_name_of_a_source_in_any_case() -> None:
    labels = ["LOCAL", "local", "Delay", "REMOTE", "MINE", "mine", "builtin"]
    assert [source_of(label, NAMES) for label in labels] == [
        "builtin", "builtin", "delay", "fluentpython", "mine", "mine", "builtin",
    ]  # fmt: skip
    assert source_of("LOCAL", ["builtin", "local"]) == "local"
    with pytest.raises(UsageError, match="must be one of DELAY, ERROR, LOCAL, MINE, REMOTE"):
        source_of("YOURS", NAMES)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (ItemFinished(code="BR", status=ItemStatus.OK), "BR OK"),
        (
            ItemFinished(code="BC", status=ItemStatus.NOT_FOUND),
            "BC not found: http://x/bc/BC.gif",
        ),
        (
            ItemFinished(
                code="CN",
                status=ItemStatus.ERROR,
                http_status=418,
                error=Failure("http_error", "HTTP 418 I'm a Teapot"),
            ),
            "CN error: HTTP error 418 - I'm a Teapot",
        ),
        (
            ItemFinished(code="CN", status=ItemStatus.ERROR, error=Failure("timeout", "Too late.")),
            "CN error: Too late.",
        ),
        (ItemFinished(code="CN", status=ItemStatus.ERROR), "CN error: no reason given"),
        (ItemFinished(code="CN", status=ItemStatus.SKIPPED), "CN skipped"),
        (ItemFinished(code="CN", status=ItemStatus.CANCELLED), None),
    ],
)
def test_each_flag_has_its_line(change: ItemFinished, line: str | None) -> None:
    assert item_line(change, "http://x/{cc}/{CC}.gif") == line


# In this process


def test_without_a_server_the_command_does_it_itself(
    command: Command, capsys: Captured, data_dir: Path
) -> None:
    assert command("flags") == 0
    told = capsys.readouterr()
    assert re.fullmatch(
        r"LOCAL site: http://127\.0\.0\.1:\d+/mirror/builtin\n"
        "Searching for 20 flags: from BD to VN\n"
        "5 concurrent connections will be used.\n"
        "--------------------\n"
        " 20 flags downloaded.\n"
        r"Elapsed time: \d+\.\d\ds\n",
        told.out,
    )
    assert told.err == ""
    assert len(list((data_dir / "images" / "builtin").iterdir())) == 20
    with contextlib.closing(sqlite3.connect(state_path(data_dir))) as db:
        assert db.execute("SELECT state, ok FROM jobs").fetchall() == [("succeeded", 20)]
    assert not (data_dir / "server.json").exists()


def test_verbose_has_a_line_for_each_flag(command: Command, capsys: Captured) -> None:
    assert command("flags", "-v", "BR", "BC", "-m", "1") == 0
    assert re.fullmatch(
        r"LOCAL site: (http://127\.0\.0\.1:\d+/mirror/builtin)\n"
        "Searching for 2 flags: BC, BR\n"
        "1 connection will be used.\n"
        r"BC not found: \1/bc/bc.gif\n"
        "BR OK\n"
        "--------------------\n"
        "  1 flag downloaded.\n"
        "  1 not found.\n"
        r"Elapsed time: \d+\.\d\ds\n",
        capsys.readouterr().out,
    )


def test_flags_that_are_here_are_fetched_again_unless_told_otherwise(
    command: Command, capsys: Captured
) -> None:
    for arguments, counted in (
        ([], "  1 flag downloaded."),
        ([], "  1 flag downloaded."),
        (["--existing", "skip"], "  0 flags downloaded.\n  1 skipped."),
    ):
        assert command("flags", "BR", *arguments) == 0
        assert f"\n{counted}\n" in capsys.readouterr().out


def test_a_folder_in_use_is_left_alone(command: Command, capsys: Captured, data_dir: Path) -> None:
    with held(data_dir):
        assert command("flags", "BR") == 69
    told = capsys.readouterr()
    assert told.out == ""
    assert "Another Charfinder" in told.err


# In the running server


@pytest.fixture
def settings(data_dir: Path, upstream: Upstream) -> Settings:
    sources = {name: upstream.template(name) for name in ("ok", "hold", "missing")}
    return Settings(port=0, data_dir=data_dir, sources=sources, mirror_seed=1)


@pytest.fixture
async def there(server: str, data_dir: Path) -> AsyncIterator[There]:
    async with remote.downloading(server, data_dir, None) as there:
        yield there


async def watched(
    downloads: Downloads, order: Order, stop: Interruptions, *, verbose: bool = False
) -> int:
    address = (await downloads.addresses())[order.source]
    job = await downloads.submit(order)
    screen = Screen(order.source, verbose=verbose)
    return await Watch(downloads, job, screen, address).until_over(stop)


def order(source: str, *codes: str) -> Order:
    return Order(source=source, select={"codes": list(codes)}, retries=0)


async def test_a_running_server_has_the_job(
    there: There, jobs: JobsClient, capsys: Captured, upstream: Upstream
) -> None:
    assert await watched(there, order("ok", "BR", "CN"), Interruptions(), verbose=True) == 0
    out = capsys.readouterr().out
    assert f"OK site: {upstream.url}/ok\n" in out
    assert {"BR OK", "CN OK"} <= set(out.splitlines())
    assert out.count("-" * 20) == 1
    (job,) = (await jobs.get("/api/v1/jobs"))["items"]
    assert job["state"] == "succeeded"


async def test_ctrl_c_cancels_the_job_and_prints_what_there_is(
    there: There, jobs: JobsClient, capsys: Captured, upstream: Upstream
) -> None:
    stop = Interruptions()
    watching = asyncio.create_task(watched(there, order("hold", "BR", "CN"), stop))
    async with upstream.arrivals:
        await upstream.arrivals.wait_for(lambda: len(upstream.requests) == 2)
    stop.come(signal.SIGINT)
    assert await watching == 130
    told = capsys.readouterr()
    assert "  0 flags downloaded.\n  2 cancelled.\nElapsed time: " in told.out
    (job,) = (await jobs.get("/api/v1/jobs"))["items"]
    assert job["state"] == "cancelled"


async def test_what_somebody_else_does_is_said(
    there: There, jobs: JobsClient, capsys: Captured, upstream: Upstream
) -> None:
    stop = Interruptions()
    watching = asyncio.create_task(watched(there, order("hold", "BR"), stop))
    async with upstream.arrivals:
        await upstream.arrivals.wait_for(lambda: len(upstream.requests) == 1)
    (job,) = (await jobs.get("/api/v1/jobs"))["items"]
    await jobs.act(job["id"], "pause")
    await jobs.act(job["id"], "cancel")
    assert await watching == 1
    told = capsys.readouterr().err
    assert told == "Somebody has paused the job.\nSomebody has cancelled the job.\n"


async def test_a_refusal_is_told_as_the_server_tells_it(there: There) -> None:
    with pytest.raises(Refused, match="The sources are builtin"):
        await there.submit(order("nowhere", "BR"))
    with pytest.raises(Refused) as refused:
        await there.events("nope", 0)
    assert refused.value.is_of_the_past


class TestTokenMode:
    TOKEN = "the-token-of-the-tests"

    @pytest.fixture
    def settings(self, data_dir: Path) -> Settings:
        return Settings(port=0, data_dir=data_dir, token=self.TOKEN)

    async def test_a_server_that_wants_a_token_is_shown_it(
        self, server: str, data_dir: Path, there: There
    ) -> None:
        with pytest.raises(Refused, match="set CHARFINDER_TOKEN"):
            await there.addresses()
        async with remote.downloading(server, data_dir, self.TOKEN) as let_in:
            assert await watched(let_in, order("builtin", "BR"), Interruptions()) == 0


async def test_what_a_server_says_is_fit_for_a_terminal(data_dir: Path) -> None:
    async def refuse(_request: web.BaseRequest) -> web.Response:
        return web.json_response({"status": 429, "detail": "Later\x1b[31m."}, status=429)

    async with answering(refuse) as url, remote.downloading(url, data_dir, None) as there:
        with pytest.raises(Refused) as refused:
            await there.addresses()
    assert str(refused.value) == "Later\N{REPLACEMENT CHARACTER}[31m."


@contextlib.asynccontextmanager
async def answering(
    answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
) -> AsyncIterator[str]:
    """A server that answers everything in this way; its URL."""
    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_a_server_that_stays_away_is_given_up(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "PATIENCE_S", 0.0)
    monkeypatch.setattr(remote, "AGAIN_S", 0.0)
    async with remote.downloading("http://127.0.0.1:1", data_dir, None) as there:
        with pytest.raises(Lost, match="goes on when the server is started again"):
            await there.events("j", 0)

    async def be_away(_request: web.BaseRequest) -> web.Response:
        return web.Response(status=503)

    async with answering(be_away) as url, remote.downloading(url, data_dir, None) as there:
        with pytest.raises(Refused, match="503"):
            await there.events("j", 0)

    async def be_another(_request: web.BaseRequest) -> web.Response:
        return web.json_response({"something": "else"})

    async with answering(be_another) as url, remote.downloading(url, data_dir, None) as there:
        with pytest.raises(Lost, match="Update both"):
            await there.addresses()


# Whatever happens to the job


class Stuck:
    """Somebody who takes orders, tells of them, and then hears nothing any more."""

    def __init__(self, events: Sequence[Event], job: Job) -> None:
        self._events = events
        self._job = job
        self.asked_to_cancel = asyncio.Event()

    async def addresses(self) -> Mapping[str, str]:
        return {"ok": "http://x/{cc}.gif"}

    async def submit(self, _order: Order) -> Job:
        return self._job

    async def events(self, _job_id: str, after: int) -> Sequence[Event]:
        if after < len(self._events):
            return self._events[after:]
        await asyncio.Event().wait()
        raise AssertionError

    async def cancel(self, _job_id: str) -> None:
        self.asked_to_cancel.set()
        await asyncio.Event().wait()


async def log_of(jobs: JobsClient) -> tuple[list[Event], Job]:
    """The log of a real job, for somebody to tell a part of it."""
    job = await jobs.finished((await jobs.submit("ok", ["BR", "CN"]))["id"])
    async with jobs.session.get(f"/api/v1/jobs/{job['id']}/events") as response:
        log = msgspec.json.decode(await response.read(), type=remote.Events)
    return log.events, msgspec.convert(job, Job)


async def test_a_second_ctrl_c_lets_go_of_a_job_that_does_not_end(
    jobs: JobsClient, capsys: Captured
) -> None:
    events, job = await log_of(jobs)
    stuck, stop = Stuck(events[:4], job), Interruptions()
    watching = asyncio.create_task(watched(stuck, order("ok", "BR", "CN"), stop))
    stop.come(signal.SIGINT)
    await stuck.asked_to_cancel.wait()
    stop.come(signal.SIGINT)
    assert await watching == 130
    assert "flags downloaded.\nElapsed time: " in capsys.readouterr().out


class Gone(Stuck):
    """Somebody who is gone when the job is to be cancelled."""

    async def cancel(self, _job_id: str) -> None:
        raise Lost("gone")


async def test_who_is_gone_when_the_job_is_to_be_cancelled_is_said_to_be(
    jobs: JobsClient, capsys: Captured
) -> None:
    events, job = await log_of(jobs)
    stop = Interruptions()
    stop.come(signal.SIGINT)
    with pytest.raises(Lost):
        await watched(Gone(events[:4], job), order("ok", "BR", "CN"), stop)
    assert capsys.readouterr().out.count("Elapsed time: ") <= 1


async def test_a_job_that_is_deleted_or_fails_is_not_done(
    jobs: JobsClient, capsys: Captured
) -> None:
    events, job = await log_of(jobs)
    deleted = Event.of(len(events) + 1, events[-1].at, JobDeleted())
    assert events[-1].type == "job.finished"
    assert await watched(Stuck([*events, deleted], job), order("ok"), Interruptions()) == 1
    assert "deleted" in capsys.readouterr().err
    last = events[-1].change
    assert isinstance(last, JobFinished)
    failed = msgspec.structs.replace(last, state=JobState.FAILED, reason="internal_error")
    events[-1] = Event.of(len(events), events[-1].at, failed)
    assert await watched(Stuck(events, job), order("ok"), Interruptions()) == 1
    assert "The job was stopped: internal_error." in capsys.readouterr().err
