"""Many clients of one job's events, in a process of their own.

Its arguments are a port, the job, and how many. Prints a line when all of them follow, and at the
end of the job one of JSON: how late the newest event of each frame was, in ms, and how many frames
and bytes came.
"""

import asyncio
import json
import sys
import time
from datetime import datetime

from aiohttp import ClientSession, TCPConnector, WSMsgType

from bench.load import percentile
from webapp.server import raise_file_limit

AT = '"at":"'
OPENED_AT_ONCE = 50


class Count:
    """What all of them were sent."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self.frames = self.bytes = 0


async def follow(session: ClientSession, job_id: str, count: Count, ready: asyncio.Event) -> None:
    """One client, from now to the end of the job."""
    async with session.ws_connect("/api/v1/events", protocols=("charfinder.v1",)) as socket:
        await socket.send_json({"id": 1, "op": "subscribe", "topic": f"job:{job_id}", "after": 0})
        await socket.receive()
        ready.set()
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                return
            text: str = message.data
            if '"events"' not in text:
                continue
            count.frames += 1
            count.bytes += len(text)
            at = text.rfind(AT) + len(AT)
            newest = text[at : text.index('"', at)]
            count.late_ms.append((time.time() - datetime.fromisoformat(newest).timestamp()) * 1000)
            if '"job.finished"' in text:
                return


async def main(port: int, job_id: str, count: int) -> None:
    raise_file_limit()
    counted, places = Count(), asyncio.Semaphore(OPENED_AT_ONCE)
    async with ClientSession(
        f"http://127.0.0.1:{port}", connector=TCPConnector(limit=0)
    ) as session:
        following = []
        for _ in range(count):
            ready = asyncio.Event()
            following.append(asyncio.create_task(follow(session, job_id, counted, ready)))
            async with places:
                await ready.wait()
        counted.late_ms.clear()
        counted.frames = counted.bytes = 0
        print("following", flush=True)
        await asyncio.gather(*following)
    late = counted.late_ms
    print(
        json.dumps(
            {
                "p50": percentile(late, 50),
                "p99": percentile(late, 99),
                "frames": counted.frames,
                "bytes": counted.bytes,
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
