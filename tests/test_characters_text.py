import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import whole
from webapp.characters.text import fold, join_surrogates, name_key, printable, words

ANY_TEXT = st.text(st.characters())


@given(ANY_TEXT)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ANY_TEXT)
def test_words_of_words_are_the_same_words(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)


@pytest.mark.usefixtures("unmeasured")
def test_every_character_folds_to_a_fixed_point() -> None:
    folded = {fold(chr(point.code_point)) for point in whole.characters()}
    assert not [text for text in folded if fold(text) != text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("LATIN SMALL LETTER E WITH ACUTE", ["latin", "small", "letter", "e", "with", "acute"]),
        ("e-acute", ["e", "acute"]),
        ("CJK UNIFIED IDEOGRAPH-4E00", ["cjk", "unified", "ideograph", "4e00"]),
        ("coração Straße ŒUVRE Łódź", ["coracao", "strasse", "oeuvre", "lodz"]),
        ("ﬁ Å ἀλήθεια Йод", ["fi", "a", "αληθεια", "иод"]),
        ("बिल्ली", ["बिल्ली"]),
        ("각", ["각"]),
        ("\0 \ud800 \u202e \t", []),
        ("", []),
    ],
)
def test_text_is_split_into_folded_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_composed_and_decomposed_text_have_the_same_words() -> None:
    for text in ("café", "각", "ἀᾳ", "が"):
        assert words(unicodedata.normalize("NFD", text)) == words(text)


def test_names_that_differ_by_a_hyphen_have_different_keys() -> None:
    assert name_key(" tibetan  letter -a ") == name_key("TIBETAN LETTER -A")
    assert name_key("TIBETAN LETTER A") != name_key("TIBETAN LETTER -A")


@pytest.mark.usefixtures("unmeasured")
def test_no_two_characters_have_the_same_name_key() -> None:
    keys = [name_key(character.name) for character in whole.characters() if character.name]
    assert len(set(keys)) == len(keys)


def test_pairs_of_surrogates_are_joined_and_lone_ones_replaced() -> None:
    assert join_surrogates("\ud83d\ude00 \ud800") == "😀 \ud800"
    assert printable("a\ud800b") == "a\ufffdb"
    assert printable("😀") == "😀"
