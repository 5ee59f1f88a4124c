"""Reading Accept and Accept-Encoding: which form of an answer the client wants."""

import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

HEADER_LIMIT: Final = 1000
HEADERS_REMEMBERED: Final = 256
# Less than this is one packet either way.
WORTH_PACKING: Final = 1024
EVENT_STREAM: Final = "text/event-stream"
API_PREFIX: Final = "/api/v1/"
SOCKET: Final = "/api/v1/events"
FLAG_PREFIX: Final = "/api/v1/flags/"
JSON: Final = ("application/json",)
IMAGES: Final = ("image/gif", "image/png")
# By the end of the path; all else is JSON.
GIVEN: Final = {
    ".ndjson": ("application/x-ndjson",),
    ".csv": ("text/csv",),
    ".zip": ("application/zip",),
    "/report": ("text/plain",),
    "/events": (EVENT_STREAM, *JSON),
}
JSON_NAMES: Final = ("application/json", "application/*", "*/*")


def qualities(header: str) -> dict[str, float]:
    """`text/html;q=0.8, */*` as {"text/html": 0.8, "*/*": 1.0}; unreadable weights count as 0."""
    found: dict[str, float] = {}
    for part in header[:HEADER_LIMIT].lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name:
            found.setdefault(name, _quality(parameters))
    return found


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def accepts(accept: str, media_types: tuple[str, ...]) -> bool:
    """True when one of the types may be sent; a type's most exact name counts."""
    # What is cut off may be the very type.
    return len(accept) > HEADER_LIMIT or _accepts(accept, media_types)


@lru_cache(HEADERS_REMEMBERED)
def _accepts(accept: str, media_types: tuple[str, ...]) -> bool:
    if not accept.strip():
        return True
    wanted = qualities(accept)
    for media_type in media_types:
        names = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
        if next((wanted[name] for name in names if name in wanted), 0.0) > 0:
            return True
    return False


def media_types(path: str) -> tuple[str, ...]:
    """What the addresses of the API have to give; none for those that are asked in other ways."""
    if not path.startswith(API_PREFIX) or path == SOCKET:
        return ()
    for ending, given in GIVEN.items():
        if path.endswith(ending):
            return given
    return IMAGES if path.startswith(FLAG_PREFIX) else JSON


def prefers_html(accept: str) -> bool:
    """True for a browser's navigation: HTML is named, and no less wanted than JSON."""
    wanted = qualities(accept)
    html = wanted.get("text/html", 0.0)
    json = max(wanted.get("application/json", 0.0), wanted.get("application/problem+json", 0.0))
    return html > 0 and html >= json


def prefers_event_stream(accept: str) -> bool:
    """True when a stream of events is asked for by name, and no less wanted than JSON."""
    wanted = qualities(accept)
    stream = wanted.get(EVENT_STREAM, 0.0)
    # The most exact name counts, whatever the wider ones say.
    json = next((wanted[name] for name in JSON_NAMES if name in wanted), 0.0)
    return stream > 0 and stream >= json


def accepts_gzip(accept_encoding: str) -> bool:
    """True when gzip may be sent and is no less wanted than the plain bytes."""
    return _accepts_gzip(accept_encoding[:HEADER_LIMIT])


# Browsers send a handful of different ones, with every request.
@lru_cache(HEADERS_REMEMBERED)
def _accepts_gzip(accept_encoding: str) -> bool:
    wanted = qualities(accept_encoding)
    gzip = wanted.get("gzip", wanted.get("*", 0.0))
    return gzip > 0 and gzip >= wanted.get("identity", 0.0)


def gzipped(body: bytes, level: int) -> bytes:
    """The bytes packed, quickly (1) to well (9)."""
    return zlib.compress(body, level, wbits=31)


def packed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces packed quickly, each so that it can be unpacked when it is there."""
    packer = zlib.compressobj(1, wbits=31)
    for piece in pieces:
        yield packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()
