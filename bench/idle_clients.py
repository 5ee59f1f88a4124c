"""Many clients that do nothing, in a process of their own.

Its arguments are their kind (telnet or websocket), a port, and how many. Prints a line when all of
them are there; at the end of its input, how many of them still are.
"""

import asyncio
import sys
from contextlib import AsyncExitStack

from aiohttp import ClientSession, TCPConnector

from webapp.server import raise_file_limit

OPENED_AT_ONCE = 50


class Clients:
    """Those that are there; a task reads for each of them, so that it is seen to leave."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reading: list[asyncio.Task[None]] = []
        self._opening = asyncio.Semaphore(OPENED_AT_ONCE)

    async def open(self, kind: str, count: int, stack: AsyncExitStack) -> None:
        """Bring in so many."""
        if kind == "telnet":
            await asyncio.gather(*(self._telnet() for _ in range(count)))
            return
        url, connector = f"http://127.0.0.1:{self.port}", TCPConnector(limit=0)
        session = await stack.enter_async_context(ClientSession(url, connector=connector))
        await asyncio.gather(*(self._websocket(session) for _ in range(count)))

    async def _telnet(self) -> None:
        async with self._opening:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            await reader.readuntil(b"?> ")

        async def read() -> None:
            await reader.read()
            writer.close()

        self.reading.append(asyncio.create_task(read()))

    async def _websocket(self, session: ClientSession) -> None:
        async with self._opening:
            socket = await session.ws_connect("/api/v1/events", protocols=("charfinder.v1",))
            await socket.send_json({"id": 1, "op": "subscribe", "topic": "jobs"})
            await socket.receive()

        async def read() -> None:
            # It answers the server's pings, too.
            await socket.receive()

        self.reading.append(asyncio.create_task(read()))


async def main(kind: str, port: int, count: int) -> None:
    raise_file_limit()
    clients = Clients(port)
    async with AsyncExitStack() as stack:
        await clients.open(kind, count, stack)
        print("there", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        print(sum(not task.done() for task in clients.reading), flush=True)
        for task in clients.reading:
            task.cancel()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
