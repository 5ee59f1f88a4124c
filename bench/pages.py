"""Pages of 200 rows per second, against a bare aiohttp handler that sends the same bytes.

    python -m bench.pages [--data-dir DIR]

Server and peer have one core, the load the other; rounds are interleaved; medians are printed.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from aiohttp import ClientSession

from bench.load import Load, measure, process, request, rss_mb
from webapp.characters import ucd

ROUNDS = 5
SECONDS = 2.0
PATH = "/api/v1/characters?q=letter"


def distinct_paths() -> list[str]:
    """Two thousand queries that differ: pairs of words of names, evenly over all characters."""
    names = [point.name.split() for point in ucd.code_points() if point.name.count(" ") > 1]
    chosen = names[:: max(1, len(names) // 2500)]
    return sorted({f"/api/v1/characters?q={quote(f'{n[0]} {n[-1]}')}" for n in chosen})[:2000]


async def record(port: int, folder: Path) -> Path:
    """The answer to PATH, bytes and headers, for the peer to send."""
    async with (
        ClientSession(f"http://127.0.0.1:{port}", auto_decompress=False) as session,
        session.get(PATH, headers={"Accept-Encoding": "identity"}) as answer,
    ):
        dropped = {"Content-Length", "Date"}
        headers = {k: v for k, v in answer.headers.items() if k not in dropped}
        recorded = {"body": await answer.text(), "headers": headers}
    path = folder / "answer.json"
    path.write_text(json.dumps(recorded), encoding="utf-8")
    return path


def show(name: str, loads: list[Load], peer: float | None = None) -> float:
    middle = statistics.median(load.per_second for load in loads)
    p50 = statistics.median(load.median_ms for load in loads)
    p99 = statistics.median(load.p99_ms for load in loads)
    ratio = f"  {middle / peer:5.2f} x the bare handler" if peer else ""
    print(f"{name:34} {middle:9.0f} /s  p50 {p50:6.2f} ms  p99 {p99:6.2f} ms{ratio}")
    return middle


async def main(data_dir: str) -> None:
    os.sched_setaffinity(0, {0})
    serve = ("-m", "webapp", "serve", "--port", "0", "--data-dir", data_dir)
    started = time.perf_counter()
    async with process(*serve, line="Serving HTTP", core=1) as (port, pid):
        ready_s = time.perf_counter() - started
        idle = rss_mb(pid)
        recorded = await record(port, Path(data_dir))
        async with process(
            "-m", "bench.bare", str(recorded), line="======== Running on", core=1
        ) as (bare, _):
            same, paths = [request(port, PATH)], distinct_paths()
            fresh = [request(port, path) for path in paths]
            loads: dict[str, list[Load]] = {"bare": [], "same": [], "distinct": []}
            for _ in range(ROUNDS):
                loads["bare"].append(await measure(bare, [request(bare, PATH)], SECONDS))
                loads["same"].append(await measure(port, same, SECONDS))
                loads["distinct"].append(await measure(port, fresh, SECONDS))
        peer = show("bare aiohttp, same bytes", loads["bare"])
        show("200 rows, asked before", loads["same"], peer)
        show(f"{len(paths)} distinct queries, in turn", loads["distinct"], peer)
        print(
            f"ready after {ready_s:.2f} s, "
            f"RSS idle {idle:.0f} MB, after the load {rss_mb(pid):.0f} MB"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", help="a data folder with an index (default: a new one)")
    given = parser.parse_args().data_dir
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(main(given or folder))
