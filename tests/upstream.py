"""A source of flags that misbehaves in every way we know of, over real sockets on loopback."""

import asyncio
import socket
import ssl
import struct
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

from webapp.flags.sources import Source

UNTRUSTED_CERTIFICATE: Final = Path(__file__).parent / "data" / "untrusted.pem"

GIF: Final = bytes.fromhex(
    "47494638396101000100800000ff0000ffffff21f90400000000002c00000000010001000002024401003b"
)
PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c63f80f000101010018dd8db00000000049454e44ae426082"
)
MIB: Final = 1024 * 1024


class Request(NamedTuple):
    """What one client asked: the behaviour and code of its path, its query and its headers."""

    behaviour: str
    code: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


class Upstream:
    """`{url}/{behaviour}/{cc}.gif` behaves as its name says; see ANSWERS and CONDUCT.

    `requests` has every request that came; `peak` is the most that were open at once. A request
    for `hold` is answered once `release()` was called.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.peak = 0
        self.released = asyncio.Event()
        self.arrivals = asyncio.Condition()
        self._open = 0
        self._seen: Counter[tuple[str, str]] = Counter()
        self._tls = tls
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def template(self, behaviour: str, **query: str) -> str:
        """A source's URL template for this behaviour."""
        parameters = "&".join(f"{name}={value}" for name, value in query.items())
        return f"{self.url}/{behaviour}/{{cc}}.gif?{parameters}"

    def source(self, behaviour: str, *, trusted: bool = True, **query: str) -> Source:
        """A source with this behaviour."""
        return Source(behaviour, self.template(behaviour, **query), trusted, behaviour)

    def release(self) -> None:
        """Let the requests for `hold` go on, those to come as well."""
        self.released.set()

    async def arrived(self, count: int) -> None:
        """Wait until so many requests have come."""
        async with self.arrivals:
            await self.arrivals.wait_for(lambda: len(self.requests) >= count)

    def nth(self, request: Request) -> int:
        """How many requests for this behaviour and code there were, this one included."""
        return self._seen[request.behaviour, request.code]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        try:
            while not writer.is_closing():
                await self._serve(await read_request(reader), writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over
        finally:
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _serve(self, request: Request, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        self.peak = max(self.peak, self._open)
        self._seen[request.behaviour, request.code] += 1
        async with self.arrivals:
            self.requests.append(request)
            self.arrivals.notify_all()
        try:
            if request.behaviour in ANSWERS:
                writer.write(ANSWERS[request.behaviour])
                await writer.drain()
            else:
                await CONDUCT[request.behaviour](self, request, writer)
        finally:
            self._open -= 1


async def read_request(reader: asyncio.StreamReader) -> Request:
    """One request head; IncompleteReadError at the end of the connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    url = urlsplit(first.split(" ")[1])
    _, behaviour, name = url.path.split("/")
    query = {key: values[0] for key, values in parse_qs(url.query).items()}
    pairs = (line.split(": ", 1) for line in lines)
    headers = {key.lower(): value for key, value in pairs}
    return Request(behaviour, name.removesuffix(".gif").upper(), query, headers)


def answer(body: bytes, status: int = 200, reason: str | None = None, /, **headers: str) -> bytes:
    """A response; Content-Length is the body's unless given, `content_length=""` for none."""
    reason = HTTPStatus(status).phrase if reason is None else reason
    headers = {"content_length": str(len(body)), **headers}
    lines = [
        f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items() if value
    ]
    return "\r\n".join([f"HTTP/1.1 {status} {reason}", *lines, "", ""]).encode() + body


def chunk(content: bytes) -> bytes:
    """One chunk of a chunked body."""
    return b"%x\r\n%s\r\n" % (len(content), content)


def gif_of(width: int, height: int) -> bytes:
    """A GIF that claims to measure so much."""
    return GIF[:6] + struct.pack("<HH", width, height) + GIF[10:]


CHUNKED: Final = {"content_length": "", "transfer_encoding": "chunked"}
UNFRAMED: Final = {"content_length": "", "connection": "close"}
HTML: Final = b"<!doctype html><script>alert(1)</script>"
SVG: Final = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'

ANSWERS: Final[Mapping[str, bytes]] = {
    "ok": answer(GIF, content_type="image/gif"),
    "png": answer(PNG, content_type="image/png"),
    "chunked": answer(chunk(GIF[:20]) + chunk(GIF[20:]) + b"0\r\n\r\n", **CHUNKED),
    "not-found": answer(b"no such flag", 404),
    "teapot": answer(b"", 418, "I'm a Teapot"),
    "script-reason": answer(b"", 418, "<img src=x onerror=alert(1)>\x1b[2J"),
    "long-reason": answer(b"", 500, "x" * 4000),
    "too-many": answer(b"", 429, retry_after="2"),
    "request-timeout": answer(b"", 408),
    "too-early": answer(b"", 425),
    "forbidden": answer(b"", 403),
    "server-error": answer(b"", 500),
    "unavailable": answer(b"", 503, retry_after="86400"),
    "no-content": answer(b"", 204),
    "not-modified": answer(b"", 304),
    "empty": answer(b""),
    "cut-short": answer(GIF[:-5]),
    "cut-short-png": answer(PNG[:-9]),
    "odd-end": answer(GIF + b"\n"),
    "html": answer(HTML, content_type="image/gif"),
    "svg": answer(SVG, content_type="image/svg+xml"),
    "polyglot": answer(b"GIF89a" + HTML, content_type="text/html"),
    "header-only": answer(b"GIF89a"),
    "huge-screen": answer(gif_of(65535, 65535)),
    "gzip": answer(zlib.compress(bytes(MIB), wbits=31), content_encoding="gzip"),
    "long-length": answer(GIF, content_length=str(2 * MIB)),
    "short-length": answer(GIF, content_length="20"),
    "garbage": b"\x16\x03\x01 this is not HTTP\r\n\r\n",
    "many-headers": answer(GIF, **{f"x{number}": "y" for number in range(500)}),
    "long-header": answer(GIF, x="y" * 100_000),
    "redirect-loop": answer(b"", 302, location="br.gif"),
    "redirect-nowhere": answer(b"", 302),
}


async def _hang_up_after(content: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(content)
    await writer.drain()
    writer.close()


async def _truncated(_: Upstream, request: Request, writer: asyncio.StreamWriter) -> None:
    await _hang_up_after(answer(GIF)[:-5], writer)


async def _truncated_chunks(_: Upstream, request: Request, writer: asyncio.StreamWriter) -> None:
    await _hang_up_after(answer(chunk(GIF), **CHUNKED), writer)


async def _unframed(_: Upstream, request: Request, writer: asyncio.StreamWriter) -> None:
    await _hang_up_after(answer(GIF, **UNFRAMED), writer)


async def _truncated_unframed(_: Upstream, request: Request, writer: asyncio.StreamWriter) -> None:
    await _hang_up_after(answer(GIF[:-5], **UNFRAMED), writer)


async def _endless(_: Upstream, request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(GIF, **CHUNKED)[: -len(GIF)])
    while not writer.is_closing():
        writer.write(chunk(GIF * 1000))
        await writer.drain()


async def _drip(_: Upstream, request: Request, writer: asyncio.StreamWriter) -> None:
    """One byte at a time: never silent for long, never done."""
    writer.write(answer(GIF, content_length=str(MIB))[: -len(GIF)])
    while not writer.is_closing():
        writer.write(b"G")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _silent(_: Upstream, request: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.get_running_loop().create_future()


async def _silent_body(_: Upstream, request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(GIF)[:-5])
    await asyncio.get_running_loop().create_future()


async def _hang_up(_: Upstream, request: Request, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _reset(_: Upstream, request: Request, writer: asyncio.StreamWriter) -> None:
    """RST in the middle of the body."""
    writer.write(answer(GIF)[:-5])
    await writer.drain()
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _flaky(upstream: Upstream, request: Request, writer: asyncio.StreamWriter) -> None:
    """500 to the first `times` requests for a code (1 unless given), then the flag."""
    times = int(request.query.get("times", "1"))
    writer.write(ANSWERS["server-error" if upstream.nth(request) <= times else "ok"])
    await writer.drain()


async def _hold(upstream: Upstream, request: Request, writer: asyncio.StreamWriter) -> None:
    await upstream.released.wait()
    writer.write(ANSWERS["ok"])
    await writer.drain()


async def _late(_: Upstream, request: Request, writer: asyncio.StreamWriter) -> None:
    """The flag after so many milliseconds."""
    await asyncio.sleep(int(request.query["ms"]) / 1000)
    writer.write(ANSWERS["ok"])
    await writer.drain()


async def _redirect(_: Upstream, request: Request, writer: asyncio.StreamWriter) -> None:
    status = int(request.query.get("status", "302"))
    writer.write(answer(b"", status, location=request.query["to"]))
    await writer.drain()


Conduct = Callable[[Upstream, Request, asyncio.StreamWriter], Awaitable[None]]

CONDUCT: Final[Mapping[str, Conduct]] = {
    "truncated": _truncated,
    "truncated-chunks": _truncated_chunks,
    "unframed": _unframed,
    "truncated-unframed": _truncated_unframed,
    "endless": _endless,
    "drip": _drip,
    "silent": _silent,
    "silent-body": _silent_body,
    "hang-up": _hang_up,
    "reset": _reset,
    "flaky": _flaky,
    "hold": _hold,
    "late": _late,
    "redirect": _redirect,
}
