"""Flags as a kind of job: what an order means, and how one flag is fetched and kept."""

import asyncio
import logging
import resource
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Final

from webapp.flags.catalog import Select, country_name, expand
from webapp.flags.downloader import Downloader, Flag
from webapp.flags.failures import FetchFailed
from webapp.flags.hosts import Hosts, Visit
from webapp.flags.images import OUT_OF_ROOM, ImageStore
from webapp.flags.sources import Source, Sources
from webapp.flags.turns import Turns
from webapp.jobs.errand import Brought, Failed, NoRoom, Plan, Result, Turn
from webapp.jobs.model import Dropped, Kept, Order
from webapp.problems import InvalidRequest
from webapp.validation import convert

log = logging.getLogger(__name__)

# What the databases, the listeners and the clients take.
OTHER_FILES: Final = 64
LEAST_AT_ONCE: Final = 4


class FlagErrand:
    """Expands orders by the catalogue, fetches from the sources, keeps in the image store."""

    def __init__(
        self, sources: Sources, hosts: Hosts, downloader: Downloader, images: ImageStore
    ) -> None:
        self._sources = sources
        self._hosts = hosts
        self._downloader = downloader
        self._images = images
        self._turns = Turns()
        # A socket here, one of our own mirror there, and a file.
        self._files = asyncio.Semaphore(max(LEAST_AT_ONCE, (file_limit() - OTHER_FILES) // 3))

    def plan(self, order: Order) -> Plan:
        """Every flag by code and country; InvalidRequest names the field at fault."""
        self._sources.check(order.source)
        select = convert(order.select, Select, within="select")
        codes = [(code, country_name(code)) for code in expand(select, order.limit)]
        if select.codes is None:
            return Plan({"preset": select.preset}, codes)
        return Plan({"codes": [code.upper() for code in select.codes]}, codes)

    @asynccontextmanager
    async def turn(self, source: str) -> AsyncIterator[Turn]:
        """Leave to ask the host of the source once."""
        try:
            known = self._sources.get(source)
        except InvalidRequest:
            yield Lost()
            return
        host = await self._hosts.of(known)
        async with host.visited() as visit, self._files:
            yield FlagTurn(known, visit, self._downloader, self._images, self._turns, self._files)

    async def has_room(self) -> bool:
        """Whether the disk has room for an image of any size."""
        return await self._images.has_room()

    @asynccontextmanager
    async def existing(
        self, source: str, codes: Sequence[str]
    ) -> AsyncIterator[Mapping[str, Kept]]:
        """Those of the codes whose image of this source is on disk and sound."""
        async with self._turns.shared():
            found = await self._images.present(source, codes)
            yield {
                code: Kept(stored.sha256, stored.media_type, stored.bytes)
                for code, stored in found.items()
            }

    def discarding(self) -> AbstractAsyncContextManager[None]:
        """Inside, nobody is between an image on disk and the word about it."""
        return self._turns.alone()

    async def discard(self, source: str, dropped: Sequence[Dropped]) -> None:
        """Remove the images; one that cannot be removed stays, and the log says so."""
        try:
            for image in dropped:
                await self._images.discard(source, image.code, image.sha256, image.is_last)
        except OSError:
            log.exception("images of a deleted job could not be removed")


def file_limit() -> int:
    """How many files this process may have open."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit


class Lost:
    """The turn of a source that is there no longer."""

    def renewed(self) -> bool:
        """Never."""
        return False

    @asynccontextmanager
    async def fetched(self, code: str, timeout_s: float) -> AsyncIterator[Result]:
        """Nothing."""
        yield _impossible(
            "unknown_source", "This source is no longer configured.", time.monotonic()
        )


class FlagTurn:
    """One request of a source's host."""

    def __init__(
        self,
        source: Source,
        visit: Visit,
        downloader: Downloader,
        images: ImageStore,
        turns: Turns,
        files: asyncio.Semaphore,
    ) -> None:
        self._source = source
        self._visit = visit
        self._downloader = downloader
        self._images = images
        self._turns = turns
        self._files = files

    def renewed(self) -> bool:
        """True when the host may be asked again at once, and nobody waits for the files."""
        return not self._files.locked() and self._visit.renewed()

    @asynccontextmanager
    async def fetched(self, code: str, timeout_s: float) -> AsyncIterator[Result]:
        """Fetch one flag and put it on disk before saying so."""
        async with AsyncExitStack() as stay:
            yield await self._fetch(code, timeout_s, stay)

    async def _fetch(self, code: str, timeout_s: float, stay: AsyncExitStack) -> Result:
        started = time.monotonic()
        try:
            flag = await self._downloader.fetch(self._source, code, timeout_s=timeout_s)
        except FetchFailed as failure:
            self._visit.failed(failure)
            return Failed(
                code=failure.code,
                detail=failure.detail,
                http_status=failure.http_status,
                ms=_milliseconds_since(started),
                is_retryable=failure.retryable,
                retry_after_s=failure.retry_after_s,
            )
        self._visit.went_well()
        # Not before: who discards must not wait for a slow source.
        await stay.enter_async_context(self._turns.shared())
        return await self._keep(code, flag, started)

    async def _keep(self, code: str, flag: Flag, started: float) -> Result:
        name = self._source.name
        try:
            stored = await self._images.save(name, code, flag.content, flag.media_type)
        except OSError as error:
            if error.errno in OUT_OF_ROOM:
                return NoRoom()
            detail = f"The image could not be saved: {error.strerror}."
            return _impossible("storage", detail, started)
        return Brought(
            http_status=flag.http_status,
            bytes=stored.bytes,
            sha256=stored.sha256,
            media_type=flag.media_type,
            ms=flag.ms,
        )


def _impossible(code: str, detail: str, started: float) -> Failed:
    ms = _milliseconds_since(started)
    return Failed(code=code, detail=detail, http_status=None, ms=ms, is_retryable=False)


def _milliseconds_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
