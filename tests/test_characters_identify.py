import json
import unicodedata
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.characters.identifier import format_id
from webapp.characters.identify import (
    BATCH,
    LONGEST_SEQUENCE,
    Account,
    Row,
    batches,
    clusters_json,
    keys_of,
    misread,
    stand_in,
    wanted,
)


def row(text: str, name: str, category: str | None = None) -> tuple[str, Row]:
    item = {"id": format_id(map(ord, text)), "char": text, "name": name, "category": category}
    return item["id"] or "", Row.of(json.dumps(item).encode())


HEART = row("❤", "HEAVY BLACK HEART", "So")
ZWSP = row("\u200b", "ZERO WIDTH SPACE", "Cf")
ZWJ = row("\u200d", "ZERO WIDTH JOINER", "Cf")
COOK = row("👩\u200d🍳", "WOMAN COOK")


def identified(text: str, rows: Mapping[str, Row] | None = None) -> dict[str, Any]:
    account = Account()
    found = [b"".join(clusters_json(batch, rows or {}, account)) for batch in batches(text)]
    end = msgspec.json.encode(account.closed(text))[1:]
    body = b'{"clusters":[' + b",".join(found) + b"]," + end
    answer: dict[str, Any] = json.loads(body)
    return answer


@given(st.text(max_size=300) | st.text(alphabet="a\u0301\u200d👩\ud800🇫\0\ufe0f", max_size=300))
def test_nothing_of_a_text_is_lost(text: str) -> None:
    answer = identified(text)
    ids = [item["id"] for cluster in answer["clusters"] for item in cluster["code_points"]]
    assert ids == [format_id([ord(char)]) for char in text]
    assert answer["total"]["code_points"] == len(text)
    assert answer["total"]["clusters"] == len(answer["clusters"])


@given(st.text(min_size=1, max_size=50))
def test_every_row_that_is_looked_at_was_asked_for(text: str) -> None:
    for batch in batches(text):
        asked = set(wanted(batch))
        assert {format_id([ord(char)]) for cluster in batch for char in cluster} <= asked
        assert {key for each in batch for key in keys_of(tuple(map(ord, each)))} <= asked


def test_batches_are_bounded_but_for_single_clusters() -> None:
    text = "a" * 2_500 + "e" + "\u0301" * 3_000 + "b"
    sizes = [sum(map(len, batch)) for batch in batches(text)]
    assert sizes == [BATCH, BATCH, 500, 3_001, 1]
    assert [len(batch) for batch in batches(text)][3] == 1


def test_a_long_cluster_is_whole_but_its_name_is_cut() -> None:
    text = "e" + "\u0301" * 2_999
    [cluster] = identified(text)["clusters"]
    assert len(cluster["code_points"]) == 3_000
    assert cluster["name"].endswith(f" + {3_000 - LONGEST_SEQUENCE:,} more")
    assert cluster["char"] == text
    assert "nfc" not in cluster


@pytest.mark.parametrize(
    ("char", "name", "category"),
    [
        ("\ue000", "<private-use-E000>", "Co"),
        ("\U0010fffd", "<private-use-10FFFD>", "Co"),
        ("\u0378", "<reserved-0378>", "Cn"),
        ("\ufdd0", "<noncharacter-FDD0>", "Cn"),
        ("\U0001ffff", "<noncharacter-1FFFF>", "Cn"),
        ("\U0010ffff", "<noncharacter-10FFFF>", "Cn"),
        ("\udfff", "<surrogate-DFFF>", "Cs"),
    ],
)
def test_what_has_no_row_is_named_by_its_label(char: str, name: str, category: str) -> None:
    item = json.loads(bytes(stand_in(char).json))
    assert (item["name"], item["category"]) == (name, category)
    assert unicodedata.category(char) == category
    assert item["char"] == ("\ufffd" if category == "Cs" else char)
    assert set(item) == {"id", "char", "name", "kind", "category", "block", "script", "age"}


def test_any_spelling_of_a_sequence_has_its_row() -> None:
    rows = dict([HEART, COOK])
    styled, cook = identified("❤\ufe0f👩\ufe0f\u200d🍳\ufe0f\ufe0e", rows)["clusters"]
    assert (styled["id"], styled["name"], styled["char"]) == (HEART[0], HEART[1].name, "❤\ufe0f")
    assert (cook["id"], cook["name"]) == (COOK[0], COOK[1].name)
    assert [item["id"] for item in styled["code_points"]] == ["U+2764", "U+FE0F"]


def test_a_selector_that_begins_is_not_left_out() -> None:
    assert keys_of((0xFE0F, 0x2764)) == ["U+FE0F-2764"]
    assert keys_of((0xFE0F,)) == ["U+FE0F"]
    assert keys_of(()) == keys_of((65,) * (LONGEST_SEQUENCE + 1)) == []


def test_unknown_clusters_are_called_by_their_parts() -> None:
    [cluster] = identified("❤\u0301", dict([HEART]))["clusters"]
    assert cluster["name"] == "HEAVY BLACK HEART + <reserved-0301>"
    assert cluster["id"] == "U+2764-0301"


def test_the_composed_form_is_told() -> None:
    [cluster] = identified("e\u0301")["clusters"]
    assert (cluster["nfc"], cluster["utf-8"]) == ("U+00E9", "65 CC 81")
    assert "nfc" not in identified("é")["clusters"][0]


def test_what_has_no_ink_is_named_once() -> None:
    rows = dict([ZWSP, ZWJ, COOK])
    assert identified("a\u200bb\u200b\r\n\t", rows)["notices"] == ["Without ink: ZERO WIDTH SPACE."]
    assert identified("👩\u200d🍳", rows)["notices"] == []
    assert "ZERO WIDTH JOINER" in identified("👩\u200d👩", rows)["notices"][0]


def test_only_so_many_invisibles_are_named() -> None:
    controls = [chr(c) for c in range(1, 32) if chr(c) not in "\t\n\r"]
    rows = dict(row(char, f"C{ord(char)}", "Cc") for char in controls)
    [notice] = identified("".join(controls), rows)["notices"]
    assert notice.endswith("C22, C23 and others.")


def test_halves_of_pairs_are_told() -> None:
    answer = identified("a\ud800")
    assert "surrogate" in answer["notices"][0]
    assert answer["total"] == {"clusters": 2, "code_points": 2, "utf-8": 4, "utf-16": 2}


@pytest.mark.parametrize("text", ["é", "naïve", "€", "“quoted”", "日本語", "à la carte", "Á"])
def test_text_that_was_read_as_windows_1252_is_seen(text: str) -> None:
    spoilt = "".join(
        chr(byte) if byte in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else bytes([byte]).decode("cp1252")
        for byte in text.encode()
    )
    assert misread(spoilt) == text
    assert text in identified(spoilt)["notices"][0]
    assert misread(text) is None


def test_other_text_is_left_alone() -> None:
    assert [misread(text) for text in ("", "plain", "日本", "Ã", "\ud800é", "é水")] == [None] * 6
