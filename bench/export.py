"""What it costs to send a whole result: rows a second, and the memory that it takes meanwhile.

python -m bench.export [--data-dir DIR] [--q gc:Lo] [--write]

The server has one core and the client the other. Each form is fetched several times, and the
memory of the server is looked at all the while.
"""

import argparse
import asyncio
import os
import statistics
import time
from pathlib import Path
from typing import NamedTuple

from aiohttp import ClientSession, ClientTimeout

from bench.figures import Figure, show, write
from bench.load import process, rss_mb
from bench.start import data_folder

ROUNDS = 5
SECONDS_AT_MOST = 120
LOAD_CORE, SERVER_CORE = 0, 1
FORMS = {"NDJSON": ("ndjson", "identity"), "CSV": ("csv", "identity"), "CSV, gzip": ("csv", "gzip")}


class Fetched(NamedTuple):
    """One export: its rows, the seconds it took, and the most memory meanwhile in MB."""

    rows: int
    seconds: float
    most_mb: float


async def fetched(session: ClientSession, pid: int, q: str, form: tuple[str, str]) -> Fetched:
    """Fetch an export; its end must say that it is whole."""
    ending, encoding = form
    headers = {"Accept-Encoding": encoding}
    # Beside its rows, an export has a mark at its end, and a table a head.
    rows = -1 if ending == "ndjson" else -2
    tail, most = b"", rss_mb(pid)
    began = time.perf_counter()
    async with session.get(
        f"/api/v1/characters.{ending}", params={"q": q}, headers=headers
    ) as answer:
        answer.raise_for_status()
        async for piece in answer.content.iter_chunked(1 << 20):
            rows += piece.count(b"\n")
            tail = (tail + piece)[-100:]
            most = max(most, rss_mb(pid))
    seconds = time.perf_counter() - began
    assert b"# end of" in tail or b'{"end":true' in tail, tail
    return Fetched(rows, seconds, most)


async def export_part(data_dir: Path, q: str) -> list[Figure]:
    """Every form in turn, from a server newly started."""
    figures = []
    serve = ("-m", "webapp", "serve", "--port", "0", "--telnet-port", "off")
    folder = ("--data-dir", str(data_dir))
    async with process(*serve, *folder, line="Serving HTTP", core=SERVER_CORE) as (port, pid):
        timeout = ClientTimeout(total=SECONDS_AT_MOST)
        async with ClientSession(f"http://127.0.0.1:{port}", timeout=timeout) as session:
            # The first answers of any kind take memory that stays: it is not the exports'.
            async with session.get("/api/v1/characters?q=cat") as answer:
                await answer.read()
            before = rss_mb(pid)
            rounds = [
                {name: await fetched(session, pid, q, form) for name, form in FORMS.items()}
                for _ in range(ROUNDS)
            ]
            after = rss_mb(pid)
    for name in FORMS:
        each = [found[name] for found in rounds]
        rows = each[0].rows
        rate = statistics.median(one.rows / one.seconds for one in each)
        more = f"{rows:,} rows in {statistics.median(one.seconds for one in each):.2f} s"
        figures.append(Figure(f"`{q}` as {name}", rate, "rows a second", "", more))
    most = max(one.most_mb for found in rounds for one in found.values())
    said = f"{before:.1f} MB before, {most:.1f} at most"
    figures.append(Figure("memory of the server meanwhile", most - before, "MB", "≤ 10 MB", said))
    figures.append(Figure("memory gained when all are sent", after - before, "MB", "≤ 10 MB"))
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", type=Path, help="a data folder (default: a new one)")
    parser.add_argument("--q", default="gc:Lo", help="what to search for")
    parser.add_argument("--write", action="store_true", help="write into docs/performance.md")
    given = parser.parse_args()
    os.sched_setaffinity(0, {LOAD_CORE})
    with data_folder(given.data_dir) as folder:
        measured = asyncio.run(export_part(folder, given.q))
    show("export", measured)
    if given.write:
        write("export", measured)
