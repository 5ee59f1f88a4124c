import pytest

from webapp.characters.mixed_scripts import mixture, scripts_of

SCRIPTS = {
    "p": "Latin",
    "й": "Cyrillic",
    "ω": "Greek",
    "漢": "Han",
    "い": "Hiragana",
    "カ": "Katakana",
    "한": "Hangul",
    "ㄅ": "Bopomofo",
    "1": "Common",
    "\u0301": "Inherited",
}


@pytest.mark.parametrize(
    ("word", "mixed"),
    [
        ("p", []),
        ("pй", ["Cyrillic", "Latin"]),
        ("pωй", ["Cyrillic", "Greek", "Latin"]),
        ("p1\u0301", []),
        ("11", []),
        ("", []),
        ("漢いカ", []),
        ("漢いカp", []),
        ("漢한p", []),
        ("漢ㄅ", []),
        ("한い", ["Hangul", "Hiragana"]),
        ("い한p", ["Hangul", "Hiragana", "Latin"]),
        ("漢й", ["Cyrillic", "Han"]),
    ],
)
def test_a_word_is_of_one_writing_system_or_mixes_these(word: str, mixed: list[str]) -> None:
    assert mixture(scripts_of(SCRIPTS[char]) for char in word) == mixed


def test_a_character_of_several_scripts_goes_with_each_of_them() -> None:
    mark = scripts_of("Inherited", ("Cyrillic", "Latin"))
    assert mixture([scripts_of("Latin"), mark]) == []
    assert mixture([scripts_of("Greek"), mark]) == ["Cyrillic", "Greek", "Latin"]
    assert scripts_of("Old_Permic") == scripts_of("Common", ["Old Permic"])
    assert scripts_of(None) == frozenset()
