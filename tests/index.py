"""The index of the tests: made beside the first of them, and kept for the next run."""

import subprocess
import sys
from pathlib import Path

from tests.processes import unmeasured
from webapp.characters.build import is_current
from webapp.settings import ROOT


class IndexInTheMaking:
    """An index that is built, unless the one in the folder is current.

    Several processes may have the folder in common: one builds, the others wait for it.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "index.db"
        self._builder = subprocess.Popen(
            [sys.executable, "-m", "webapp.characters.build", str(folder)],
            cwd=ROOT,
            env=unmeasured(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def path(self) -> Path:
        """The index, when it is there."""
        assert self._builder.stderr is not None
        errors = self._builder.stderr.read()
        self.stop()
        assert is_current(self._path), errors
        return self._path

    def stop(self) -> None:
        """Let the builder end, if it has not; it leaves nothing half made."""
        assert self._builder.stdin is not None
        self._builder.stdin.close()
        self._builder.wait()
