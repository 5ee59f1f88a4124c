"""Conversations by lines: written down as a person sees them, and played to a real server.

What is typed stands behind the prompt, what is said below it.
"""

import asyncio
from collections.abc import Iterator
from typing import Self

PROMPT = "?> "
PROMPT_S = 10.0


class TelnetClient:
    """A socket and nothing more: sends what it is given, reads to the next prompt."""

    def __init__(self, port: int, prompt: str = PROMPT) -> None:
        self._port = port
        self._prompt = prompt.encode()
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection(
            "127.0.0.1", self._port, limit=1 << 24
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.transport.abort()

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def said(self) -> str:
        """What is said up to the next prompt, which is left out, or to the end."""
        async with asyncio.timeout(PROMPT_S):
            try:
                data = await self.reader.readuntil(self._prompt)
            except asyncio.IncompleteReadError as end:
                return end.partial.decode()
        return data.removesuffix(self._prompt).decode()

    async def ask(self, line: str) -> str:
        self.send(f"{line}\r\n".encode())
        return await self.said()

    async def rest(self) -> bytes:
        """Everything up to the end of the connection."""
        async with asyncio.timeout(PROMPT_S):
            return await self.reader.read()


def typed(transcript: str) -> Iterator[str]:
    """The lines that a person types."""
    for line in transcript.splitlines():
        if line.startswith(PROMPT) or line == PROMPT.rstrip():
            yield line.removeprefix(PROMPT.rstrip()).strip()


async def played(transcript: str, port: int) -> str:
    """The transcript as it is when the same lines are typed now."""
    seen = []
    async with TelnetClient(port) as client:
        assert await client.said() == ""
        for line in typed(transcript):
            said = await client.ask(line)
            assert "\n" not in said.replace("\r\n", "")
            seen += [f"{PROMPT}{line}".rstrip(), *said.split("\r\n")[:-1]]
    return "\n".join([*seen, ""])
