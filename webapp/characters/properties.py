"""The properties of a row in words, each with the search for all that share it."""

from collections.abc import Iterator
from typing import Any

import msgspec

from webapp.characters import labels
from webapp.characters.traits import Traits
from webapp.phrases import Phrase


class Property(msgspec.Struct, frozen=True):
    """A property, the value it has by its code, what that means, and the search for the same."""

    property: str
    label: Phrase
    value: str
    text: str
    q: str | None = None


class BinaryProperty(msgspec.Struct, frozen=True):
    """A property that a character has or not, by its short and long name and in words."""

    id: str
    name: str
    text: str
    q: str


def of_character(item: dict[str, Any], raw: dict[str, Any], traits: Traits) -> list[Property]:
    """The properties of a character, those it has in common with most others left out."""
    return [*_of_item(item, ord(item["char"]), traits), *_of_layout(raw), *_of_value(raw)]


def of_sequence(raw: dict[str, Any]) -> list[Property]:
    """The properties of a sequence."""
    kind = raw["sequence_kind"]
    found = [Property("sequence_kind", Phrase("Kind of sequence"), kind, labels.SEQUENCES[kind])]
    if version := raw["emoji_version"]:
        text = Phrase("Since Emoji {version}", version=version)
        found.append(Property("emoji_version", Phrase("Version"), version, text, f"age:{version}"))
    return found


def binary(code_point: int, traits: Traits) -> list[BinaryProperty]:
    """The binary properties that the character has."""
    named = ((short, *labels.BINARY_PROPERTIES[short]) for short in traits.binary(code_point))
    return [BinaryProperty(short, name, text, f"is:{name}") for short, name, text in named]


def _of_item(item: dict[str, Any], code_point: int, traits: Traits) -> Iterator[Property]:
    category = item["category"]
    text = labels.CATEGORIES[category]
    yield Property("category", Phrase("Category"), category, text, f"gc:{category}")
    if block := item["block"]:
        yield Property("block", Phrase("Block"), block, block, f'block:"{block}"')
    if script := item["script"]:
        yield Property("script", Phrase("Script"), script, labels.script(script), f"sc:{script}")
    if scripts := traits.scripts(code_point):
        value = ", ".join(scripts)
        yield Property("script_extensions", Phrase("Used in the scripts"), value, value)
    plane = code_point >> 16
    yield Property("plane", Phrase("Plane"), str(plane), labels.PLANES[plane], f"plane:{plane}")
    if age := item["age"]:
        since = Phrase("Since Unicode {version}", version=age)
        yield Property("age", Phrase("Version"), age, since, f"age:{age}")


def _of_layout(raw: dict[str, Any]) -> Iterator[Property]:
    bidi, width = raw["bidi_class"], raw["east_asian_width"]
    yield Property(
        "bidi_class", Phrase("Direction"), bidi, labels.BIDI_CLASSES[bidi], f"bidi:{bidi}"
    )
    if raw["mirrored"]:
        mirror = Phrase("In right-to-left text its mirror image is shown")
        yield Property("mirrored", Phrase("Mirrored"), "Y", mirror, "is:Bidi_Mirrored")
    yield Property("east_asian_width", Phrase("Width"), width, labels.WIDTHS[width], f"ea:{width}")
    if number := raw["combining_class"]:
        text = labels.combining_class(number)
        yield Property(
            "combining_class", Phrase("Place on its base"), str(number), text, f"ccc:{number}"
        )


def _of_value(raw: dict[str, Any]) -> Iterator[Property]:
    if kind := labels.decomposition_type(raw["decomposition"]):
        text = labels.DECOMPOSITION_TYPES[kind]
        yield Property("decomposition_type", Phrase("Decomposition"), kind, text, f"dt:{kind}")
    if number := raw["numeric_value"]:
        yield Property("numeric_value", Phrase("Value as a number"), number, number, f"nv:{number}")
