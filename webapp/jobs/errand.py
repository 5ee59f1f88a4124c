"""What a kind of job has to offer to the runner."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

import msgspec

from webapp.jobs.model import Dropped, Kept, Order


class Plan(msgspec.Struct, frozen=True):
    """The selection as it is kept with the job, and the (code, name) of every item."""

    select: dict[str, Any]
    codes: list[tuple[str, str]]


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """An image that arrived and is safely on disk; `ms` is the time its fetch took."""

    http_status: int
    bytes: int
    sha256: str
    media_type: str
    ms: int


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """A fetch that brought nothing, and whether trying again may help."""

    code: str
    detail: str
    http_status: int | None
    ms: int
    is_retryable: bool
    retry_after_s: float | None = None

    @property
    def is_not_found(self) -> bool:
        """True when the upstream says there is no such thing: an answer, not an error."""
        return self.http_status == 404


class NoRoom(msgspec.Struct, frozen=True):
    """What came could not be kept: the disk is full, or as full as it may be."""


Result = Brought | Failed | NoRoom


class Turn(Protocol):
    """Leave to fetch one item, and then another for as long as it can be renewed."""

    def renewed(self) -> bool:
        """True when another item may be fetched at once: nobody else has to wait for that."""
        ...

    def fetched(self, code: str, timeout_s: float) -> AbstractAsyncContextManager[Result]:
        """Fetch and keep one item; never raises for what the upstream does.

        No image is discarded while inside: that is where its arrival is to be written down.
        """
        ...


class Errand(Protocol):
    """Expands orders, fetches one item at a time, and knows what is there already."""

    def plan(self, order: Order) -> Plan:
        """What the order comes to; InvalidRequest names the field at fault."""
        ...

    def turn(self, source: str) -> AbstractAsyncContextManager[Turn]:
        """Inside, one item of the source may be fetched.

        Entering waits as long as its host must not be asked: over all jobs, so nothing is to be
        waited for inside but the item.
        """
        ...

    async def has_room(self) -> bool:
        """Whether there is room for further items."""
        ...

    def existing(
        self, source: str, codes: Sequence[str]
    ) -> AbstractAsyncContextManager[Mapping[str, Kept]]:
        """Those of the codes whose image of this source is on disk and sound, while inside."""
        ...

    def discarding(self) -> AbstractAsyncContextManager[None]:
        """Inside, nobody else is between an image and the word about it."""
        ...

    async def discard(self, source: str, dropped: Sequence[Dropped]) -> None:
        """Remove images that no job has; to be called while discarding."""
        ...
