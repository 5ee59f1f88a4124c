"""Images as a zip archive that is sent while it is made."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import msgspec

import webapp
from webapp.clock import now_text
from webapp.flags.images import SUFFIXES, Image
from webapp.flags.library import Flag
from webapp.jobs.model import Item, Job

MANIFEST: Final = "manifest.json"
FIRST_YEAR: Final = 1980  # of the calendar of zip archives
REGULAR_FILE: Final = 0o100644 << 16

Read = Callable[[str], Awaitable[Image | None]]


class Window:
    """The last bytes of a file that is sent while it is written: what was taken stays as it is.

    An entry's head is written again when its size and checksum are known. With a window that is
    possible, and the archive can be read from front to end by programs that must know them.
    """

    def __init__(self) -> None:
        self._start = 0
        self._place = 0
        self._bytes = bytearray()

    def write(self, content: bytes) -> int:
        """Write over what is here, or behind it."""
        at = self._place - self._start
        self._bytes[at : at + len(content)] = content
        self._place += len(content)
        return len(content)

    def tell(self) -> int:
        """The place in the whole file."""
        return self._place

    def seek(self, place: int, _whence: int = 0) -> int:
        """Go to a place that was not taken yet."""
        if not self._start <= place <= self._start + len(self._bytes):
            raise ValueError("that part of the file has been sent")
        self._place = place
        return place

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is to be released."""

    def take(self) -> bytes:
        """What was written since the last call."""
        content = bytes(self._bytes)
        self._start += len(content)
        self._bytes.clear()
        return content


class Archive:
    """A zip archive in pieces; images do not get smaller, so they are stored as they are."""

    def __init__(self) -> None:
        self._window = Window()
        self._zip = ZipFile(self._window, "w", ZIP_STORED)

    def add(self, name: str, content: bytes, at: str) -> bytes:
        """The bytes of one entry, dated `at`."""
        moment = datetime.fromisoformat(at)
        entry = ZipInfo(name, (max(moment.year, FIRST_YEAR), *moment.timetuple()[1:6]))
        entry.external_attr = REGULAR_FILE
        self._zip.writestr(entry, content)
        return self._window.take()

    def end(self) -> bytes:
        """The list of entries that ends the archive."""
        self._zip.close()
        return self._window.take()


def of_job(
    job: Job, items: Iterable[Item], flags: Sequence[Flag], read: Read
) -> AsyncGenerator[bytes, None]:
    """The archive of what a job brought."""
    brought = {item.code: item.sha256 for item in items if item.sha256 is not None}
    return _pieces(flags, read, brought, {"job": job})


def of_all(flags: Sequence[Flag], read: Read) -> AsyncGenerator[bytes, None]:
    """The archive of the newest image of each country."""
    return _pieces(flags, read, {flag.code: flag.sha256 for flag in flags}, {})


async def _pieces(
    flags: Sequence[Flag], read: Read, brought: Mapping[str, str], about: Mapping[str, Any]
) -> AsyncGenerator[bytes, None]:
    """The archive, one image at a time: `CC.gif` or `CC.png` each, then the manifest."""
    archive, files = Archive(), []
    for flag in flags:
        image = await read(flag.sha256)
        if image is not None:
            name = f"{flag.code}.{SUFFIXES[image.media_type]}"
            files.append(_file(name, flag))
            yield await asyncio.to_thread(archive.add, name, image.content, flag.fetched_at)
    manifest = _manifest(about, brought, files)
    yield await asyncio.to_thread(archive.add, MANIFEST, manifest, now_text())
    yield await asyncio.to_thread(archive.end)


def _file(name: str, flag: Flag) -> dict[str, Any]:
    return {
        "file": name,
        "code": flag.code,
        "name": flag.name,
        "sha256": flag.sha256,
        "bytes": flag.bytes,
        "media_type": flag.media_type,
        "source": flag.source,
        "fetched_at": flag.fetched_at,
    }


def _manifest(
    about: Mapping[str, Any], brought: Mapping[str, str], files: Sequence[dict[str, Any]]
) -> bytes:
    """What is in the archive and where it came from, and what is on disk no longer."""
    there = {file["code"] for file in files}
    manifest = {
        "made_by": f"Charfinder {webapp.__version__}",
        "made_at": now_text(),
        **about,
        "files": files,
        "missing": [
            {"code": code, "sha256": sha256}
            for code, sha256 in brought.items()
            if code not in there
        ],
    }
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
