"""How long a start takes: the first one, which builds the index, and one that finds it.

python -m bench.start
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from aiohttp import ClientSession

from bench.load import process, rss_mb

WARM_STARTS = 5


async def start(folder: str) -> tuple[float, float]:
    """Seconds from the command to the first 200 of /readyz, and MB of memory then."""
    began = time.perf_counter()
    serve = ("run.py", "--port", "0", "--data-dir", folder)
    async with process(*serve, line="Serving HTTP") as (port, pid):
        async with (
            ClientSession() as session,
            session.get(f"http://127.0.0.1:{port}/readyz") as answer,
        ):
            assert answer.status == 200
        return time.perf_counter() - began, rss_mb(pid)


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cold, _ = await start(folder)
        warm = [await start(folder) for _ in range(WARM_STARTS)]
        size = (Path(folder) / "index.db").stat().st_size / 1e6
    middle = statistics.median(seconds for seconds, _ in warm)
    print(f"first start with the packages there: {cold:.1f} s, index {size:.1f} MB")
    print(f"later starts: {middle:.2f} s, RSS idle {warm[-1][1]:.0f} MB")


if __name__ == "__main__":
    asyncio.run(main())
