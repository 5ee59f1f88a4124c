"""Seconds for all 249 flags of the built-in source, every event and image durable.

python -m bench.flags
"""

import asyncio
import statistics
import tempfile
import time

from aiohttp import ClientSession

from bench.load import process

ROUNDS = 5
AT_ONCE = (5, 16, 64)


async def one_job(session: ClientSession, concurrency: int) -> float:
    """From the order to the last event, in seconds."""
    order = {
        "source": "builtin",
        "select": {"preset": "all"},
        "concurrency": concurrency,
        "existing": "replace",
    }
    started = time.perf_counter()
    async with session.post("/api/v1/jobs", json=order) as answer:
        job = await answer.json()
    seq = 0
    while True:
        path = f"/api/v1/jobs/{job['id']}/events?after={seq}&wait=30"
        async with session.get(path) as answer:
            log = await answer.json()
        seq = log["seq"]
        if log["events"] and log["events"][-1]["type"] == "job.finished":
            break
    elapsed = time.perf_counter() - started
    assert log["events"][-1]["data"]["counters"]["ok"] == 249
    return elapsed


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        serve = ("-m", "webapp", "serve", "--port", "0", "--data-dir", folder)
        async with (
            process(*serve, line="Serving HTTP") as (port, _),
            ClientSession(f"http://127.0.0.1:{port}") as session,
        ):
            for concurrency in AT_ONCE:
                times = [await one_job(session, concurrency) for _ in range(ROUNDS)]
                middle, best, worst = statistics.median(times), min(times), max(times)
                print(f"{concurrency:3} at once: {middle:.2f} s ({best:.2f} to {worst:.2f})")


if __name__ == "__main__":
    asyncio.run(main())
