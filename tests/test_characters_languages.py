import json
import zlib

import pytest

from webapp.characters import ucd
from webapp.characters.languages import LanguageWords, found_in, numbered, tables
from webapp.characters.text import squash, words
from webapp.characters.tokens import locale_keyword, locale_word

ROW = (0x1F414,)


def lines(*rows: str) -> str:
    return "\n".join(f"xx\t1F414\t{row}" for row in rows)


def tokens_of(name: str, *keywords: str) -> set[str]:
    (found,) = found_in(7, lines(f"{name}\t{'|'.join(keywords)}"))
    assert found.row == ROW
    return set(found.tokens.split())


def test_english_is_number_zero() -> None:
    assert numbered(["fr", "en", "de", "fr"]) == {"en": 0, "de": 1, "fr": 2}


def test_a_whole_word_is_told_from_one_of_several() -> None:
    assert tokens_of("Tête", "visage jaune", "ŒIL (droit)", "jaune") == {
        locale_keyword(7, "tete"),
        locale_keyword(7, "jaune"),
        *(locale_word(7, word) for word in ("visage", "jaune", "oeil", "droit")),
    }


def test_nothing_comes_of_an_empty_name_or_of_punctuation() -> None:
    assert tokens_of("", "!", "oui") == {locale_keyword(7, "oui")}
    assert tokens_of("") == set()


def test_words_that_are_not_spaced_are_found_by_any_part() -> None:
    found = tokens_of("笑顔", "ハート マーク")
    assert locale_keyword(7, "笑顔") in found
    assert {locale_word(7, part) for part in ("顔", "ート", "マーク", "ク")} < found
    assert locale_word(7, "笑顔") not in found


def test_each_line_keeps_its_own_words() -> None:
    found = list(found_in(7, lines("un\t", "deux trois\tquatre", "\tcinq")))
    assert [each.name for each in found] == ["un", "deuxtrois", ""]
    assert [len(each.tokens.split()) for each in found] == [1, 3, 1]


@pytest.mark.parametrize("locale", ["fr", "hi", "ja", "th", "ar"])
def test_folding_all_at_once_is_folding_one_by_one(locale: str) -> None:
    by_locale = dict(tables(numbered(each for each, _, _ in ucd.locale_names())))
    rows = (row for row in ucd.annotations() if row.locale == locale)
    for row, found in zip(rows, found_in(7, by_locale[locale]), strict=True):
        assert found.row == row.code_points
        assert found.name == "".join(words(row.name))
        spelled = set(found.tokens.split())
        for text in (row.name, *row.keywords):
            for word in words(text):
                assert {locale_word(7, word), locale_keyword(7, word)} & spelled
            if len(words(text)) == 1:
                assert locale_keyword(7, squash(text)) in spelled


def test_all_languages_of_a_row_together() -> None:
    languages = LanguageWords()
    languages.add("en", lines("chicken\tbird|hen"))
    languages.add("fr", lines("poule\tpoulet"))
    (english,) = languages.english
    assert (english.name, english.keywords) == ("chicken", ("bird", "hen"))
    french = languages.numbers["fr"]
    assert languages.take_tokens(ROW).split() == [
        locale_keyword(french, "poule"),
        locale_keyword(french, "poulet"),
    ]
    assert languages.take_tokens(ROW) == ""
    assert [row for _, row in languages.hashed_names()] == [ROW]
    ((row, packed),) = languages.packed_names()
    assert (row, json.loads(zlib.decompress(packed))) == (ROW, {"en": "chicken", "fr": "poule"})
    assert languages.rows == {"en": 1, "fr": 1}
