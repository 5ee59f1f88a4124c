"""Is it an image? Told from the first bytes, without decoding anything."""

import struct
from typing import Final

from webapp.flags.failures import FetchFailed

MAX_BYTES: Final = 1024 * 1024
MAX_SIDE: Final = 4096

GIF: Final = "image/gif"
PNG: Final = "image/png"

_GIF_MAGIC: Final = (b"GIF87a", b"GIF89a")
_PNG_MAGIC: Final = b"\x89PNG\r\n\x1a\n"
_GIF_TRAILER: Final = b";"
_PNG_TRAILER: Final = b"IEND\xaeB`\x82"


def has_end(content: bytes | bytearray) -> bool:
    """True when the content ends like a GIF or a PNG."""
    return content.rstrip(b"\0").endswith((_GIF_TRAILER, _PNG_TRAILER))


def media_type_of(content: bytes) -> str:
    """`image/gif` or `image/png`; FetchFailed for anything else and for monstrous sizes."""
    if not content:
        raise FetchFailed("empty", "The answer is empty.", 200)
    if content.startswith(_GIF_MAGIC) and len(content) > 10:
        media_type, sides = GIF, struct.unpack_from("<HH", content, 6)
    elif content.startswith(_PNG_MAGIC) and content[12:16] == b"IHDR" and len(content) > 24:
        media_type, sides = PNG, struct.unpack_from(">II", content, 16)
    else:
        raise FetchFailed("bad_type", "The answer is neither a GIF nor a PNG image.", 200)
    if max(sides) > MAX_SIDE:
        wide, high = sides
        raise FetchFailed("bad_type", f"The image claims to measure {wide} x {high} pixels.", 200)
    return media_type
