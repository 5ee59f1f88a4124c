"""How long it takes until the first answer: building the index, and a start that finds it.

python -m bench.start
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiohttp import ClientSession

from bench.figures import Figure, show
from bench.load import process, rss_mb
from webapp.data_dir import index_path

WARM_STARTS = 5


@contextmanager
def data_folder(given: Path | None) -> Iterator[Path]:
    """The folder given, or one that is gone afterwards, with an index of this program."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = (given or Path(temporary)).absolute()
        build(folder)
        yield folder


def build(folder: Path) -> list[Figure]:
    """Build an index in the folder, in a process of its own as a first start does.

    It takes no time when the one that is there is of this program.
    """
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "webapp.characters.build", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    ) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    seconds = time.perf_counter() - began
    return [
        Figure("building the index", seconds, "s", "≤ 20 s", f"{usage.ru_utime:.1f} s of one core"),
        Figure("memory of the builder, at most", usage.ru_maxrss / 1024, "MB", "≤ 500 MB"),
        Figure("index", index_path(folder).stat().st_size / 1e6, "MB", "≤ 110 MB"),
    ]


async def ready(folder: Path) -> tuple[float, float]:
    """Seconds from the command to the first 200 of /readyz, and MB of memory then."""
    began = time.perf_counter()
    serve = ("run.py", "--port", "0", "--telnet-port", "off", "--data-dir", str(folder))
    async with process(*serve, line="Serving HTTP") as (port, pid):
        async with (
            ClientSession() as session,
            session.get(f"http://127.0.0.1:{port}/readyz") as answer,
        ):
            assert answer.status == 200
        return time.perf_counter() - began, rss_mb(pid)


async def starts() -> list[Figure]:
    """All of it, in a folder that is new."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = build(folder)
        await ready(folder)
        warm = [await ready(folder) for _ in range(WARM_STARTS)]
    seconds = statistics.median(seconds for seconds, _ in warm)
    memory = statistics.median(memory for _, memory in warm)
    figures.append(Figure("ready with the index there", seconds, "s", "≤ 1.5 s"))
    figures.append(Figure("memory of the server, idle", memory, "MB", "≤ 120 MB"))
    return figures


if __name__ == "__main__":
    show("starts", asyncio.run(starts()))
