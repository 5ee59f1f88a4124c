import asyncio
import json
import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import whole
from webapp.characters.dossier import PIECE_BYTES, ROWS_AT_ONCE, Dossier
from webapp.characters.identifier import format_id
from webapp.characters.resident import Resident
from webapp.database import Readers
from webapp.phrases import plain
from webapp.problems import NotFound

Look = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def dossier(runner: asyncio.Runner, index_file: Path) -> Iterator[Dossier]:
    readers = runner.run(Readers.open(index_file, immutable=True, deadline_s=10.0))
    resident = runner.run(Resident.read(readers))
    yield runner.run(Dossier.open(readers, resident))
    runner.run(readers.close())


@pytest.fixture(scope="module")
def look(runner: asyncio.Runner, dossier: Dossier) -> Look:
    """The details as they are sent."""

    def look(text: str, *languages: str) -> dict[str, Any]:
        details = runner.run(dossier.character(text, languages))
        sent: dict[str, Any] = json.loads(msgspec.json.encode(details, enc_hook=plain))
        return sent

    return look


def ids(items: list[dict[str, Any]]) -> list[str]:
    return [item["id"] for item in items]


def test_a_letter(look: Look) -> None:
    letter = look("u+e9")
    assert letter["name"] == "LATIN SMALL LETTER E WITH ACUTE"
    assert letter["case"]["uppercase"]["name"] == "LATIN CAPITAL LETTER E WITH ACUTE"
    assert letter["normal_forms"]["nfd"]["id"] == "U+0065-0301"
    assert ids(letter["normal_forms"]["nfd"]["code_points"]) == ["U+0065", "U+0301"]
    assert letter["decomposition"]["type"] == "canonical"
    assert ids(letter["decomposition"]["code_points"]) == ["U+0065", "U+0301"]
    assert letter["encodings"] == {"utf-8": "C3 A9", "utf-16": "00E9", "utf-32": "000000E9"}
    assert {"id": "cp1252", "name": "Windows-1252", "bytes": "E9"} in letter["charsets"]
    assert letter["escapes"]["html_named"] == "&eacute;"
    assert letter["escapes"]["latex"] == r"\'{e}"
    assert (letter["previous"]["id"], letter["next"]["id"]) == ("U+00E8", "U+00EA")


def test_properties_are_codes_and_words(look: Look) -> None:
    letter = look("é")
    assert letter["properties"]["bidi_class"] == "L"
    assert letter["properties"]["mirrored"] is False
    words = {each["property"]: each for each in letter["in_words"]}
    assert words["bidi_class"]["text"] == "Left-to-right"
    assert words["category"] == {
        "property": "category",
        "label": "Category",
        "value": "Ll",
        "text": "Lowercase letter",
        "q": "gc:Ll",
    }
    assert words["block"]["q"] == 'block:"Latin-1 Supplement"'
    lower = {"id": "Lower", "name": "Lowercase", "text": "Lowercase", "q": "is:Lowercase"}
    assert lower in letter["binary_properties"]


def test_rare_properties_are_there_where_they_say_something(look: Look) -> None:
    def words(text: str) -> dict[str, str]:
        return {each["property"]: each["text"] for each in look(text)["in_words"]}

    assert words("½")["numeric_value"] == "1/2"
    assert words("½")["decomposition_type"] == "A fraction"
    assert words("\u0301")["combining_class"] == "Above"
    assert words("(")["mirrored"]
    assert "Devanagari" in words("।")["script_extensions"]
    assert not {"mirrored", "combining_class", "numeric_value"} & set(words("é"))


def test_a_control_is_called_by_its_alias(look: Look) -> None:
    control = look("\n")
    assert control["name"] == "LINE FEED"
    assert {"kind": "abbreviation", "text": "LF"} in control["aliases"]
    assert control["escapes"]["java"] == r"\n"


def test_a_sequence_is_made_of_characters(look: Look) -> None:
    flag = look("U+1F1EB-1F1F7")
    assert ids(flag["code_points"]) == ["U+1F1EB", "U+1F1F7"]
    assert flag["short_name"] == "flag: France"
    assert flag["in_words"][0]["value"] == "flag"
    assert flag["binary_properties"] == flag["charsets"] == []
    assert flag["decomposition"] is None
    assert flag["case"] == {}


def test_a_sequence_has_variants_and_a_character_sequences(look: Look) -> None:
    tones = look("👋🏽")["sequences"]
    assert tones["total"] == len(tones["items"]) == 4
    assert "U+1F44B-1F3FD" not in ids(tones["items"])
    joiner = look("U+200D")["sequences"]
    assert joiner["total"] > 1_000
    assert len(joiner["items"]) == 40
    assert look("水")["sequences"] == {"total": 0, "items": []}


def test_names_in_other_languages(look: Look) -> None:
    assert look("🐈", "fr-CA", "fr")["local_name"] == {"lang": "fr", "name": "chat"}
    assert look("🐈", "en", "fr")["local_name"] is None
    assert look("é", "fr")["local_name"] is None
    assert look("🐈")["short_name"] == "cat"


def test_an_ideograph_has_readings(look: Look) -> None:
    readings = {each["field"]: each for each in look("水")["readings"]}
    assert readings["kMandarin"] == {
        "field": "kMandarin",
        "label": "Mandarin (pinyin)",
        "text": "shuǐ",
    }
    assert readings["kDefinition"]["text"].startswith("water")
    assert readings["kHangul"]["text"] == "수"


def test_look_alikes_and_references_are_items(look: Look) -> None:
    assert {"U+2013", "U+2212"} <= set(ids(look("-")["confusables"]))
    assert "U+002D" not in ids(look("-")["confusables"])
    assert look("U+0027")["cross_references"][0]["id"] == "U+02B9"
    assert {"kind": "alias", "text": "command key (1.0)"} in look("⌘")["notes"]
    assert "reference" not in {note["kind"] for note in look("!")["notes"]}


def test_case_without_case(look: Look) -> None:
    eszett = look("ß")["case"]
    assert ids(eszett["uppercase"]["code_points"]) == ["U+0053", "U+0053"]
    assert eszett["casefold"]["id"] == "U+0073-0073"
    assert look("A")["case"]["casefold"]["id"] == look("A")["case"]["lowercase"]["id"] == "U+0061"


def test_characters_that_are_newer_than_python(look: Look) -> None:
    new = look("U+16D6A")
    assert new["normal_forms"]["nfd"]["id"] == "U+16D63-16D67-16D67"
    cased = next(
        each
        for each in whole.characters()
        if each.lowercase and unicodedata.category(chr(each.code_point)) == "Cn"
    )
    case = look(chr(cased.code_point))["case"]
    assert case["casefold"] == case["lowercase"]


@pytest.mark.usefixtures("unmeasured")
def test_the_ends_have_one_neighbour(look: Look) -> None:
    last = max(each.code_point for each in whole.characters())
    sequences = sorted(each.code_points for each in whole.sequences())
    assert look("U+0")["previous"] is None
    assert look(format_id([last]))["next"] is None
    assert look(format_id(sequences[0]))["previous"] is None
    assert look(format_id(sequences[-1]))["next"] is None


@settings(deadline=None, max_examples=60)
@given(row=st.deferred(lambda: st.sampled_from([each.code_point for each in whole.characters()])))
def test_every_character_has_details(look: Look, row: int) -> None:
    details = look(chr(row))
    assert (details["id"], details["char"]) == (format_id([row]), chr(row))
    assert details == look(details["id"])
    for beside, back in (("previous", "next"), ("next", "previous")):
        if details[beside]:
            assert look(details[beside]["id"])[back]["id"] == details["id"]


@settings(deadline=None, max_examples=60)
@given(row=st.deferred(lambda: st.sampled_from([each.code_points for each in whole.sequences()])))
def test_every_sequence_has_details(look: Look, row: tuple[int, ...]) -> None:
    details = look(format_id(row))
    assert details["char"] == "".join(map(chr, row))
    assert ids(details["code_points"]) == [format_id([c]) for c in row]
    assert details["id"] not in ids(details["sequences"]["items"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("U+0378", "not an assigned character"),
        ("U+D800", "surrogate"),
        ("U+E000", "private use"),
        ("U+FFFF", "noncharacter"),
        ("U+110000", "beyond U+10FFFF"),
        ("U+41-42", "not a sequence"),
        ("nonsense", "not a sequence"),
        ("x" * 1000, "that long"),
        ("", "that long"),
        ("U+" + "0" * 17, "not a sequence"),
    ],
)
def test_what_is_not_there_is_not_found_with_the_reason(look: Look, text: str, reason: str) -> None:
    with pytest.raises(NotFound) as missing:
        look(text)
    assert reason in missing.value.detail


def test_a_lookup_keeps_order_and_number(runner: asyncio.Runner, dossier: Dossier) -> None:
    asked = ["é", "U+e9", "U+E000", "👁\u200d🗨", "zz", "é", "\ud800", "U+110000", "", "x" * 99]
    items, unknown = runner.run(dossier.lookup(asked))
    assert ids([json.loads(bytes(item)) for item in items]) == [
        "U+00E9",
        "U+00E9",
        "U+1F441-FE0F-200D-1F5E8-FE0F",
        "U+00E9",
    ]
    assert unknown == ["U+E000", "zz", "\ufffd", "U+110000", "", "x" * 99]


def test_more_rows_than_one_statement_gives(runner: asyncio.Runner, dossier: Dossier) -> None:
    asked = [chr(0x4E00 + number) for number in range(ROWS_AT_ONCE + 500)]
    items, unknown = runner.run(dossier.lookup(asked))
    assert (len(items), unknown) == (ROWS_AT_ONCE + 500, [])


async def pieces_of(dossier: Dossier, text: str) -> list[bytes]:
    return [piece async for piece in dossier.identify(text)]


@pytest.mark.parametrize(
    "text", ["", "é", "a\u0301" * 3_000, "e" + "\u0301" * 20_000, "水" * 9_000]
)
def test_a_text_is_answered_in_pieces(runner: asyncio.Runner, dossier: Dossier, text: str) -> None:
    pieces = runner.run(pieces_of(dossier, text))
    # A piece ends with the first cluster beyond its size, or with a part of a long one.
    assert max(map(len, pieces)) < 8 * PIECE_BYTES
    answer = json.loads(b"".join(pieces))
    assert "".join(cluster["char"] for cluster in answer["clusters"]) == text
    assert all(item["name"] for each in answer["clusters"] for item in each["code_points"])


async def test_others_have_their_turn_between_the_pieces_of_a_long_answer(
    index_file: Path,
) -> None:
    readers = await Readers.open(index_file, immutable=True, deadline_s=10.0)
    dossier = await Dossier.open(readers, await Resident.read(readers))
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(take_turns())
    try:
        text = "ab" * 20_000 + "e" + "\u0301" * 40_000
        before = [turns async for _ in dossier.identify(text)]
    finally:
        other.cancel()
        await readers.close()
    assert len(before) > 50
    assert all(one < another for one, another in pairwise(before))
