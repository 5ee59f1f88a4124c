"""The line server: its connections, and how much of time, bytes and places each may take."""

import asyncio
import logging
import socket
from contextlib import suppress
from typing import Final, NamedTuple

from webapp.auth import Gate
from webapp.characters.index import CharacterIndex
from webapp.metrics import Metrics
from webapp.telnet import wording
from webapp.telnet.lines import Lines, Received
from webapp.telnet.session import Opens, Session

log = logging.getLogger(__name__)

# Read at once, and at most twice as much waits here: no line needs more.
PIECE_BYTES: Final = 4096
WRITE_BUFFER_BYTES: Final = 32 * 1024
WAITING_TO_BE_ACCEPTED: Final = 256
# Whoever sends what is no line is read slowly.
PAUSE_S: Final = 0.02
LOGIN_S: Final = 30.0
PARTING_S: Final = 1.0


class Limits(NamedTuple):
    """What clients may take: seconds for a line, seconds to read, bytes without a line's end."""

    clients: int = 2000
    idle_s: float = 600.0
    drain_s: float = 10.0
    unended_bytes: int = 1 << 20


class _Endless(Exception):
    """More bytes came without the end of a line than anybody needs."""


class _Client:
    """One connection."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        session: Session,
        limits: Limits,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._session = session
        self._limits = limits
        self._lines = Lines()

    async def converse(self) -> None:
        """From the first prompt to the last word; OSError when the client is gone."""
        try:
            await self._write(self._session.prompt.encode())
            await self._answer_all()
        except TimeoutError:
            await self._write(f"\r\n{wording.IDLE.format(self._patience_s)}\r\n".encode())
        except _Endless:
            await self._write(f"{wording.ENDLESS}\r\n".encode())
        await self._part()

    async def _answer_all(self) -> None:
        """Answer until somebody wants to leave; a line that was begun last is one too."""
        while received := await self._received_in_time():
            for each in received:
                if await self._is_last(each):
                    return
        if rest := self._lines.rest():
            await self._is_last(rest)

    async def _is_last(self, received: Received) -> bool:
        said = await self._session.answer(received)
        await self._write(said.text(self._session.prompt).encode(errors="replace"))
        # Whoever sends many lines at once does not keep others waiting.
        await asyncio.sleep(0)
        return said.is_last

    @property
    def _patience_s(self) -> float:
        is_known = self._session.prompt == wording.PROMPT
        return self._limits.idle_s if is_known else min(LOGIN_S, self._limits.idle_s)

    async def _received_in_time(self) -> list[Received]:
        """The next lines, nothing at the end; TimeoutError when there is none for too long."""
        async with asyncio.timeout(self._patience_s):
            while data := await self._reader.read(PIECE_BYTES):
                received, replies = self._lines.feed(data)
                if replies:
                    await self._write(replies)
                if received:
                    return received
                if self._lines.unended > self._limits.unended_bytes:
                    raise _Endless
                if self._lines.unended > PIECE_BYTES:
                    await asyncio.sleep(PAUSE_S)
        return []

    async def _write(self, data: bytes) -> None:
        """ConnectionResetError when the client does not read."""
        self._writer.write(data)
        try:
            async with asyncio.timeout(self._limits.drain_s):
                await self._writer.drain()
        except TimeoutError:
            self.abort()
            raise ConnectionResetError("the client does not read") from None

    async def _part(self) -> None:
        """Wait a moment for the client's end: closed on what it still sends, it may not be told."""
        self._writer.write_eof()
        with suppress(TimeoutError):
            async with asyncio.timeout(PARTING_S):
                while await self._reader.read(PIECE_BYTES):
                    pass

    def stop(self) -> None:
        """Say why, and close once that is sent; `converse` comes to its end by it."""
        with suppress(RuntimeError):  # its own end has been sent
            self._writer.write(f"\r\n{wording.STOPPING}\r\n".encode())
        self._writer.close()

    def abort(self) -> None:
        """Close at once, whatever is still to be sent."""
        self._writer.transport.abort()


class LineServer:
    """Listens on a socket and has a session with each client, as many as there are places for."""

    def __init__(self, index: CharacterIndex, gate: Gate, metrics: Metrics, limits: Limits) -> None:
        self._index = index
        self._gate = gate
        self._metrics = metrics
        self._limits = limits
        self._clients: dict[asyncio.Task[None], _Client] = {}
        self._is_closing = False
        self._server: asyncio.Server

    async def start(self, bound: socket.socket) -> None:
        """Listen; OSError when another process got there first."""
        self._server = await asyncio.start_server(
            self._meet, sock=bound, limit=PIECE_BYTES, backlog=WAITING_TO_BE_ACCEPTED
        )

    async def close(self) -> None:
        """Say goodbye to everybody; who does not read that is hung up on."""
        self._is_closing = True
        self._server.close()
        there = dict(self._clients)
        for client in there.values():
            client.stop()
        if there:
            _, late = await asyncio.wait(there, timeout=PARTING_S)
            for task in late:
                there[task].abort()
            # A search that is under way needs the index that is closed next.
            await asyncio.gather(*late)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        try:
            if self._is_closing or task is None:
                return
            if len(self._clients) >= self._limits.clients:
                writer.write(f"{wording.FULL}\r\n".encode())
                return
            writer.transport.set_write_buffer_limits(high=WRITE_BUFFER_BYTES)
            address = writer.get_extra_info("peername") or ("",)
            session = Session(
                self._index, self._metrics.telnet_queries.inc, door(self._gate, address[0])
            )
            client = self._clients[task] = _Client(reader, writer, session, self._limits)
            with self._metrics.telnet_connections.track_inprogress(), suppress(OSError):
                await client.converse()
        except Exception:
            log.exception("a telnet session failed")
        finally:
            if task is not None:
                self._clients.pop(task, None)
            writer.close()


def door(gate: Gate, client: str) -> Opens | None:
    """What is wrong with a token that a client shows; None where none is needed."""

    def opens(token: str) -> str | None:
        if gate.is_throttled(client):
            return wording.THROTTLED
        if gate.accepts(token):
            return None
        gate.note_failure(client)
        return wording.WRONG_TOKEN

    return None if gate.is_open else opens
