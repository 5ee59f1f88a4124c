"""Cursors: where the next page of one query over one index begins."""

import base64
import binascii
import hashlib
import struct

from webapp.phrases import Phrase
from webapp.problems import CursorMismatch

_LAYOUT = struct.Struct(">8sI")


def encode(shown: int, scope: str) -> str:
    """The number of rows before a page as 16 characters of A–Z a–z 0–9 - _, for this scope only."""
    return base64.urlsafe_b64encode(_LAYOUT.pack(_digest(scope), shown)).decode()


def decode(text: str, scope: str) -> int:
    """The number that `encode` wrote; CursorMismatch when it is not one, or not of this scope."""
    try:
        digest, shown = _LAYOUT.unpack(base64.b64decode(text, altchars=b"-_", validate=True))
    except (binascii.Error, struct.error, ValueError):
        raise CursorMismatch(Phrase("The cursor is malformed. Start again without it.")) from None
    if digest != _digest(scope):
        raise CursorMismatch(
            Phrase(
                "The cursor belongs to another query or to another index. Start again without it."
            )
        )
    return int(shown)


def _digest(scope: str) -> bytes:
    return hashlib.blake2b(scope.encode("utf-8", "surrogatepass"), digest_size=8).digest()
