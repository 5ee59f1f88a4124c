"""The program as a process of its own: started, spoken to, killed."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from webapp.settings import ROOT

START_S = 30
# By this variable coverage lets the processes that tests start know that they are measured.
MEASURING = "COVERAGE_PROCESS_CONFIG"


def unmeasured() -> dict[str, str]:
    """This environment for a process that would take twice as long, and show nothing new."""
    return {name: text for name, text in os.environ.items() if name != MEASURING}


async def printed_by(
    *command: str, within_s: float, cwd: Path, environment: Mapping[str, str]
) -> str:
    """What the command prints; it must succeed."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, env=environment, stdout=PIPE, stderr=PIPE
    )
    try:
        async with asyncio.timeout(within_s):
            printed, complaints = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, complaints.decode()
    return printed.decode()


class ServerProcess:
    """A server on a data folder; entering waits for its line, leaving ends it."""

    def __init__(
        self,
        data_dir: Path,
        *flags: str,
        port: int = 0,
        under: Sequence[str] = (),
        measured: bool = False,
        **settings: str,
    ) -> None:
        """`under` is a command that starts another one, with less than it could have.

        A server that tests only need is not `measured`: a start takes twice as long with that.
        Lines are not served unless a flag says so.
        """
        self._command = [
            *under, sys.executable, "-m", "webapp", "serve",
            "--port", str(port), "--telnet-port", "off", "--data-dir", str(data_dir), *flags,
        ]  # fmt: skip
        inherited = os.environ if measured else unmeasured()
        self._environment = {
            **{name: text for name, text in inherited.items() if "CHARFINDER" not in name},
            **{f"CHARFINDER_{name.upper()}": text for name, text in settings.items()},
        }
        self.url = ""
        self.process: Process

    async def __aenter__(self) -> Self:
        self.process = await asyncio.create_subprocess_exec(
            *self._command, cwd=ROOT, env=self._environment, stdout=PIPE, stderr=PIPE
        )
        assert self.process.stdout is not None
        async with asyncio.timeout(START_S):
            async for line in self.process.stdout:
                if line.startswith(b"Serving HTTP on "):
                    self.url = line.decode().split()[-1]
                    return self
        await self.process.wait()
        raise AssertionError(f"the server did not start: {await self.errors()}")

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.communicate()

    async def errors(self) -> str:
        """What it wrote to standard error; waits for its end."""
        assert self.process.stderr is not None
        return (await self.process.stderr.read()).decode()

    async def end(self, how: signal.Signals) -> int:
        """Send the signal; the exit code."""
        self.process.send_signal(how)
        async with asyncio.timeout(START_S):
            return await self.process.wait()
