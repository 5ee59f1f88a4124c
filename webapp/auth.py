"""Who may come in: nobody needs a token on loopback; off it, everybody does."""

import hashlib
import hmac
import time
from collections import OrderedDict
from typing import Final

from aiohttp import web

COOKIE: Final = "charfinder_session"
COOKIE_AGE_S: Final = 30 * 24 * 3600
FAILURES_ALLOWED: Final = 5
FAILURE_WINDOW_S: Final = 60.0
CLIENTS_REMEMBERED: Final = 10_000

# Reachable without a token: the way in, what it looks like, and the two health probes.
OPEN_PATHS: Final = frozenset({"/login", "/healthz", "/readyz", "/favicon.ico"})
OPEN_PREFIX: Final = "/static/"


class Gate:
    """Compares what a request shows with the one token; constant-time, nothing stored."""

    def __init__(self, token: str | None) -> None:
        self._token = token or None
        self._failures: OrderedDict[str, list[float]] = OrderedDict()

    @property
    def is_open(self) -> bool:
        """True when no token is set."""
        return self._token is None

    @property
    def session(self) -> str:
        """The cookie's value: proves knowledge of the token without carrying it."""
        return hmac.new(
            (self._token or "").encode(), b"charfinder session 1", hashlib.sha256
        ).hexdigest()

    def admits(self, request: web.Request) -> bool:
        """True when the path is open, or the request shows the token or its cookie."""
        if self.is_open or request.path in OPEN_PATHS or request.path.startswith(OPEN_PREFIX):
            return True
        scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.accepts(shown.strip()):
            return True
        cookie = request.cookies.get(COOKIE, "")
        return _are_equal(cookie, self.session)

    def accepts(self, token: str) -> bool:
        """True when the text is the token."""
        return self._token is not None and _are_equal(token, self._token)

    def is_throttled(self, client: str, now: float | None = None) -> bool:
        """True after too many wrong tokens from this address within the last minute."""
        since = (time.monotonic() if now is None else now) - FAILURE_WINDOW_S
        recent = [at for at in self._failures.get(client, ()) if at > since]
        return len(recent) >= FAILURES_ALLOWED

    def note_failure(self, client: str, now: float | None = None) -> None:
        """Remember a wrong token; the oldest clients are forgotten first."""
        failures = self._failures.setdefault(client, [])
        failures.append(time.monotonic() if now is None else now)
        del failures[:-FAILURES_ALLOWED]
        self._failures.move_to_end(client)
        while len(self._failures) > CLIENTS_REMEMBERED:
            self._failures.popitem(last=False)

    def let_in(self, response: web.StreamResponse, *, secure: bool) -> None:
        """Set the cookie that stands for the token from now on."""
        response.set_cookie(
            COOKIE,
            self.session,
            max_age=COOKIE_AGE_S,
            httponly=True,
            samesite="Strict",
            secure=secure,
        )


def _are_equal(shown: str, secret: str) -> bool:
    """Compare in constant time; bytes beyond UTF-8 come from headers as lone surrogates."""
    return hmac.compare_digest(shown.encode("utf-8", "surrogatepass"), secret.encode())
