"""Which pages of other origins may read the API, and what their browsers are told; pure.

Reading alone: nothing that acts, and never with the cookie of whoever looks at such a page.
"""

from collections.abc import Iterable
from typing import Final

from webapp.origins import normal_origin

ANY: Final = "*"
READ_PREFIX: Final = "/api/"
READ_METHODS: Final = ("GET", "HEAD")
EXPOSED: Final = "ETag, Link, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"
# A token in Authorization is what the page itself knows: the browser adds nothing to it.
READ_HEADERS: Final = "Authorization, If-None-Match, Last-Event-ID, X-Request-Id"
REMEMBERED_S: Final = 600


class Readers:
    """The origins whose pages may read, `*` among them for all."""

    def __init__(self, origins: Iterable[str]) -> None:
        given = set(origins)
        self._anybody = ANY in given
        self._origins = {normal_origin(origin) for origin in given} - {None}

    def __bool__(self) -> bool:
        return self._anybody or bool(self._origins)

    def headers(self, method: str, path: str, origin: str | None) -> dict[str, str]:
        """What an answer to the method at the path says to a page of the origin."""
        if not self or method not in READ_METHODS or not path.startswith(READ_PREFIX):
            return {}
        headers = {} if self._anybody else {"Vary": "Origin"}
        if allowed := self._allowed(origin):
            headers["Access-Control-Allow-Origin"] = allowed
            headers["Access-Control-Expose-Headers"] = EXPOSED
        return headers

    def preflight(self, path: str, origin: str | None, wanted: str | None) -> dict[str, str] | None:
        """The headers for a browser that asks first, None for what is no such question.

        `wanted` is the method that it would use; one that may not be used is not among them.
        """
        if origin is None or wanted is None or not self or not path.startswith(READ_PREFIX):
            return None
        headers = {"Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"}
        if (allowed := self._allowed(origin)) and wanted in READ_METHODS:
            headers["Access-Control-Allow-Origin"] = allowed
            headers["Access-Control-Allow-Methods"] = ", ".join(READ_METHODS)
            headers["Access-Control-Allow-Headers"] = READ_HEADERS
            headers["Access-Control-Max-Age"] = str(REMEMBERED_S)
        return headers

    def _allowed(self, origin: str | None) -> str | None:
        if self._anybody:
            return ANY
        if origin is not None and normal_origin(origin) in self._origins:
            return origin
        return None
