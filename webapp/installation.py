"""The making of an environment: by one start at a time, aside, whole or not at all."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from webapp.bootstrap import Environment, SetupError, fingerprint, is_ready


def ensure(environment: Environment) -> None:
    """Make the environment unless it is there; one start at a time. Raises SetupError."""
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
