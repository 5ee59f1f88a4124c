"""Commands as processes: their exit codes, in pipes, in a terminal, under Ctrl-C."""

import asyncio
import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.jobs_client import JobsClient
from tests.processes import ServerProcess
from webapp.settings import ROOT

COMMAND = (sys.executable, "-m", "webapp")
TIME_S = 50
SHOW_CURSOR = b"\x1b[?25h"

pytestmark = pytest.mark.crash


@pytest.fixture
def environment(data_dir: Path) -> dict[str, str]:
    """That of somebody who has set nothing but the data folder."""
    kept = {name: text for name, text in os.environ.items() if "CHARFINDER" not in name}
    kept.pop("NO_COLOR", None)
    return kept | {"CHARFINDER_DATA_DIR": str(data_dir), "TERM": "xterm-256color"}


class Terminal:
    """A command in a terminal of 100 columns, and all that it has written there."""

    def __init__(self, environment: dict[str, str], *arguments: str) -> None:
        self._watcher, shown = pty.openpty()
        fcntl.ioctl(shown, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self.process = subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=ROOT,
            env=environment,
            stdin=shown,
            stdout=shown,
            stderr=shown,
            start_new_session=True,
        )
        os.close(shown)
        self.saw = b""

    def until(self, text: bytes) -> None:
        """Look until the text was written."""
        while text not in self.saw:
            assert self._look(), self.saw

    def end(self) -> int:
        """Look until the command is over; the exit code."""
        while self._look():
            pass
        os.close(self._watcher)
        return self.process.wait(TIME_S)

    def _look(self) -> bool:
        try:
            seen = os.read(self._watcher, 65536)
        except OSError:  # nobody has the terminal any more
            return False
        self.saw += seen
        return bool(seen)


@pytest.fixture
def terminals(environment: dict[str, str]) -> Iterator[list[Terminal]]:
    """Those that a test has opened; their commands end with it."""
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.process.kill()
        terminal.process.wait()


def test_who_stops_reading_is_no_error(environment: dict[str, str]) -> None:
    line = f"{' '.join(COMMAND)} find cjk --limit all | head -n 1; echo ${{PIPESTATUS[0]}}"
    ran = subprocess.run(
        ["bash", "-c", line], cwd=ROOT, env=environment, capture_output=True, timeout=TIME_S,
        check=True,
    )  # fmt: skip
    assert ran.stdout.endswith(b"\n0\n")
    assert ran.stdout.count(b"\n") == 2
    assert ran.stderr == b""


def test_a_table_is_for_terminals(environment: dict[str, str], terminals: list[Terminal]) -> None:
    terminal = Terminal(environment, "find", "snowman")
    terminals.append(terminal)
    assert terminal.end() == 0
    assert b"SNOWMAN" in terminal.saw
    assert b"\x1b[" in terminal.saw
    assert b"why" in terminal.saw
    assert b"\t" not in terminal.saw


def test_ctrl_c_ends_the_bar_and_leaves_a_report(
    environment: dict[str, str], terminals: list[Terminal]
) -> None:
    terminal = Terminal(environment, "flags", "--all", "--server", "DELAY")
    terminals.append(terminal)
    terminal.until(b"0/249")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.end() == 128 + signal.SIGINT
    bar, _, report = terminal.saw.partition(b"-" * 20)
    assert bar.count(SHOW_CURSOR) > 0
    assert bar.rindex(SHOW_CURSOR) > bar.rindex(b"\x1b[?25l")
    assert b" flags downloaded.\r\n" in report
    assert b" cancelled.\r\nElapsed time: " in report
    assert b"\x1b" not in report
    assert b"Traceback" not in terminal.saw


async def started(environment: dict[str, str], *arguments: str) -> Process:
    """A command that is under way."""
    return await asyncio.create_subprocess_exec(
        *COMMAND, *arguments, cwd=ROOT, env=environment, stdout=PIPE, stderr=PIPE
    )


async def test_a_command_follows_its_job_over_a_kill_of_the_server(
    data_dir: Path, environment: dict[str, str]
) -> None:
    order = ("BR", "CN", "--server", "DELAY", "--verbose", "--max_req", "1")
    async with ServerProcess(data_dir, mirror_seed="1") as killed:
        command = await started(environment, "flags", *order)
        assert command.stdout is not None
        async with asyncio.timeout(TIME_S):
            first = await command.stdout.readline()
        assert first.decode() == f"DELAY site: {killed.url}/mirror/delay\n"
        await killed.end(signal.SIGKILL)
    async with (
        ServerProcess(data_dir, mirror_seed="1") as server,
        ClientSession(server.url) as session,
    ):
        async with asyncio.timeout(TIME_S):
            out, err = await command.communicate()
        assert command.returncode == 0, err
        (job,) = (await JobsClient(session).get("/api/v1/jobs"))["items"]
    assert job["state"] == "succeeded"
    lines = out.decode().splitlines()
    assert lines.count("BR OK") == lines.count("CN OK") == 1
    assert "  2 flags downloaded." in lines


async def test_a_killed_command_leaves_its_job_to_the_next_server(
    data_dir: Path, environment: dict[str, str]
) -> None:
    command = await started(environment, "flags", "BR", "CN", "--server", "DELAY")
    assert command.stdout is not None
    async with asyncio.timeout(TIME_S):
        assert (await command.stdout.readline()).startswith(b"DELAY site: ")
    command.kill()
    await command.communicate()
    async with (
        ServerProcess(data_dir, mirror_seed="1") as server,
        ClientSession(server.url) as session,
    ):
        jobs = JobsClient(session)
        (job,) = (await jobs.get("/api/v1/jobs"))["items"]
        assert (await jobs.finished(job["id"]))["counters"]["ok"] == 2


def test_a_search_waits_for_no_server_and_a_server_carries_no_table(
    environment: dict[str, str],
) -> None:
    program = (
        "import sys; from webapp import cli; cli.main(['find', 'snowman', '--format', '']);"
        "print({'rich', 'aiohttp', 'jinja2'} & sys.modules.keys());"
        "from webapp import app; print({'rich', 'pygments'} & sys.modules.keys())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True,
        timeout=TIME_S, check=True,
    )  # fmt: skip
    assert ran.stdout == b"\n\n\nset()\nset()\n"
