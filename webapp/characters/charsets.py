"""The bytes of a text in the legacy charsets."""

import codecs
from functools import cache
from typing import NamedTuple

from webapp.characters.data_files import rows


class Charset(NamedTuple):
    """A charset by Python's name of it, and its name for people."""

    id: str
    name: str


@cache
def read_charsets() -> tuple[Charset, ...]:
    """All of them, their codecs loaded: this reads files, and must not be left to a request."""
    found = tuple(Charset(name, title) for name, title, _ in rows("charsets"))
    for charset in found:
        codecs.lookup(charset.id)
    return found


def spelled(text: str, charset: Charset) -> bytes | None:
    """The text in the charset; None when it cannot be told from another text there."""
    try:
        raw = text.encode(charset.id)
        return raw if raw.decode(charset.id) == text else None
    except UnicodeError:
        return None
