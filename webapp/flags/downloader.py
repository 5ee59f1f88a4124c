"""Fetch one flag over HTTP from a source that may be slow, broken or hostile."""

import asyncio
import logging
import time
from types import TracebackType
from typing import Final, NamedTuple, Self

import aiohttp
from yarl import URL

from webapp import __version__
from webapp.flags import guard
from webapp.flags.failures import FetchFailed, failure_of, refused_status, safe_text
from webapp.flags.sniffing import MAX_BYTES, is_whole, media_type_of
from webapp.flags.sources import Source

MAX_REDIRECTS: Final = 3
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
# A host that does not take a connection or falls silent for so long will not come to itself.
CONNECT_S: Final = 10.0
SILENCE_S: Final = 30.0

log = logging.getLogger(__name__)


class Flag(NamedTuple):
    """An image as it came: checked by its first bytes, never decoded. `ms` is wall time."""

    content: bytes
    media_type: str
    http_status: int
    ms: int


class Downloader:
    """Fetches flags; owns its connections while entered.

    It sets no limit on concurrency: whoever calls it does.
    """

    def __init__(self, contact: str = "") -> None:
        """`contact`, a URL or mail address, goes into the User-Agent for the source's people."""
        about = f" (+{safe_text(contact)})" if contact else ""
        self._user_agent = f"charfinder/{__version__}{about}"
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def __aenter__(self) -> Self:
        # Two pools: a connection opened for a trusted source must never serve another one.
        self._sessions = {trusted: self._session(trusted) for trusted in (True, False)}
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for session in self._sessions.values():
            await session.close()

    async def fetch(self, source: Source, code: str, *, timeout_s: float) -> Flag:
        """The source's flag of a country, within `timeout_s` seconds, redirects included.

        Raises FetchFailed, whatever goes wrong.
        """
        started = time.monotonic()
        try:
            async with asyncio.timeout(timeout_s):
                content, status = await self._follow(source, URL(source.url(code)))
        except FetchFailed:
            raise
        except Exception as error:
            failure = failure_of(error)
            if failure.code == "internal":
                log.exception("Unforeseen failure of a download from %s", source.name)
            raise failure from error
        media_type = media_type_of(content)
        # A server's word on the length proves nothing: the image itself tells whether it is whole.
        if not is_whole(content):
            raise FetchFailed("truncated", "The image ended too early.", status, retryable=True)
        elapsed = time.monotonic() - started
        return Flag(content, media_type, status, round(elapsed * 1000))

    async def _follow(self, source: Source, url: URL) -> tuple[bytes, int]:
        session, headers = self._sessions[source.trusted], source.headers
        for _ in range(MAX_REDIRECTS + 1):
            async with session.get(url, headers=headers, allow_redirects=False) as response:
                if response.status not in REDIRECTS:
                    return await read_image(response), response.status
                url = redirect_target(url, response.headers.get("Location", ""))
                # They were meant for the first address only.
                headers = ()
        raise FetchFailed("redirect_refused", f"More than {MAX_REDIRECTS} redirects.")

    def _session(self, trusted: bool) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, socket_factory=None if trusted else guard.public_socket
            ),
            timeout=aiohttp.ClientTimeout(sock_connect=CONNECT_S, sock_read=SILENCE_S),
            headers={
                "User-Agent": self._user_agent,
                "Accept": "image/gif, image/png",
                "Accept-Encoding": "identity",
            },
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            # A proxy of the environment would connect in our place, past the guard.
            trust_env=False,
        )


async def read_image(response: aiohttp.ClientResponse) -> bytes:
    """The body, while it keeps to the rules; FetchFailed at the first that it breaks."""
    if response.status != 200:
        raise refused_status(response.status, response.reason or "", response.headers)
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise FetchFailed("encoded", "The image came compressed, which was not asked for.", 200)
    too_large = FetchFailed("too_large", f"The image has more than {MAX_BYTES:,} bytes.", 200)
    if (response.content_length or 0) > MAX_BYTES:
        raise too_large
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MAX_BYTES:
            raise too_large
    return bytes(body)


def redirect_target(url: URL, location: str) -> URL:
    """Where a redirect leads: on the same origin, or to the same host by https.

    Raises FetchFailed for any other place and for one that cannot be read.
    """
    try:
        target = url.join(URL(location)).with_fragment(None)
    except ValueError:
        raise FetchFailed("redirect_refused", "The redirect leads nowhere.") from None
    if not location or target.user is not None or target.password is not None:
        raise FetchFailed("redirect_refused", "The redirect leads nowhere.")
    place = (target.scheme, target.host, target.port)
    if place in {(url.scheme, url.host, url.port), ("https", url.host, 443)}:
        return target
    elsewhere = safe_text(f"The redirect leads elsewhere: {target.scheme}://{target.host}")
    raise FetchFailed("redirect_refused", elsewhere)
