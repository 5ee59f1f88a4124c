import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import whole
from webapp.characters import ucd
from webapp.characters.classic import parse_classic
from webapp.characters.identifier import format_id
from webapp.characters.index import CharacterIndex
from webapp.characters.model import MAX_LIMIT, Correction, Page
from webapp.characters.parameters import SORTS
from webapp.characters.query import parse
from webapp.characters.tiers import WHY
from webapp.problems import CursorMismatch, InvalidRequest, QueryTimeout

Search = Callable[..., Page]

VOCABULARY = """cat eyes arrow left latin small letter a e o x with acute s ca le sign 4e00 dog
    hangul ga syllable tibetan -a digit one 1 cjk 1F600 00BB € 😀 U+41 U+41..U+61 LF flag: qqqq
    chat ハート herz pickup | OR -left -small gc:So sc:latin -gc:L age:>=15 is:emoji like:a
    "small letter" *arrow* in:cp1252 def:water pinyin:shui3 sort:name lang:fr elipsis glyph"""
WORDS = st.sampled_from(VOCABULARY.split())
QUERIES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
FEW = 800
LANGUAGES = st.sampled_from([None, "fr", "ja", "de-AT"])


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def index(runner: asyncio.Runner, index_file: Path) -> Iterator[CharacterIndex]:
    index = runner.run(CharacterIndex.open(index_file, deadline_s=10.0))
    yield index
    runner.run(index.close())


@pytest.fixture(scope="module")
def search(runner: asyncio.Runner, index: CharacterIndex) -> Search:
    return lambda q, **options: runner.run(index.search(parse(q), **options))


def ids(page: Page) -> list[str]:
    return [row["id"] for row in page.rows()]


def walk(search: Search, q: str, **options: Any) -> Iterator[Page]:
    page = search(q, **options)
    yield page
    while page.next:
        page = search(q, after=page.next, **options)
        yield page


def reasons(page: Page) -> dict[str, str]:
    return {row["id"]: row["why"] for row in page.rows()}


def test_cat_eyes(search: Search) -> None:
    page = search("cat eyes")
    assert set(ids(page)[:3]) == {"U+1F638", "U+1F63B", "U+1F63D"}
    assert (page.start, page.next) == (1, None)


@pytest.mark.usefixtures("unmeasured")
def test_walking_cjk_gives_every_hit_once(search: Search) -> None:
    pages = list(walk(search, "cjk"))
    walked = [each for page in pages for each in ids(page)]
    assert len(walked) == len(set(walked)) == pages[0].total > 100_000
    assert {page.total for page in pages} == {len(walked)}
    assert [page.start for page in pages] == list(range(1, len(walked) + 1, MAX_LIMIT))


@pytest.mark.usefixtures("unmeasured")
def test_nothing_typed_is_every_character_in_order_without_sequences(search: Search) -> None:
    walked = [each for page in walk(search, "") for each in ids(page)]
    assert walked == [format_id([each.code_point]) for each in whole.characters()]
    assert len(walked) == 172_873


@settings(max_examples=40, deadline=None)
@given(QUERIES, st.integers(20, MAX_LIMIT), st.sampled_from((None, *SORTS)), LANGUAGES)
def test_pages_of_any_size_give_each_hit_once(
    search: Search, q: str, limit: int, sort: str | None, lang: str | None
) -> None:
    first = search(q, sort=sort, lang=lang)
    if first.total > FEW:
        return
    whole = [each for page in walk(search, q, sort=sort, lang=lang) for each in ids(page)]
    pages = list(walk(search, q, limit=limit, sort=sort, lang=lang))
    walked = [each for page in pages for each in ids(page)]
    assert len(walked) == len(set(walked)) == first.total
    assert all(len(page.rows()) == limit for page in pages[:-1])
    assert walked == whole


@settings(max_examples=30, deadline=None)
@given(QUERIES, st.sampled_from(SORTS), LANGUAGES)
def test_another_order_has_the_same_hits(
    search: Search, q: str, sort: str, lang: str | None
) -> None:
    if (first := search(q, lang=lang)).total > FEW or "sort:" in q:
        return
    whole = [each for page in walk(search, q, lang=lang) for each in ids(page)]
    walked = [each for page in walk(search, q, sort=sort, lang=lang) for each in ids(page)]
    assert sorted(walked) == sorted(whole)
    assert len(whole) == first.total


@settings(max_examples=30, deadline=None)
@given(QUERIES, LANGUAGES)
def test_facets_count_every_hit(
    runner: asyncio.Runner, index: CharacterIndex, search: Search, q: str, lang: str | None
) -> None:
    total, facets = runner.run(index.facets(parse(q), lang=lang))
    assert total == search(q, lang=lang).total
    if total <= FEW:
        kinds = [row["kind"] for page in walk(search, q, lang=lang) for row in page.rows()]
        for facet in ("category", "block", "script"):
            assert sum(value.count for value in facets[facet]) == kinds.count("character")


def test_a_facet_leads_to_as_many_hits_as_it_says(
    runner: asyncio.Runner, index: CharacterIndex, search: Search
) -> None:
    for q in ("arrow", "gc:Sc", "", "/HEART/", "sort:cp cat"):
        _, facets = runner.run(index.facets(parse(q)))
        for values in facets.values():
            assert [value.count for value in values] == sorted(
                (value.count for value in values), reverse=True
            )
            for value in values[:3]:
                if not q.startswith("/") and (q or value not in facets["age"]):
                    assert search(value.q).total == value.count, value.q


def test_a_known_total_is_the_counted_one(
    runner: asyncio.Runner, index_file: Path, search: Search
) -> None:
    first = search("letter")
    fresh = runner.run(CharacterIndex.open(index_file, deadline_s=10.0))
    try:
        later = runner.run(fresh.search(parse("letter"), after=first.next))
    finally:
        runner.run(fresh.close())
    assert later.total == first.total == search("letter").total


def test_orders(search: Search) -> None:
    def code_points(each: str) -> list[int]:
        return [int(part, 16) for part in each[2:].split("-")]

    by_code_point = [each for each in ids(search("gamma", sort="cp")) if "-" not in each]
    assert by_code_point == sorted(by_code_point, key=code_points)
    names = [row["name"] for page in walk(search, "snow", sort="name") for row in page.rows()]
    assert names == sorted(names)
    ages = [row["age"] for page in walk(search, "cat", sort="age") for row in page.rows()]
    known = [age for age in ages if age]
    assert known == sorted(known, key=lambda age: tuple(map(int, age.split("."))))
    assert ids(search("", sort="name", limit=1)) == ["U+1F9EE"], "ABACUS"
    assert ids(search("", sort="age", limit=1)) == ["U+0000"]
    assert ids(search("snow sort:name")) == ids(search("snow", sort="name"))


def test_tiers_follow_each_other(search: Search) -> None:
    assert search("zwj").rows()[0]["why"] == "a formal alias"
    order = list(WHY.values())
    found = [row["why"] for page in walk(search, "cat") for row in page.rows()]
    assert found[0] == "the full name"
    assert {"words of the name", "a keyword", "the meaning", "beginning of a word"} <= set(found)
    assert found == sorted(found, key=order.index)


@pytest.mark.parametrize(
    ("q", "lang", "first", "why"),
    [
        ("e acute", None, "U+00E9", "the name, short"),
        ("newline", None, "U+000A", "the name in one word"),
        ("&hearts;", None, "U+2665", "code point"),
        ("chat", "fr", "U+1F408", "the name in another language"),
        ("chat", "fr-CA", "U+1F408", "the name in another language"),
        ("huhn", None, "U+1F414", "the name in another language"),
        ("umbrela", None, "U+2602", "the full name"),
        ("qqqqqqqq", None, None, None),
        ("airplan", None, "U+2708", "beginning of a word"),
        ("dash", None, "U+2013", "what most people mean"),
        ("lang:fr chat", None, "U+1F408", "the name in another language"),
    ],
)
def test_why(search: Search, q: str, lang: str | None, first: str | None, why: str | None) -> None:
    rows = search(q, lang=lang).rows()
    assert (rows[0]["id"] if rows else None) == first
    if why:
        assert rows[0]["why"] == why


def test_a_correction_is_labelled(search: Search) -> None:
    page = search("elipsis")
    assert page.corrected == Correction("elipsis", "ellipsis")
    assert ids(page) == ids(search("ellipsis"))
    assert page.query.text == "elipsis"
    assert search("hexagarm peace").corrected == Correction("hexagarm peace", "hexagram peace")
    assert search("ellipsis").corrected is None
    assert search("qqqqqqqq").corrected is None


def test_words_of_other_languages_are_no_slips_of_english(search: Search) -> None:
    assert search("gato").corrected is None
    assert ids(search("gato"))[0] == "U+1F408"
    assert ids(search("ハート"))[0] == "U+2665"


def test_part_of_a_word(search: Search) -> None:
    assert "U+1F52D" in reasons(search("elescop"))
    assert set(reasons(search("elescop")).values()) == {"part of a word"}


def test_alternatives_exclusions_and_filters(search: Search) -> None:
    hearts, stars = (
        {each for page in walk(search, q) for each in ids(page)} for q in ("heart", "star")
    )
    both = {each for page in walk(search, "heart | star") for each in ids(page)}
    assert both == hearts | stars
    without = {each for page in walk(search, "heart -suit") for each in ids(page)}
    suits = {each for page in walk(search, "heart suit") for each in ids(page)}
    assert "U+2665" not in without
    assert without < hearts
    assert suits & hearts
    assert ids(search("heart gc:Sc")) == []
    assert set(ids(search("heart block:dingbats"))) <= hearts
    assert search("-gc:Cn").total > 172_873


def test_phrases_and_patterns(search: Search) -> None:
    for row in search('"full moon"').rows():
        assert "FULL MOON" in row["name"]
    vowels = ["U+0061", "U+0065", "U+0069", "U+006F", "U+0075"]
    assert ids(search("/^latin small letter [AEIOU]$/")) == vowels
    assert set(ids(search("*nowman"))) == {"U+2603", "U+26C4", "U+26C7"}
    assert search("/^NULL$/").total == 1, "formal aliases count"
    assert search("/LETTER/").total > 11_000
    assert search("/(x+x+)+y$/").total >= 0


@pytest.mark.parametrize("q", ["/(A/", "/[z-a]/", "/(?=A)B/", r"/(A)\1/", f"/{'A' * 2000}/"])
def test_a_pattern_that_cannot_be_is_refused(search: Search, q: str) -> None:
    with pytest.raises(InvalidRequest):
        search(q)


def test_classic_modes(runner: asyncio.Runner, index: CharacterIndex) -> None:
    def classic(q: str, edition: Any, **options: Any) -> Page:
        return runner.run(index.search(parse_classic(q, edition), **options))

    for edition in (1, 2):
        assert ids(classic("cat eyes", edition)) == ["U+1F638", "U+1F63B", "U+1F63D"]
        assert classic("registered", edition).total == 1
        assert classic("cjk", edition).total == 103_204
        assert classic("", edition).total == classic("cat qqqq", edition).total == 0
        assert classic("café", edition).total == classic("heart's", edition).total == 0
        assert "U+0000" not in ids(classic("NULL", edition)), "controls have no names"
        assert "U+1F408-200D-2B1B" not in ids(classic("black cat", edition)), "no sequences"
    assert ids(classic("4e00", 1)) == ["U+1F229"]
    assert ids(classic("4e00", 2)) == ["U+4E00", "U+1F229"]
    assert classic("rook.", 1).total == classic("rook", 1).total > 0
    assert classic("rook.", 2).total == 0
    page = classic("braille", 1, limit=100)
    following = classic("braille", 1, limit=200, after=page.next)
    assert (page.total, len(following.rows()), following.start) == (256, 156, 101)


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("NOT SIGN", "U+00AC"),
        ("line feed", "U+000A"),
        ("LF", "U+000A"),
        ("nbsp", "U+00A0"),
        ("TIBETAN LETTER -A", "U+0F60"),
        ("TIBETAN LETTER A", "U+0F68"),
        ("HANGUL JUNGSEONG O-E", "U+1180"),
        ("HANGUL JUNGSEONG OE", "U+116C"),
        ("flag: france", "U+1F1EB-1F1F7"),
        ("cjk unified ideograph-4e00", "U+4E00"),
        ("é", "U+00E9"),
        ("\u2126", "U+2126"),
        ("a", "U+0061"),
        ("U+1F600", "U+1F600"),
        ("👨‍👩‍👧‍👦", "U+1F468-200D-1F469-200D-1F467-200D-1F466"),
        ("👁‍🗨", "U+1F441-FE0F-200D-1F5E8-FE0F"),
        ("❤️", "U+2764"),
        ("☺︎", "U+263A"),
        ("#️⃣", "U+0023-FE0F-20E3"),
    ],
)
def test_what_was_meant_comes_first(search: Search, q: str, first: str) -> None:
    assert ids(search(q))[0] == first


def test_a_family_is_followed_by_its_members(search: Search) -> None:
    assert ids(search("👨‍👩‍👧"))[1:5] == ["U+1F468", "U+200D", "U+1F469", "U+1F467"]


def test_a_number_is_hex_then_decimal(search: Search) -> None:
    assert ids(search("8364"))[:2] == ["U+8364", "U+20AC"]


@settings(deadline=None)
@given(character=st.deferred(lambda: st.sampled_from(whole.characters())))
def test_a_character_is_found_by_name_by_id_and_by_itself(
    search: Search, character: ucd.CodePoint
) -> None:
    key = format_id([character.code_point])
    for q in (character.name, key, chr(character.code_point)):
        if q:
            assert ids(search(q, limit=1)) == [key]


@pytest.mark.usefixtures("unmeasured")
def test_every_formal_alias_and_every_spelling_leads_to_its_row(search: Search) -> None:
    for alias in ucd.aliases():
        hits = [row["id"] for row in search(alias.text).rows() if row["why"] == "a formal alias"]
        assert format_id([alias.code_point]) in hits or ids(search(alias.text))[0] == format_id(
            [alias.code_point]
        )
    for spelled, row in ucd.spellings():
        assert ids(search("".join(map(chr, spelled)), limit=1)) == [format_id(row)]
        assert ids(search(format_id(spelled), limit=1)) == [format_id(row)]


@pytest.mark.parametrize(
    "q",
    [
        '"',
        "'; drop table rows; --",
        "cat AND NOT",
        'cat" OR "dog',
        "NEAR(cat dog)",
        "words:cat",
        "^cat*",
        "=registeredsign=",
        "_n_cat",
        "\0cat\0",
        "\ud800cat",
        "\u202ecat\u2066",
        "%' or 1=1",
        "-cat",
        "cat*",
        "ａｒｒｏｗ",
        "x" * 10_000,
        "e" + "\u0301" * 9_999,
        " ".join(f"w{n}" for n in range(32)),
        " ".join("abcdefghijklmnopqrstuvwxyz"),
        "U+0..U+1387",
    ],
)
def test_hostile_text_is_text(search: Search, q: str) -> None:
    pages = list(walk(search, q))
    walked = [each for page in pages for each in ids(page)]
    assert len(walked) == len(set(walked)) == pages[0].total


@settings(deadline=None)
@given(st.text(st.characters(), max_size=40))
def test_any_text_has_an_answer(search: Search, q: str) -> None:
    try:
        page = search(q)
    except InvalidRequest:
        return
    assert len(page.rows()) == min(page.total, MAX_LIMIT)


@pytest.mark.parametrize(
    ("q", "notice"),
    [
        ("U+0378", "U+0378 is not an assigned character in Unicode 18.0.0."),
        ("U+41-42", "U+0041-0042 is not a sequence with a name in Unicode 18.0.0."),
        ("U+110000", "U+110000 is beyond U+10FFFF, the last code point."),
    ],
)
def test_an_empty_answer_says_why(search: Search, q: str, notice: str) -> None:
    page = search(q)
    assert (page.total, page.rows(), page.notices) == (0, [], (notice,))


def test_a_cursor_is_good_for_its_own_query_order_and_index_only(search: Search) -> None:
    cursor = search("arrow").next
    for q, sort in (("arrows", None), ("arrow", "cp"), ("", None)):
        with pytest.raises(CursorMismatch):
            search(q, sort=sort, after=cursor)
    with pytest.raises(CursorMismatch):
        search("arrow", lang="fr", after=cursor)
    assert search(" arrow", after=cursor).start == 201


def test_texts_with_one_meaning_are_each_told_how_they_were_read(search: Search) -> None:
    readings = [search(q).interpretation[0] for q in ("=♥", "♥", "CAT", "cat", " Cat")]
    assert [(each.kind, each.text) for each in readings] == [
        ("clusters", "♥"),
        ("literal", "♥"),
        ("words", "CAT"),
        ("words", "cat"),
        ("words", "Cat"),
    ]


@pytest.mark.parametrize(
    ("q", "ids"),
    [
        ("U+2190..U+2193 gc:Sm", ["U+2190", "U+2191", "U+2192", "U+2193"]),
        ("U+2190..U+2196 gc:Sm", ["U+2190", "U+2191", "U+2192", "U+2193", "U+2194"]),
        ("♥ is:emoji", ["U+2665"]),
        ("4e00 script:latin", []),
    ],
)
def test_filters_choose_among_given_characters(search: Search, q: str, ids: list[str]) -> None:
    assert [row["id"] for row in search(q).rows()] == ids


async def test_a_query_past_the_deadline_is_stopped(index_file: Path) -> None:
    index = await CharacterIndex.open(index_file, deadline_s=0.0)
    try:
        with pytest.raises(QueryTimeout):
            await index.search(parse("ハート"))
    finally:
        await index.close()
