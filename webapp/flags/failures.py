"""Why a flag could not be fetched, in stable codes, and whether trying again makes sense."""

import os
import ssl
import time
import unicodedata
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from socket import EAI_AGAIN
from typing import Final

import aiohttp

from webapp.flags.guard import BlockedAddress

MAX_DETAIL: Final = 200
MAX_RETRY_AFTER_S: Final = 300.0
RETRYABLE_STATUSES: Final = frozenset({408, 425, 429})
_UNSAFE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class FetchFailed(Exception):
    """A flag could not be fetched.

    `code` is stable; `detail` is plain text, safe to log, of at most 200 characters;
    `retry_after_s` is what the source asked for, 300 s at most.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        http_status: int | None = None,
        *,
        retryable: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.http_status = http_status
        self.retryable = retryable
        self.retry_after_s = retry_after_s


def refused_status(status: int, reason: str, headers: Mapping[str, str]) -> FetchFailed:
    """The failure that an HTTP status other than 200 is."""
    detail = safe_text(f"HTTP {status} {reason}".rstrip())
    if status == 404:
        return FetchFailed("not_found", detail, 404)
    return FetchFailed(
        "http_error",
        detail,
        status,
        retryable=status in RETRYABLE_STATUSES or status >= 500,
        retry_after_s=retry_after(headers.get("Retry-After", ""), time.time()),
    )


def failure_of(error: Exception) -> FetchFailed:
    """What an exception of the HTTP client means; code `internal` when it means a bug of ours."""
    match error:
        case TimeoutError():
            failure = FetchFailed("timeout", "No complete answer in time.", retryable=True)
        case aiohttp.ClientConnectorDNSError(os_error=cause):
            passing = cause.errno == EAI_AGAIN
            failure = FetchFailed("dns", "The source's name was not found.", retryable=passing)
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError() | ssl.SSLError():
            failure = FetchFailed("tls", safe_text(f"No secure connection: {error}"))
        case aiohttp.ClientConnectorError(os_error=BlockedAddress()):
            failure = FetchFailed("blocked_address", "The source's address is not public.")
        case aiohttp.ClientConnectorError(os_error=cause):
            # The system's words: those of asyncio carry the address that the name led to.
            why = os.strerror(cause.errno) if cause.errno else "no address answered"
            failure = FetchFailed("connect", f"No connection: {why}", retryable=True)
        case aiohttp.ClientPayloadError():
            failure = FetchFailed("truncated", "The image ended too early.", 200, retryable=True)
        case aiohttp.ServerDisconnectedError() | OSError():
            failure = FetchFailed("reset", "The source hung up.", retryable=True)
        case aiohttp.ClientError():
            failure = FetchFailed("protocol", safe_text(f"Not understood: {error}"))
        case _:
            failure = FetchFailed("internal", "The download failed for a reason of our own.")
    return failure


def retry_after(text: str, now: float) -> float | None:
    """Seconds to wait by a Retry-After header, 0 to 300; None when it says nothing.

    Both forms of RFC 9110, 10.2.3: seconds, or a date. `now` is Unix time.
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), MAX_RETRY_AFTER_S)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    # "-0000" is UTC without a place, which the parser gives without a time zone.
    seconds = until.replace(tzinfo=until.tzinfo or UTC).timestamp() - now
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_S)


def safe_text(text: str, limit: int = MAX_DETAIL) -> str:
    """The text on one line, without control or invisible characters, cut to `limit`."""
    clean = "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(char) in _UNSAFE else char
        for char in text[: limit + 1]
    )
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
