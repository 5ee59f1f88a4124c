"""All that is known of one character or sequence, in the shape the API gives."""

import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import msgspec

from webapp.characters import labels, properties
from webapp.characters.charsets import Charset, spelled
from webapp.characters.escapes import encodings, escapes
from webapp.characters.identifier import format_id
from webapp.characters.traits import Traits

Details = dict[str, Any]
Item = dict[str, Any]
_Form = Literal["NFC", "NFD", "NFKC", "NFKD"]

_CASES: Final = ("uppercase", "lowercase", "titlecase")
_FORMS: Final[tuple[_Form, ...]] = ("NFC", "NFD", "NFKC", "NFKD")
_ENGLISH = "en"
_SOURCES = re.compile(r":[0-9A-Z]+")


class Known(msgspec.Struct, kw_only=True):
    """What the index holds of one row, JSON texts decoded."""

    item: Item
    properties: dict[str, Any] | None
    sequence: dict[str, Any] | None
    nfd: str | None
    nfkd: str | None
    names: bytes | None
    aliases: list[dict[str, str]]
    notes: list[dict[str, str]]
    readings: list[dict[str, str]]
    entities: list[str]
    confusables: list[Item]
    previous: Item | None
    next: Item | None

    @property
    def char(self) -> str:
        """The text that the row is."""
        return str(self.item["char"])


class Reference(NamedTuple):
    """The tables that are the same for all rows."""

    traits: Traits
    charsets: Sequence[Charset]
    latex: Mapping[int, str]
    entities: Mapping[str, str]


class Sequences(NamedTuple):
    """The sequences with a character in them: how many, and the first."""

    total: int
    items: list[Item]


def mentioned(known: Known) -> list[str]:
    """The ids of all characters and sequences that the details will name."""
    texts = [*_case_mappings(known).values(), *_normal_forms(known).values()]
    texts += [chr(c) for c in _decomposed(known)]
    texts += [known.char] if len(known.char) > 1 else []
    ids = [each for text in texts for each in (format_id(map(ord, text)), *_ids(text))]
    return list(dict.fromkeys(ids + _references(known)))


def describe(
    known: Known,
    items: Mapping[str, Item],
    sequences: Sequences,
    reference: Reference,
    languages: Sequence[str] = (),
) -> Details:
    """The details of a row; every character of them that has a row of its own is an item.

    `items` are the rows of what is `mentioned`, by id. `languages` are locales, the best first.
    """
    names = _names(known)
    return {
        **known.item,
        "short_name": names.get(_ENGLISH),
        "local_name": _local_name(names, languages),
        "code_points": _items(_ids(known.char), items) if len(known.char) > 1 else [],
        "aliases": known.aliases,
        **_properties(known, reference.traits),
        "readings": _readings(known),
        "decomposition": _decomposition(known, items),
        "case": _texts(_case_mappings(known), items),
        "normal_forms": _texts(_normal_forms(known), items),
        "encodings": encodings(known.char),
        "charsets": list(_charsets(known.char, reference.charsets)),
        "escapes": escapes(known.char, known.entities, _latex(known.char, reference)),
        "notes": [note for note in known.notes if note["kind"] != "reference"],
        "cross_references": _items(_references(known), items),
        "confusables": known.confusables,
        "sequences": sequences._asdict(),
        "previous": known.previous,
        "next": known.next,
    }


def _properties(known: Known, traits: Traits) -> Details:
    raw = known.properties
    if raw is None:
        given = known.sequence or {}
        return {
            "properties": given,
            "in_words": properties.of_sequence(given),
            "binary_properties": [],
        }
    kept = {key: value for key, value in raw.items() if key not in _CASES}
    return {
        "properties": kept | {"mirrored": bool(raw["mirrored"])},
        "in_words": properties.of_character(known.item, raw, traits),
        "binary_properties": properties.binary(ord(known.char), traits),
    }


def _names(known: Known) -> dict[str, str]:
    if known.names is None:
        return {}
    return msgspec.json.decode(zlib.decompress(known.names), type=dict[str, str])


def _local_name(names: Mapping[str, str], languages: Iterable[str]) -> dict[str, str] | None:
    for each in languages:
        if each == _ENGLISH:
            return None
        if each in names:
            return {"lang": each, "name": names[each]}
    return None


def _readings(known: Known) -> list[dict[str, str]]:
    return [
        # Korean readings say behind a colon which lists of characters they are from.
        {
            "field": each["field"],
            "label": labels.READINGS[each["field"]],
            "text": _SOURCES.sub("", each["text"]) if each["field"] == "kHangul" else each["text"],
        }
        for each in known.readings
    ]


def _charsets(char: str, charsets: Iterable[Charset]) -> Iterator[dict[str, str]]:
    for charset in charsets:
        raw = spelled(char, charset)
        if raw is not None:
            yield {"id": charset.id, "name": charset.name, "bytes": raw.hex(" ").upper()}


def _latex(char: str, reference: Reference) -> str:
    return reference.latex.get(ord(char), "") if len(char) == 1 else ""


def _decomposition(known: Known, items: Mapping[str, Item]) -> Details | None:
    kind = labels.decomposition_type((known.properties or {}).get("decomposition", ""))
    if kind is None:
        return None
    parts = _items((format_id([c]) for c in _decomposed(known)), items)
    return {"type": kind, "text": labels.DECOMPOSITION_TYPES[kind], "code_points": parts}


def _decomposed(known: Known) -> list[int]:
    parts = (known.properties or {}).get("decomposition", "").split()
    return [int(part, 16) for part in parts if not part.startswith("<")]


def _case_mappings(known: Known) -> dict[str, str]:
    raw = known.properties or {}
    mapped = {case: _from_hex(raw[case]) for case in _CASES if raw.get(case)}
    folded = known.char.casefold()
    if folded == known.char and _is_new(known.char):
        folded = mapped.get("lowercase", known.char)
    if raw and folded != known.char:
        mapped["casefold"] = folded
    return mapped


def _normal_forms(known: Known) -> dict[str, str]:
    """The normal forms that differ from the character.

    A character that Python's tables do not know decomposes as the index says, and composes to
    itself, as new characters do unless Unicode excludes them.
    """
    char, nfd, nfkd = known.char, known.nfd, known.nfkd
    if _is_new(char):
        forms = [char, nfd or char, char if nfkd == nfd else nfkd or char, nfkd or char]
    else:
        forms = [unicodedata.normalize(form, char) for form in _FORMS]
    return {form.lower(): text for form, text in zip(_FORMS, forms, strict=True) if text != char}


def _is_new(text: str) -> bool:
    """True for what came to Unicode after Python's tables."""
    return any(unicodedata.category(char) == "Cn" for char in text)


def _references(known: Known) -> list[str]:
    found = (f"U+{note['text']}" for note in known.notes if note["kind"] == "reference")
    return list(dict.fromkeys(found))


def _texts(texts: Mapping[str, str], items: Mapping[str, Item]) -> dict[str, Details]:
    return {key: _text(text, items) for key, text in texts.items()}


def _text(text: str, items: Mapping[str, Item]) -> Details:
    """The text as an item, or at least of items."""
    own = format_id(map(ord, text))
    if own in items:
        return items[own]
    return {"id": own, "char": text, "code_points": _items(_ids(text), items)}


def _items(ids: Iterable[str], items: Mapping[str, Item]) -> list[Item]:
    return [items[each] for each in ids if each in items]


def _from_hex(text: str) -> str:
    return "".join(chr(int(part, 16)) for part in text.split())


def _ids(text: str) -> list[str]:
    return [format_id([ord(char)]) for char in text]
