"""Search, start a download, follow it to its end whatever the connection does.

python3 follow.py [URL [SOURCE]], with aiohttp installed.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import ClientConnectionError, ClientSession, WSMsgType, WSServerHandshakeError

RETRY_S = 1


async def main(url: str = "http://127.0.0.1:8888", source: str = "delay") -> None:
    """Print what was found, then a line for each event: its number, its type, its country."""
    async with ClientSession(url, raise_for_status=True) as session:
        async with session.get("/api/v1/characters", params={"q": "cat eyes"}) as response:
            for found in (await response.json())["items"]:
                print(found["id"], found["char"], found["name"])
        order = {"source": source, "select": {"preset": "pop20"}, "existing": "replace"}
        async with session.post("/api/v1/jobs", json=order) as response:
            job = await response.json()
        async for event in follow(session, job["id"]):
            print(event["seq"], event["type"], event["data"].get("code", ""), flush=True)


async def follow(session: ClientSession, job_id: str) -> AsyncIterator[dict[str, Any]]:
    """Every event once and in order, over as many connections as it takes."""
    last = 0
    while True:
        try:
            async for event in connection(session, job_id, last):
                if event["seq"] != last + 1:
                    continue
                last = event["seq"]
                yield event
                if event["type"] == "job.finished":
                    return
        except ClientConnectionError:
            pass
        except WSServerHandshakeError as error:
            if error.status < 500:
                raise
        print(f"The connection is lost after {last}.", file=sys.stderr)
        await asyncio.sleep(RETRY_S)


async def connection(
    session: ClientSession, job_id: str, after: int
) -> AsyncIterator[dict[str, Any]]:
    """The events after that one, until the connection ends."""
    # With the heartbeat, a connection that died without a word ends as well.
    async with session.ws_connect(
        "/api/v1/events", protocols=("charfinder.v1",), heartbeat=10
    ) as socket:
        topic = f"job:{job_id}"
        await socket.send_json({"id": 1, "op": "subscribe", "topic": topic, "after": after})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                return
            frame = message.json()
            if "problem" in frame:
                raise SystemExit(frame["problem"]["detail"])
            for event in frame.get("events", ()):
                yield event


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
