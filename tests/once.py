"""What each application makes for itself and always the same, made once for all of the tests."""

import asyncio
import copy
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeVar

import pytest

from webapp import assets
from webapp.characters.dossier import Dossier
from webapp.characters.resident import Resident
from webapp.database import Readers

T = TypeVar("T")


def made_once(patched: pytest.MonkeyPatch) -> None:
    """Share what applications hold of an index, and packed files."""
    patched.setattr(Resident, "read", resident_once(Resident.read))
    patched.setattr(Dossier, "open", dossier_once(Dossier.open))
    patched.setattr(assets, "tree_hash", files_once(assets.tree_hash))
    patched.setattr(assets, "packed_files", files_once(assets.packed_files))


def identity(path: Path) -> tuple[int, ...]:
    """Of the file and of its state: many names may be links to it."""
    file = path.stat()
    return file.st_dev, file.st_ino, file.st_size, file.st_mtime_ns


def resident_once(
    read: Callable[[Readers], Awaitable[Resident]],
) -> Callable[[Readers], Awaitable[Resident]]:
    """An index never changes, and neither does what of it is in memory."""
    copies: dict[tuple[int, ...], Resident] = {}

    async def read_once(readers: Readers) -> Resident:
        ((_, _, path),) = await readers.fetch_all("pragma database_list")
        key = await asyncio.to_thread(identity, Path(path))
        if key not in copies:
            copies[key] = await read(readers)
        return copies[key]

    return read_once


def dossier_once(
    make: Callable[[Readers, Resident], Awaitable[Dossier]],
) -> Callable[[Readers, Resident], Awaitable[Dossier]]:
    """All but its readers is made of what is in memory."""
    made: dict[int, tuple[Resident, Dossier]] = {}

    async def open_once(readers: Readers, resident: Resident) -> Dossier:
        if id(resident) not in made:
            made[id(resident)] = resident, await make(readers, resident)
        own = copy.copy(made[id(resident)][1])
        own._readers = readers
        return own

    return open_once


def files_once(make: Callable[[Mapping[str, Path]], T]) -> Callable[[Mapping[str, Path]], T]:
    """What is made of files, until one of them is another."""
    made: dict[tuple[object, ...], T] = {}

    def make_once(files: Mapping[str, Path]) -> T:
        key = tuple((name, *identity(path)) for name, path in files.items())
        if key not in made:
            made[key] = make(files)
        return made[key]

    return make_once
