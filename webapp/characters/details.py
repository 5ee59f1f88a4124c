"""All that is known of one character or sequence, in the shape the API gives."""

import unicodedata
from typing import Any, Final, Literal

import msgspec

from webapp.characters.identifier import format_id

Details = dict[str, Any]
_Form = Literal["NFC", "NFD", "NFKC", "NFKD"]

_CASES = ("uppercase", "lowercase", "titlecase")
_FORMS: Final[tuple[_Form, ...]] = ("NFC", "NFD", "NFKC", "NFKD")


class Known(msgspec.Struct, kw_only=True):
    """What the index holds of one row, as its statement gives it (JSON texts decoded)."""

    item: dict[str, Any]
    properties: dict[str, Any] | None
    sequence: dict[str, Any] | None
    nfd: str | None
    nfkd: str | None
    short_name: str | None
    aliases: list[dict[str, str]]
    notes: list[dict[str, str]]
    entities: list[str]
    related: dict[str, dict[str, Any]]
    previous: dict[str, Any] | None
    next: dict[str, Any] | None


def describe(known: Known) -> Details:
    """The details of a row; every character of them that has a row of its own is an item."""
    char = known.item["char"]
    parts = [known.related[c] for c in _ids(char) if c in known.related] if len(char) > 1 else []
    return {
        **known.item,
        "short_name": known.short_name,
        "code_points": parts,
        "aliases": known.aliases,
        "properties": _properties(known),
        "case": _case_mappings(known.properties or {}),
        "normal_forms": _normal_forms(char, known.nfd, known.nfkd),
        "encodings": encodings(char),
        "escapes": escapes(char, known.entities),
        "notes": [note for note in known.notes if note["kind"] != "reference"],
        "cross_references": _cross_references(known),
        "previous": known.previous,
        "next": known.next,
    }


def encodings(text: str) -> dict[str, str]:
    """The bytes in the three encodings of Unicode, in hex, big-endian, without a mark."""
    return {
        "utf-8": text.encode().hex(" ").upper(),
        "utf-16": text.encode("utf-16-be").hex(" ", 2).upper(),
        "utf-32": text.encode("utf-32-be").hex(" ", 4).upper(),
    }


def escapes(text: str, entities: list[str]) -> dict[str, str]:
    """How to write the text in ASCII in HTML, CSS, JavaScript, Python and URLs."""
    numbers = [ord(c) for c in text]
    written = {
        "html": "".join(f"&#x{number:X};" for number in numbers),
        "html_decimal": "".join(f"&#{number};" for number in numbers),
        "html_named": " ".join(f"&{name};" for name in entities),
        # The space ends the escape, so that a digit after it stays a digit.
        "css": "".join(f"\\{number:X} " for number in numbers).rstrip(),
        "javascript": "".join(f"\\u{{{number:X}}}" for number in numbers),
        "python": "".join(_python(number) for number in numbers),
        "url": "".join(f"%{byte:02X}" for byte in text.encode()),
    }
    return {language: escape for language, escape in written.items() if escape}


def _python(number: int) -> str:
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def _properties(known: Known) -> Details:
    if known.properties is None:
        return dict(known.sequence or {})
    left_out = {"row", "code_point", "name", "category", "block", "script", "age", *_CASES}
    kept = {key: value for key, value in known.properties.items() if key not in left_out}
    kept["mirrored"] = bool(kept["mirrored"])
    return kept


def _case_mappings(properties: Details) -> Details:
    return {case: _text(_from_hex(properties[case])) for case in _CASES if properties.get(case)}


def _normal_forms(char: str, nfd: str | None, nfkd: str | None) -> Details:
    """The normal forms that differ from the character.

    Python's tables may be older than ours. A character they do not know decomposes as the index
    says, and composes to itself, as new characters do unless Unicode excludes them.
    """
    if all(unicodedata.category(c) != "Cn" for c in char):
        forms = [unicodedata.normalize(form, char) for form in _FORMS]
    else:
        forms = [char, nfd or char, char if nfkd == nfd else nfkd or char, nfkd or char]
    differing = zip(_FORMS, forms, strict=True)
    return {form.lower(): _text(text) for form, text in differing if text != char}


def _cross_references(known: Known) -> list[dict[str, Any]]:
    ids = [f"U+{note['text']}" for note in known.notes if note["kind"] == "reference"]
    return [known.related[each] for each in ids if each in known.related]


def _text(text: str) -> dict[str, str]:
    return {"id": format_id(map(ord, text)), "char": text}


def _from_hex(text: str) -> str:
    return "".join(chr(int(part, 16)) for part in text.split())


def _ids(text: str) -> list[str]:
    return [format_id([ord(c)]) for c in text]
