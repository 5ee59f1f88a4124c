"""Cursors: where the next page of one query over one index begins."""

import base64
import binascii
import hashlib
import struct
from typing import NamedTuple

from webapp.problems import CursorMismatch

_LAYOUT = struct.Struct(">8sqIx")


class Place(NamedTuple):
    """The place of the last row shown in the order of the result, and how many came before.

    `shown` counts the rows of all pages so far; it only serves to number them.
    """

    after: int = -1
    shown: int = 0


def encode(place: Place, scope: str) -> str:
    """The place as 28 characters of A–Z a–z 0–9 - _, good for the same scope only."""
    packed = _LAYOUT.pack(_digest(scope), *place)
    return base64.urlsafe_b64encode(packed).decode()


def decode(text: str, scope: str) -> Place:
    """The place that `encode` wrote; CursorMismatch when it is not one, or not of this scope."""
    try:
        digest, *place = _LAYOUT.unpack(base64.b64decode(text, altchars=b"-_", validate=True))
    except (binascii.Error, struct.error, ValueError):
        raise CursorMismatch("The cursor is malformed. Start again without it.") from None
    if digest != _digest(scope):
        raise CursorMismatch(
            "The cursor belongs to another query or to another index. Start again without it."
        )
    return Place(*place)


def _digest(scope: str) -> bytes:
    return hashlib.blake2b(scope.encode("utf-8", "surrogatepass"), digest_size=8).digest()
