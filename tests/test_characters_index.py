import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.characters import ucd
from webapp.characters.identifier import format_id
from webapp.characters.index import CharacterIndex
from webapp.characters.model import Page
from webapp.characters.parameters import MAX_LIMIT, SORTS
from webapp.characters.query import parse
from webapp.problems import CursorMismatch, InvalidRequest, NotFound, QueryTimeout

Search = Callable[..., Page]

VOCABULARY = """cat eyes arrow left latin small letter a e o x with acute s ca le sign 4e00 dog
    hangul ga syllable tibetan -a digit one 1 cjk 1F600 00BB € 😀 U+41 U+41..U+61 LF flag: qqqq"""
WORDS = st.sampled_from(VOCABULARY.split())
QUERIES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)


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


def test_cat_eyes(search: Search) -> None:
    page = search("cat eyes")
    assert ids(page) == ["U+1F638", "U+1F63B", "U+1F63D"]
    assert (page.total, page.start, page.next) == (3, 1, None)


def test_walking_cjk_gives_every_hit_once(search: Search) -> None:
    pages = list(walk(search, "cjk"))
    walked = [each for page in pages for each in ids(page)]
    assert len(walked) == len(set(walked)) == pages[0].total > 100_000
    assert {page.total for page in pages} == {len(walked)}
    assert [page.start for page in pages] == list(range(1, len(walked) + 1, MAX_LIMIT))


def test_nothing_typed_is_every_character_in_order_without_sequences(search: Search) -> None:
    walked = [each for page in walk(search, "") for each in ids(page)]
    assert walked == [format_id([each.code_point]) for each in ucd.code_points()]
    assert len(walked) == 172_873


@settings(max_examples=60, deadline=None)
@given(QUERIES, st.integers(7, MAX_LIMIT), st.sampled_from(SORTS))
def test_pages_of_any_size_give_each_hit_once(
    search: Search, q: str, limit: int, sort: str
) -> None:
    whole = [each for page in walk(search, q) for each in ids(page)]
    if len(whole) > 2_000:
        return
    pages = list(walk(search, q, limit=limit, sort=sort))
    walked = [each for page in pages for each in ids(page)]
    assert len(walked) == len(set(walked)) == pages[0].total
    assert all(len(page.rows()) == limit for page in pages[:-1])
    assert sorted(walked) == sorted(whole)
    if sort == "relevance":
        assert walked == whole


def test_a_known_total_is_the_counted_one(
    runner: asyncio.Runner, index_file: Path, search: Search
) -> None:
    first = search("letter")
    fresh = runner.run(CharacterIndex.open(index_file))
    try:
        later = runner.run(fresh.search(parse("letter"), after=first.next))
    finally:
        runner.run(fresh.close())
    assert later.total == first.total == search("letter").total


def test_orders(search: Search) -> None:
    assert ids(search("gamma digamma", sort="cp")) == sorted(ids(search("gamma digamma")))
    names = [row["name"] for page in walk(search, "snow", sort="name") for row in page.rows()]
    assert names == sorted(names)
    ages = [row["age"] for page in walk(search, "cat", sort="age") for row in page.rows()]
    assert ages == sorted(ages, key=lambda age: tuple(map(int, age.split("."))))
    assert ids(search("", sort="name", limit=1)) == ["U+1F9EE"], "ABACUS"
    assert ids(search("", sort="age", limit=1)) == ["U+0000"]


def test_tiers_follow_each_other(search: Search) -> None:
    why = [row["why"] for row in search("zwj").rows()]
    assert why == ["a formal alias", "words of the name"]
    order = ["the full name", "words of the name", "beginning of a word"]
    reasons = [row["why"] for page in walk(search, "cat") for row in page.rows()]
    assert list(dict.fromkeys(reasons)) == order
    assert reasons == sorted(reasons, key=order.index)


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
    assert ids(search("👨‍👩‍👧"))[1:] == ["U+1F468", "U+200D", "U+1F469", "U+1F467"]


def test_a_number_is_hex_then_decimal(search: Search) -> None:
    assert ids(search("8364")) == ["U+8364", "U+20AC"]


@settings(deadline=None)
@given(character=st.sampled_from(list(ucd.code_points())))
def test_a_character_is_found_by_name_by_id_and_by_itself(
    search: Search, character: ucd.CodePoint
) -> None:
    key = format_id([character.code_point])
    for q in (character.name, key, chr(character.code_point)):
        if q:
            assert ids(search(q, limit=1)) == [key]


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
    for q, sort in (("arrows", "relevance"), ("arrow", "cp"), ("", "relevance")):
        with pytest.raises(CursorMismatch):
            search(q, sort=sort, after=cursor)
    assert search("ARROW", after=cursor).start == 201


async def test_a_query_past_the_deadline_is_stopped(index_file: Path) -> None:
    index = await CharacterIndex.open(index_file, deadline_s=0.0)
    try:
        with pytest.raises(QueryTimeout):
            await index.search(parse("cjk"), sort="age")
    finally:
        await index.close()


def test_details(runner: asyncio.Runner, index: CharacterIndex) -> None:
    character = runner.run(index.character("u+e9"))
    assert character["name"] == "LATIN SMALL LETTER E WITH ACUTE"
    assert character["case"]["uppercase"] == {"id": "U+00C9", "char": "É"}
    assert character["normal_forms"]["nfd"]["id"] == "U+0065-0301"
    assert character["encodings"] == {"utf-8": "C3 A9", "utf-16": "00E9", "utf-32": "000000E9"}
    assert character["escapes"]["html_named"] == "&eacute;"
    assert (character["previous"]["id"], character["next"]["id"]) == ("U+00E8", "U+00EA")


def test_details_of_controls_sequences_and_new_characters(
    runner: asyncio.Runner, index: CharacterIndex
) -> None:
    control = runner.run(index.character("\n"))
    assert control["name"] == "LINE FEED"
    assert {"kind": "abbreviation", "text": "LF"} in control["aliases"]
    flag = runner.run(index.character("U+1F1EB-1F1F7"))
    assert [part["id"] for part in flag["code_points"]] == ["U+1F1EB", "U+1F1F7"]
    assert flag["short_name"] == "flag: France"
    new = runner.run(index.character("U+16D6A"))
    assert new["normal_forms"]["nfd"]["id"] == "U+16D63-16D67-16D67"
    assert runner.run(index.character("U+0027"))["cross_references"][0]["id"] == "U+02B9"


def test_the_ends_have_one_neighbour(runner: asyncio.Runner, index: CharacterIndex) -> None:
    last = max(each.code_point for each in ucd.code_points())
    assert runner.run(index.character("U+0"))["previous"] is None
    assert runner.run(index.character(format_id([last])))["next"] is None
    assert runner.run(index.character("U+23-20E3"))["previous"] is None


@settings(deadline=None)
@given(row=st.sampled_from([each.code_points for each in ucd.sequences()]))
def test_every_sequence_has_details(
    runner: asyncio.Runner, index: CharacterIndex, row: tuple[int, ...]
) -> None:
    details = runner.run(index.character(format_id(row)))
    assert details["char"] == "".join(map(chr, row))
    assert [part["id"] for part in details["code_points"]] == [format_id([c]) for c in row]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("U+0378", "not an assigned character"),
        ("U+D800", "surrogate"),
        ("U+E000", "private use"),
        ("U+FFFF", "noncharacter"),
        ("U+110000", "beyond U+10FFFF"),
        ("U+41-42", "not a sequence"),
        ("nonsense", "not a sequence"),
        ("x" * 1000, "that long"),
        ("U+" + "0" * 17, "not a sequence"),
    ],
)
def test_what_is_not_there_is_not_found_with_the_reason(
    runner: asyncio.Runner, index: CharacterIndex, text: str, reason: str
) -> None:
    with pytest.raises(NotFound) as missing:
        runner.run(index.character(text))
    assert reason in missing.value.detail
