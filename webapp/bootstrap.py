"""From a bare Python to the program: its .venv, made from a lock. Standard library only."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, NoReturn

ROOT = Path(__file__).resolve().parent.parent
EX_UNAVAILABLE = 69


class SetupError(Exception):
    """Why the program cannot start here, and the remedy, in words for the person who started it."""


class Environment(NamedTuple):
    """One virtual environment and the lock that fills it."""

    path: Path
    lock: Path
    seconds: int

    @property
    def python(self) -> Path:
        return self.path / "bin" / "python"

    @property
    def stamp(self) -> Path:
        return self.path / "made-from"


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
    if is_ready(environment) if inside else next(missing_packages(environment.lock), None) is None:
        return
    ensure(environment)
    restart(environment.python)


def restart(python: Path) -> NoReturn:
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


def pinned(lock: Path) -> Iterator[tuple[str, str]]:
    """Name and version of each package that the lock asks for on every platform."""
    for line in lock.read_text().splitlines():
        name, pin, version = line.removesuffix(" \\").partition("==")
        if pin and not line.startswith((" ", "#")) and ";" not in version:
            yield name, version


def missing_packages(lock: Path) -> Iterator[str]:
    """The pins of the lock that this interpreter does not have in that very version."""
    from importlib.metadata import PackageNotFoundError, version

    for name, pin in pinned(lock):
        try:
            found = version(name)
        except PackageNotFoundError:
            found = None
        if found != pin:
            yield f"{name}=={pin}"


def require_packages(lock: Path) -> None:
    """Raise SetupError unless this interpreter can do without an environment of ours."""
    if missing := ", ".join(missing_packages(lock)):
        raise SetupError(
            f"CHARFINDER_NO_BOOTSTRAP is 1, but {sys.executable} lacks {missing}.\n"
            f"Remedy: unset it, or {sys.executable} -m pip install --require-hashes -r {lock}"
        )


# Making an environment


def ensure(environment: Environment) -> None:
    """Make the environment unless it is there; one start at a time."""
    if is_ready(environment):
        return
    try:
        with sole_builder(environment.path):
            if not is_ready(environment):
                build(environment)
    except OSError as error:
        raise SetupError(
            f"Cannot set up {environment.path}: {error}.\n"
            "Remedy: make that place writable with room for it, or install "
            f"{environment.lock.name} elsewhere and set CHARFINDER_NO_BOOTSTRAP=1"
        ) from error


@contextlib.contextmanager
def sole_builder(path: Path) -> Iterator[None]:
    """Hold the build lock, which the system frees however its holder ends."""
    with path.with_name(path.name + ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting for another start that sets up {path.name} …")
            fcntl.flock(file, fcntl.LOCK_EX)
        # pip inherits it: if this process is killed, nobody sweeps a folder that pip still fills.
        os.set_inheritable(file.fileno(), True)
        yield


def build(environment: Environment) -> None:
    """Build aside and rename, so that a name without .tmp is always a whole environment."""
    path = environment.path
    sweep(path)
    say(f"Setting up {path.name} (once, about {environment.seconds} s) …")
    aside = path.with_name(f"{path.name}.tmp-{os.getpid()}")
    try:
        create(aside)
        install(aside, environment.lock)
        readdress_scripts(aside, path)
        (aside / environment.stamp.name).write_text(fingerprint(environment.lock))
        os.sync()  # after a power cut the name must not point at files without content
        replace_folder(aside, path)
    finally:
        sweep(path)


def sweep(path: Path) -> None:
    """Remove what builds left behind; only the holder of the build lock may."""
    for leftover in path.parent.glob(f"{path.name}.tmp-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def create(folder: Path) -> None:
    """An empty environment with pip."""
    if not (find_spec("venv") and find_spec("ensurepip")):
        major, minor = sys.version_info[:2]
        raise SetupError(
            f"This Python ({sys.executable}) comes without venv or ensurepip.\n"
            "Remedy (Debian, Ubuntu), as root: apt-get install python3-venv "
            f"(python{major}.{minor}-venv if this is not the system's own Python)"
        )
    run_quietly([sys.executable, "-m", "venv", str(folder)], "Python could not make a venv")


def install(folder: Path, lock: Path) -> None:
    """Fill the environment with exactly what the lock names, each artefact checked by its hash."""
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    run_quietly(
        [*pip, "install", "--quiet", "--require-hashes", "--no-deps", "--requirement", str(lock)],
        "pip could not install the packages",
        remedy="this first start needs a package index that pip can reach (PIP_INDEX_URL names "
        "another one); later starts need no network",
    )


def run_quietly(command: list[str], failure: str, remedy: str = "mend that, start again") -> None:
    """Run the command; its last lines are shown only if it fails."""
    result = subprocess.run(
        command,
        env=os.environ | {"PIP_USER": "0", "PIP_TARGET": "", "PIP_PREFIX": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        close_fds=False,  # hands the build lock down
    )
    if result.returncode:
        told = "\n".join(f"    {line}" for line in result.stdout.strip().splitlines()[-8:])
        raise SetupError(f"{failure} (exit code {result.returncode}):\n{told}\nRemedy: {remedy}")


def readdress_scripts(folder: Path, final: Path) -> None:
    """Give bin/activate and the #! lines the path they will have after the rename."""
    for script in (folder / "bin").iterdir():
        if script.is_symlink() or not script.is_file():
            continue
        content = script.read_bytes()
        if os.fsencode(folder) in content:
            script.write_bytes(content.replace(os.fsencode(folder), os.fsencode(final)))


def replace_folder(new: Path, path: Path) -> None:
    """Put the new folder in place of whatever is there; killed in between, the place is empty."""
    if path.exists() or path.is_symlink():
        path.rename(path.with_name(f"{path.name}.tmp-old-{os.getpid()}"))
    new.rename(path)


def say(line: str) -> None:
    """One line to the person; standard output belongs to the command."""
    print(line, file=sys.stderr, flush=True)
