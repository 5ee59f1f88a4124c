"""Files that survive a power cut."""

import os
import threading
from pathlib import Path


class SharedSync:
    """Syncs one folder for all who changed it: who comes while that is under way shares the next.

    Many files arrive at once, and each has to wait until its name is on disk.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._count = threading.Lock()
        self._asked = self._synced = 0

    def sync(self, folder: int) -> None:
        """Return once what was done to the folder, given by its descriptor, is on disk."""
        with self._count:
            self._asked += 1
            own = self._asked
        with self._turn:
            if self._synced >= own:
                return
            with self._count:
                covered = self._asked
            os.fsync(folder)
            self._synced = covered


def give_name(temporary: Path, name: Path) -> None:
    """Rename a finished file, only after fsync: a name must never point at a part of one."""
    _sync(temporary)
    temporary.replace(name)
    _sync(name.absolute().parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
