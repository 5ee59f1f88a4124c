from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import whole
from webapp.characters import tokens
from webapp.characters.counts import Counts, NumberedNames
from webapp.characters.fields import (
    LIGHT,
    Texts,
    classic_number,
    classic_tokens,
    core_key,
    exact_keys,
    is_numbered,
    is_operation,
    numbered_parts,
    text_facts,
    text_tokens,
    unihan_words,
    words_of,
)
from webapp.characters.schema import (
    ALIAS,
    CORE,
    ENTITY,
    INFORMAL,
    JOINED,
    LOOSE,
    NAME,
    key_hash,
)
from webapp.characters.text import canonical, words
from webapp.characters.ucd import Reading
from webapp.characters.unihan import unihan

WORDS = st.lists(st.text("abcdes0159", min_size=1, max_size=8), max_size=6)
TEXTS = st.lists(st.text(max_size=12), max_size=3).map(tuple)


def all_tokens(texts: Texts) -> set[str]:
    return {*text_tokens(texts, words_of(texts)), *text_facts(texts)}


def keys(texts: Texts, tier: int, likelihood: float = 10.0) -> set[str]:
    return {key for found, key in exact_keys(texts, likelihood) if found == tier and key}


@given(WORDS, st.randoms())
def test_the_core_of_a_name_does_not_depend_on_the_order_of_words(
    found: list[str], random: Random
) -> None:
    shuffled = random.sample(found, len(found))
    assert core_key(shuffled) == core_key(found)
    assert core_key([*found, *LIGHT]) == core_key(found)
    assert core_key(map(canonical, found)) == core_key(found)


@given(TEXTS, TEXTS, TEXTS)
def test_every_word_of_a_row_is_a_token_of_it(
    aliases: tuple[str, ...],
    keywords: tuple[str, ...],
    remarks: tuple[str, ...],
) -> None:
    texts = Texts("SIGN", aliases=aliases, keywords=keywords, remarks=remarks)
    found = all_tokens(texts)
    for word in (canonical(word) for alias in aliases for word in words(alias)):
        assert tokens.name_word(word) in found
    for word in (canonical(word) for text in keywords for word in words(text)):
        assert tokens.keyword_word(word) in found
        assert {tokens.name_word(word), tokens.other_word(word)} & found
    for word in (canonical(word) for text in remarks for word in words(text)):
        assert tokens.note_word(word) in found
    assert not any(tokens.other_word(token) in found for token in found)
    assert all(" " not in token for token in found)


def test_a_letter_is_known_by_the_words_that_matter() -> None:
    letter = Texts("LATIN SMALL LETTER E WITH ACUTE", "Latin")
    for typed in (
        "e acute",
        "acute e",
        "latin e acute",
        "small e acute",
        "lowercase latin é acute",
    ):
        assert core_key(words(typed)) in keys(letter, CORE)
    assert core_key(words("capital e acute")) not in keys(letter, CORE)
    assert core_key(words("sign")) == ""


def test_a_sound_without_its_script_is_no_name() -> None:
    syllable = Texts("YI SYLLABLE AT", "")
    assert keys(syllable, CORE) == {"at yi"}
    assert is_numbered("CJK UNIFIED IDEOGRAPH-4E00")


def test_so_little_of_a_name_that_only_an_expert_would_call_it_that_is_told_apart() -> None:
    letter = Texts("COPTIC SMALL LETTER DEI", "Coptic")
    assert keys(letter, CORE, 1.0) == {"coptic dei small", "coptic dei"}
    assert keys(letter, INFORMAL, 1.0) == {"dei small", "dei"}
    assert keys(letter, CORE, -1.0) == keys(letter, INFORMAL, -1.0) == set()
    assert keys(letter, LOOSE, -1.0) == {"coptic dei small", "coptic dei", "dei small", "dei"}


def test_a_name_made_by_a_rule_is_found_as_a_whole_only() -> None:
    for name in ("HANGUL SYLLABLE GAG", "CJK UNIFIED IDEOGRAPH-4E00"):
        assert list(exact_keys(Texts(name, "Hangul"), 10.0)) == [(NAME, name.lower())]
    meant = Texts("CJK UNIFIED IDEOGRAPH-4E00", aliases=("ONE",))
    assert {tier for tier, _ in exact_keys(meant, 10.0)} == {NAME, ALIAS, JOINED}


NUMBERED = ["CJK UNIFIED IDEOGRAPH-4E00", "CJK UNIFIED IDEOGRAPH-4E01", "HANGUL SYLLABLE GAGS"]


def test_names_made_by_a_rule_are_counted_like_all_others() -> None:
    numbered, counts, others = NumberedNames(), Counts(), Counts()
    for name in NUMBERED:
        found = words_of(Texts(name))
        others.add(found, spelled=False)
        stem, number = numbered.take(name)
        assert {*stem.split(), number} == set(text_tokens(Texts(name), found))
    numbered.tell(counts)
    assert list(counts.vocabulary()) == list(others.vocabulary())
    assert {word: rows for _, word, _, rows in counts.vocabulary()}["cjk"] == 2
    assert list(counts.typos()) == []


def test_what_is_told_of_an_ideograph_adds_to_the_words_of_its_name() -> None:
    texts = Texts(
        "CJK UNIFIED IDEOGRAPH-6C34",
        unihan=unihan([Reading(0x6C34, "kDefinition", "water, liquid, lotion")]),
    )
    whole = words_of(texts)
    added = unihan_words(texts.unihan or unihan([]), whole.names)
    assert added.others == whole.others == {"water", "liquid", "lotion"}
    assert added.written | whole.names == whole.written


def test_the_texts_that_are_names_of_a_row() -> None:
    sign = Texts(
        "NUMBER SIGN",
        aliases=("POUND-KEY",),
        informal=("hash mark",),
        short_name="keycap: hash",
        short_codes=("pound_sign",),
        latex=("#", "hash"),
        entities=("Num",),
    )
    assert keys(sign, NAME) == {"number sign"}
    assert keys(sign, ALIAS) == {"pound-key"}
    assert keys(sign, CORE) == {"number", "keycaphash", "hash keycap", "hash"}
    assert keys(sign, JOINED) == {"numbersign", "poundkey"}
    assert keys(sign, INFORMAL) == {"hashmark", "poundsign", "#", "hash"}
    assert keys(sign, ENTITY) == {"num"}


def test_names_that_the_box_would_read_otherwise() -> None:
    for name in ("NOT SIGN", "TIBETAN LETTER -A", "ALMOST EQUAL OR EQUAL TO", "FLAG: FRANCE"):
        assert is_operation(name)
    for name in ("HYPHEN-MINUS", "KNOT", "LATIN SMALL LETTER A", "ORANGE"):
        assert not is_operation(name)


@pytest.mark.parametrize("name", [*NUMBERED, "TANGUT COMPONENT-001", "TANGUT IDEOGRAPH-17000"])
def test_names_made_by_a_rule_have_a_number_of_their_own(name: str) -> None:
    stem, number = numbered_parts(name)
    assert is_numbered(name)
    assert not {" ", "-"} & set(number)
    assert classic_number(stem, number) == classic_tokens(name)[-1]


def test_names_are_split_as_the_book_splits_them() -> None:
    assert classic_tokens("HYPHEN-MINUS") == ["_c_hyphen", "_c_minus"]
    assert classic_tokens("CJK UNIFIED IDEOGRAPH-4E00") == [
        "_c_cjk",
        "_c_unified",
        "_c_ideograph",
        "_h_4e00",
    ]
    assert classic_tokens("TANGUT IDEOGRAPH-17000") == ["_c_tangut", "_c_ideograph", "_c_17000"]
    assert classic_tokens("") == []


def test_an_ideograph_is_found_by_meanings_and_readings() -> None:
    water = unihan(
        [
            Reading(0x6C34, "kDefinition", "water (a radical), fresh water; juices"),
            Reading(0x6C34, "kMandarin", "shuǐ"),
            Reading(0x6C34, "kCantonese", "seoi2"),
            Reading(0x6C34, "kJapaneseOn", "SUI"),
            Reading(0x6C34, "kJapaneseKun", "MIZU"),
            Reading(0x6C34, "kHangul", "수:0E"),
            Reading(0x6C34, "kVietnamese", "thuỷ"),
        ]
    )
    assert water.meanings == ("water", "freshwater", "juices")
    assert set(water.readings) == {"shui3", "seoi2"}
    facts = "py_shui3 py_shui jy_seoi2 jy_seoi on_sui ku_mizu ha_su vi_thuy"
    assert {f"_{each}" for each in facts.split()} < set(water.facts)
    assert {"_def_water", "_def_radical", "_def_juice"} < set(water.facts)
    found = all_tokens(Texts("CJK UNIFIED IDEOGRAPH-6C34", unihan=water))
    assert {"=water", "=shui3", "_l_freshwater", "_def_water"} < found


def test_pinyin_with_and_without_its_marks() -> None:
    green = unihan([Reading(0x7DA0, "kMandarin", "lǜ lu")])
    assert set(green.readings) == {"lu4", "lv4", "lu5"}
    assert {"_py_lv", "_py_lu", "_py_lu5"} < set(green.facts)


@pytest.mark.usefixtures("unmeasured")
def test_every_korean_reading_is_the_name_of_its_syllable() -> None:
    names = {each.code_point: each.name for each in whole.characters()}
    for code_point in range(0xAC00, 0xD7A4, 7):
        (fact,) = unihan([Reading(0x4E00, "kHangul", f"{chr(code_point)}:0E")]).facts
        assert fact == f"_ha_{names[code_point].removeprefix('HANGUL SYLLABLE ').lower()}"


@given(st.text())
def test_a_hash_fits_into_a_column(text: str) -> None:
    assert -(1 << 63) <= key_hash(text) < 1 << 63
    assert key_hash(text) == key_hash(text)
