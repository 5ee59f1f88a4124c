"""The properties of a row in words, which a page can say in another language."""

import pytest

from tools.messages import messages
from webapp.characters import labels
from webapp.characters.properties import Property, binary, of_character, of_sequence
from webapp.characters.traits import Traits
from webapp.phrases import Phrase

RAW = {
    "bidi_class": "L",
    "mirrored": 1,
    "east_asian_width": "Na",
    "combining_class": 0,
    "decomposition": "<compat> 0020 0308",
    "numeric_value": "1/2",
}
ITEM = {"char": "A", "category": "Lu", "block": "Basic Latin", "script": "Latin", "age": "1.1"}


@pytest.fixture(scope="module")
def collected() -> frozenset[object]:
    return frozenset(text for _, text in messages())


@pytest.fixture(scope="module")
def traits() -> Traits:
    return Traits.read()


def every_property(traits: Traits) -> list[Property]:
    """The properties of made-up characters that have among them whatever one can have."""
    found = of_character(ITEM, RAW, traits)
    for category in labels.CATEGORIES:
        found += of_character(ITEM | {"category": category}, RAW, traits)
    for name, values in (
        ("bidi_class", labels.BIDI_CLASSES),
        ("east_asian_width", labels.WIDTHS),
        ("combining_class", {**labels.COMBINING_CLASSES, 10: "", 201: ""}),
    ):
        for value in values:
            found += of_character(ITEM, RAW | {name: value}, traits)
    for kind in labels.DECOMPOSITION_TYPES:
        found += of_character(ITEM, RAW | {"decomposition": f"<{kind}> 0020"}, traits)
    for plane in labels.PLANES:
        found += of_character(ITEM | {"char": chr(plane << 16)}, RAW, traits)
    for kind in labels.SEQUENCES:
        found += of_sequence({"sequence_kind": kind, "emoji_version": "18.0"})
    return found


def test_what_is_said_of_a_property_can_be_translated(
    collected: frozenset[object], traits: Traits
) -> None:
    # Names of blocks and scripts stay as Unicode has them, and numbers are numbers.
    names = {"block", "script", "script_extensions", "numeric_value"}
    for each in every_property(traits):
        assert each.label.form in collected
        if each.property not in names:
            form = each.text.form if isinstance(each.text, Phrase) else each.text
            assert form in collected, each


def test_so_can_what_a_character_is_or_is_not(collected: frozenset[object], traits: Traits) -> None:
    said = {each.text for code_point in range(0x3000) for each in binary(code_point, traits)}
    assert said
    assert said <= collected


def test_versions_are_values_of_one_text(traits: Traits) -> None:
    (version,) = (each for each in of_character(ITEM, RAW, traits) if each.property == "age")
    assert version.text == "Since Unicode 1.1"
    assert isinstance(version.text, Phrase)
    assert version.text.form == "Since Unicode {version}"
