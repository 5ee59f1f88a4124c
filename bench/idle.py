"""What a thousand idle clients cost the others: searches beside them, against searches without.

    python -m bench.idle [--data-dir DIR] [--write]

Servers have one core; the clients and the load have the other. One server has no clients, one has
telnet clients that have read their prompt, one has websockets that follow the list of jobs, in
which nothing happens. They are asked in turn, in many short rounds. A second server without
clients says how far apart two equal ones are measured.
"""

import argparse
import asyncio
import os
import socket
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from bench import queries
from bench.figures import Figure, show, write
from bench.load import Load, measure, process, request, rss_mb
from bench.start import data_folder
from webapp.data_dir import index_path, state_path
from webapp.migrate import migrate
from webapp.settings import ROOT

LOAD_CORE, SERVER_CORE = 0, 1
CLIENTS = 1_000
ROUNDS, SECONDS = 90, 0.3
PLAIN = {"Accept-Encoding": "identity"}
NOBODY, OTHERS = "nobody", "nobody again"
TELNET, WEBSOCKET = "telnet", "websocket"


class Server(NamedTuple):
    """A server of ours: its ports, and its process id."""

    http: int
    telnet: int
    pid: int


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def make(folder: Path, index: Path) -> None:
    """A data folder with this index and without jobs."""
    folder.mkdir()
    index_path(folder).symlink_to(index)
    migrate(state_path(folder), ROOT / "migrations")


@asynccontextmanager
async def serving(index: Path, folder: Path) -> AsyncIterator[Server]:
    """Our server on its core, in a data folder of its own."""
    await asyncio.to_thread(make, folder, index)
    http = free_port()
    serve = ("-m", "webapp", "serve", "--port", str(http), "--telnet-port", "0")
    command = (*serve, "--data-dir", str(folder))
    async with process(*command, line="Serving telnet", core=SERVER_CORE) as (telnet, pid):
        yield Server(http, telnet, pid)


@asynccontextmanager
async def clients(kind: str, port: int) -> AsyncIterator[None]:
    """A thousand clients for as long as the body runs; RuntimeError when one of them was lost."""
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.idle_clients", kind, str(port), str(CLIENTS),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    os.sched_setaffinity(started.pid, {LOAD_CORE})
    assert started.stdin is not None
    assert started.stdout is not None
    try:
        async with asyncio.timeout(60):
            if await started.stdout.readline() != b"there\n":
                raise RuntimeError(f"not all clients got in by {kind}")
        yield
        started.stdin.close()
        said, _ = await started.communicate()
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()
    if said != b"%d\n" % CLIENTS:
        raise RuntimeError(f"of {CLIENTS} clients by {kind} are left: {said!r}")


async def in_turn(servers: Mapping[str, Server], texts: list[str]) -> dict[str, list[Load]]:
    """The same searches of all servers, round by round."""
    requests = {
        name: [request(server.http, queries.path({"q": text}), PLAIN) for text in texts]
        for name, server in servers.items()
    }
    loads: dict[str, list[Load]] = {name: [] for name in servers}
    order = list(servers)
    for _ in range(ROUNDS):
        for name in order:
            loads[name].append(await measure(servers[name].http, requests[name], SECONDS))
        # Nobody always comes behind the same one.
        order.append(order.pop(0))
    return loads


async def idle(data_dir: Path) -> list[Figure]:
    """The 99th percentile of a search beside the clients, as a multiple of that without."""
    index = index_path(data_dir).absolute()
    texts = queries.distinct(index)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = {
            name: await stack.enter_async_context(serving(index, folder / name))
            for name in (NOBODY, TELNET, WEBSOCKET, OTHERS)
        }
        memory = {TELNET: servers[TELNET], WEBSOCKET: servers[WEBSOCKET]}
        before = {name: rss_mb(server.pid) for name, server in memory.items()}
        await stack.enter_async_context(clients(TELNET, servers[TELNET].telnet))
        await stack.enter_async_context(clients(WEBSOCKET, servers[WEBSOCKET].http))
        kilobytes = {
            name: (rss_mb(server.pid) - before[name]) * 1024 / CLIENTS
            for name, server in memory.items()
        }
        loads = await in_turn(servers, texts)
    p99 = {name: statistics.median(load.p99_ms for load in found) for name, found in loads.items()}

    def compared(title: str, name: str, wanted: str) -> Figure:
        more = f"{p99[name]:.1f} ms against {p99[NOBODY]:.1f} ms"
        return Figure(title, p99[name] / p99[NOBODY], "×", wanted, more)

    return [
        compared(f"beside {CLIENTS:,} telnet clients, 99th percentile", TELNET, "≤ 1.10 ×"),
        compared(f"beside {CLIENTS:,} websockets, 99th percentile", WEBSOCKET, "≤ 1.10 ×"),
        compared("beside nobody, once more", OTHERS, ""),
        Figure("memory of an idle telnet client", kilobytes[TELNET], "kB", "≤ 30 kB"),
        Figure("memory of an idle websocket", kilobytes[WEBSOCKET], "kB", "≤ 30 kB"),
    ]


async def main(options: argparse.Namespace, data_dir: Path) -> None:
    os.sched_setaffinity(0, {LOAD_CORE})
    figures = await idle(data_dir)
    show("idle", figures)
    if options.write:
        write("idle", figures)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", type=Path, help="a data folder (default: a new one)")
    parser.add_argument("--write", action="store_true", help="write into docs/performance.md")
    given = parser.parse_args()
    with data_folder(given.data_dir) as folder:
        asyncio.run(main(given, folder))
