"""The Unicode tables committed in data/, read as typed rows in their file's order."""

import hashlib
from collections.abc import Iterator
from itertools import islice
from sys import intern
from typing import Any, NamedTuple

from webapp.characters.data_files import SOURCES, hexes, lines, rows, spans, table

UNICODE_VERSION = "18.0.0"


class CodePoint(NamedTuple):
    """One assigned code point. Case maps are full ones, in hex, "" where it maps to itself."""

    code_point: int
    name: str
    category: str
    block: str
    script: str
    age: str
    bidi_class: str
    combining_class: int
    mirrored: bool
    decomposition: str
    numeric_value: str
    east_asian_width: str
    uppercase: str
    lowercase: str
    titlecase: str


class Alias(NamedTuple):
    """A formal alias; kind is correction, control, alternate, figment or abbreviation."""

    code_point: int
    kind: str
    text: str


class Block(NamedTuple):
    """A block, both ends included."""

    first: int
    last: int
    name: str


class Sequence(NamedTuple):
    """A sequence with a name; kind is zwj, flag, keycap, tone, tag or named."""

    code_points: tuple[int, ...]
    name: str
    kind: str
    emoji_version: str


class Emoji(NamedTuple):
    """What makes a row an emoji; group is "" for one newer than the source of groups."""

    code_points: tuple[int, ...]
    emoji_version: str
    group: str


class Note(NamedTuple):
    """A remark of the Names List; kind is alias, comment, reference, formal or variation.

    A reference's text is the hex code point it refers to; formal gives an alias in the standard's
    wording; a variation's text is the code points and what the glyph looks like.
    """

    code_point: int
    kind: str
    text: str


class Reading(NamedTuple):
    """One Unihan field of an ideograph, such as kDefinition or kMandarin."""

    code_point: int
    field: str
    text: str


class Annotation(NamedTuple):
    """CLDR's short name ("" if none) in a locale, and keywords other than that name."""

    locale: str
    code_points: tuple[int, ...]
    name: str
    keywords: tuple[str, ...]


class Property(NamedTuple):
    """A binary property by its short name (WSpace, Alpha) and the code points that have it."""

    name: str
    ranges: tuple[range, ...]


class ScriptExtension(NamedTuple):
    """The scripts in which a range of characters, both ends included, is used."""

    first: int
    last: int
    scripts: tuple[str, ...]


class SimpleCase(NamedTuple):
    """Simple case maps of a character whose full ones differ; "" where it maps to itself."""

    code_point: int
    uppercase: str
    lowercase: str
    titlecase: str


class Charset(NamedTuple):
    """A legacy charset by Python's name of it, a name for people and the characters it holds."""

    name: str
    title: str
    ranges: tuple[range, ...]


def code_points() -> Iterator[CodePoint]:
    """Every assigned code point, private use and surrogates left out; ascending.

    Most differ from their neighbours by number and name alone: all else is read and kept once.
    """
    known: dict[str, tuple[Any, ...]] = {}
    for line in islice(lines("characters"), 1, None):
        code_point, name, others = line.split("\t", 2)
        if (values := known.get(others)) is None:
            values = known[others] = _values(*others.split("\t"))
        yield CodePoint._make((int(code_point, 16), name, *values))


def _values(*texts: str) -> tuple[Any, ...]:
    """The columns of a code point from its category on."""
    category, block, script, age, bidi, combining, mirrored, *rest = map(intern, texts)
    return category, block, script, age, bidi, int(combining), mirrored == "Y", *rest


def aliases() -> Iterator[Alias]:
    """The formal aliases, ascending by code point."""
    for code_point, kind, text in rows("aliases"):
        yield Alias(int(code_point, 16), kind, text)


def blocks() -> Iterator[Block]:
    """The blocks, ascending."""
    for first, last, name in rows("blocks"):
        yield Block(int(first, 16), int(last, 16), name)


def sequences() -> Iterator[Sequence]:
    """Named sequences and fully qualified emoji sequences, ascending by code points."""
    for spelled, name, kind, emoji_version in rows("sequences"):
        yield Sequence(hexes(spelled), name, kind, emoji_version)


def spellings() -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Other spellings of emoji, each with the code points of the row it stands for."""
    for spelled, row in rows("spellings"):
        yield hexes(spelled), hexes(row)


def emoji() -> Iterator[Emoji]:
    """Every fully qualified emoji, single characters without U+FE0F; ascending by code points."""
    for row, emoji_version, group in rows("emoji"):
        yield Emoji(hexes(row), emoji_version, group)


def notes() -> Iterator[Note]:
    """The notes in the order of the Names List, which ascends by code point."""
    for code_point, kind, text in rows("notes"):
        yield Note(int(code_point, 16), kind, text)


def readings() -> Iterator[Reading]:
    """The Unihan fields kept here, ascending by code point."""
    texts_of = table("readings")
    _, *fields = next(texts_of)
    for code_point, *texts in texts_of:
        number = int(code_point, 16)
        for field, text in zip(fields, texts, strict=True):
            if text:
                yield Reading(number, field, text)


def annotations() -> Iterator[Annotation]:
    """CLDR's annotations by locale; a sequence with a skin tone shares those of its base."""
    for locale, row, name, keywords in rows("annotations"):
        yield Annotation(locale, hexes(row), name, tuple(keywords.split("|")) if keywords else ())


def entities() -> Iterator[tuple[str, tuple[int, ...]]]:
    """HTML's named character references, without & and ; and what they stand for."""
    for name, row in rows("entities"):
        yield name, hexes(row)


def confusables() -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Each confusable with the prototype it looks like (UTS #39), ascending by code points."""
    for text, prototype in rows("confusables"):
        yield hexes(text), hexes(prototype)


def properties() -> Iterator[Property]:
    """The binary properties by name, their ranges ascending."""
    for name, ranges in rows("properties"):
        yield Property(name, spans(ranges))


def script_extensions() -> Iterator[ScriptExtension]:
    """Characters used in other scripts than their own one, ascending."""
    for first, last, scripts in rows("script_extensions"):
        yield ScriptExtension(int(first, 16), int(last, 16), tuple(scripts.split(", ")))


def simple_cases() -> Iterator[SimpleCase]:
    """Characters whose simple case maps are not their full ones, ascending."""
    for code_point, *maps in rows("simple_cases"):
        yield SimpleCase(int(code_point, 16), *maps)


def charsets() -> Iterator[Charset]:
    """The legacy charsets by name, their ranges ascending; text.encode(name) gives the bytes."""
    for name, title, ranges in rows("charsets"):
        yield Charset(name, title, spans(ranges))


def scripts() -> Iterator[tuple[str, str]]:
    """The code of ISO 15924 and the name of each script, also of those without characters."""
    return ((code, name) for code, name in rows("scripts"))


def property_names() -> Iterator[tuple[str, str]]:
    """The short name of each binary property, as properties() has it, and the long one."""
    return ((name, long_name) for name, long_name in rows("property_names"))


def shortcodes() -> Iterator[tuple[tuple[int, ...], str]]:
    """The short codes of emoji without colons (`+1`), of an emoji's several the usual one first."""
    for row, shortcode in rows("shortcodes"):
        yield hexes(row), shortcode


def latex() -> Iterator[tuple[int, str]]:
    r"""The LaTeX command of a character, ascending: \alpha, but also \mathbb{R} and \'{e}."""
    for code_point, command in rows("latex"):
        yield int(code_point, 16), command


def locale_names() -> Iterator[tuple[str, str, str]]:
    """Each locale that has annotations with its name in English and in its own language."""
    return ((locale, name, own_name) for locale, name, own_name in rows("locale_names"))


def input_digest() -> str:
    """SHA-256 in hex over all data files, by their recorded checksums."""
    digest = hashlib.sha256()
    for name in sorted(SOURCES):
        digest.update(f"{name} {SOURCES[name].sha256}\n".encode())
    return digest.hexdigest()
