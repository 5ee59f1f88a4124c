"""A load of plain GET requests over kept-alive connections, on loopback only."""

import asyncio
import itertools
import os
import re
import statistics
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

CONNECTIONS = 16
LAST_CHUNK = b"\r\n0\r\n\r\n"
CHUNKS = -1
PORT = re.compile(r":(\d+)")


class Load(NamedTuple):
    """What one round measured: answers per second, and times of single answers in ms."""

    per_second: float
    median_ms: float
    p99_ms: float


class _Caller(asyncio.Protocol):
    """Sends the next request as soon as the answer to the last one is whole."""

    def __init__(self, requests: Iterator[bytes], until: float, expected: bytes) -> None:
        self._requests = requests
        self._until = until
        self._expected = expected
        self._missing: int | None = None
        self._tail = b""
        self.times: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        if self._missing is None:
            head, _, data = data.partition(b"\r\n\r\n")
            if not head.startswith(self._expected):
                self.done.set_exception(RuntimeError(head[:200]))
                self._transport.abort()
                return
            self._missing = _length(head)
        if self._missing == CHUNKS:
            self._tail = (self._tail + data)[-len(LAST_CHUNK) :]
            if self._tail != LAST_CHUNK:
                return
        else:
            self._missing -= len(data)
            if self._missing:
                return
        self.times.append(time.perf_counter() - self._sent)
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        self._missing, self._tail = None, b""
        self._sent = time.perf_counter()
        request = next(self._requests, None) if self._sent < self._until else None
        if request is None:
            self._transport.close()
        else:
            self._transport.write(request)


def _length(head: bytes) -> int:
    """How long the body is, or CHUNKS."""
    _, _, value = head.lower().partition(b"content-length: ")
    return int(value.partition(b"\r\n")[0]) if value else CHUNKS


def request(port: int, path: str, headers: Mapping[str, str]) -> bytes:
    """A GET of the path on a connection that is kept."""
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *lines, "", ""]).encode()


async def measure(
    port: int, requests: Sequence[bytes], seconds: float, connections: int = CONNECTIONS
) -> Load:
    """Ask for the requests in turn, over and over, for so many seconds; all are answered 200."""
    started = time.perf_counter()
    # In steps, so that no two connections ask for the same at the same time.
    step = max(1, len(requests) // connections)
    callers = [
        await _call(port, itertools.cycle([*requests[at:], *requests[:at]]), started + seconds)
        for at in range(0, step * connections, step)
    ]
    await asyncio.gather(*(caller.done for caller in callers))
    elapsed = time.perf_counter() - started
    times = sorted(itertools.chain.from_iterable(caller.times for caller in callers))
    return Load(len(times) / elapsed, statistics.median(times) * 1000, percentile(times, 99) * 1000)


async def rate_of_all(port: int, requests: Sequence[bytes]) -> float:
    """Answers per second when each request is sent once, over as many connections."""
    shared, started = iter(requests), time.perf_counter()
    callers = [await _call(port, shared, float("inf")) for _ in range(CONNECTIONS)]
    await asyncio.gather(*(caller.done for caller in callers))
    return len(requests) / (time.perf_counter() - started)


async def once(port: int, requests: Sequence[bytes]) -> list[float]:
    """The time in ms that each of the requests takes, one after the other; none may fail."""
    caller = await _call(port, iter(requests), float("inf"), expected=b"HTTP/1.1 ")
    await caller.done
    assert len(caller.times) == len(requests)
    return [seconds * 1000 for seconds in caller.times]


async def _call(
    port: int, requests: Iterator[bytes], until: float, expected: bytes = b"HTTP/1.1 200"
) -> _Caller:
    loop = asyncio.get_running_loop()
    _, caller = await loop.create_connection(
        lambda: _Caller(requests, until, expected), "127.0.0.1", port
    )
    return caller


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent do not exceed; `values` need not be sorted."""
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))]


@asynccontextmanager
async def process(
    *command: str, line: str, core: int | None = None, python: str = sys.executable
) -> AsyncIterator[tuple[int, int]]:
    """A server process; its port, as the line says that has `line` in it, and its process id."""
    started = await asyncio.create_subprocess_exec(
        python, *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        if core is not None:
            os.sched_setaffinity(started.pid, {core})
        async with asyncio.timeout(120):
            said = await _line_with(line, started)
        # A process whose output nobody reads stops when the pipe is full.
        reading = asyncio.create_task(_read_on(started))
        yield int(PORT.findall(said)[0]), started.pid
        reading.cancel()
    finally:
        await _end(started)


async def _read_on(started: asyncio.subprocess.Process) -> None:
    assert started.stdout is not None
    while await started.stdout.read(65536):
        pass


async def _end(started: asyncio.subprocess.Process) -> None:
    """Ask the process to stop; some wait for connections that nobody closes any more."""
    if started.returncode is None:
        started.terminate()
    try:
        async with asyncio.timeout(10):
            await started.wait()
    except TimeoutError:
        started.kill()
        await started.wait()


async def _line_with(text: str, started: asyncio.subprocess.Process) -> str:
    """What the process says behind the text; RuntimeError with all it said when it ends first."""
    assert started.stdout is not None
    lines: list[str] = []
    async for raw in started.stdout:
        lines.append(raw.decode())
        if text in lines[-1]:
            return lines[-1].partition(text)[2]
    raise RuntimeError("".join(lines))


def rss_mb(pid: int) -> float:
    """The resident memory of a process in MB (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024
