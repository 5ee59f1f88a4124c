"""docs/cli.md shows what is really printed."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from webapp.settings import ROOT

PAGE = ROOT / "docs" / "cli.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TIME_S = 50
TAIL = "-- the end of line {} --"

pytestmark = pytest.mark.crash


def lines(block: str) -> list[tuple[str, str]]:
    """Each line with a `$`, and what is printed below it."""
    found: list[tuple[str, str]] = []
    for line in block.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append((line[2:].rstrip("\n"), ""))
        else:
            found[-1] = (found[-1][0], found[-1][1] + line)
    return found


BLOCKS = list(map(lines, BLOCK.findall(PAGE.read_text("utf-8"))))


def fits(printed: str, expected: str) -> bool:
    """Whether it is what is shown; `…` stands for anything within a line."""
    lines = "\n".join(
        ".*".join(map(re.escape, line.split("…"))) for line in expected.rstrip("\n").split("\n")
    )
    return re.fullmatch(lines, printed.rstrip("\n")) is not None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a `run.py` that is this program, without its set-up."""
    program = tmp_path / "run.py"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from webapp.cli import main\nsys.exit(main(sys.argv[1:]))\n"
    )
    program.chmod(0o755)
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python3"
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block[0][0][:40])
def test_every_line_prints_what_is_shown_below_it(
    block: list[tuple[str, str]], folder: Path, data_dir: Path
) -> None:
    script = "".join(
        f"{line}\necho; echo {shlex.quote(TAIL.format(number))}\n"
        for number, (line, _) in enumerate(block)
    )
    environment = {name: text for name, text in os.environ.items() if "CHARFINDER" not in name}
    environment |= {
        "CHARFINDER_DATA_DIR": str(data_dir),
        "PATH": f"{folder / 'bin'}:{environment['PATH']}",
    }
    ran = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=TIME_S,
        check=True,
    )
    rest = ran.stdout.decode()
    for number, (line, expected) in enumerate(block):
        printed, end, rest = rest.partition(f"\n{TAIL.format(number)}\n")
        assert end, line
        assert fits(printed, expected), f"$ {line}\n{printed}"


def test_no_line_is_shown_in_another_way() -> None:
    blocks = re.findall(r"^```(\w*)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert set(blocks) == {"console", ""}
    assert len(BLOCKS) == blocks.count("console") > 5
