import json
import operator
import zlib
from collections import Counter

import pytest
from pyroaring import BitMap

from tests import whole
from webapp.characters.data_files import SOURCES
from webapp.characters.languages import (
    LanguageWords,
    language_rows,
    locale_rows,
    locale_tokens,
    numbered,
)
from webapp.characters.postings import unpack_rows
from webapp.characters.schema import key_hash
from webapp.characters.tokens import FIRST_LOCALE, locale_keyword, locale_word

HEN = (0x1F414,)


@pytest.fixture(scope="module")
def languages() -> LanguageWords:
    return LanguageWords()


def test_english_is_number_zero() -> None:
    assert numbered(["fr", "en", "de", "fr"]) == {"en": 0, "de": 1, "fr": 2}


def test_the_readers_give_every_row_of_their_files() -> None:
    rows = [row.code_points for row in language_rows()]
    assert len(rows) == SOURCES["languages.tsv.xz"].rows == 2312
    assert rows == sorted(set(rows))
    assert len(list(locale_tokens())) == SOURCES["locale_tokens.tsv.xz"].rows == 167
    assert len(dict(locale_rows())) == SOURCES["locale_rows.tsv.xz"].rows == 168


@pytest.mark.usefixtures("unmeasured")
def test_what_is_derived_has_all_annotations() -> None:
    annotations = list(whole.annotations())
    assert dict(locale_rows()) == Counter(row.locale for row in annotations)
    rows = {row.code_points: row for row in language_rows()}
    assert rows.keys() == {row.code_points for row in annotations}
    english = {row.code_points: row for row in annotations if row.locale == "en"}
    assert {row: english[row][2:] for row in english} == {row: rows[row][1:3] for row in english}
    names: dict[tuple[int, ...], dict[str, str]] = {row: {} for row in rows}
    for row in annotations:
        if row.name:
            names[row.code_points][row.locale] = row.name
    assert {each: json.loads(row.names) for each, row in rows.items()} == names


@pytest.mark.usefixtures("unmeasured")
def test_the_words_of_one_row(languages: LanguageWords) -> None:
    numbers = {row.code_points: 1 for row in language_rows()}
    numbers[HEN] = 2
    (english,) = (row for row in languages.english() if row.code_points == HEN)
    assert (english.locale, english.name) == ("en", "chicken")
    assert "bird" in english.keywords
    french = numbered(dict(locale_rows()))["fr"]
    hashed = list(languages.hashed_names(numbers))
    assert hashed == sorted(set(hashed))
    assert (key_hash(f"{chr(FIRST_LOCALE + french)}poule"), 2) in hashed
    names = json.loads(zlib.decompress(dict(languages.packed_names(numbers))[2]))
    assert (names["en"], names["fr"]) == ("chicken", "poule")


@pytest.mark.usefixtures("unmeasured")
def test_the_tokens_of_all_locales_with_their_rows(languages: LanguageWords) -> None:
    # Rows are numbered by rank, which is not the order of code points.
    numbers = {row.code_points: number for number, row in enumerate([*language_rows()][::-1], 1)}
    tokens = list(languages.tokens(numbers))
    spelled = [token for token, _ in tokens]
    # Each before the next: in order, and none twice.
    assert all(map(operator.lt, spelled, spelled[1:]))
    packed = dict(tokens)
    french = numbered(dict(locale_rows()))["fr"]

    def rows(token: str) -> BitMap:
        return unpack_rows(packed[token])

    assert numbers[HEN] in rows(locale_keyword(french, "poule"))
    assert numbers[HEN] in rows(locale_keyword(french, "poulet"))
    heart = numbers[(0x2764,)]
    assert heart in rows(locale_word(french, "rouge")) & rows(locale_keyword(french, "coeur"))
    # Of seven hundred thousand tokens most share their rows with others.
    assert max(max(unpack_rows(each)) for each in set(packed.values())) <= len(numbers)
