"""What no client library sends: each ends as it should, and within its time."""

import asyncio
import json
import re
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import pytest
from aiohttp import web

from webapp.keys import METRICS
from webapp.server import bind, serving
from webapp.settings import Settings

HOST: Final = b"Host: localhost\r\n"
HEALTH: Final = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
POST: Final = b"POST /api/v1/identify HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
TEXT: Final = b'{"text":"a"}'
LENGTH: Final = b"Content-Length: 12\r\n"
STATUS: Final = re.compile(rb"^HTTP/1\.[01] (\d+) ", re.MULTILINE)
ENDS_WITHIN_S: Final = 10.0
DEADLINE_S: Final = 0.3


class Connection:
    """One connection, and all that came by it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer
        self.received = b""

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answers(self, count: int) -> list[int]:
        """The statuses of so many answers, each of which is whole; none of them in chunks."""
        found: list[int] = []
        async with asyncio.timeout(ENDS_WITHIN_S):
            while len(found) < count:
                head = await self._reader.readuntil(b"\r\n\r\n")
                self.received += head
                found.append(int(STATUS.findall(head)[0]))
                if length := re.search(rb"^Content-Length: (\d+)", head, re.MULTILINE):
                    self.received += await self._reader.readexactly(int(length[1]))
        return found

    async def end(self) -> list[int]:
        """The statuses until the server hangs up."""
        async with asyncio.timeout(ENDS_WITHIN_S):
            with suppress(ConnectionResetError):
                # In large pieces, also where little may wait to be read.
                while piece := await self._reader.read(1 << 16):
                    self.received += piece
        return [int(status) for status in STATUS.findall(self.received)]


@pytest.fixture
async def connection(server: str) -> AsyncIterator[Connection]:
    port = int(server.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield Connection(reader, writer)
    writer.transport.abort()


UNREADABLE = {
    "no target": b"GET\r\n\r\n",
    "every address": b"GET * HTTP/1.1\r\n" + HOST + b"\r\n",
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a version that there is not": b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    "line feeds alone": b"GET /healthz HTTP/1.1\nHost: localhost\n\n",
    "a method in small letters": b"get /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "a line too long": b"GET /" + b"a" * 140_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a header with a space": b"GET / HTTP/1.1\r\n" + HOST + b"Bad Header: x\r\n\r\n",
    "a space before the colon": b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
    "a header with NUL": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n",
    "a header too long": b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 9_000 + b"\r\n\r\n",
    "too many headers": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n" * 300 + b"\r\n",
    "two hosts": b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a list of lengths": POST + b"Content-Length: 2, 2\r\n\r\n{}",
    "a length with a sign": POST + b"Content-Length: +2\r\n\r\n{}",
    "length and chunks": POST + LENGTH + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks of a kind unknown": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a chunk without a size": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
}


@pytest.mark.reads
@pytest.mark.parametrize("request_bytes", UNREADABLE.values(), ids=UNREADABLE)
async def test_what_cannot_be_read_is_refused_once_and_hung_up_on(
    request_bytes: bytes, connection: Connection
) -> None:
    # What stands behind it may be a part of it: nobody is to answer that.
    connection.send(request_bytes + HEALTH)
    assert await connection.end() == [400]
    assert b"Traceback" not in connection.received


@pytest.mark.reads
async def test_a_head_too_long_is_refused_before_it_is_whole(connection: Connection) -> None:
    connection.send(b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 200_000)
    assert await connection.end() == [400]


@pytest.mark.reads
async def test_requests_that_come_at_once_are_answered_in_order(connection: Connection) -> None:
    names = [f"pipelined-{number}" for number in range(60)]
    paths = ["/api/v1/characters?q=arrow&limit=9", "/healthz", "/nowhere"]
    for number, name in enumerate(names):
        path = paths[number % 3]
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: {name}\r\n\r\n"
        connection.send(head.encode())
    assert await connection.answers(60) == [200, 200, 404] * 20
    told = re.findall(rb"X-Request-Id: (\S+)", connection.received)
    assert told == [name.encode() for name in names]


@pytest.mark.reads
class TestOneConnection:
    async def test_a_body_that_nobody_reads_is_no_request(self, connection: Connection) -> None:
        for method in (b"GET", b"HEAD"):
            connection.send(method + b" /healthz HTTP/1.1\r\n" + HOST)
            connection.send(b"Content-Length: %d\r\n\r\n%b" % (len(HEALTH), HEALTH))
            head = await connection._reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            if method == b"GET":
                await connection._reader.readexactly(len(b'{"status":"ok"}'))
        connection.send(b"GET /nowhere HTTP/1.1\r\n" + HOST + b"\r\n")
        assert await connection.answers(1) == [404]

    async def test_it_says_when_to_go_on(self, connection: Connection) -> None:
        connection.send(POST + LENGTH + b"Expect: 100-continue\r\n\r\n")
        assert await connection.answers(1) == [100]
        connection.send(TEXT)
        assert await connection.answers(1) == [200]
        connection.send(HEALTH)
        assert await connection.answers(1) == [200]

    async def test_an_older_client_is_hung_up_on_when_it_has_all(
        self, connection: Connection
    ) -> None:
        path = b"/api/v1/characters.ndjson?q=snowman"
        connection.send(b"GET " + path + b" HTTP/1.0\r\n" + HOST + b"\r\n")
        assert await connection.end() == [200]
        assert b"chunked" not in connection.received
        lines = connection.received.partition(b"\r\n\r\n")[2].splitlines()
        assert json.loads(lines[-1]) == {"end": True, "total": len(lines) - 1}

    async def test_an_older_client_may_ask_again(self, connection: Connection) -> None:
        for _ in range(2):
            connection.send(b"GET /healthz HTTP/1.0\r\n" + HOST + b"Connection: keep-alive\r\n\r\n")
            assert await connection.answers(1) == [200]
            assert b"Connection: keep-alive" in connection.received

    async def test_another_protocol_is_not_spoken(self, connection: Connection) -> None:
        for protocol in (b"h2c", b"websocket", b"nonsense"):
            head = b"Connection: Upgrade\r\nUpgrade: " + protocol + b"\r\n\r\n"
            connection.send(b"GET /healthz HTTP/1.1\r\n" + HOST + head)
            assert await connection.answers(1) == [200]
        assert b" 101 " not in connection.received

    @pytest.mark.parametrize(
        ("line", "host", "status"),
        [
            (b"GET http://localhost/healthz", b"localhost", 200),
            (b"GET http://other.example/healthz", b"localhost", 421),
            (b"GET http://localhost/healthz", b"other.example", 421),
            (b"CONNECT other.example:443", b"other.example:443", 421),
            (b"CONNECT other.example:443", b"localhost", 421),
            (b"CONNECT localhost:80", b"localhost:80", 404),
            (b"TRACE /healthz", b"localhost", 405),
            (b"OPTIONS *", b"localhost", 204),
        ],
    )
    async def test_unusual_targets(
        self, line: bytes, host: bytes, status: int, connection: Connection
    ) -> None:
        # No proxy, no mirror: it answers for itself, and repeats nothing that came.
        connection.send(line + b" HTTP/1.1\r\nHost: " + host + b"\r\nX-Secret: 123456\r\n\r\n")
        assert (await connection.answers(1)) == [status]
        assert b"123456" not in connection.received
        assert b"X-Request-Id" in connection.received

    async def test_who_says_that_nothing_more_comes_is_hung_up_on(
        self, connection: Connection
    ) -> None:
        connection.send(HEALTH)
        assert await connection.answers(1) == [200]
        connection.writer.write_eof()
        assert await connection.end() == [200]


# Those who are slow: a server in a hurry, whose connections hold little on their way


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    return Settings(
        port=0,
        data_dir=data_dir,
        idle_seconds=DEADLINE_S,
        body_seconds=DEADLINE_S,
        send_seconds=DEADLINE_S,
    )


@pytest.fixture
async def hasty(app: web.Application) -> AsyncIterator[int]:
    """The port of a server that does not wait for long."""
    with bind("127.0.0.1", 0) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        async with serving(app, bound):
            yield bound.getsockname()[1]


@asynccontextmanager
async def narrow(port: int, limit: int = 1 << 16) -> AsyncIterator[Connection]:
    """A connection that holds little of what nobody reads; `limit` is how much is read ahead."""
    own = socket.socket()
    own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    own.setblocking(False)
    await asyncio.get_running_loop().sock_connect(own, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=own, limit=limit)
    try:
        yield Connection(reader, writer)
    finally:
        writer.transport.abort()
        writer.close()


HEADS = {
    "silent": b"",
    "in the line": b"GET /heal",
    "in the headers": b"GET /healthz HTTP/1.1\r\nHost: loc",
    "before the last line": HEALTH[:-2],
}


@pytest.mark.crash
@pytest.mark.parametrize("begun", HEADS.values(), ids=HEADS)
async def test_a_slow_head_is_hung_up_on(begun: bytes, hasty: int) -> None:
    started = time.monotonic()
    async with narrow(hasty) as connection:
        connection.send(begun)
        assert await connection.end() == []
        assert DEADLINE_S * 0.9 <= time.monotonic() - started < 5


@pytest.mark.crash
async def test_a_head_that_drips_is_hung_up_on(hasty: int) -> None:
    started = time.monotonic()
    async with narrow(hasty) as connection:
        connection.send(HEALTH[:-2])
        ended = asyncio.create_task(connection.end())
        while not ended.done():
            connection.send(b"X: a\r\n")
            await asyncio.wait([ended], timeout=0.02)
        assert await ended == []
        assert time.monotonic() - started < 5


@pytest.mark.crash
async def test_a_connection_without_a_further_request_is_hung_up_on(hasty: int) -> None:
    async with narrow(hasty) as connection:
        connection.send(HEALTH)
        assert await connection.end() == [200]


BODIES = {
    "by its length": LENGTH + b'\r\n{"text"',
    "in chunks": b'Transfer-Encoding: chunked\r\n\r\n7\r\n{"text"\r\n',
    "promised": LENGTH + b"Expect: 100-continue\r\n\r\n",
}


@pytest.mark.crash
@pytest.mark.parametrize("begun", BODIES.values(), ids=BODIES)
async def test_a_slow_body_is_told_so(begun: bytes, hasty: int) -> None:
    started = time.monotonic()
    async with narrow(hasty) as connection:
        connection.send(POST + begun)
        statuses = await connection.answers(2 if b"Expect" in begun else 1)
        assert statuses[-1] == 408
        assert b"/problems/request-timeout" in connection.received
        assert DEADLINE_S * 0.9 <= time.monotonic() - started < 5


@pytest.mark.crash
@pytest.mark.parametrize("ending", ["ndjson", "csv"])
async def test_who_does_not_read_an_export_is_hung_up_on(
    ending: str, hasty: int, app: web.Application
) -> None:
    started = time.monotonic()
    async with narrow(hasty, limit=1) as connection:
        path = f"/api/v1/characters.{ending}"
        connection.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        async with asyncio.timeout(ENDS_WITHIN_S):
            while not app[METRICS].stalled._value.get():  # noqa: ASYNC110 - nothing announces it
                await asyncio.sleep(0.01)
        assert time.monotonic() - started < 5
        # The system may drop what nobody reads without a word: whoever sends is told.
        connection.send(b"\r\n")
        await connection.end()
        assert b"end" not in connection.received[-40:], "nobody may take it for the whole"


@pytest.mark.crash
@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="a system without it")
async def test_who_reads_no_answer_at_all_is_hung_up_on(hasty: int) -> None:
    async with narrow(hasty, limit=1) as connection:
        asked = b"GET /api/v1/characters?q=letter HTTP/1.1\r\n" + HOST + b"\r\n"
        connection.send(asked * 50)
        async with asyncio.timeout(ENDS_WITHIN_S):
            # Whoever does not read is told only when they send something.
            while not connection.writer.transport.is_closing():
                connection.send(b"\r\n")
                await asyncio.sleep(0.01)
