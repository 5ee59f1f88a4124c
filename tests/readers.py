"""Clients that do not read what they asked for."""

import asyncio

from aiohttp import web

from webapp.keys import METRICS

PATIENCE_S = 20


async def let_down(app: web.Application, port: int, path: str, *, goes_away: bool) -> None:
    """Ask for the path and read nothing, or leave; until nobody is being answered any more."""
    _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    async with asyncio.timeout(PATIENCE_S):
        while not app[METRICS].being_answered:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0)
        if goes_away:
            writer.transport.abort()
        while app[METRICS].being_answered:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.01)
    writer.transport.abort()
