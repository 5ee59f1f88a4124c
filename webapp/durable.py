"""Files that survive a power cut."""

import os
from pathlib import Path


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
