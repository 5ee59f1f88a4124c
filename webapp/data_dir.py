"""The folder everything is written to: usable, and ours alone."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class CannotStart(Exception):
    """What the command needs is not to be had; one line says why."""


class DataDirError(CannotStart):
    """The data folder cannot be used; one line says why."""


def state_path(data_dir: Path) -> Path:
    """Where the jobs are kept."""
    return data_dir / "state.db"


def index_path(data_dir: Path) -> Path:
    """Where the characters are kept."""
    return data_dir / "index.db"


@contextmanager
def held(data_dir: Path) -> Iterator[None]:
    """Hold the data folder for this process; DataDirError when another one has it."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise DataDirError(
            f"Data folder {data_dir} cannot be written to: {error.strerror}. "
            "Mend its permissions or name another one with --data-dir."
        ) from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DataDirError(
                f"Another Charfinder is running on the data folder {data_dir}. "
                "Stop it first, or name another folder with --data-dir."
            ) from None
        yield
    finally:
        os.close(lock)


@contextmanager
def usable(data_dir: Path) -> Iterator[None]:
    """Turn whatever fails inside, in a file or a database there, into DataDirError."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise DataDirError(f"Data folder {data_dir} is not usable: {error}.") from error
