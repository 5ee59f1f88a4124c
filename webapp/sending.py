"""Sending an answer that is kept in bytes; the headers that differ from answer to answer."""

import asyncio
import random
import time
from email.utils import formatdate
from functools import lru_cache
from typing import Final

from aiohttp import HttpVersion11, hdrs, web
from aiohttp.abc import AbstractStreamWriter

from webapp.encoded import Form
from webapp.keys import METRICS, OWN_HEADERS, REQUEST_ID, SETTINGS

PIECE_BYTES: Final = 64 * 1024

_numbers = random.Random()  # noqa: S311 - an id tells requests apart and opens nothing


def new_request_id() -> str:
    """Sixteen hex digits."""
    return f"{_numbers.getrandbits(64):016x}"


def momentary_headers(request: web.Request) -> dict[str, str]:
    """Those of the headers that depend on the request or the settings, beside a view's own."""
    headers = {"X-Request-Id": request.get(REQUEST_ID) or new_request_id()}
    if (own := request.get(OWN_HEADERS)) is not None:
        headers.update(own)
    if (request.app[SETTINGS].public_origin or "").startswith("https:"):
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return headers


def send(request: web.Request, form: Form) -> web.StreamResponse:
    """The answer in this form."""
    if request.method == hdrs.METH_GET and request.version == HttpVersion11 and request.keep_alive:
        return KeptAnswer(form, momentary_headers(request))
    return web.Response(body=form.body, headers=form.headers)


async def send_in_time(
    request: web.Request, response: web.StreamResponse, content: bytes, deadline_s: float
) -> None:
    """Send a part of the body; a client that does not read is hung up on.

    The deadline is for each 64 KiB: a slow client is not one that does not read.
    ConnectionError when the client has gone, or was made to.
    """
    try:
        for start in range(0, len(content), PIECE_BYTES):
            async with asyncio.timeout(deadline_s):
                await response.write(content[start : start + PIECE_BYTES])
    except TimeoutError:
        request.app[METRICS].stalled.inc()
        if request.transport is not None:
            request.transport.abort()
        raise ConnectionResetError("the client does not read") from None


class KeptAnswer(web.StreamResponse):
    """An answer whose bytes are there, head and all: one write sends it.

    Putting the same head together every time would take as long as all else that is done here
    for such an answer. Not for HEAD, for HTTP/1.0, or for a connection that is to be closed.
    """

    def __init__(self, form: Form, momentary: dict[str, str]) -> None:
        # Its headers are in the head: nobody needs them one by one any more.
        super().__init__()
        lines = [f"{name}: {value}\r\n" for name, value in momentary.items()]
        rest = f"Date: {_date(int(time.time()))}\r\n{''.join(lines)}\r\n"
        self._parts = (form.head, rest.encode("ascii"), form.body)

    @property
    def keep_alive(self) -> bool:
        """Always: see `send`."""
        return True

    @property
    def body_length(self) -> int:
        """How many bytes are sent, the head included."""
        return sum(map(len, self._parts))

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Send all of it."""
        if request.transport is None or request.transport.is_closing():
            raise ConnectionResetError("the client has gone")
        request.transport.write(b"".join(self._parts))
        await request.writer.drain()
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """Nothing is left to be sent."""


@lru_cache(1)
def _date(now: int) -> str:
    return formatdate(now, usegmt=True)
