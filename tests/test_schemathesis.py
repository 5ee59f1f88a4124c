"""What schemathesis finds when it sends everything that the API's document allows, and forbids."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.processes import ServerProcess

# More of them find more: API_EXAMPLES=200 when nobody waits for it.
EXAMPLES = int(os.environ.get("API_EXAMPLES", "3"))
# On a machine that does other things as well, an example takes three times as long.
BUDGET_S = 60 + 40 * EXAMPLES
TOKEN = "of-those-who-come-from-elsewhere"
PROGRAM = "from schemathesis.cli import schemathesis; schemathesis()"
EVERY_CHECK = (
    "--checks=all",
    # A cursor of another list is a text like any other, and is refused all the same.
    "--exclude-checks=positive_data_acceptance",
)
OPTIONS = (
    # A long poll may take a minute.
    "--request-timeout=70",
    "--continue-on-failure",
    "--no-color",
)


async def found(url: str, folder: Path, *options: str) -> str:
    """What it prints, "" when it found nothing."""
    # It names what it does on a terminal; what it keeps goes into the test's own folder.
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        "run",
        f"{url}/api/openapi.json",
        f"--max-examples={EXAMPLES}",
        "--generation-database=none"
        if "API_EXAMPLES" in os.environ
        else "--generation-deterministic",
        *OPTIONS,
        *options,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return printed.decode() if process.returncode else ""


@pytest.mark.crash
@pytest.mark.timeout(BUDGET_S)
async def test_every_answer_is_as_described_whatever_is_sent(
    data_dir: Path, tmp_path: Path
) -> None:
    async with ServerProcess(data_dir, "--telnet-port", "off") as program:
        assert await found(program.url, tmp_path, *EVERY_CHECK) == ""


@pytest.mark.crash
@pytest.mark.timeout(BUDGET_S)
async def test_nothing_is_told_to_who_shows_no_token(data_dir: Path, tmp_path: Path) -> None:
    async with ServerProcess(data_dir, "--telnet-port", "off", token=TOKEN) as program:
        header = f"--header=Authorization: Bearer {TOKEN}"
        options = ("--checks=ignored_auth", "--phases=coverage", header)
        assert await found(program.url, tmp_path, *options) == ""
