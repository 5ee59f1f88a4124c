import re
import time
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests import whole
from webapp.characters.alternatives import MAX_GROUPS, MAX_WORDS
from webapp.characters.classic import Edition, parse_classic
from webapp.characters.conditions import MAX_FILTERS, MAX_VALUES
from webapp.characters.lookup import MAX_NOTICES
from webapp.characters.meaning import Query, Reading
from webapp.characters.query import MAX_LENGTH, _read, parse
from webapp.characters.series import MAX_RANGE
from webapp.characters.terms import MAX_PARTS
from webapp.characters.text import words
from webapp.problems import InvalidRequest

FORMS = [
    *("U+", "u+", "..", "-", "0x", " ", "\u202e", '"', "*", "NEAR(", "AND", "'; drop", "\ud83d"),
    *("=", "id:", "/", "|", " OR ", "NOT ", " -", "?", "gc:", "Lu", "age:>=", "nv:<", "block:"),
    *(",", "\\u00e9", "\\x", "\\N{", "}", "&", "&#", ";", "%E2", "e2 82 ac", "utf8:", "d:", "9"),
    *("\U0001f468\u200d", "\U0001f1eb", "\ufe0f", "\u0301", "水", "ﷺ", "\0", "like:", "name:", "f"),
]
HOSTILE = st.lists(st.sampled_from(FORMS) | st.text(st.characters(), max_size=9)).map("".join)
NUMBER = "(?:[0-9A-F]{4}|[1-9A-F][0-9A-F]{4,})"
KEY = re.compile(rf"U\+{NUMBER}(?:-{NUMBER})*")


def read(text: str) -> Query | None:
    """The query, or None when it was refused by naming the field."""
    try:
        return parse(text)
    except InvalidRequest as refusal:
        problem = refusal
    assert problem.detail
    assert problem.errors[0].field == "q"
    return None


def meanings(query: Query) -> Iterator[Query]:
    """The query and all that may be meant instead of it."""
    yield query
    for other in (query.plain, query.otherwise):
        if other is not None:
            yield from meanings(other)


def texts(query: Query) -> Iterator[str]:
    """Every text in a query."""
    yield from (query.text, query.name, query.pattern, *query.keys, *query.notices, *query.excluded)
    yield from (query.lang or "", *(token for each in query.filters for token in each.tokens))
    for group in query.groups:
        yield from (*group.words, *(word for phrase in group.phrases for word in phrase))
    for reading in query.interpretation:
        yield from (reading.text or "", reading.id or "", reading.q or "")


@given(HOSTILE)
@example("U+" + "F" * 16 + ".." + "U+0")
@example("U+41-" * 1900 + "41")
@example("9" * 5000)
@example("utf8:ff")
@example("like:\ud800")
@example("NOT ..")
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    query = read(text)
    if query is None:
        return
    assert query.interpretation
    assert query.text or not text
    assert len(query.notices) <= MAX_NOTICES
    for meaning in meanings(query):
        assert not meaning.asks_for_everything or query.sort or query.lang or not text
        assert all(KEY.fullmatch(key) for key in meaning.keys)
        "".join(texts(meaning)).encode()


@given(HOSTILE)
@example("U+FACE cat|dog -x *y* gc:Lu")
def test_a_text_always_means_the_same(text: str) -> None:
    query = read(text)
    if query is not None:
        assert parse(text).fingerprint == query.fingerprint
        # The next page is asked for by this text.
        assert "\ufffd" in query.text or parse(query.text).fingerprint == query.fingerprint


def told(reading: Reading) -> tuple[str, str | None, str | None]:
    return reading.kind, reading.text, reading.id


@given(HOSTILE)
@example("face")
@example("8364")
@example("c3a9")
@example("da be")
@example("0xe2 0x82 0xac")
@example("Ω")
@example("e\u0301")
@example("tête-à-tête")
@example("a" + "é" * (MAX_LENGTH - 1))
def test_a_click_leads_to_the_reading_it_promises(text: str) -> None:
    query = read(text)
    for reading in query.interpretation if query else ():
        if reading.q is not None:
            assert told(parse(reading.q).interpretation[0]) == told(reading)
    if query is not None:
        assert all(reading.q for reading in query.interpretation[1:])


def kinds(query: Query) -> list[str]:
    return [reading.kind for reading in query.interpretation]


@pytest.mark.parametrize(
    ("text", "kind", "keys"),
    [
        ("00BB", "codepoint", ["U+00BB"]),
        ("8364", "codepoint", ["U+8364", "U+20AC"]),
        ("128512", "codepoint", ["U+1F600"]),
        ("é", "literal", ["U+00E9"]),
        ("e\u0301", "literal", ["U+0065-0301", "U+0065", "U+0301", "U+00E9"]),
        ("\u2126", "literal", ["U+2126", "U+03A9"]),
        ("❤\ufe0f", "literal", ["U+2764-FE0F", "U+2764"]),
        ("\ufe0f", "literal", ["U+FE0F"]),
        ("\ud83d\ude00", "literal", ["U+1F600"]),
        ("🇫🇷", "literal", ["U+1F1EB-1F1F7", "U+1F1EB", "U+1F1F7"]),
        ("\0", "literal", ["U+0000"]),
        (" ", "literal", ["U+0020"]),
        ("-", "literal", ["U+002D"]),
        ("|", "literal", ["U+007C"]),
        ("*", "literal", ["U+002A"]),
        ('"', "literal", ["U+0022"]),
        ("→ ←", "clusters", ["U+2192", "U+0020", "U+2190"]),
        ("♥é→", "clusters", ["U+2665", "U+00E9", "U+2192"]),
        ("x→a", "clusters", ["U+0078", "U+2192", "U+0061"]),
        ("=cab", "clusters", ["U+0063", "U+0061", "U+0062"]),
        ("id: 👨\u200d👩", "clusters", ["U+1F468-200D-1F469", "U+1F468", "U+200D", "U+1F469"]),
        ("id:U+00E9", "codepoint", ["U+00E9"]),
        ("=>", "clusters", ["U+003D", "U+003E"]),
        ("**", "clusters", ["U+002A"]),
    ],
)
def test_code_points_and_pasted_text_are_looked_up(text: str, kind: str, keys: list[str]) -> None:
    query = parse(text)
    assert (kinds(query)[0], list(query.keys)) == (kind, keys)


def test_a_family_is_followed_by_its_members() -> None:
    family, man, *_ = parse("👨\u200d👩\u200d👧\u200d👦").keys
    assert (family, man) == ("U+1F468-200D-1F469-200D-1F467-200D-1F466", "U+1F468")


@pytest.mark.parametrize("text", ["face", "cat eyes", "u face", "dash", "U+", "x..y", "U+41 cat"])
def test_what_has_another_sense_is_words(text: str) -> None:
    query = parse(text)
    assert kinds(query)[0] == "words"
    assert query.groups[0].words == tuple(words(text))
    assert not query.keys


def test_letters_that_are_hex_offer_the_code_point() -> None:
    words_first, code_point = parse("face").interpretation
    assert words_first.text == "face"
    assert (code_point.kind, code_point.id, code_point.q) == ("codepoint", "U+FACE", "U+FACE")
    assert kinds(parse("dead")) == ["words"], "a surrogate is no character to offer"
    assert kinds(parse("decade")) == ["words"], "neither is what is not assigned"
    assert kinds(parse("dashes")) == ["words"], "nor is the beginning of a word"


def test_short_numbers_are_words_that_offer_code_points() -> None:
    query = parse("41")
    assert query.groups[0].words == ("41",)
    assert [reading.id for reading in query.interpretation] == [None, "U+0041", "U+0029"]


def test_bytes_without_a_digit_are_words_that_offer_the_bytes() -> None:
    assert kinds(parse("da be")) == ["words", "bytes"]
    assert kinds(parse("d0 be")) == ["bytes"]


def test_four_digits_that_may_be_bytes_offer_them() -> None:
    assert [reading.id for reading in parse("c3a9").interpretation] == ["U+C3A9", "U+00E9"]


def test_related_characters_are_offered() -> None:
    assert parse("e\u0301").interpretation[1].id == "U+00E9"
    assert parse("\u2126").interpretation[1].id == "U+03A9"


@pytest.mark.parametrize("text", ["a", "7", "水", "ト"])
def test_a_character_that_may_be_a_word_is_that_too(text: str) -> None:
    assert parse(text).groups[0].words == (text,)


@pytest.mark.parametrize("text", ["é", "+", "→", "я"])
def test_other_characters_are_no_words(text: str) -> None:
    assert not parse(text).groups


def test_words_of_other_scripts_may_be_a_sample_of_characters() -> None:
    query = parse("ハート")
    assert kinds(query) == ["words", "clusters"]
    assert query.interpretation[1].q == "=ハート"
    assert query.otherwise is not None
    assert query.otherwise.keys == ("U+30CF", "U+30FC", "U+30C8")
    assert parse("hearts").otherwise is None, "a misspelt word is not taken to pieces"
    assert kinds(parse("C++")) == ["words", "clusters"]


def test_a_pattern_is_taken_from_between_its_slashes() -> None:
    query = parse("/^LATIN SMALL LETTER [AEIOU]$/")
    assert kinds(query) == ["regex"]
    assert query.pattern == "^LATIN SMALL LETTER [AEIOU]$"
    assert query.plain is not None
    assert not query.groups


@pytest.mark.parametrize(
    "text", ["/a|b/ gc:Lu block:arrows", "gc:Lu block:arrows /a|b/", 'block:"arrows" /a|b/i gc:Lu']
)
def test_filters_may_stand_beside_a_pattern(text: str) -> None:
    query = parse(text)
    assert query.pattern == "a|b"
    tokens = [token for each in query.filters for token in each.tokens]
    assert sorted(tokens) == ["_bk_arrows", "_gc_lu"]


@pytest.mark.parametrize(
    ("text", "pattern"),
    [("/a gc:Lu/", "a gc:Lu"), ("/a/b/", "a/b"), ("/(a/", "(a"), ('/"x/', '"x')],
)
def test_a_pattern_goes_to_the_last_slash(text: str, pattern: str) -> None:
    assert parse(text).pattern == pattern


@pytest.mark.parametrize("text", ["/", "//", "/a", "a/b", "a /b/ c", "/→/", "gc:Lu / a", "nv:1/2"])
def test_slashes_elsewhere_are_just_slashes(text: str) -> None:
    assert not parse(text).pattern


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("U+110000", "U+110000 is beyond U+10FFFF"),
        ("\\u{110000}", "U+110000 is beyond U+10FFFF"),
        ("&#1114112;", "U+110000 is beyond U+10FFFF"),
        ("caf\\u{110000}", "U+110000 is beyond U+10FFFF"),
        ("d:1114112", "U+110000 is beyond U+10FFFF"),
        ("110000", "U+110000 is beyond U+10FFFF"),
        ("U+D800", "U+D800 is a surrogate"),
        ("D800", "U+D800 is a surrogate"),
        ("\\ud800", "U+D800 is a surrogate"),
        ("\ud800", "U+D800 is a surrogate"),
        ("U+FFFE", "U+FFFE is a noncharacter"),
        ("U+FDD0", "U+FDD0 is a noncharacter"),
        ("\uf8ff", "U+F8FF is for private use"),
        ("U+10FFFD", "U+10FFFD is for private use"),
        ("utf8:e2", "E2 is not UTF-8"),
    ],
)
def test_what_can_be_no_character_is_said(text: str, reason: str) -> None:
    query = parse(text)
    if text == "110000":  # it is decimal instead
        assert query.keys == ("U+1ADB0",)
    else:
        assert query.notices[0].startswith(reason)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a" * (MAX_LENGTH + 1), "too-long"),
        (" ".join(f"word{n}" for n in range(MAX_WORDS + 1)), "too-many-words"),
        (" ".join(["word"] * (MAX_PARTS + 1)), "too-many-words"),
        ("|".join(f"word{n}" for n in range(MAX_GROUPS + 1)), "too-many-alternatives"),
        ("a|b " * 5, "too-many-alternatives"),
        (" | ".join(f"a b c{n}" for n in range(11)), "too-many-words"),
        (f"U+0..U+{MAX_RANGE:X}", "too-wide"),
        ("U+0..U+FFFFFFFFFFFFFFFF", "too-wide"),
        ("U+0..U+FFF, U+0..U+FFF", "too-wide"),
        ("gc:" + ",".join(["Lu"] * (MAX_VALUES + 1)), "too-many-values"),
        ("gc:Lu " * (MAX_FILTERS + 1), "too-many-filters"),
    ],
)
def test_what_is_beyond_the_limits_is_refused(text: str, code: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse(text)
    assert refused.value.errors[0].code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a" * (MAX_LENGTH + 1), "too-long"),
        (" ".join(f"word{n}" for n in range(MAX_WORDS + 1)), "too-many-words"),
    ],
)
@pytest.mark.parametrize("edition", [1, 2])
def test_the_searches_of_the_book_have_limits_too(text: str, code: str, edition: Edition) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_classic(text, edition)
    assert refused.value.errors[0].code == code


def test_texts_at_the_limits_are_read() -> None:
    assert parse("a" * MAX_LENGTH).groups
    assert len(parse(" ".join(f"w{n}" for n in range(MAX_WORDS))).groups[0].words) == MAX_WORDS
    assert len(parse("|".join(f"w{n}" for n in range(MAX_GROUPS))).groups) == MAX_GROUPS
    assert len(parse(f"U+0..U+{MAX_RANGE - 1:X}").keys) == MAX_RANGE
    assert len(parse("gc:Lu " * MAX_FILTERS).filters) == 1


@pytest.mark.parametrize(
    "part",
    [
        *("(", "*", "|", '"', "“", ":", "a:", " -", "?", "a|", "|a", "9", "9f", "9 ", "a*", "~`"),
        *("\\", "\\u00e9", "\\xe9", "%e2", "&a", "&a;", "&#", "U+41 ", "U+41-", "U+41..", ". "),
        *(
            "  ",
            "\u0301",
            "\U0001f1e6",
            "👩\u200d",
            "gc:L ",
            "gc:L,",
            "\\N{A",
            "e2 ",
            "NOT ",
            "OR ",
        ),
        *("\0", "\ud83d", "水", "0x4 ", "age:> ", '-a:"x', "ﷺ", "/ a:b"),
    ],
)
@pytest.mark.parametrize(("before", "after"), [("", "x"), ("gc:Lu /", " /")])
def test_no_text_takes_long(before: str, part: str, after: str) -> None:
    text = (before + part * MAX_LENGTH)[: MAX_LENGTH - len(after)] + after
    started = time.process_time()
    read(text)
    # Work that grows as the square of the length would take a hundred times as long.
    assert time.process_time() - started < 0.5


@given(
    st.lists(st.text("abcdefghimnorstux", min_size=1, max_size=7), min_size=1, max_size=6).map(
        " ".join
    )
)
@example("ef bb bf")
@example("face")
@example("u")
@example("or not and")
def test_small_letters_are_words_whatever_else_is_tried(text: str) -> None:
    assert parse(text) == msgspec.structs.replace(_read(text), text=text)


def test_a_few_of_many_reasons_are_told() -> None:
    assert len(parse("U+E000..U+E0FF").notices) == MAX_NOTICES


@pytest.mark.usefixtures("unmeasured")
def test_no_name_has_more_words_than_a_search_may() -> None:
    assert max(len(words(character.name)) for character in whole.characters()) <= MAX_WORDS


def test_the_fingerprint_is_of_the_meaning() -> None:
    assert parse("caf\\u00e9").fingerprint == parse("=café").fingerprint
    distinct = ("", "cat eyes", "eyes cat", "U+41", "A", "cat|eyes", '"cat eyes"', "cat -eyes")
    assert len({parse(text).fingerprint for text in distinct}) == len(distinct)
