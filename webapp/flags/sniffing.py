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
_GIF_EXTENSION: Final = 0x21
_GIF_PICTURE: Final = 0x2C
_GIF_COLOURS: Final = 0x80
_PNG_END: Final = b"IEND\xaeB`\x82"


def is_whole(content: bytes) -> bool:
    """False when the content, which begins like a GIF or PNG, was cut off."""
    if content.startswith(_PNG_MAGIC):
        return _PNG_END in content
    try:
        return _is_whole_gif(content)
    except IndexError:
        return False


def _is_whole_gif(content: bytes) -> bool:
    """Go from block to block up to the trailer; IndexError when the content ends before it."""
    place = 13 + _colours(content[10])
    while (block := content[place]) in {_GIF_EXTENSION, _GIF_PICTURE}:
        if block == _GIF_EXTENSION:
            place += 2
        else:
            place += 11 + _colours(content[place + 9])
        while length := content[place]:
            place += 1 + length
        place += 1
    # What stands here is the trailer, or so odd that only a decoder could judge it.
    return True


def _colours(flags: int) -> int:
    """The bytes of the table of colours that the flags announce."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & _GIF_COLOURS else 0


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
