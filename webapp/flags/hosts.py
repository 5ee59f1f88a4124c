"""The hosts that flags are fetched from, and whose turn it is to ask them, over all jobs."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec
from yarl import URL

from webapp.clock import now_text
from webapp.flags import manners
from webapp.flags.failures import FetchFailed
from webapp.flags.guard import is_public
from webapp.flags.manners import PRIVATE, PUBLIC, HostState, Manners, Standing, Verdict
from webapp.flags.sources import Source

IsPublic = Callable[[str], Awaitable[bool]]


class HostReport(msgspec.Struct, frozen=True):
    """How a host is treated now; `until` is when it will be asked again, if it is left alone."""

    name: str
    state: HostState
    in_flight: int
    at_once: int | None
    until: str | None


class Visit:
    """One request of a host; whoever makes it says what came of it."""

    def __init__(self, host: "Host", begun_at: float) -> None:
        self._host = host
        self.is_over = False
        self.begin(begun_at)

    def begin(self, begun_at: float) -> None:
        """Nothing has come of it yet."""
        self.begun_at = begun_at
        self.verdict = Verdict.NONE
        self.retry_after_s: float | None = None

    def renewed(self) -> bool:
        """True when this visit is now another one: the host may be asked again at once."""
        return self._host.renewed(self)

    def went_well(self) -> None:
        """The host did what it was asked for."""
        self.verdict = Verdict.FINE

    def failed(self, failure: FetchFailed) -> None:
        """It did not."""
        self.verdict = manners.verdict_on(failure)
        self.retry_after_s = failure.retry_after_s


class Host:
    """One host: who comes first asks first."""

    def __init__(self, name: str, conduct: Manners, clock: Callable[[], float]) -> None:
        self.name = name
        self._manners = conduct
        self._clock = clock
        self._standing: Standing = manners.fresh(conduct, clock())
        self._turn = asyncio.Lock()
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def visited(self) -> AsyncIterator[Visit]:
        """Inside, one request may be made; entering waits until that is decent."""
        async with self._turn:
            await self._wait()
            visit = Visit(self, self._begun())
        try:
            yield visit
        finally:
            if not visit.is_over:
                self._end(visit)

    def renewed(self, visit: Visit) -> bool:
        """End the visit and begin it anew, unless somebody waits or it is not decent now."""
        self._end(visit)
        visit.is_over = self._turn.locked() or bool(self._wait_s())
        if not visit.is_over:
            visit.begin(self._begun())
        return not visit.is_over

    def report(self) -> HostReport:
        """How it is treated now."""
        now, standing = self._clock(), self._standing
        limit = manners.int_or_inf(standing.limit)
        return HostReport(
            self.name,
            manners.state(self._manners, standing, now),
            standing.in_flight,
            None if math.isinf(limit) else int(limit),
            now_text(standing.until - now) if now < standing.until else None,
        )

    def _wait_s(self) -> float:
        return manners.wait_s(self._manners, self._standing, self._clock())

    def _begun(self) -> float:
        now = self._clock()
        self._standing = manners.started(self._manners, self._standing, now)
        return now

    def _end(self, visit: Visit) -> None:
        self._standing = manners.ended(
            self._manners,
            self._standing,
            visit.verdict,
            self._clock(),
            begun_at=visit.begun_at,
            retry_after_s=visit.retry_after_s,
        )
        self._changed.set()

    async def _wait(self) -> None:
        while wait_s := self._wait_s():
            self._changed.clear()
            try:
                async with asyncio.timeout(None if math.isinf(wait_s) else wait_s):
                    await self._changed.wait()
            except TimeoutError:
                continue


class Hosts:
    """Every host that was asked, with the manners that are due to it."""

    def __init__(
        self,
        public: Manners = PUBLIC,
        *,
        is_public_name: IsPublic | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._public = public
        self._is_public = is_public_name or leads_outside
        self._clock = clock
        self._hosts: dict[str, Host] = {}

    async def of(self, source: Source) -> Host:
        """The host of a source."""
        url = URL(source.template.replace("{cc}", "aa").replace("{CC}", "AA"))
        name = f"{url.host}:{url.port}"
        if name not in self._hosts:
            is_public_name = not source.trusted or await self._is_public(url.host or "")
            conduct = self._public if is_public_name else PRIVATE
            self._hosts.setdefault(name, Host(name, conduct, self._clock))
        return self._hosts[name]

    def reports(self) -> list[HostReport]:
        """How each host is treated that was asked."""
        return [host.report() for host in self._hosts.values()]


async def leads_outside(name: str) -> bool:
    """Whether a host's name leads out of this network; also when that cannot be told."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, None)
    except OSError:
        return True
    return any(is_public(str(address[0])) for *_, address in found)
