"""A text as a whole in the encodings that people meet."""

import codecs
from collections.abc import Iterator
from functools import cache
from typing import Final

import msgspec

from webapp.characters.charsets import Charset, spelled

HEX_BYTES: Final = 1024
_CHARSETS: Final = (
    Charset("utf-8", "UTF-8"),
    Charset("utf-16-le", "UTF-16LE"),
    Charset("utf-16-be", "UTF-16BE"),
    Charset("utf-32-le", "UTF-32LE"),
    Charset("utf-32-be", "UTF-32BE"),
    Charset("gb18030", "GB 18030"),
    Charset("cp1252", "Windows-1252"),
    Charset("iso8859-1", "ISO 8859-1"),
    Charset("iso8859-15", "ISO 8859-15"),
    Charset("cp1251", "Windows-1251"),
    Charset("koi8-r", "KOI8-R"),
    Charset("shift_jis", "Shift JIS"),
    Charset("euc_jp", "EUC-JP"),
    Charset("euc_kr", "EUC-KR"),
    Charset("big5", "Big5"),
)


class ByteForm(msgspec.Struct, frozen=True):
    """A text in an encoding: how many bytes, and the first HEX_BYTES of them in hex.

    Where it cannot be encoded, `lacks` is the place of the first character that is not there.
    """

    id: str
    name: str
    bytes: int | None = None
    hex: str | None = None
    lacks: int | None = None


@cache
def load() -> None:
    """Load the codecs: this reads files, and must not be left to a request."""
    for charset in _CHARSETS:
        codecs.lookup(charset.id)


def byte_forms(text: str) -> Iterator[ByteForm]:
    """The text in each encoding."""
    for charset in _CHARSETS:
        raw = spelled(text, charset)
        if raw is None:
            yield ByteForm(charset.id, charset.name, lacks=_first_lacking(text, charset.id))
        else:
            shown = raw[:HEX_BYTES].hex(" ").upper()
            yield ByteForm(charset.id, charset.name, len(raw), shown)


def _first_lacking(text: str, charset: str) -> int:
    try:
        again = text.encode(charset).decode(charset)
    except UnicodeEncodeError as error:
        return error.start
    pairs = enumerate(zip(text, again, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(text), len(again)) - 1)
