import hashlib
import lzma
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, pairwise

import pytest

from tests import whole
from webapp.characters import data_files, ucd
from webapp.characters.ucd import CodePoint, SimpleCase
from webapp.settings import ROOT

# Assigned code points of each version, private use and surrogates left out: with the versions
# before them these add up to the counts that the standard publishes.
CHARACTERS_PER_AGE = {
    "1.1": 27577,
    "2.0": 11373,
    "2.1": 2,
    "3.0": 10307,
    "3.1": 44946,
    "3.2": 1016,
    "4.0": 1226,
    "4.1": 1273,
    "5.0": 1369,
    "5.1": 1624,
    "5.2": 6648,
    "6.0": 2088,
    "6.1": 732,
    "6.2": 1,
    "6.3": 5,
    "7.0": 2834,
    "8.0": 7716,
    "9.0": 7500,
    "10.0": 8518,
    "11.0": 684,
    "12.0": 554,
    "12.1": 1,
    "13.0": 5930,
    "14.0": 838,
    "15.0": 4489,
    "15.1": 627,
    "16.0": 5185,
    "17.0": 4803,
    "18.0": 13007,
}
PINNED = {
    0x0020: ("SPACE", "1.1"),
    0x20AC: ("EURO SIGN", "2.1"),
    0x4E00: ("CJK UNIFIED IDEOGRAPH-4E00", "1.1"),
    0xAC01: ("HANGUL SYLLABLE GAG", "2.0"),
    0x1F600: ("GRINNING FACE", "6.1"),
    0x32FF: ("SQUARE ERA NAME REIWA", "12.1"),
    0x1FAE9: ("FACE WITH BAGS UNDER EYES", "16.0"),
    0x1FADC: ("ROOT VEGETABLE", "16.0"),
    0x1FAC8: ("HAIRY CREATURE", "17.0"),
    0x1F6D8: ("LANDSLIDE", "17.0"),
    0x20C1: ("SAUDI RIYAL SIGN", "17.0"),
    0x10940: ("SIDETIC LETTER N01", "17.0"),
    0x1FAEB: ("CRACKING FACE", "18.0"),
    0x20C2: ("RUFIYAA SIGN", "18.0"),
    0x3D000: ("SMALL SEAL CHARACTER-3D000", "18.0"),
}
READERS: Mapping[str, Callable[[], Iterator[object]]] = {
    "characters": ucd.code_points,
    "aliases": ucd.aliases,
    "blocks": ucd.blocks,
    "script_extensions": ucd.script_extensions,
    "properties": ucd.properties,
    "simple_cases": ucd.simple_cases,
    "sequences": ucd.sequences,
    "spellings": ucd.spellings,
    "emoji": ucd.emoji,
    "notes": ucd.notes,
    "annotations": ucd.annotations,
    "entities": ucd.entities,
    "confusables": ucd.confusables,
    "charsets": ucd.charsets,
    "scripts": ucd.scripts,
    "property_names": ucd.property_names,
    "shortcodes": ucd.shortcodes,
    "latex": ucd.latex,
    "locale_names": ucd.locale_names,
}


@pytest.fixture(scope="module")
def characters() -> dict[int, CodePoint]:
    return {row.code_point: row for row in whole.characters()}


@pytest.fixture(scope="module")
def row_ids(characters: dict[int, CodePoint]) -> set[tuple[int, ...]]:
    return {(number,) for number in characters} | {row.code_points for row in whole.sequences()}


def test_every_file_is_the_one_that_was_recorded() -> None:
    files = {path.name: path.read_bytes() for path in data_files.DATA.glob("*.xz")}
    found = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert found == {name: file.sha256 for name, file in data_files.SOURCES.items()}


@pytest.mark.usefixtures("unmeasured")
def test_every_file_has_the_rows_and_sources_that_were_recorded() -> None:
    for file in data_files.SOURCES.values():
        with lzma.open(data_files.DATA / file.name, "rt", encoding="utf-8") as lines:
            assert sum(1 for _ in lines) == file.rows + 1
        assert all(source.carries and source.licence for source in file.sources)
        assert file.sources


@pytest.mark.parametrize("name", READERS)
@pytest.mark.usefixtures("unmeasured")
def test_a_reader_gives_every_row_of_its_file(name: str) -> None:
    assert sum(1 for _ in READERS[name]()) == data_files.SOURCES[f"{name}.tsv.xz"].rows


def test_no_licence_is_missing() -> None:
    licences = {
        path.stem: path.read_text("utf-8") for path in data_files.DATA.glob("licences/*.txt")
    }
    sources = {source for file in data_files.SOURCES.values() for source in file.sources}
    for source in sources:
        name = source.package.split(" ")[0]
        assert (name if source.licence != "Unicode-3.0" else "Unicode-3.0") in licences
    assert licences["Unicode-3.0"].startswith("UNICODE LICENSE V3")
    assert "Copyright (c) 2011-2014 by Matthias C. M. Troffaes" in licences["latexcodec"]
    notice = " ".join((ROOT / "NOTICE").read_text("utf-8").split())
    assert [
        f"{name} {licence}" for name, licence, _ in sources if f"{name} {licence}" not in notice
    ] == []


def test_each_version_has_the_characters_it_added(characters: dict[int, CodePoint]) -> None:
    assert Counter(row.age for row in characters.values()) == CHARACTERS_PER_AGE
    assert len(characters) == sum(CHARACTERS_PER_AGE.values()) == 172_873


@pytest.mark.usefixtures("unmeasured")
def test_characters_ascend_and_none_comes_twice() -> None:
    numbers = [row.code_point for row in whole.characters()]
    assert numbers == sorted(set(numbers))


def test_pinned_characters_have_their_name_and_age(characters: dict[int, CodePoint]) -> None:
    assert {number: characters[number][1:6:4] for number in PINNED} == PINNED


def test_only_the_65_controls_have_no_name(characters: dict[int, CodePoint]) -> None:
    nameless = [row for row in characters.values() if not row.name]
    assert len(nameless) == 65
    assert {row.category for row in nameless} == {"Cc"}
    names = [row.name for row in characters.values() if row.name]
    assert len(names) == len(set(names))


def test_unassigned_private_and_surrogate_code_points_are_left_out(
    characters: dict[int, CodePoint],
) -> None:
    assert not {"Cn", "Co", "Cs"} & {row.category for row in characters.values()}
    assert not {0x0378, 0xD800, 0xE000, 0xFFFE, 0x10FFFD} & characters.keys()


def test_one_row_in_full(characters: dict[int, CodePoint]) -> None:
    assert characters[0x00BD] == CodePoint(
        code_point=0x00BD,
        name="VULGAR FRACTION ONE HALF",
        category="No",
        block="Latin-1 Supplement",
        script="Common",
        age="1.1",
        bidi_class="ON",
        combining_class=0,
        mirrored=False,
        decomposition="<fraction> 0031 2044 0032",
        numeric_value="1/2",
        east_asian_width="A",
        uppercase="",
        lowercase="",
        titlecase="",
    )


def test_properties_of_single_characters(characters: dict[int, CodePoint]) -> None:
    assert characters[0x0301].combining_class == 230
    assert characters[0x0028].mirrored
    assert characters[0x05D0].bidi_class == "R"
    assert characters[0x4E00].numeric_value == "1"
    assert characters[0xAC01].decomposition == "1100 1161 11A8"
    assert characters[0xFF21].east_asian_width == "F"
    assert characters[0x13A0].script == "Cherokee"


def test_case_maps_are_full_and_simple_ones_are_beside_them(
    characters: dict[int, CodePoint],
) -> None:
    assert characters[0x0041][12:] == ("", "0061", "")
    assert characters[0x0061][12:] == ("0041", "", "0041")
    assert characters[0x00DF][12:] == ("0053 0053", "", "0053 0073")
    assert characters[0x01C5][12:] == ("01C4", "01C6", "")
    simple = {row.code_point: row for row in ucd.simple_cases()}
    assert simple[0x00DF] == SimpleCase(0x00DF, "", "", "")
    assert simple[0x1F80] == SimpleCase(0x1F80, "1F88", "", "1F88")


def test_aliases_of_each_kind() -> None:
    kinds = Counter(row.kind for row in ucd.aliases())
    assert kinds == {
        "abbreviation": 354,
        "control": 84,
        "correction": 39,
        "figment": 3,
        "alternate": 1,
    }
    texts = [row.text for row in ucd.aliases() if row.code_point == 0x000A]
    assert texts == ["LINE FEED", "NEW LINE", "END OF LINE", "LF", "NL", "EOL"]


def test_blocks_do_not_overlap_and_hold_their_characters(
    characters: dict[int, CodePoint],
) -> None:
    blocks = list(ucd.blocks())
    assert all(one.last < two.first for one, two in pairwise(blocks))
    names = {
        number: block.name for block in blocks for number in range(block.first, block.last + 1)
    }
    assert all(names[number] == row.block for number, row in characters.items())


def test_sequences_of_each_kind() -> None:
    kinds = Counter(row.kind for row in whole.sequences())
    # 258 regions and territories of Emoji 15.1, and Sark's, which came with 16.0.
    assert kinds == {
        "zwj": 1614,
        "tone": 675,
        "named": 449,
        "flag": 259,
        "keycap": 12,
        "tag": 3,
    }


def test_pinned_sequences() -> None:
    rows = {row.code_points: row[1:] for row in whole.sequences()}
    assert rows[(0x1F1E8, 0x1F1F3)] == ("FLAG: CHINA", "flag", "0.6")
    assert rows[(0x0031, 0xFE0F, 0x20E3)] == ("KEYCAP DIGIT ONE", "keycap", "0.6")
    assert rows[(0x1FAF9, 0x1F3FB)] == ("LEFTWARDS THUMB SIGN: LIGHT SKIN TONE", "tone", "18.0")
    assert rows[(0x1F468, 0x200D, 0x2695, 0xFE0F)] == ("MAN HEALTH WORKER", "zwj", "4.0")
    assert rows[(0x304B, 0x309A)] == ("HIRAGANA LETTER BIDAKUON NGA", "named", "")
    tags = {name for name, kind, _ in rows.values() if kind == "tag"}
    assert tags == {"FLAG: ENGLAND", "FLAG: SCOTLAND", "FLAG: WALES"}


def test_no_row_is_a_character_with_a_variation_selector() -> None:
    selectors = {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x180B, 0x1810)}
    sequences = [row.code_points for row in whole.sequences()]
    assert not [row for row in sequences if len(row) == 2 and row[1] in selectors]
    assert sequences == sorted(set(sequences), key=lambda row: "".join(map(chr, row)))


@pytest.mark.usefixtures("unmeasured")
def test_everything_that_speaks_of_a_row_finds_it(row_ids: set[tuple[int, ...]]) -> None:
    assert all(row in row_ids for _, row in ucd.spellings())
    assert all(spelled not in row_ids for spelled, _ in ucd.spellings())
    assert all(row.code_points in row_ids for row in ucd.emoji())
    assert all(row.code_points in row_ids for row in whole.annotations())
    assert all((row.code_point,) in row_ids for row in whole.readings())
    assert all((row.code_point,) in row_ids for row in ucd.aliases())
    assert all(row in row_ids for row, _ in ucd.shortcodes())
    assert all((code_point,) in row_ids for code_point, _ in ucd.latex())


def test_other_spellings_lead_to_the_qualified_row() -> None:
    spellings = dict(ucd.spellings())
    assert spellings[(0x0031, 0x20E3)] == (0x0031, 0xFE0F, 0x20E3)
    assert spellings[(0x1F468, 0x200D, 0x2695)] == (0x1F468, 0x200D, 0x2695, 0xFE0F)
    assert spellings[(0x2764, 0xFE0F)] == (0x2764,)


def test_every_emoji_up_to_17_has_a_group() -> None:
    groups = {row.code_points: row.group for row in ucd.emoji()}
    assert groups[(0x1F414,)] == "Animals & Nature"
    without = {row.emoji_version for row in ucd.emoji() if not row.group}
    assert without == {"18.0"}


def test_binary_properties() -> None:
    properties = {row.name: row.ranges for row in ucd.properties()}
    assert properties["AHex"] == (range(0x30, 0x3A), range(0x41, 0x47), range(0x61, 0x67))
    assert sum(map(len, properties["WSpace"])) == 25


def test_every_binary_property_has_a_long_name() -> None:
    names = dict(ucd.property_names())
    assert names.keys() == {row.name for row in ucd.properties()}
    assert names["WSpace"] == "White_Space"
    assert names["Alpha"] == "Alphabetic"
    assert names["RI"] == "Regional_Indicator"


def test_every_script_has_a_code(characters: dict[int, CodePoint]) -> None:
    names = dict(ucd.scripts())
    assert names["Latn"] == "Latin"
    assert names["Zinh"] == "Inherited"
    assert len(set(names.values())) == len(names)
    without = set(names.values()) - {row.script for row in characters.values()}
    assert without == {"Katakana Or Hiragana", "Unknown"}
    assert {row.script for row in characters.values()} <= set(names.values())


def test_script_extensions() -> None:
    scripts = {row.first: row.scripts for row in ucd.script_extensions()}
    assert scripts[0x1CEB] == ("Devanagari", "Newa")
    assert all(row.first <= row.last and row.scripts for row in ucd.script_extensions())


@pytest.fixture(scope="module")
def charsets() -> dict[str, frozenset[int]]:
    return {row.name: frozenset(chain(*row.ranges)) for row in ucd.charsets()}


def test_charsets_hold_what_their_standards_say(charsets: dict[str, frozenset[int]]) -> None:
    assert len(charsets) == 86
    assert charsets["ascii"] == frozenset(range(0x80))
    assert charsets["iso8859-1"] == frozenset(range(0x100))
    assert 0x20AC in charsets["cp1252"] & charsets["iso8859-15"]
    assert 0x20AC not in charsets["iso8859-1"] | charsets["cp437"]
    # JIS X 0208 has 6,879 characters; beside it are ASCII and 63 halfwidth katakana.
    assert len(charsets["shift_jis"]) == 6879 + 128 + 63
    assert sum(0xAC00 <= number <= 0xD7A3 for number in charsets["euc_kr"]) == 2350
    assert sum(0xAC00 <= number <= 0xD7A3 for number in charsets["cp949"]) == 11172


def test_characters_of_a_charset_can_be_written_in_it(
    charsets: dict[str, frozenset[int]], characters: dict[int, CodePoint]
) -> None:
    unwritable = {
        name: found
        for name, held in charsets.items()
        if (found := {chr(number) for number in held if not writable(number, name)})
    }
    # JIS X 0213 of 2000 lacks three characters that CPython reads in it nevertheless.
    assert unwritable == {"euc_jisx0213": {"瘦", "繫", "鬜"}}
    assert all(held <= characters.keys() for held in charsets.values())


def writable(number: int, charset: str) -> bool:
    try:
        return len(chr(number).encode(charset)) > 0
    except UnicodeEncodeError:
        return False


def test_charsets_have_a_title_of_their_own() -> None:
    titles = {row.name: row.title for row in ucd.charsets()}
    assert titles["cp1252"] == "Windows-1252"
    assert titles["iso8859-15"] == "ISO 8859-15"
    assert len(set(titles.values())) == len(titles)


def test_the_digest_changes_with_any_file(monkeypatch: pytest.MonkeyPatch) -> None:
    before = ucd.input_digest()
    file = data_files.SOURCES["notes.tsv.xz"]._replace(sha256="0" * 64)
    monkeypatch.setitem(data_files.SOURCES, "notes.tsv.xz", file)
    assert len(before) == 64
    assert ucd.input_digest() != before
