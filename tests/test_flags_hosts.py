"""Whose turn it is to ask a host, over all jobs; on loopback, which is taken for the Internet."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import msgspec
import pytest
from aiohttp import web

from tests.jobs_client import JobsClient
from tests.upstream import Upstream
from webapp import keys
from webapp.app import create_app
from webapp.flags.failures import FetchFailed
from webapp.flags.hosts import Host, Hosts, leads_outside
from webapp.flags.manners import PUBLIC, HostState, Manners
from webapp.flags.sources import Source
from webapp.settings import Settings

FEW = msgspec.structs.replace(PUBLIC, at_once=2, per_second=10_000, burst=10_000)
RESTLESS = msgspec.structs.replace(FEW, rest_s=0.05, longest_rest_s=0.05)


async def outside(_: str) -> bool:
    return True


def source(url: str, *, trusted: bool = True) -> Source:
    return Source("lab", url, trusted, "lab")


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@contextlib.asynccontextmanager
async def entered(host: Host, entries: list[int], number: int) -> AsyncIterator[None]:
    async with host.visited() as visit:
        entries.append(number)
        yield
        visit.went_well()


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_who_comes_first_asks_first_and_so_many_at_once() -> None:
    hosts = Hosts(FEW, is_public_name=outside, clock=Clock())
    host = await hosts.of(source("http://flags.example/{cc}.gif"))
    entries: list[int] = []
    leave = [asyncio.Event() for _ in range(6)]

    async def visit(number: int) -> None:
        async with entered(host, entries, number):
            await leave[number].wait()

    visits = [asyncio.create_task(visit(number)) for number in range(6)]
    await turns(10)
    assert entries == [0, 1]
    # Who is no longer interested does not take a turn, and who is inside gives its place back.
    visits[2].cancel()
    visits[0].cancel()
    await turns(10)
    assert entries == [0, 1, 3]
    for event in leave:
        event.set()
    await asyncio.wait(visits)
    assert entries == [0, 1, 3, 4, 5]
    assert hosts.reports()[0].in_flight == 0


async def test_who_is_inside_may_go_on_while_that_is_decent_and_nobody_waits() -> None:
    clock = Clock()
    frugal = msgspec.structs.replace(FEW, at_once=1, per_second=1, burst=2)
    host = await Hosts(frugal, is_public_name=outside, clock=clock).of(source("http://a.example/"))
    async with host.visited() as visit:
        assert visit.renewed()
        assert not visit.renewed(), "the burst is over"
    assert host.report().in_flight == 0
    clock.now += 2
    async with host.visited() as visit:
        other = asyncio.create_task(turns_of(host))
        await turns(3)
        assert not visit.renewed(), "somebody waits"
    assert await other == 1


async def turns_of(host: Host) -> int:
    async with host.visited():
        return host.report().in_flight


async def test_a_host_is_the_same_for_all_sources_and_another_at_another_port() -> None:
    hosts = Hosts(FEW, is_public_name=outside)
    one = await hosts.of(source("http://flags.example/a/{cc}.gif"))
    assert await hosts.of(source("http://FLAGS.example/b/{CC}.png")) is one
    assert await hosts.of(source("http://flags.example:8080/{cc}.gif")) is not one
    assert [report.name for report in hosts.reports()] == ["flags.example:80", "flags.example:8080"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("127.0.0.1", False),
        ("::1", False),
        ("localhost", False),
        ("10.1.2.3", False),
        ("192.168.0.9", False),
        ("fd00::1", False),
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("no-such-name.invalid", True),
    ],
)
async def test_what_leads_out_of_this_network(name: str, expected: bool) -> None:
    assert await leads_outside(name) is expected


async def test_our_own_network_is_asked_without_limit() -> None:
    host = await Hosts(FEW).of(source("http://127.0.0.1:9/{cc}.gif"))
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(300):
            await stack.enter_async_context(host.visited())
        assert host.report().in_flight == 300
        assert host.report().at_once is None


async def test_an_unknown_source_of_the_internet_is_public_whatever_it_resolves_to() -> None:
    host = await Hosts(FEW).of(source("http://127.0.0.1:9/{cc}.gif", trusted=False))
    assert host.report().at_once == 2


async def test_a_host_that_is_down_is_reported_with_when_it_is_asked_again() -> None:
    clock = Clock()
    host = await Hosts(FEW, is_public_name=outside, clock=clock).of(source("http://a.example/"))
    for _ in range(FEW.failures):
        async with host.visited() as visit:
            visit.failed(FetchFailed("connect", "refused"))
    assert host.report().state is HostState.OPEN
    assert (host.report().until or "").endswith("Z")
    clock.now += FEW.rest_s
    assert (host.report().state, host.report().until) == (HostState.HALF_OPEN, None)


@pytest.fixture
def settings(settings: Settings, upstream: Upstream) -> Settings:
    sources = {name: upstream.template(name) for name in ("ok", "hold", "server-error", "flaky")}
    return msgspec.structs.replace(settings, sources=sources)


@pytest.fixture
def conduct() -> Manners:
    return FEW


@pytest.fixture
def app(settings: Settings, conduct: Manners) -> web.Application:
    app = create_app(settings)
    app[keys.HOSTS] = Hosts(conduct, is_public_name=outside)
    return app


async def test_two_jobs_together_ask_a_host_no_more_than_it_may_be_asked(
    jobs: JobsClient, upstream: Upstream
) -> None:
    both = [await jobs.submit("hold", [letter], concurrency=20) for letter in "AB"]
    await upstream.arrived(2)
    for job in both:
        # Of the forty workers two have an item: the others wait before they take one.
        assert (await jobs.job(job["id"]))["state"] == "running"
    running = [(await jobs.job(job["id"]))["counters"]["running"] for job in both]
    assert (sum(running), len(upstream.requests)) == (2, 2)
    upstream.release()
    done = [await jobs.finished(job["id"]) for job in both]
    assert [job["state"] for job in done] == ["succeeded"] * 2
    assert len(upstream.requests) == 52
    # An answer is here before its sender knows it has gone.
    assert upstream.peak <= 4


async def test_a_paused_job_takes_no_place_from_others(
    jobs: JobsClient, upstream: Upstream
) -> None:
    first = await jobs.submit("hold", ["A"], concurrency=20)
    await upstream.arrived(2)
    await jobs.act(first["id"], "pause")
    upstream.release()
    second = await jobs.submit("ok", ["B"], concurrency=20)
    assert (await jobs.finished(second["id"]))["state"] == "succeeded"
    paused = await jobs.job(first["id"])
    assert (paused["state"], paused["counters"]["pending"]) == ("paused", 24)
    await jobs.act(first["id"], "resume")
    assert (await jobs.finished(first["id"]))["state"] == "succeeded"


@pytest.mark.parametrize("conduct", [RESTLESS])
async def test_an_open_breaker_delays_items_and_ends_none(
    jobs: JobsClient, upstream: Upstream, conduct: Manners
) -> None:
    down = await jobs.submit("server-error", ["A"], concurrency=20, retries=0)
    done = await jobs.finished(down["id"])
    assert done["counters"]["error"] == 26
    assert {item["error"]["code"] for item in await jobs.items(down["id"])} == {"http_error"}
    # The probe that finds the host back lets all others in.
    back = await jobs.submit("ok", ["B"], concurrency=20, retries=0)
    assert (await jobs.finished(back["id"]))["counters"]["ok"] == 26
