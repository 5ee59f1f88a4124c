"""The examples of the papers, run through a proxy that cuts their connections."""

import asyncio
import json
import re
import shutil
import sys
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

import pytest
import websockets

from tests.jobs_client import JobsClient
from tests.processes import printed_by, unmeasured
from tests.upstream import Upstream
from tools.checks.node import node
from tools.checks.requirements import is_demanded
from webapp.jobs import protocol
from webapp.settings import ROOT, Settings

pytestmark = pytest.mark.crash

PAPER = ROOT / "docs" / "examples" / "README.md"
ADDRESS = "http://127.0.0.1:8888"
PATIENCE_S = 40
# What an event begins with, and nothing else that the server says.
EVENT: Final = b'{"seq":'
# So many events pass over the first connection that has any, over the second and the third; then
# it is cut within the next one. The rest passes over the fourth. Seven is what comes while no flag
# does: the job is created and started, and five items at once.
PASSING: Final = (7, 1, 8)


class Proxy:
    """Stands between a client and a server, and hangs up in the middle of an event."""

    def __init__(self, server: str, go_on: Callable[[], None]) -> None:
        """`go_on` is called when the first connection has passed what it lets pass."""
        host, port = server.removeprefix("http://").split(":")
        self._server = (host, int(port))
        self._passing = list(PASSING)
        self._go_on = go_on
        self._tasks: set[asyncio.Task[None]] = set()
        # The seq of the first event on each connection that was cut.
        self.begun: list[int] = []

    async def __aenter__(self) -> Self:
        self._listening = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._listening.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listening.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        above, beyond = await asyncio.open_connection(*self._server)
        sending = asyncio.create_task(pass_all(reader, beyond))
        try:
            with suppress(ConnectionError, asyncio.CancelledError):
                await self._pass_events(above, writer)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            beyond.transport.abort()
            writer.close()

    async def _pass_events(self, reader: StreamReader, writer: StreamWriter) -> None:
        passed, allowed = b"", None
        while data := await reader.read(65_536):
            whole = passed + data
            if allowed is None and EVENT in whole:
                allowed = self._passing.pop(0) if self._passing else sys.maxsize
            place = beginning(whole, 0 if allowed is None else allowed)
            if place is not None and allowed is not None:
                writer.write(whole[len(passed) : place + len(EVENT)])
                self.begun.append(first_seq(whole))
                await self._cut(writer)
                return
            writer.write(data)
            await writer.drain()
            passed = whole
            if whole.count(EVENT) >= PASSING[0]:
                self._go_on()

    async def _cut(self, writer: StreamWriter) -> None:
        """By turns with a farewell of TCP, which lets what was sent arrive, and without."""
        if len(self.begun) % 2:
            await writer.drain()
        else:
            writer.transport.abort()


def beginning(passed: bytes, nth: int) -> int | None:
    """Where the event of that index begins, if it has come."""
    place = -1
    for _ in range(nth + 1):
        place = passed.find(EVENT, place + 1)
        if place < 0:
            return None
    return place


def first_seq(passed: bytes) -> int:
    return int(passed.partition(EVENT)[2].partition(b",")[0])


def check_cuts(proxy: Proxy) -> None:
    """It has cut as often as it should, and who came back was not told all of it again."""
    assert len(proxy.begun) == len(PASSING)
    assert proxy.begun[:2] == [1, PASSING[0] + 1]


async def pass_all(reader: StreamReader, writer: StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()


@pytest.fixture
def settings(data_dir: Path, upstream: Upstream) -> Settings:
    return Settings(port=0, data_dir=data_dir, sources={"hold": upstream.template("hold")})


@pytest.fixture
async def proxy(server: str, upstream: Upstream) -> AsyncIterator[Proxy]:
    # No flag comes before the first events have passed: what follows is cut while it happens.
    async with Proxy(server, upstream.release) as proxy:
        yield proxy


def found(program: str) -> str:
    """Where the program is; without it the test is skipped, or fails where it is demanded."""
    if path := shutil.which(program):
        return path
    if is_demanded(program):
        pytest.fail(f"{program} is demanded and is not there", pytrace=False)
    pytest.skip(f"no {program}. Remedy: apt-get install {program}")


def command(name: str, url: str) -> list[str]:
    """The command of the paper that runs the example, for that server."""
    (line,) = re.findall(rf"^    (\S+ docs/examples/{name} \S+)$", PAPER.read_text(), re.MULTILINE)
    program, *arguments = line.replace(ADDRESS, url).split()
    if program == "sh":
        found("curl")
        return [found(program), *arguments]
    return [{".venv/bin/python": sys.executable, "node": node()}[program], *arguments]


@pytest.mark.parametrize("name", ["follow.py", "follow.mjs", "follow.sh"])
async def test_an_example_follows_a_job_over_cut_connections(
    name: str, proxy: Proxy, jobs: JobsClient
) -> None:
    printed = await printed_by(
        *command(name, proxy.url), "hold", within_s=PATIENCE_S, cwd=ROOT, environment=unmeasured()
    )
    lines = [line.split() for line in printed.splitlines()]
    told = [(int(seq), *more) for seq, *more in lines if seq.isdecimal()]
    (job,) = (await jobs.get("/api/v1/jobs"))["items"]
    log = await jobs.log(job["id"])
    assert told == [
        (event["seq"], event["type"], *([event["data"]["code"]] if "code" in event["data"] else []))
        for event in log
    ]
    assert [seq for seq, *_ in told] == list(range(1, job["seq"] + 1))
    assert told[-1][1] == "job.finished"
    check_cuts(proxy)
    assert {"U+1F638", "U+1F63B", "U+1F63D"} <= {first for first, *_ in lines}


async def test_an_independent_client_follows_a_job_over_cut_connections(
    proxy: Proxy, jobs: JobsClient
) -> None:
    job = await jobs.submit("hold", ["B"])
    seen: list[int] = []
    types: list[str] = []
    while not types or types[-1] != "job.finished":
        with suppress(websockets.ConnectionClosed):
            async with websockets.connect(
                proxy.url.replace("http", "ws") + "/api/v1/events",
                subprotocols=[websockets.Subprotocol(protocol.SUBPROTOCOL)],
            ) as socket:
                subscription = {"id": 1, "op": "subscribe", "topic": f"job:{job['id']}"}
                await socket.send(json.dumps({**subscription, "after": len(seen)}))
                while not types or types[-1] != "job.finished":
                    for event in json.loads(await socket.recv()).get("events", ()):
                        seen.append(event["seq"])
                        types.append(event["type"])
    assert seen == list(range(1, (await jobs.job(job["id"]))["seq"] + 1))
    assert types.count("job.finished") == 1
    check_cuts(proxy)
