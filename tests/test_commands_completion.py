"""What shells complete is what the parser takes."""

import argparse
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from webapp.cli import parser
from webapp.commands.completion import SHELLS, known
from webapp.flags.catalog import COUNTRIES

BASH = """
source "$1"; shift
complete_() {
    COMP_WORDS=(run.py "$@") COMP_CWORD=$#
    COMPREPLY=()
    _charfinder
    echo "${COMPREPLY[*]}"
}
complete_ fin
complete_ find --so
complete_ find --sort re
complete_ flags B
complete_ flags -v --server D
complete_ completion ''
complete_ backup ''
complete_ backup --d
"""


def test_every_command_and_option_is_known_to_every_shell() -> None:
    commands = list(known(parser()))
    (action,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    assert [command.name for command in commands] == list(action.choices)
    assert {code for command in commands for code in command.words} >= set(COUNTRIES)
    for write in SHELLS.values():
        script = write(commands)
        for command in commands:
            assert command.name in script
            for option in command.options:
                assert all(spelling.lstrip("-") in script for spelling in option.spellings)


@pytest.mark.parametrize("shell", SHELLS)
def test_the_command_prints_the_script(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str], shell: str
) -> None:
    assert command("completion", shell) == 0
    assert capsys.readouterr().out == SHELLS[shell](list(known(parser())))


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash. Remedy: apt-get install bash")
def test_bash_completes_commands_options_values_and_codes(tmp_path: Path) -> None:
    script = tmp_path / "completion.bash"
    script.write_text(SHELLS["bash"](list(known(parser()))))
    ran = subprocess.run(
        ["bash", "-c", BASH, "bash", str(script)], capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines() == [
        "find",
        "--sort",
        "relevance",
        " ".join(code for code in COUNTRIES if code.startswith("B")),
        "DELAY",
        "bash zsh fish",
        "",
        "--data-dir",
    ]


def test_every_shell_that_is_here_can_read_its_script(tmp_path: Path) -> None:
    for shell in filter(shutil.which, SHELLS):
        script = tmp_path / shell
        script.write_text(SHELLS[shell](list(known(parser()))))
        subprocess.run([shell, "-n", str(script)], check=True)
