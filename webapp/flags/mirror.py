"""The built-in sources: every flag at once, late, or late and sometimes not at all."""

import asyncio
import hashlib
import random
import re
import zipfile
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple, Self

from aiohttp import ETag, web

from webapp.phrases import Phrase
from webapp.problems import NotFound, Problem, Unavailable

FLAGS: Final = Path(__file__).with_name("data") / "flags.zip"
PAIR: Final = re.compile(r"[A-Za-z]{2}")
# As in Fluent Python's slow server.
DELAY_S: Final = (0.5, 5.0)
ERROR_RATE: Final = 0.25


class Teapot(Problem):
    """What one request in four gets from the source `error` (RFC 2324)."""

    status = 418
    slug = "teapot"
    title = "I'm a Teapot"


class Picture(NamedTuple):
    """A flag ready to be served."""

    content: bytes
    etag: str


class Fate(NamedTuple):
    """What happens to one request: how late the answer is, and whether it is a teapot."""

    delay_s: float
    teapot: bool


class Mirror:
    """The built-in flags in memory, and the fates of the requests for them.

    With a seed, the fate of the n-th request for a country's flag from a source is always the
    same, whatever the order in which requests for different countries arrive.
    """

    def __init__(
        self,
        pictures: Mapping[str, Picture],
        seed: int | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._pictures = pictures
        self._seed = seed
        self._pause = pause
        self._pauses: set[asyncio.Future[None]] = set()
        self._closed = False
        self._requests: Counter[tuple[str, str]] = Counter()

    @classmethod
    async def load(
        cls,
        seed: int | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> Self:
        """The mirror of the committed flags, read in a thread."""
        return cls(await asyncio.to_thread(read_pictures), seed, pause)

    async def picture(self, source: str, code: str) -> Picture:
        """The flag as the source gives it: NotFound for a code without one, or Teapot.

        Unavailable once it is closed, for sources that answer late.
        """
        if source == "builtin":
            return self._existing(code)
        if source not in {"delay", "error"}:
            raise NotFound(Phrase("There is no such built-in source."))
        self._requests[source, code] += 1
        fate = self.fate(source, code, self._requests[source, code])
        await self._be_late(fate.delay_s)
        if fate.teapot:
            raise Teapot(Phrase("This source answers so to one request in four."))
        return self._existing(code)

    def close(self) -> None:
        """Let nobody wait any longer: a server that stops would wait for them."""
        self._closed = True
        for pause in self._pauses:
            pause.cancel()

    async def _be_late(self, delay_s: float) -> None:
        pause = asyncio.ensure_future(self._pause(delay_s))
        self._pauses.add(pause)
        try:
            await pause
        except asyncio.CancelledError:
            if self._closed:
                raise Unavailable(Phrase("The server is stopping.")) from None
            raise
        finally:
            self._pauses.discard(pause)

    def fate(self, source: str, code: str, nth: int) -> Fate:
        """What the n-th request (from 1) for a country's flag from `delay` or `error` meets."""
        seed = None if self._seed is None else f"{self._seed}/{source}/{code}/{nth}"
        dice = random.Random(seed)  # noqa: S311  # repeatable weather, not a secret
        delay_s = dice.uniform(*DELAY_S)
        return Fate(delay_s, source == "error" and dice.random() < ERROR_RATE)

    def _existing(self, code: str) -> Picture:
        if code not in self._pictures:
            raise NotFound(Phrase("There is no flag for this code."))
        return self._pictures[code]


MIRROR: Final = web.AppKey("MIRROR", Mirror)


def read_pictures() -> dict[str, Picture]:
    """Code -> picture for all countries; from disk, so not on the event loop."""
    with zipfile.ZipFile(FLAGS) as archive:
        contents = {name.removesuffix(".gif"): archive.read(name) for name in archive.namelist()}
    return {
        code: Picture(content, hashlib.sha256(content).hexdigest()[:32])
        for code, content in contents.items()
    }


async def flag(request: web.Request) -> web.Response:
    """GET /mirror/{source}/{cc}/{file}: the GIF, where file is `{cc}.gif`."""
    source, cc = request.match_info["source"], request.match_info["cc"]
    # ASCII only: in Python 'ß'.upper() is the code of South Sudan.
    if not PAIR.fullmatch(cc) or request.match_info["file"] != f"{cc}.gif":
        raise NotFound(Phrase("The address of a flag is /mirror/SOURCE/br/br.gif."))
    picture = await request.app[MIRROR].picture(source, cc.upper())
    answer = web.Response(content_type="image/gif")
    answer.etag = ETag(picture.etag)
    answer.headers["Cache-Control"] = "max-age=86400" if source == "builtin" else "no-store"
    if ETag(picture.etag) in (request.if_none_match or ()):
        answer.set_status(304)
    else:
        answer.body = picture.content
    return answer
