"""A load of plain GET requests over kept-alive connections, on loopback only."""

import asyncio
import functools
import os
import re
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

CONNECTIONS = 16
PORT = re.compile(r":(\d+)")


class Load(NamedTuple):
    """What one round measured: answers per second, and times of single answers in ms."""

    per_second: float
    median_ms: float
    p99_ms: float


class _Caller(asyncio.Protocol):
    """Sends the next request as soon as the answer to the last one is whole."""

    def __init__(self, requests: Sequence[bytes], until: float, times: list[float]) -> None:
        self._requests = requests
        self._until = until
        self._times = times
        self._next = 0
        self._missing = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        if not self._missing:
            head, _, body = data.partition(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head[:200])
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            self._missing = int(length) - len(body)
        else:
            self._missing -= len(data)
        if not self._missing:
            self._times.append(time.perf_counter() - self._sent)
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        self._sent = time.perf_counter()
        if self._sent > self._until:
            self._transport.close()
            return
        self._transport.write(self._requests[self._next % len(self._requests)])
        self._next += 1


def request(port: int, path: str, headers: str = "") -> bytes:
    """A GET of the path, as a browser would keep the connection."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}\r\n".encode()


async def measure(
    port: int, requests: Sequence[bytes], seconds: float, connections: int = CONNECTIONS
) -> Load:
    """Ask for the requests in turn, over and over, for so many seconds."""
    loop = asyncio.get_running_loop()
    times: list[float] = []
    started = time.perf_counter()
    callers = []
    for number in range(connections):
        turned = [*requests[number:], *requests[:number]]
        new_caller = functools.partial(_Caller, turned, started + seconds, times)
        _, caller = await loop.create_connection(new_caller, "127.0.0.1", port)
        callers.append(caller)
    await asyncio.gather(*(caller.done for caller in callers))
    elapsed = time.perf_counter() - started
    times.sort()
    return Load(
        len(times) / elapsed,
        statistics.median(times) * 1000,
        times[int(len(times) * 0.99)] * 1000,
    )


@asynccontextmanager
async def process(
    *command: str, line: str, core: int | None = None
) -> AsyncIterator[tuple[int, int]]:
    """A server process; its port, as its line says, and its process id."""
    started = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE
    )
    try:
        if core is not None:
            os.sched_setaffinity(started.pid, {core})
        assert started.stdout is not None
        async with asyncio.timeout(120):
            async for text in started.stdout:
                if text.decode().startswith(line):
                    yield int(PORT.findall(text.decode())[0]), started.pid
                    break
    finally:
        started.terminate()
        await started.wait()


def rss_mb(pid: int) -> float:
    """The resident memory of a process in MB (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024
