"""Where the server of a data folder can be reached: a file beside its data, and who answers."""

import asyncio
import contextlib
import http.client
import json
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

FILE: Final = "server.json"
log = logging.getLogger(__name__)

ANSWER_S: Final = 3.0
ANSWER_BYTES: Final = 64 * 1024


class Address(msgspec.Struct, frozen=True):
    """What a server leaves for other commands; `instance` is its own word for this one run."""

    url: str
    pid: int
    instance: str


@asynccontextmanager
async def announced(data_dir: Path, url: str, instance: str) -> AsyncIterator[None]:
    """Tell others where this server is, for as long as the body runs."""
    try:
        await asyncio.to_thread(_write, data_dir, Address(url, os.getpid(), instance))
    except OSError:
        # A full disk: whoever has the address can do without the file.
        log.warning("the file that says where this server is could not be written")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            await asyncio.to_thread((data_dir / FILE).unlink, missing_ok=True)


def running(data_dir: Path) -> str | None:
    """The URL of the server at work on the data folder; None when there is none.

    A file may have been left behind by a kill, and its port be somebody else's by now: whoever
    answers has to be the very one that wrote it.
    """
    try:
        left = msgspec.json.decode((data_dir / FILE).read_bytes(), type=Address)
    except (OSError, msgspec.MsgspecError):
        return None
    return left.url if _instance_at(left.url) == left.instance else None


def _write(data_dir: Path, address: Address) -> None:
    aside = data_dir / f".{FILE}.{os.getpid()}"
    aside.write_bytes(msgspec.json.encode(address))
    aside.replace(data_dir / FILE)


def _instance_at(url: str) -> str | None:
    """Which run of which server answers there; None when nobody does, or it is none of ours."""
    try:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWER_S)
        with contextlib.closing(connection):
            connection.request("GET", "/readyz")
            answer = json.loads(connection.getresponse().read(ANSWER_BYTES))
    except (OSError, ValueError, http.client.HTTPException):
        return None
    instance = answer.get("instance") if isinstance(answer, dict) else None
    return instance if isinstance(instance, str) else None
