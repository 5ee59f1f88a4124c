"""Characters that a text has in escaped form, or as the bytes of UTF-8."""

import re
from typing import NamedTuple

import msgspec

from webapp.characters.alternatives import as_words
from webapp.characters.graphemes import single_id, spelled
from webapp.characters.identifier import LAST_CODE_POINT
from webapp.characters.lookup import impossible
from webapp.characters.meaning import Query, Reading, ReadingKind
from webapp.characters.notations import ENTITY, ESCAPE, entity, escape, named
from webapp.characters.text import join_surrogates, printable
from webapp.phrases import Phrase

_QUOTED = re.compile(r"""[bu$]?(["'])(.+)\1""", re.IGNORECASE | re.DOTALL)
_NAME = re.compile(r"\\N\{([^{}\\+]{1,200})\}")
_PERCENT, _HEX, _OCTAL = r"(?:%[0-9A-Fa-f]{2})+", r"(?:\\x[0-9A-Fa-f]{2})", r"(?:\\[0-3][0-7]{2})"
_BYTES = re.compile(rf"{_PERCENT}|{_HEX}{{2,}}|{_OCTAL}{{2,}}")
# Bytes first: two or more of them may be one character.
_ESCAPED = re.compile(f"{_BYTES.pattern}|{_NAME.pattern}|{ENTITY};|{ESCAPE}", re.VERBOSE)
_ONE_ESCAPE = re.compile(ESCAPE, re.VERBOSE)

_EXPLICIT = re.compile(r"utf-?8:([0-9a-f\s,]+)", re.IGNORECASE)
_SPACED = re.compile(r"(?:0x)?[0-9a-f]{2}(?:[\s,]{1,3}(?:0x)?[0-9a-f]{2})+", re.IGNORECASE)
_RUN = re.compile(r"(?=[a-f]*[0-9])(?:[0-9a-f]{2}){2,}", re.IGNORECASE)
_CERTAIN = re.compile(r"[0-9]|[\s,].*[\s,]")
_NOT_DIGITS = re.compile(r"0x|[^0-9A-Fa-f]+", re.IGNORECASE)


class _Piece(NamedTuple):
    """A part of a text, decoded: what it was, and numbers in it that are no code points."""

    text: str
    kind: ReadingKind | None = None
    beyond: tuple[int, ...] = ()


def escaped(typed: str) -> Query | None:
    r"""The query for a text with escapes in it, such as `caf\u00e9`, once they are decoded."""
    quoted = _QUOTED.fullmatch(typed)
    text = quoted[2] if quoted else typed
    if name := _NAME.fullmatch(text):
        return _named(printable(name[1]))
    pieces = _pieces(text)
    decoded = join_surrogates("".join(piece.text for piece in pieces))
    kinds = {piece.kind for piece in pieces if piece.kind}
    if not kinds:
        return None
    kind = kinds.pop() if len(kinds) == 1 else "escape"
    beyond = impossible(number for piece in pieces for number in piece.beyond)
    query = spelled(decoded, Reading(kind, text=printable(decoded), id=single_id(decoded)))
    return msgspec.structs.replace(query, notices=(*beyond, *query.notices))


def _named(name: str) -> Query:
    return Query(interpretation=(Reading("escape", text=name),), name=name)


def utf8(typed: str) -> Query | None:
    """The query for bytes in hex that are a text beyond ASCII; after `utf8:`, for any bytes.

    Two bytes without a single digit are more likely to be words.
    """
    if explicit := _EXPLICIT.fullmatch(typed):
        return _explicit_utf8(typed, _digits(explicit[1]))
    text = _implied(typed) if _CERTAIN.search(typed) else None
    return spelled(text, _bytes_reading(text)) if text else None


def offered_bytes(typed: str) -> list[Reading]:
    """The reading as bytes, where a text can be read so, as one that is a click away."""
    text = _implied(typed)
    q = f"utf8:{_digits(typed)}"
    return [msgspec.structs.replace(_bytes_reading(text), q=q)] if text else []


def _explicit_utf8(typed: str, digits: str) -> Query | None:
    if text := _from_utf8(digits):
        return spelled(text, _bytes_reading(text))
    notice = Phrase("{bytes} is not UTF-8, so it was taken for words.", bytes=digits[:20].upper())
    query = as_words(typed)
    return msgspec.structs.replace(query, notices=(notice,)) if query else None


def _implied(typed: str) -> str | None:
    """The text beyond ASCII whose bytes these are, with or without space between them."""
    if not (_SPACED.fullmatch(typed) or _RUN.fullmatch(typed)):
        return None
    text = _from_utf8(_digits(typed))
    return None if text is None or text.isascii() else text


def _bytes_reading(text: str) -> Reading:
    return Reading("bytes", text=printable(text), id=single_id(text))


def _digits(typed: str) -> str:
    return _NOT_DIGITS.sub("", typed)


def _pieces(text: str) -> list[_Piece]:
    pieces, end = [], 0
    for found in _ESCAPED.finditer(text):
        pieces += [_Piece(text[end : found.start()]), *_decode(found[0])]
        end = found.end()
    return [*pieces, _Piece(text[end:])]


def _decode(text: str) -> list[_Piece]:
    if _BYTES.fullmatch(text):
        return _decode_bytes(text)
    if name := _NAME.fullmatch(text):
        return [_Piece(named(name[1]), "escape") if named(name[1]) else _Piece(text)]
    found = escape(text) or entity(text)
    if found is None:
        return [_Piece(text)]
    if max(found.code_points) > LAST_CODE_POINT:
        return [_Piece(text, found.kind, found.code_points)]
    return [_Piece("".join(map(chr, found.code_points)), found.kind)]


def _decode_bytes(text: str) -> list[_Piece]:
    """Bytes as UTF-8; those of a program that are none are code points of their own."""
    if text[0] == "%" or text[1] == "x":
        octets = bytes.fromhex(_digits(text))
    else:
        octets = bytes(int(octet, 8) for octet in text[1:].split("\\"))
    decoded = _from_utf8(octets.hex())
    if decoded and (text[0] == "%" or not decoded.isascii()):
        return [_Piece(decoded, "bytes")]
    return [piece for each in _ONE_ESCAPE.finditer(text) for piece in _decode(each[0])] or [
        _Piece(text)
    ]


def _from_utf8(digits: str) -> str | None:
    try:
        return bytes.fromhex(digits).decode()
    except ValueError:
        return None
