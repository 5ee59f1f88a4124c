import pytest

from webapp.characters import ucd
from webapp.characters.charsets import read_charsets, spelled
from webapp.characters.families import Families
from webapp.characters.traits import Traits


@pytest.fixture(scope="module")
def traits() -> Traits:
    return Traits.read()


def test_binary_properties_are_those_of_the_tables(traits: Traits) -> None:
    edges = {
        code_point
        for each in ucd.properties()
        for span in each.ranges
        for code_point in (span.start - 1, span.start, span.stop - 1, span.stop)
    }
    holders = {each.name: each.ranges for each in ucd.properties() if each.name in {"Dash", "Dep"}}
    for code_point in edges:
        found = traits.binary(code_point)
        for name, ranges in holders.items():
            assert (name in found) == any(code_point in span for span in ranges)


def test_a_space_and_a_letter(traits: Traits) -> None:
    assert {"WSpace", "Pat_WS"} <= set(traits.binary(0x20))
    assert {"Alpha", "Upper", "Cased"} <= set(traits.binary(0x41))
    assert traits.binary(0x0378) == []


def test_further_scripts(traits: Traits) -> None:
    assert "Devanagari" in traits.scripts(0x0964)
    assert traits.scripts(0x41) == ()


def test_charsets_spell_just_what_they_hold() -> None:
    charsets = {charset.id: charset for charset in read_charsets()}
    for table in ucd.charsets():
        held = {code_point for span in table.ranges for code_point in span}
        for code_point in range(0x20, 0x3000, 7):
            raw = spelled(chr(code_point), charsets[table.name])
            assert (raw is not None) == (code_point in held)
            assert raw is None or raw.decode(table.name) == chr(code_point)


def test_a_text_is_spelled_as_a_whole_or_not_at_all() -> None:
    charsets = {charset.id: charset for charset in read_charsets()}
    assert charsets["cp1252"].name == "Windows-1252"
    assert spelled("é€", charsets["cp1252"]) == b"\xe9\x80"
    assert spelled("é水", charsets["cp1252"]) is None


SEQUENCES = [
    *("👩\u200d🚀", "👨🏽\u200d🚀", "🧑\u200d🎨", "👋🏻", "👋🏿"),
    *("👩\u200d👩\u200d👧", "👩\u200d👧", "1\ufe0f\u20e3"),
]


@pytest.mark.parametrize(
    ("text", "related"),
    [
        ("🚀", ["👩\u200d🚀", "👨🏽\u200d🚀"]),
        ("👩\u200d🚀", ["👩\u200d🚀", "👨🏽\u200d🚀"]),
        ("👋🏽", ["👋🏻", "👋🏿"]),
        ("👩\u200d👩\u200d👧", ["👩\u200d👩\u200d👧", "👩\u200d👧"]),
        ("👩\u200d👩", ["👩\u200d🚀", "👩\u200d👩\u200d👧", "👩\u200d👧"]),
        ("\u20e3", ["1\ufe0f\u20e3"]),
        ("🏽\u200d", ["👨🏽\u200d🚀"]),
        ("x", []),
        ("xy", []),
    ],
)
def test_families(text: str, related: list[str]) -> None:
    families = Families(enumerate(SEQUENCES))
    assert [SEQUENCES[row] for row in families.related(text)] == related


VARIED = [
    *(
        "👋🏻",
        "👋🏿",
        "👩\u200d🚀",
        "👨🏽\u200d🚀",
        "🧑\u200d🎨",
        "🏃\u200d♀\ufe0f",
        "🏃🏽\u200d♂\ufe0f",
    ),
    *("🏃\u200d➡\ufe0f", "👩\u200d👧", "👨\u200d👩\u200d👧", "👧🏽", "1\ufe0f\u20e3"),
]


@pytest.mark.parametrize(
    ("text", "variants"),
    [
        ("👋", ["👋🏻", "👋🏿"]),
        ("👋🏻", ["👋🏿"]),
        ("👩\u200d🚀", ["👨🏽\u200d🚀"]),
        ("🧑\u200d🎨", []),
        ("🏃", ["🏃\u200d♀\ufe0f", "🏃🏽\u200d♂\ufe0f"]),
        ("🏃\u200d➡\ufe0f", []),
        ("👧", ["👧🏽"]),
        ("👩\u200d👧", []),
        *(("👩", []), ("♀", []), ("🏽", []), ("1\ufe0f\u20e3", []), ("x", [])),
    ],
)
def test_variants_differ_in_tone_and_gender_alone(text: str, variants: list[str]) -> None:
    families = Families(enumerate(VARIED))
    assert [VARIED[row] for row in families.variants(text)] == variants
    assert families.varies(text) == bool(variants)
