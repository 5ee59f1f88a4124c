from collections import Counter

import pytest

from tests import whole
from webapp.characters import ucd


def test_notes_of_each_kind() -> None:
    assert Counter(row.kind for row in ucd.notes()) == {
        "comment": 8748,
        "reference": 4102,
        "alias": 2663,
        "variation": 245,
        "formal": 36,
    }
    notes = [row[1:] for row in ucd.notes() if row.code_point in {0x2318, 0x21DE, 0x1F5D1}]
    assert ("alias", "command key (1.0)") in notes
    assert ("alias", "page up") in notes
    assert ("alias", "trashcan") in notes
    assert all(int(row.text, 16) for row in ucd.notes() if row.kind == "reference")


@pytest.mark.usefixtures("unmeasured")
def test_readings_of_each_field() -> None:
    assert Counter(row.field for row in whole.readings()) == {
        "kDefinition": 23285,
        "kMandarin": 41692,
        "kCantonese": 29936,
        "kJapaneseOn": 13177,
        "kJapaneseKun": 11296,
        "kHangul": 8525,
        "kVietnamese": 8307,
    }
    water = {row.field: row.text for row in whole.readings() if row.code_point == 0x6C34}
    assert water["kDefinition"].startswith("water")
    assert water["kMandarin"] == "shuǐ"


@pytest.mark.usefixtures("unmeasured")
def test_annotations_of_all_locales() -> None:
    locales = set()
    words: dict[tuple[str, tuple[int, ...]], tuple[str, ...]] = {}
    for row in whole.annotations():
        locales.add(row.locale)
        if row.locale in {"en", "fr", "ja"}:
            words[row.locale, row.code_points] = (row.name, *row.keywords)
    assert len(locales) == 168
    assert {"poule", "poulet"} <= set(words["fr", (0x1F414,)])
    assert "ハート" in words["ja", (0x2764,)]
    assert "flag" in words["en", (0x1F1E8, 0x1F1F3)]
    assert words["en", (0x1FAC8,)][0] == "hairy creature"


@pytest.mark.usefixtures("unmeasured")
def test_keywords_are_none_that_the_name_already_says() -> None:
    for row in whole.annotations():
        assert "" not in row.keywords
        assert row.name not in row.keywords
        assert len(set(row.keywords)) == len(row.keywords)


def test_entities() -> None:
    entities = dict(ucd.entities())
    assert entities["eacute"] == (0x00E9,)
    assert entities["NotEqualTilde"] == (0x2242, 0x0338)
    assert not [name for name in entities if "&" in name or ";" in name]


def test_confusables_lead_to_their_prototype() -> None:
    confusables = dict(ucd.confusables())
    assert confusables[(0x0430,)] == (0x0061,)
    assert confusables[(0x006D,)] == (0x0072, 0x006E)
    assert not set(confusables.values()) & confusables.keys()


def test_short_codes_of_emoji() -> None:
    codes: dict[tuple[int, ...], list[str]] = {}
    for row, code in ucd.shortcodes():
        codes.setdefault(row, []).append(code)
    assert codes[(0x1F44D,)] == ["thumbs_up", "thumbsup", "+1"]
    assert codes[(0x1F600,)] == ["grinning_face", "grinning"]
    assert codes[(0x1F1E8, 0x1F1F3)][0] == "China"
    assert codes[(0x2764,)] == ["red_heart", "heart"]
    assert codes[(0x1F3FB,)][0] == "light_skin_tone"
    assert codes.keys() >= {row.code_points for row in ucd.emoji()}
    assert not [code for found in codes.values() for code in found if ":" in code or not code]


def test_latex_leads_both_ways() -> None:
    commands = dict(ucd.latex())
    assert commands[0x03B1] == r"\alpha"
    assert commands[0x221E] == r"\infty"
    assert commands[0x2192] == r"\rightarrow"
    assert commands[0x211D] == r"\mathbb{R}"
    assert commands[0x00E9] == r"\'{e}"
    assert commands[0x00D7] == r"\times"
    assert commands[0x221A] == r"\sqrt"
    assert commands[0x0026] == r"\&"
    assert commands[0x007E] == r"\textasciitilde"
    assert len(commands) == len(set(commands.values())) == 1374
    assert all(command.startswith("\\") for command in commands.values())


@pytest.mark.usefixtures("unmeasured")
def test_locales_have_names() -> None:
    names = {locale: (name, own) for locale, name, own in ucd.locale_names()}
    assert names["de"] == ("German", "Deutsch")
    assert names["pt-PT"] == ("European Portuguese", "português europeu")
    assert names["zh-Hant"] == ("Traditional Chinese", "繁體中文")
    assert names["sr-Latn"] == ("Serbian (Latin)", "srpski (latinica)")
    assert names["bew"] == ("Betawi", "Betawi")
    assert names.keys() == {row.locale for row in whole.annotations()}
    assert all(name and own for name, own in names.values())
