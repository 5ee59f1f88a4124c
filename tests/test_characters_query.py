import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webapp.characters import ucd
from webapp.characters.identifier import format_id, parse_id
from webapp.characters.query import MAX_LENGTH, MAX_RANGE, MAX_WORDS, Query, parse
from webapp.characters.text import words
from webapp.problems import InvalidRequest

FORMS = ["U+", "u+", "..", "-", "0x", " ", "\u202e", '"', "*", "NEAR(", "AND", "'; drop", "\ud83d"]
HOSTILE = st.lists(st.sampled_from(FORMS) | st.text(st.characters(), max_size=9)).map("".join)


def read(text: str) -> Query | None:
    """The query, or None when it was refused by naming the field."""
    try:
        return parse(text)
    except InvalidRequest as refusal:
        problem = refusal
    assert problem.detail
    assert problem.errors[0].field == "q"
    return None


@given(HOSTILE)
@example("U+" + "F" * 16 + ".." + "U+0")
@example("U+41-" * 1900 + "41")
@example("9" * 5000)
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    query = read(text)
    if query is not None:
        assert query.interpretation
        assert query.text or not text
        assert query.keys or query.words or not text


@given(HOSTILE)
def test_what_a_query_looks_up_can_be_bound_and_encoded(text: str) -> None:
    query = read(text)
    if query is not None:
        "".join((query.text, query.name, *query.words, *query.keys)).encode()


def kinds(query: Query) -> list[str]:
    return [reading.kind for reading in query.interpretation]


@pytest.mark.parametrize(
    ("text", "kind", "keys"),
    [
        ("U+1F600", "codepoint", ["U+1F600"]),
        ("u+41", "codepoint", ["U+0041"]),
        ("u 41", "codepoint", ["U+0041"]),
        (" U+00e9 ", "codepoint", ["U+00E9"]),
        ("U+1F1EB-1F1F7", "codepoint", ["U+1F1EB-1F1F7"]),
        ("U+2764-FE0F", "codepoint", ["U+2764-FE0F", "U+2764"]),
        ("U+41, u+42;U+43", "codepoints", ["U+0041", "U+0042", "U+0043"]),
        ("U+2193..U+2191", "range", ["U+2191", "U+2192", "U+2193"]),
        ("U+41-u+43", "range", ["U+0041", "U+0042", "U+0043"]),
        ("u+0041 - U+0042", "range", ["U+0041", "U+0042"]),
        ("00BB", "codepoint", ["U+00BB"]),
        ("8364", "codepoint", ["U+8364", "U+20AC"]),
        ("é", "literal", ["U+00E9"]),
        ("e\u0301", "literal", ["U+0065-0301", "U+0065", "U+0301"]),
        ("❤\ufe0f", "literal", ["U+2764-FE0F", "U+2764"]),
        ("\ufe0f", "literal", ["U+FE0F"]),
        ("\ud83d\ude00", "literal", ["U+1F600"]),
        ("\0", "literal", ["U+0000"]),
        (" ", "literal", ["U+0020"]),
        ("→ ←", "clusters", ["U+2192", "U+0020", "U+2190"]),
    ],
)
def test_code_points_and_pasted_text_are_looked_up(text: str, kind: str, keys: list[str]) -> None:
    query = parse(text)
    assert (kinds(query)[0], list(query.keys)) == (kind, keys)


@pytest.mark.parametrize("text", ["face", "cat eyes", "u face", "dash", "U+", "x..y", "U+41 cat"])
def test_what_has_another_sense_is_words(text: str) -> None:
    query = parse(text)
    assert kinds(query)[0] == "words"
    assert query.words == tuple(words(text))
    assert not query.keys


def test_letters_that_are_hex_offer_the_code_point() -> None:
    words_first, code_point = parse("face").interpretation
    assert words_first.text == "face"
    assert (code_point.kind, code_point.id, code_point.q) == ("codepoint", "U+FACE", "U+FACE")
    assert kinds(parse("dead")) == ["words"], "a surrogate is no character to offer"
    assert kinds(parse("decade")) == ["words"], "neither is what is not assigned"


def test_a_decomposed_letter_offers_the_composed_one() -> None:
    assert parse("e\u0301").interpretation[1].id == "U+00E9"


def test_a_digit_or_letter_is_also_a_word() -> None:
    assert parse("a").words == ("a",)
    assert parse("é").words == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("U+110000", "U+110000 is beyond U+10FFFF"),
        ("U+D800", "U+D800 is a surrogate"),
        ("D800", "U+D800 is a surrogate"),
        ("\ud800", "U+D800 is a surrogate"),
        ("U+FFFE", "U+FFFE is a noncharacter"),
        ("U+FDD0", "U+FDD0 is a noncharacter"),
        ("\uf8ff", "U+F8FF is for private use"),
        ("U+10FFFD", "U+10FFFD is for private use"),
    ],
)
def test_what_can_be_no_character_is_said(text: str, reason: str) -> None:
    assert parse(text).notices[0].startswith(reason)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a" * (MAX_LENGTH + 1), "too-long"),
        (" ".join(f"word{n}" for n in range(MAX_WORDS + 1)), "too-many-words"),
        (f"U+0..U+{MAX_RANGE:X}", "too-wide"),
    ],
)
def test_what_is_beyond_the_limits_is_refused(text: str, code: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse(text)
    assert refused.value.errors[0].code == code


def test_texts_at_the_limits_are_read() -> None:
    assert parse("a" * MAX_LENGTH).words
    assert len(parse(" ".join(f"w{n}" for n in range(MAX_WORDS))).words) == MAX_WORDS
    assert len(parse(f"U+0..U+{MAX_RANGE - 1:X}").keys) == MAX_RANGE


def test_no_name_has_more_words_than_a_search_may() -> None:
    assert max(len(words(character.name)) for character in ucd.code_points()) <= MAX_WORDS


def test_the_last_word_stays_last() -> None:
    assert parse("c cat c").words == ("cat", "c")


def test_the_fingerprint_is_of_the_meaning() -> None:
    assert parse("Cat  EYES").fingerprint == parse("cat eyes").fingerprint
    different = {parse(text).fingerprint for text in ("", "cat eyes", "eyes cat", "U+41", "A")}
    assert len(different) == 5


@given(st.lists(st.integers(0, 0x10FFFF), min_size=1, max_size=9))
def test_an_identifier_names_the_code_points_it_was_made_of(code_points: list[int]) -> None:
    assert parse_id(format_id(code_points)) == tuple(code_points)
    assert parse_id(format_id(code_points).lower()) == tuple(code_points)


@pytest.mark.parametrize("text", ["", "U", "U+", "U+G", "U+41-", "U+-41", "U+41 ", "u face", "+41"])
def test_what_is_no_identifier_is_not_read_as_one(text: str) -> None:
    assert parse_id(text) is None
