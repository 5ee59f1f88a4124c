"""What the search costs, each figure beside what is wanted and, where there is one, a peer.

    python -m bench.search [--data-dir DIR] [--parts inside http …] [--write]

Servers have one core, the load the other. Rounds of peers are interleaved, so that a slow phase
of the machine meets all of them, and medians are taken: read ratios rather than milliseconds.
`--write` puts the tables into docs/performance.md. For its part, Datasette is installed into an
environment below the data folder, or is had from --datasette-python.
"""

import argparse
import asyncio
import os
import statistics
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bench import book, datasette, queries
from bench.bare import recorded
from bench.figures import Figure, show, write
from bench.hostile import hostile_part
from bench.inside import every_page, never_seen, summary
from bench.load import Load, measure, once, process, rate_of_all, request, rss_mb
from bench.start import data_folder, starts
from webapp.data_dir import index_path

LOAD_CORE, SERVER_CORE = 0, 1
ROUNDS, SECONDS = 7, 1.0
HTTP_ROUNDS = 3
DISTINCT_ROUNDS = 7
PAGE = queries.path({"q": "letter"})
PLAIN, GZIP = {"Accept-Encoding": "identity"}, {"Accept-Encoding": "gzip"}

Target = tuple[int, Sequence[bytes]]


@asynccontextmanager
async def serving(data_dir: Path) -> AsyncIterator[tuple[int, int]]:
    """Our server on its core: port and process id."""
    serve = ("-m", "webapp", "serve", "--port", "0", "--telnet-port", "off")
    folder = ("--data-dir", str(data_dir))
    async with process(*serve, *folder, line="Serving HTTP", core=SERVER_CORE) as server:
        yield server


async def interleaved(targets: dict[str, Target]) -> dict[str, float]:
    """Answers per second of each target, in the middle one of its rounds."""
    loads: dict[str, list[Load]] = {name: [] for name in targets}
    for _ in range(ROUNDS):
        for name, (port, requests) in targets.items():
            loads[name].append(await measure(port, requests, SECONDS))
    return {
        name: statistics.median(load.per_second for load in found) for name, found in loads.items()
    }


def compared(title: str, our: float, peer: float, wanted: str) -> Figure:
    """The ratio of two rates."""
    return Figure(title, our / peer, "×", wanted, f"{our:,.0f} against {peer:,.0f} a second")


async def bare_part(data_dir: Path) -> list[Figure]:
    """200 rows with their total, against a bare handler that sends the same bytes and headers."""
    targets: dict[str, Target] = {}
    async with serving(data_dir) as (port, pid), AsyncExitStack() as stack:
        for name, headers in (("plain", PLAIN), ("gzip", GZIP)):
            answer = data_dir / f"answer-{name}.json"
            # The thorough packing comes with the second request.
            for _ in range(2):
                answer.write_text(await recorded(port, PAGE, headers), encoding="utf-8")
            bare = process("-m", "bench.bare", str(answer), line="Running on", core=SERVER_CORE)
            peer, _ = await stack.enter_async_context(bare)
            targets[f"bare {name}"] = peer, [request(peer, PAGE, headers)]
            targets[f"kept {name}"] = port, [request(port, PAGE, headers)]
        spellings = queries.spellings("letter", 4000)
        targets["not kept"] = port, [request(port, path, PLAIN) for path in spellings]
        rates = await interleaved(targets)
        memory = rss_mb(pid)
    plain, packed = rates["bare plain"], rates["bare gzip"]
    return [
        compared("page kept, against bare aiohttp", rates["kept plain"], plain, "≥ 0.80 ×"),
        compared("the same with gzip", rates["kept gzip"], packed, "≥ 0.80 ×"),
        compared("page not kept, total known", rates["not kept"], plain, "≥ 0.30 ×"),
        Figure("memory of the server after that", memory, "MB", "≤ 120 MB"),
    ]


async def inside_part(data_dir: Path) -> list[Figure]:
    """Never-seen queries, deep pages and floods, in this process."""
    path = index_path(data_dir)
    always = await never_seen(path, [{"q": text} for text in queries.ALWAYS])
    pages = await every_page(path, [{"q": text} for text in queries.DEEP])
    first = await never_seen(path, queries.first_pages(path))
    floods = await never_seen(path, [{"q": text} for text in queries.FLOODS])
    worst = queries.FLOODS[floods.index(max(floods))]
    return [
        *summary("never seen", first, "≤ 1 ms", "≤ 8 ms"),
        *(
            Figure(f"`{text}`, never seen", ms, "ms", "≤ 8 ms")
            for text, ms in zip(queries.ALWAYS, always, strict=True)
        ),
        Figure("slowest page of any depth", max(pages), "ms", "≤ 5 ms", f"of {len(pages):,}"),
        Figure("slowest flood of words", max(floods), "ms", "≤ 60 ms", f"`{worst}`"),
    ]


async def http_part(data_dir: Path) -> list[Figure]:
    """The same first pages over HTTP, one after the other, of servers newly started."""
    asked = queries.first_pages(index_path(data_dir))
    rounds = []
    for _ in range(HTTP_ROUNDS):
        async with serving(data_dir) as (port, _):
            await once(port, [request(port, queries.path({"q": "warm up"}), PLAIN)])
            requests = [request(port, queries.path(each), PLAIN) for each in asked]
            rounds.append(await once(port, requests))
    times = [statistics.median(each) for each in zip(*rounds, strict=True)]
    return summary("never seen, over HTTP", times, "≤ 3 ms", "≤ 25 ms")


async def datasette_part(data_dir: Path, python: str) -> list[Figure]:
    """The same words asked of Datasette: 200 rows without a total and without a ranking."""
    distinct = queries.distinct(index_path(data_dir))
    our, their = [], []
    async with datasette.serving(python, index_path(data_dir), data_dir, SERVER_CORE) as peer:
        async with serving(data_dir) as (port, _):
            ours = [request(port, queries.path({"q": text}), PLAIN) for text in queries.MIX]
            theirs = [request(peer, datasette.path(text), PLAIN) for text in queries.MIX]
            mix = await interleaved({"our": (port, ours), "their": (peer, theirs)})
        for _ in range(DISTINCT_ROUNDS):
            # A server newly started has no answer to any of them yet.
            async with serving(data_dir) as (port, _):
                ours = [request(port, queries.path({"q": text}), PLAIN) for text in distinct]
                our.append(await rate_of_all(port, ours))
            theirs = [request(peer, datasette.path(text), PLAIN) for text in distinct]
            their.append(await rate_of_all(peer, theirs))
    title = f"{len(distinct):,} different queries, once each"
    return [
        compared("8 queries over and over, against Datasette", mix["our"], mix["their"], "≥ 20 ×"),
        compared(title, statistics.median(our), statistics.median(their), "≥ 3 ×"),
    ]


def parts(data_dir: Path, python: str | None) -> dict[str, Callable[[], Awaitable[list[Figure]]]]:
    """What there is to measure, by the name on the command line."""
    return {
        "starts": starts,
        "bare": lambda: bare_part(data_dir),
        "inside": lambda: inside_part(data_dir),
        "http": lambda: http_part(data_dir),
        "hostile": lambda: hostile_part(data_dir),
        "datasette": lambda: datasette_part(data_dir, python or datasette.environment(data_dir)),
        "book": lambda: book.compare(index_path(data_dir)),
    }


async def main(options: argparse.Namespace, data_dir: Path) -> None:
    known = parts(data_dir, options.datasette_python)
    for name in options.parts or known:
        # A start may use the whole machine.
        os.sched_setaffinity(0, range(os.cpu_count() or 1) if name == "starts" else {LOAD_CORE})
        figures = await known[name]()
        show(name, figures)
        if options.write:
            write(name, figures)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", type=Path, help="a data folder (default: a new one)")
    parser.add_argument("--parts", nargs="+", help="which of them; all by default")
    parser.add_argument("--datasette-python", help="the Python of an environment with Datasette")
    parser.add_argument("--write", action="store_true", help="write into docs/performance.md")
    given = parser.parse_args()
    with data_folder(given.data_dir) as folder:
        asyncio.run(main(given, folder))
