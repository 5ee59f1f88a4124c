"""From a bare Python to the program: its own environment, made from a lock, entered by exec."""

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

# Standard library alone, and little of it: every start pays for what is imported here.

ROOT = Path(__file__).resolve().parent.parent
EX_UNAVAILABLE = 69


class SetupError(Exception):
    """Why the program cannot start here, and the remedy, in words for the person who started it."""


class Environment:
    """One virtual environment and the lock that fills it; `seconds` is what a person is told."""

    def __init__(self, path: Path, lock: Path, seconds: int) -> None:
        self.path = path
        self.lock = lock
        self.seconds = seconds
        self.python = path / "bin" / "python"
        self.stamp = path / "made-from"


# Two environments rather than one with two stamps: each is only ever replaced whole, so neither a
# killed set-up nor `test` can take packages away from a server that runs.
RUN = Environment(ROOT / ".venv", ROOT / "requirements.lock", seconds=10)
DEVELOP = Environment(ROOT / ".venv-dev", ROOT / "requirements-dev.lock", seconds=40)


def main(arguments: list[str]) -> int:
    """Run the command in an environment that has what it needs; the exit code."""
    testing = arguments[:1] == ["test"]
    try:
        enter(DEVELOP if testing else RUN)
        return test(arguments[1:]) if testing else command(arguments)
    except SetupError as error:
        print(error, file=sys.stderr)
        return EX_UNAVAILABLE


def command(arguments: list[str]) -> int:
    """The product's own commands."""
    from webapp.cli import main as run

    return run(arguments)


def test(arguments: list[str]) -> int:
    """The project's checks, which are no part of the product."""
    from tools.checks import main as run

    return run(arguments)


def enter(environment: Environment) -> None:
    """Return inside an interpreter that has the environment's packages: this one, or by exec."""
    if os.environ.get("CHARFINDER_NO_BOOTSTRAP") == "1":
        require_packages(environment.lock)
        return
    inside = Path(sys.prefix) == environment.path
    if is_ready(environment) if inside else not missing_packages(environment.lock):
        return
    make(environment)
    restart(environment.python)


def make(environment: Environment) -> None:
    """Make the environment unless it is there."""
    if not is_ready(environment):
        from webapp.installation import ensure

        ensure(environment)


def restart(python: Path) -> None:
    """The same command line in another interpreter, as the same process: signals and pid stay."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(python, [str(python), str(ROOT / "run.py"), *sys.argv[1:]])


# What is there already


def fingerprint(lock: Path) -> str:
    """What an environment was made from: the lock, this Python and this platform."""
    system = os.uname()
    about = (sys.implementation.cache_tag, sys.abiflags, system.sysname, system.machine)
    return hashlib.sha256(repr(about).encode() + lock.read_bytes()).hexdigest()


def is_ready(environment: Environment) -> bool:
    """Whether the environment is complete and made from today's lock."""
    try:
        made_from = environment.stamp.read_text()
    except OSError:
        return False
    # The interpreter is a link that dangles when the Python it was made with is uninstalled.
    return made_from == fingerprint(environment.lock) and environment.python.exists()


def pinned(lock: Path) -> Iterator[str]:
    """name==version of each package that the lock asks for on every platform."""
    for line in lock.read_text().splitlines():
        pin = line.removesuffix(" \\")
        if "==" in pin and ";" not in pin:
            yield pin


def missing_packages(lock: Path) -> list[str]:
    """The pins of the lock that this interpreter does not have in that very version."""
    present = set(installed())
    return [pin for pin in pinned(lock) if pin not in present]


def installed() -> Iterator[str]:
    """name==version of each package here, the name as locks spell it."""
    # importlib.metadata says the same, but its import costs as much as the rest of a warm start.
    for place in filter(os.path.isdir, sys.path):
        for entry in os.listdir(place):
            name, _, version = entry.removesuffix(".dist-info").rpartition("-")
            if entry.endswith(".dist-info"):
                yield f"{name.lower().replace('_', '-').replace('.', '-')}=={version}"


def require_packages(lock: Path) -> None:
    """Raise SetupError unless this interpreter can do without an environment of ours."""
    if missing := ", ".join(missing_packages(lock)):
        raise SetupError(
            f"CHARFINDER_NO_BOOTSTRAP is 1, but {sys.executable} lacks {missing}.\n"
            f"Remedy: unset it, or {sys.executable} -m pip install --require-hashes -r {lock}"
        )
