"""Write both locks from pyproject.toml with the uv on PATH: python -m tools.lock."""

import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"

HEADER = "# Every artefact of every platform, by hash. Made by: python -m tools.lock\n"
# Addresses stay out of the locks: which index serves the artefacts is the installer's own setting.
COMPILE = (
    "uv pip compile --quiet --universal --python-version 3.11 --generate-hashes "
    "--no-emit-index-url --no-annotate --no-header"
)


def compile_lock(requirements: list[str], lock: Path, *constraints: Path) -> None:
    """Resolve the requirements; what the lock holds already stays where it can."""
    lock.touch()
    pinned = [word for constraint in constraints for word in ("--constraint", str(constraint))]
    command = [*COMPILE.split(), "--output-file", str(lock), *pinned, "-"]
    subprocess.run(command, input="\n".join(requirements), text=True, check=True)
    lock.write_text(HEADER + lock.read_text())


def main() -> None:
    """The development lock is held to the versions that people run."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    run = project["project"]["dependencies"]
    compile_lock(run, RUN_LOCK)
    compile_lock(run + project["dependency-groups"]["dev"], DEV_LOCK, RUN_LOCK)


if __name__ == "__main__":
    main()
