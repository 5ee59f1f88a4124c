"""What jobs cost, each figure beside what is wanted and, where there is one, a peer.

    python -m bench.jobs [--parts downloads history followers] [--write]

The server has one core; the source, the clients and the load have the other. `--write` puts the
tables into docs/performance.md.
"""

import argparse
import asyncio
import json
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from bench.figures import Figure, show, write
from bench.load import percentile, process, rss_mb
from webapp.characters.build import ensure_index
from webapp.data_dir import state_path
from webapp.database import Writer
from webapp.flags.catalog import COUNTRIES
from webapp.jobs.model import Options
from webapp.jobs.store import Store
from webapp.migrate import migrate
from webapp.settings import ROOT

LOAD_CORE, SERVER_CORE = 0, 1
ROUNDS = 5
AT_ONCE = 16
JOBS, ITEMS, MANY_ITEMS = 1_000, 676, 10_000
FOLLOWERS = 1_000
Json = dict[str, Any]


@asynccontextmanager
async def serving(data_dir: Path, *sources: str) -> AsyncIterator[tuple[int, int, ClientSession]]:
    """Our server on its core: port, process id, and a client of it."""
    flags = [flag for source in sources for flag in ("--source", source)]
    serve = ("-m", "webapp", "serve", "--port", "0", "--telnet-port", "off")
    command = (*serve, "--data-dir", str(data_dir), *flags)
    async with (
        process(*command, line="Serving HTTP", core=SERVER_CORE) as (port, pid),
        ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        yield port, pid, session


@asynccontextmanager
async def source(delay_ms: int) -> AsyncIterator[int]:
    """A source so late; its port."""
    command = ("-m", "bench.upstream", str(delay_ms))
    async with process(*command, line="Running on", core=LOAD_CORE) as (port, _):
        yield port


async def ordered(session: ClientSession, name: str, **options: object) -> Json:
    order = {"source": name, "select": {"preset": "all"}, "existing": "replace", **options}
    async with session.post("/api/v1/jobs", json=order) as answer:
        assert answer.status == 201, await answer.text()
        job: Json = await answer.json()
    return job


async def at_its_end(session: ClientSession, job: Json) -> None:
    """Return when the job has ended."""
    seq = job["seq"]
    while True:
        async with session.get(f"/api/v1/jobs/{job['id']}/events?after={seq}&wait=30") as answer:
            news = await answer.json()
        seq = news["seq"]
        if news["events"] and news["events"][-1]["type"] == "job.finished":
            counters = news["events"][-1]["data"]["counters"]
            assert counters["ok"] == counters["total"], counters
            return


async def one_job(session: ClientSession, name: str) -> float:
    """From the order to its end, in seconds: every event and image is durable then."""
    began = time.perf_counter()
    await at_its_end(session, await ordered(session, name, concurrency=AT_ONCE))
    return time.perf_counter() - began


async def seconds_of(*command: str) -> float:
    """What a peer says it took."""
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.fetch", *command, stdout=asyncio.subprocess.PIPE
    )
    os.sched_setaffinity(started.pid, {SERVER_CORE})
    said, _ = await started.communicate()
    return float(said)


async def curl(port: int, folder: Path) -> float:
    """The same with curl, as a whole process."""
    config = folder / "curl.txt"
    lines = [
        f'url = "http://127.0.0.1:{port}/{code.lower()}.gif"\noutput = "{folder}/{code}.gif"'
        for code in COUNTRIES
    ]
    config.write_text("\n".join(lines), encoding="utf-8")
    began = time.perf_counter()
    parallel = ("--parallel", "--parallel-immediate", "--parallel-max", str(AT_ONCE))
    started = await asyncio.create_subprocess_exec(
        "curl", "--silent", *parallel, "--config", str(config), stdout=asyncio.subprocess.DEVNULL
    )
    os.sched_setaffinity(started.pid, {SERVER_CORE})
    await started.wait()
    return time.perf_counter() - began


async def downloads(data_dir: Path) -> list[Figure]:
    """All 249 flags, from a source that is late and from one that is not."""
    late: dict[str, list[float]] = {"our": [], "bare": [], "curl": []}
    prompt: dict[str, list[float]] = {"our": [], "bare": []}
    async with source(50) as slow, source(0) as quick:
        sources = [f"slow=http://127.0.0.1:{slow}/{{cc}}.gif"]
        sources += [f"quick=http://127.0.0.1:{quick}/{{cc}}.gif"]
        with tempfile.TemporaryDirectory(dir=data_dir) as name:
            folder = Path(name)
            async with serving(data_dir, *sources) as (_, _, session):
                await one_job(session, "quick")
                for _ in range(ROUNDS):
                    late["our"].append(await one_job(session, "slow"))
                    late["bare"].append(await seconds_of(str(slow), str(AT_ONCE)))
                    late["curl"].append(await curl(slow, folder))
                    prompt["our"].append(await one_job(session, "quick"))
                    bare = (str(quick), str(AT_ONCE), str(folder))
                    prompt["bare"].append(await seconds_of(*bare))
    our, bare_s, curl_s = (statistics.median(late[each]) for each in ("our", "bare", "curl"))
    rates = {each: 249 / statistics.median(times) for each, times in prompt.items()}
    more = f"{our:.2f} s against {bare_s:.2f} s; curl {curl_s:.2f} s"
    flags = f"{rates['our']:,.0f} against {rates['bare']:,.0f} flags a second"
    return [
        Figure("50 ms late, against bare aiohttp", (our - 0.05) / bare_s, "×", "≤ 1.10 ×", more),
        Figure(
            "at once, against fetch and fsync", rates["our"] / rates["bare"], "×", "≥ 0.5 ×", flags
        ),
    ]


async def make_history(path: Path) -> None:
    """A thousand jobs that are over, and one of ten thousand items."""
    writer = await Writer.open(path)
    store = Store(writer, lambda job, events: None, lambda: None)
    for number in range(JOBS + 1):
        items = MANY_ITEMS if number == JOBS else ITEMS
        codes = [(f"{item:05}", f"Country {item}") for item in range(items)]
        job, _ = await store.create("builtin", Options(select={"preset": "every"}), codes)
        await store.request_cancel(job.id)
        await store.finish_cancel(job.id)
    await writer.close()


async def asked(session: ClientSession, path: str) -> float:
    began = time.perf_counter()
    async with session.get(path) as answer:
        assert answer.status == 200, path
        await answer.read()
    return (time.perf_counter() - began) * 1000


async def history(data_dir: Path) -> list[Figure]:
    """Lists and pages over a long history."""
    await make_history(state_path(data_dir))
    lists: list[float] = []
    items: list[float] = []
    pages: list[float] = []
    async with serving(data_dir) as (_, pid, session):
        await asked(session, "/api/v1/jobs")
        before = rss_mb(pid)
        path, newest = "/api/v1/jobs?limit=50", ""
        while path:
            lists.append(await asked(session, path))
            async with session.get(path) as answer:
                page = await answer.json()
            newest = newest or page["items"][0]["id"]
            path = f"/api/v1/jobs?limit=50&cursor={page['next']}" if page["next"] else ""
        for state in ("cancelled", "running", "succeeded"):
            lists += [await asked(session, f"/api/v1/jobs?state={state}") for _ in range(20)]
        path = first = f"/api/v1/jobs/{newest}/items?limit=1000"
        while path:
            items.append(await asked(session, path))
            async with session.get(path) as answer:
                following = (await answer.json())["next"]
            path = f"{first}&cursor={following}" if following else ""
        pages += [await asked(session, "/flags") for _ in range(20)]
        after = rss_mb(pid)
    return [
        Figure("a page of the list, 95th percentile", percentile(lists, 95), "ms", "≤ 50 ms"),
        Figure("a thousand items of ten thousand, 95th", percentile(items, 95), "ms", "≤ 50 ms"),
        Figure("the dashboard, 95th percentile", percentile(pages, 95), "ms", "≤ 50 ms"),
        Figure(
            "memory gained by all that", after - before, "MB", "≤ 20 MB", f"{after:.0f} MB then"
        ),
    ]


class Health:
    """How soon /healthz is answered all the while: how long the event loop is kept from it."""

    def __init__(self, session: ClientSession) -> None:
        self.times: list[float] = []
        self._session = session

    async def watch(self) -> None:
        while True:
            self.times.append(await asked(self._session, "/healthz"))
            await asyncio.sleep(0.02)


@asynccontextmanager
async def followed(port: int, job_id: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A thousand clients that follow the job; they say at the end what they saw."""
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.followers", str(port), job_id, str(FOLLOWERS),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    os.sched_setaffinity(started.pid, {LOAD_CORE})
    assert started.stdout is not None
    assert await started.stdout.readline() == b"following\n"
    yield started


async def seen(started: asyncio.subprocess.Process) -> Json:
    said, _ = await started.communicate()
    found: Json = json.loads(said)
    return found


def cpu_s(pid: int) -> float:
    """Processor seconds that a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def stall(port: int, job_id: str) -> asyncio.StreamWriter:
    """A client that asks for everything and reads nothing."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
    key = secrets.token_urlsafe(16)
    lines = ["GET /api/v1/events HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket"]
    lines += ["Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
    writer.write("\r\n".join([*lines, "Sec-WebSocket-Protocol: charfinder.v1", "", ""]).encode())
    with suppress(asyncio.LimitOverrunError):
        await reader.readuntil(b"\r\n\r\n")
    frame = json.dumps({"id": 1, "op": "subscribe", "topic": f"job:{job_id}", "after": 0}).encode()
    # Masked by zeros: a client's frame.
    writer.write(bytes([0x81, 0x80 | 126, *len(frame).to_bytes(2, "big"), 0, 0, 0, 0]) + frame)
    writer.transport.pause_reading()  # type: ignore[attr-defined]  # of the transport there is
    return writer


async def one_busy_job(data_dir: Path, upstream: int, *, stalled: bool) -> Json:
    """What a thousand followers of one job saw, and what that cost."""
    template = f"slow=http://127.0.0.1:{upstream}/{{cc}}.gif"
    async with serving(data_dir, template) as (port, pid, session):
        job = await ordered(session, "slow", start=False, select={"preset": "every"})
        before = rss_mb(pid)
        async with followed(port, job["id"]) as clients:
            kilobytes = (rss_mb(pid) - before) * 1024 / FOLLOWERS
            stuck = await stall(port, job["id"]) if stalled else None
            health, used = Health(session), cpu_s(pid)
            watching = asyncio.create_task(health.watch())
            async with session.post(f"/api/v1/jobs/{job['id']}/start") as answer:
                assert answer.status == 202
            found = await seen(clients)
            watching.cancel()
            found |= {"cpu": cpu_s(pid) - used, "kilobytes": kilobytes}
            found["lag"] = percentile(health.times, 99)
            if stuck is not None:
                stuck.transport.abort()
    return found


async def broadcast(size: int, frames: int) -> float:
    """Processor seconds a frame of a server that does nothing else."""
    command = ("-m", "bench.broadcast", str(size), "10", str(frames))
    async with (
        process(*command, line="Running on", core=SERVER_CORE) as (port, pid),
        followed(port, "none") as clients,
        ClientSession() as session,
    ):
        used = cpu_s(pid)
        await session.post(f"http://127.0.0.1:{port}/start")
        frames_seen = int((await seen(clients))["frames"])
        return (cpu_s(pid) - used) / frames_seen


async def followers(data_dir: Path) -> list[Figure]:
    """A thousand websockets at one busy job."""
    async with source(50) as upstream:
        free = await one_busy_job(data_dir, upstream, stalled=False)
        beside = await one_busy_job(data_dir, upstream, stalled=True)
    size, frames = free["bytes"] // free["frames"], free["frames"] // FOLLOWERS
    bare = await broadcast(size, max(frames, 20))
    our = free["cpu"] / free["frames"]
    cost = f"{our * 1e6:.0f} µs against {bare * 1e6:.0f} µs a frame of {size / 1000:.1f} kB"
    late = f"median {free['p50']:.0f} ms, {frames} frames each"
    return [
        Figure("an event, 99th percentile late", free["p99"], "ms", "≤ 500 ms", late),
        Figure("the same beside a client that does not read", beside["p99"], "ms", "≤ 500 ms"),
        Figure("memory of a follower", free["kilobytes"], "kB", "≤ 30 kB"),
        Figure("against a bare broadcast", bare / our, "×", "≥ 0.5 ×", cost),
        Figure("/healthz meanwhile, 99th percentile", free["lag"], "ms", "≤ 50 ms"),
    ]


PARTS: dict[str, Callable[[Path], Awaitable[list[Figure]]]] = {
    "downloads": downloads,
    "history": history,
    "followers": followers,
}


async def main(options: argparse.Namespace, data_dir: Path) -> None:
    os.sched_setaffinity(0, {LOAD_CORE})
    for name in options.parts or PARTS:
        figures = await PARTS[name](data_dir)
        show(name, figures)
        if options.write:
            write(name, figures)


if __name__ == "__main__":
    import threading

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", nargs="+", choices=PARTS, help="which of them; all by default")
    parser.add_argument("--write", action="store_true", help="write into docs/performance.md")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        ensure_index(folder, lambda stage, done: None, threading.Event())
        migrate(state_path(folder), ROOT / "migrations")
        asyncio.run(main(given, folder))
