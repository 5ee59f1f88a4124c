"""The peer of a followed job: an aiohttp server that sends one text to all its websockets.

Its arguments are the bytes of a frame, frames a second, and frames in all. It begins with the first
POST to /start. Its frames look to `bench.followers` like those of a job.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime

from aiohttp import web


def main(size: int, a_second: float, frames: int) -> None:
    sockets: list[web.WebSocketResponse] = []
    started = asyncio.Event()

    async def events(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=("charfinder.v1",), compress=False)
        await socket.prepare(request)
        await socket.receive()
        await socket.send_str('{"id":1,"ok":true}')
        sockets.append(socket)
        async for _ in socket:
            pass
        return socket

    async def start(_request: web.Request) -> web.Response:
        started.set()
        return web.Response()

    async def send(_app: web.Application) -> None:
        async def all_frames() -> None:
            await started.wait()
            for number in range(frames):
                at = datetime.now(UTC).isoformat()
                kind = "job.finished" if number == frames - 1 else "item.finished"
                text = json.dumps({"events": [{"filler": "x" * size, "type": kind, "at": at}]})
                for socket in sockets:
                    await socket.send_str(text.replace(": ", ":"))
                await asyncio.sleep(1 / a_second)

        _app["sending"] = asyncio.create_task(all_frames())

    app = web.Application()
    app.add_routes([web.get("/api/v1/events", events), web.post("/start", start)])
    app.on_startup.append(send)
    web.run_app(
        app,
        host="127.0.0.1",
        port=0,
        access_log=None,
        print=lambda text: print(text, flush=True),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
