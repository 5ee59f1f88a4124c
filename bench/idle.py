"""What a thousand idle clients cost the others: searches beside them, against searches without.

    python -m bench.idle [--data-dir DIR] [--write]

The server has one core; the clients and the load have the other. In each round the same searches
are timed without clients, beside telnet clients that have read their prompt, and beside websockets
that follow the list of jobs, in which nothing happens. The median of the rounds' ratios counts.
"""

import argparse
import asyncio
import os
import socket
import statistics
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench import queries
from bench.figures import Figure, show, write
from bench.load import measure, process, request, rss_mb
from bench.start import data_folder
from webapp.app import index_path

LOAD_CORE, SERVER_CORE = 0, 1
CLIENTS = 1_000
ROUNDS, SECONDS = 9, 1.5
PLAIN = {"Accept-Encoding": "identity"}
KINDS = {"telnet": "telnet clients", "websocket": "websockets"}


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@asynccontextmanager
async def serving(data_dir: Path) -> AsyncIterator[tuple[dict[str, int], int]]:
    """Our server on its core: its port for each kind of client, and its process id."""
    port = free_port()
    serve = ("-m", "webapp", "serve", "--port", str(port), "--telnet-port", "0")
    folder = ("--data-dir", str(data_dir))
    async with process(*serve, *folder, line="Serving telnet", core=SERVER_CORE) as (lines, pid):
        yield {"telnet": lines, "websocket": port}, pid


@asynccontextmanager
async def beside(kind: str, port: int) -> AsyncIterator[None]:
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
                raise RuntimeError(f"not all {KINDS[kind]} got in")
        yield
        started.stdin.close()
        said, _ = await started.communicate()
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()
    if said != b"%d\n" % CLIENTS:
        raise RuntimeError(f"of {CLIENTS} {KINDS[kind]} are left: {said!r}")


async def idle(data_dir: Path) -> list[Figure]:
    """The 99th percentile of a search beside the clients, as a multiple of that without."""
    texts = queries.distinct(index_path(data_dir))
    alone: list[float] = []
    ratios: dict[str, list[float]] = {kind: [] for kind in KINDS}
    async with serving(data_dir) as (ports, pid):
        http = ports["websocket"]
        requests = [request(http, queries.path({"q": text}), PLAIN) for text in texts]

        async def p99() -> float:
            return (await measure(http, requests, SECONDS)).p99_ms

        await p99()
        memory = await memory_of_telnet(ports["telnet"], pid)
        for _ in range(ROUNDS):
            for kind, found in ratios.items():
                alone.append(await p99())
                async with beside(kind, ports[kind]):
                    with_them = await p99()
                # Before and behind: a slow phase of the machine begins at any time.
                alone.append(await p99())
                found.append(with_them / statistics.mean(alone[-2:]))
    usual = f"{statistics.median(alone):.1f} ms without"
    return [
        *(
            Figure(
                f"a search beside {CLIENTS:,} idle {name}, 99th percentile",
                statistics.median(ratios[kind]),
                "×",
                "≤ 1.10 ×",
                usual,
            )
            for kind, name in KINDS.items()
        ),
        Figure("memory of an idle telnet client", memory, "kB", "≤ 30 kB"),
    ]


async def memory_of_telnet(port: int, pid: int) -> float:
    """What one of them takes, in kB."""
    before = rss_mb(pid)
    async with beside("telnet", port):
        return (rss_mb(pid) - before) * 1024 / CLIENTS


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
