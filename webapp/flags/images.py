"""Images on disk: each content once under its SHA-256, and a readable name for each country."""

import asyncio
import errno
import hashlib
import os
import re
import secrets
import shutil
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from webapp.durable import SharedSync
from webapp.flags.catalog import CODE
from webapp.flags.sniffing import MAX_BYTES
from webapp.flags.sources import NAME

OBJECTS: Final = ".objects"  # no source has a name with a dot
SUFFIXES: Final = {"image/gif": "gif", "image/png": "png"}
MEDIA_TYPES: Final = {suffix: media_type for media_type, suffix in SUFFIXES.items()}
SHA256: Final = re.compile(r"[0-9a-f]{64}")

# No space, no more space for this user, no larger files.
OUT_OF_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_CREATE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Stored(NamedTuple):
    """An image that is safely on disk; `path` is its readable name, below the store's root."""

    sha256: str
    bytes: int
    media_type: str
    path: Path


class Image(NamedTuple):
    """An image read back; its content has the SHA-256 it was asked for by."""

    content: bytes
    media_type: str


class ImageStore:
    """`.objects/{sha256}.gif` and, beside it, `{source}/{CC}.gif` (or .png).

    A name never points at a part of an image, whatever moment the machine stops. Every method
    is one hop to a thread. Disk errors come as OSError.
    """

    def __init__(self, root: Path, *, spare_bytes: int = 0) -> None:
        """Of the disk, `spare_bytes` are left to others: beyond that it counts as full."""
        self._root = root
        self._spare_bytes = spare_bytes
        self._making = threading.Lock()
        self._syncs: defaultdict[str, SharedSync] = defaultdict(SharedSync)

    async def save(self, source: str, code: str, content: bytes, media_type: str) -> Stored:
        """Keep the image; when this returns, it outlives a power cut.

        ValueError unless source, code and media type are ones that a name can be made of; OSError
        with a number that is OUT_OF_ROOM when the disk is full.
        """
        if not NAME.fullmatch(source) or not CODE.fullmatch(code) or media_type not in SUFFIXES:
            raise ValueError(f"cannot name {source!r} {code!r} {media_type!r}")
        return await asyncio.to_thread(self._save, source, code, content, media_type)

    async def has_room(self) -> bool:
        """Whether an image of any size can be kept."""
        return await asyncio.to_thread(self._has_room, MAX_BYTES)

    async def read(self, sha256: str) -> Image | None:
        """The image with this content; None when it is not here, or no longer what it was."""
        return await asyncio.to_thread(self._read, sha256)

    async def verify(self, sha256: str) -> bool:
        """True when the image is here and its content has this SHA-256."""
        return await self.read(sha256) is not None

    async def present(self, source: str, codes: Iterable[str]) -> dict[str, Stored]:
        """The sound images of a source by code, for those of the codes that have one."""
        return await asyncio.to_thread(self._present, source, tuple(codes))

    async def discard(self, source: str, code: str, sha256: str, is_last: bool) -> None:
        """Remove the name of a country if this is its image, and the content if it is the last."""
        if NAME.fullmatch(source) and CODE.fullmatch(code) and SHA256.fullmatch(sha256):
            await asyncio.to_thread(self._discard, source, code, sha256, is_last)

    async def sweep(self) -> int:
        """Make the folders and remove what a crash left half written; how many files that was."""
        return await asyncio.to_thread(self._sweep)

    def _has_room(self, size: int) -> bool:
        return shutil.disk_usage(self._root).free >= self._spare_bytes + size

    def _save(self, source: str, code: str, content: bytes, media_type: str) -> Stored:
        sha256, suffix = hashlib.sha256(content).hexdigest(), SUFFIXES[media_type]
        name, object_name = f"{code}.{suffix}", f"{sha256}.{suffix}"
        with self._made(OBJECTS) as objects, self._made(source) as folder:
            if not self._has_room(len(content)):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if _content(objects, object_name) != content:
                _write(objects, object_name, content)
            # Also when it was there: whoever wrote it may not have come so far yet.
            self._syncs[OBJECTS].sync(objects)
            _link(objects, object_name, folder, name, content)
            for other in SUFFIXES.values():
                if other != suffix:
                    _remove(folder, f"{code}.{other}")
            self._syncs[source].sync(folder)
        return Stored(sha256, len(content), media_type, self._root / source / name)

    def _read(self, sha256: str) -> Image | None:
        if not SHA256.fullmatch(sha256):
            return None
        with suppress(FileNotFoundError), _opened(self._root / OBJECTS) as objects:
            for suffix, media_type in MEDIA_TYPES.items():
                content = _content(objects, f"{sha256}.{suffix}")
                if content is not None and hashlib.sha256(content).hexdigest() == sha256:
                    return Image(content, media_type)
        return None

    def _present(self, source: str, codes: tuple[str, ...]) -> dict[str, Stored]:
        if not NAME.fullmatch(source) or not (self._root / source).exists():
            return {}
        with self._made(OBJECTS) as objects, self._made(source) as folder:
            found = ((code, self._named(objects, folder, source, code)) for code in codes)
            return {code: stored for code, stored in found if stored}

    def _named(self, objects: int, folder: int, source: str, code: str) -> Stored | None:
        if not CODE.fullmatch(code):
            return None
        for suffix, media_type in MEDIA_TYPES.items():
            content = _content(folder, f"{code}.{suffix}")
            if content is None:
                continue
            sha256 = hashlib.sha256(content).hexdigest()
            # A damaged image has a hash under which nothing was ever saved.
            if _content(objects, f"{sha256}.{suffix}") == content:
                path = self._root / source / f"{code}.{suffix}"
                return Stored(sha256, len(content), media_type, path)
        return None

    def _discard(self, source: str, code: str, sha256: str, is_last: bool) -> None:
        with self._made(OBJECTS) as objects, self._made(source) as folder:
            for suffix in SUFFIXES.values():
                content = _content(folder, f"{code}.{suffix}")
                # The name may be that of a newer image.
                if content is not None and hashlib.sha256(content).hexdigest() == sha256:
                    _remove(folder, f"{code}.{suffix}")
                if is_last:
                    _remove(objects, f"{sha256}.{suffix}")

    def _sweep(self) -> int:
        with self._made(OBJECTS):
            pass
        folders = [path for path in self._root.iterdir() if path.is_dir() and not path.is_symlink()]
        leftovers = [path for folder in folders for path in folder.glob(".*.tmp")]
        for path in leftovers:
            path.unlink(missing_ok=True)
        return len(leftovers)

    def _made(self, name: str) -> AbstractContextManager[int]:
        """A folder of the store, opened; made when it is missing."""
        path = self._root / name
        # Held over fsync: whoever finds the folder there may rely on it.
        with self._making:
            if not path.exists():
                path.mkdir(parents=True, exist_ok=True)
                with _opened(self._root, 0) as root:
                    os.fsync(root)
        return _opened(path)


@contextmanager
def _opened(path: Path, flags: int = os.O_NOFOLLOW) -> Iterator[int]:
    """A descriptor of the folder: names relative to it cannot lead out of it."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | flags)
    try:
        yield folder
    finally:
        os.close(folder)


def _content(folder: int, name: str) -> bytes | None:
    """What the file holds; None when there is none, or a symbolic link in its place."""
    try:
        file = os.open(name, _READ, dir_fd=folder)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ELOOP}:
            return None
        raise
    with os.fdopen(file, "rb") as stream:
        return stream.read()


def _write(folder: int, name: str, content: bytes) -> None:
    with _temporary(folder, name) as temp:
        with os.fdopen(os.open(temp, _CREATE, 0o644, dir_fd=folder), "wb") as stream:
            stream.write(content)
            stream.flush()
            # Rename only after fsync: after a power cut a name must never point at a part.
            os.fsync(stream.fileno())
        os.rename(temp, name, src_dir_fd=folder, dst_dir_fd=folder)


def _link(objects: int, object_name: str, folder: int, name: str, content: bytes) -> None:
    """Let `name` be the object with this content, in one step for whoever looks."""
    with _temporary(folder, name) as temp:
        try:
            os.link(object_name, temp, src_dir_fd=objects, dst_dir_fd=folder)
        except OSError:
            # File systems without hard links, and objects with as many as they can have.
            _write(folder, name, content)
        else:
            os.rename(temp, name, src_dir_fd=folder, dst_dir_fd=folder)


@contextmanager
def _temporary(folder: int, name: str) -> Iterator[str]:
    """A name that nobody has, removed at the end: rename() leaves it when both are one file."""
    temp = f".{name}.{secrets.token_hex(8)}.tmp"
    try:
        yield temp
    finally:
        _remove(folder, temp)


def _remove(folder: int, name: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)
