"""What the built index holds, asked as the search asks it."""

import asyncio
import contextlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import and_
from pathlib import Path

import pytest
from pyroaring import BitMap

from tests import whole
from webapp.characters import curated, tokens, ucd
from webapp.characters.detail_tables import is_unusual
from webapp.characters.fields import core_key
from webapp.characters.identifier import format_id
from webapp.characters.model import ITEM_KEYS
from webapp.characters.postings import BEGUN, LEAST_BEGUN, Postings, unpack_rows
from webapp.characters.records import by_age
from webapp.characters.resident import Resident
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
from webapp.characters.spelling import fragments
from webapp.characters.text import canonical, name_key, squash, words
from webapp.characters.tokens import fact
from webapp.characters.vocabulary import SPELLED, Field
from webapp.database import Readers

CHARACTERS = 172_873


@pytest.fixture(scope="module")
def db(index_file: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(f"file:{index_file}?mode=ro", uri=True)) as opened:
        yield opened


@pytest.fixture(scope="module")
def held(index_file: Path) -> Resident:
    async def read() -> Resident:
        readers = await Readers.open(index_file, immutable=True)
        try:
            return await Resident.read(readers)
        finally:
            await readers.close()

    return asyncio.run(read())


def ids(held: Resident, rows: Iterable[int]) -> list[str]:
    return [json.loads(held.items.item(row))["id"] for row in rows]


def common(postings: Postings, *words: str) -> BitMap:
    """What all these tokens have in common."""
    return reduce(and_, map(postings.rows, words))


def matching(held: Resident, *words: str) -> list[str]:
    """The ids of the rows with all these tokens, best first."""
    return ids(held, common(held.search, *words))


def listed(held: Resident, *words: str) -> list[str]:
    """The ids of the rows with all these tokens by code point."""
    return ids(held, (held.orders["cp"].rows[at - 1] for at in common(held.listed, *words)))


def named(held: Resident, tier: int, text: str) -> list[str]:
    """The ids of the rows that have the text as a name of this tier, best first."""
    return ids(
        held, (row for its_tier, row in held.names.named(key_hash(text)) if its_tier == tier)
    )


def count(db: sqlite3.Connection, sql: str, *parameters: object) -> int:
    number: int = db.execute(sql, parameters).fetchone()[0]
    return number


@pytest.mark.usefixtures("unmeasured")
def test_the_index_holds_every_row_once(db: sqlite3.Connection, held: Resident) -> None:
    sequences = sum(1 for _ in whole.sequences())
    rows = CHARACTERS + sequences
    everything = BitMap(range(1, rows + 1))
    for postings in (held.search, held.listed):
        planes = [postings.rows(fact("pl", str(plane))) for plane in (0, 1, 2, 3, 14)]
        assert BitMap.union(*planes, postings.rows(fact("sq", "any"))) == everything
    assert len(held.items) == rows
    unusual = sum(map(is_unusual, whole.characters()))
    assert count(db, "select count(*) from characters") == unusual < CHARACTERS
    assert count(db, "select count(*) from sequences") == sequences
    assert count(db, "select count(*) from aliases") == 481
    assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    meta = dict(db.execute("select key, value from meta"))
    assert (meta["rows"], meta["characters"]) == (str(rows), str(CHARACTERS))


@pytest.mark.usefixtures("unmeasured")
def test_every_order_gives_each_row_one_place(held: Resident) -> None:
    for order in held.orders.values():
        assert sorted(order.rows) == list(range(1, len(held.items) + 1))
    found = ids(held, held.orders["cp"].rows[:CHARACTERS])
    assert found == [format_id((each.code_point,)) for each in whole.characters()]


@pytest.mark.usefixtures("unmeasured")
def test_orders_are_by_what_they_are_called(held: Resident) -> None:
    items = [json.loads(held.items.item(row)) for row in range(1, len(held.items) + 1)]
    names = [items[row - 1]["name"] for row in held.orders["name"].rows]
    assert names == sorted(names)
    ages = [by_age(items[row - 1]["age"] or "") for row in held.orders["age"].rows]
    assert ages == sorted(ages)
    assert all((*item, "why") == ITEM_KEYS for item in items)


@pytest.mark.usefixtures("unmeasured")
def test_every_row_is_found_by_its_full_name(db: sqlite3.Connection, held: Resident) -> None:
    rows = dict(db.execute("select key, row from keys"))
    names: list[tuple[tuple[int, ...], str]] = [
        ((each.code_point,), each.name) for each in whole.characters() if each.name
    ]
    names += [(each.code_points, each.name) for each in whole.sequences()]
    for code_points, name in names:
        row = rows[format_id(code_points)]
        assert (NAME, row) in held.names.named(key_hash(name_key(name)))


@pytest.mark.parametrize(
    ("tier", "text", "first"),
    [
        (NAME, "latin small letter e with acute", ["U+00E9"]),
        (NAME, "tibetan letter -a", ["U+0F60"]),
        (ALIAS, "zwj", ["U+200D"]),
        (ALIAS, "latin small letter gha", ["U+01A3"]),
        (CORE, "plus", ["U+002B", "U+2795"]),
        (CORE, "alpha", ["U+03B1", "U+0391"]),
        (CORE, core_key(words("e acute")), ["U+00E9", "U+00C9"]),
        (CORE, core_key(words("o with stroke")), ["U+00F8", "U+00D8"]),
        (CORE, "registered", ["U+00AE"]),
        (CORE, "degree", ["U+00B0"]),
        (CORE, "france", ["U+1F1EB-1F1F7"]),
        (CORE, "grinningface", ["U+1F600"]),
        (JOINED, "newline", ["U+000A"]),
        (JOINED, "zerowidthjoiner", ["U+200D"]),
        (INFORMAL, "commandkey", ["U+2318"]),
        (INFORMAL, "forall", ["U+2200"]),
        (INFORMAL, "thumbsup", ["U+1F44D"]),
        (ENTITY, "hellip", ["U+2026"]),
    ],
)
def test_a_whole_name_leads_to_its_row(
    held: Resident, tier: int, text: str, first: list[str]
) -> None:
    assert named(held, tier, text)[: len(first)] == first


def test_sounds_of_scripts_that_few_know_are_no_names(held: Resident) -> None:
    assert "U+0855" not in named(held, CORE, "at") + named(held, LOOSE, "at")
    assert named(held, CORE, core_key(words("mandaic letter at"))) == ["U+0855"]
    assert named(held, JOINED, "hangulsyllablegag") == []


def test_names_in_other_languages(db: sqlite3.Connection, held: Resident) -> None:
    numbers = dict(db.execute("select id, number from locales"))
    assert numbers["en"] == 0
    assert len(numbers) == 168
    mark = chr(tokens.FIRST_LOCALE + numbers["es"])
    by_hash = db.execute("select row from locale_names where hash = ?", [key_hash(f"{mark}gato")])
    assert ids(held, (row for (row,) in by_hash)) == ["U+1F408"]
    rows_of = "select rows from locale_tokens where token = ?"
    for token, char in (
        (tokens.locale_keyword(numbers["fr"], "poulet"), "U+1F414"),
        (tokens.locale_word(numbers["ja"], "ト"), "U+2665"),
    ):
        (packed,) = db.execute(rows_of, [token]).fetchone()
        assert char in ids(held, unpack_rows(packed))
        assert token not in held.search
    names_of = "select names from short_names join keys using (row) where key = 'U+1F414'"
    names = json.loads(zlib.decompress(db.execute(names_of).fetchone()[0]))
    assert (names["en"], names["fr"], len(names) > 90) == ("chicken", "poule", True)
    assert dict(db.execute("select id, name from locales"))["fr"] == "French"


@pytest.mark.parametrize(
    ("found", "first"),
    [
        (["chess", "rook"], ["U+2656", "U+265C"]),
        (["cat", "eye"], None),
        (["hangul", "gag"], ["U+AC01"]),
        (["hexagram", "peace"], ["U+4DCA"]),
        (["thumb", "up", "dark"], ["U+1F44D-1F3FF"]),
        (["dragon"], ["U+1F409", "U+1F432"]),
        ([fact("py", "shui3")], ["U+6C34"]),
        ([fact("sc", "Greek"), fact("is", "Upper")], ["U+03A0"]),
        ([fact("lk", "0430")], ["U+0061"]),
        ([fact("nv", tokens.number("1/2"))], ["U+00BD"]),
        ([fact("sq", "zwj"), fact("tn", "dark")], None),
        ([fact("en", "hellip")], ["U+2026"]),
        ([fact("sh", "rocket")], ["U+1F680"]),
        ([tokens.keyword("currency"), fact("gc", "Sc")], ["U+00A5"]),
        ([tokens.note_word(canonical("telephony"))], None),
    ],
)
def test_words_and_facts_find_rows_by_rank(
    held: Resident, found: list[str], first: list[str] | None
) -> None:
    rows = matching(held, *found)
    assert rows
    assert first is None or rows[: len(first)] == first


def test_an_ideograph_is_found_by_its_meaning(held: Resident) -> None:
    assert {"U+9F8D", "U+9F99"} <= set(matching(held, fact("def", "dragon")))
    assert "U+9F8D" in matching(held, tokens.definition("dragon"))


@pytest.mark.usefixtures("unmeasured")
def test_facts_are_those_of_the_tables(held: Resident) -> None:
    letters = [each.code_point for each in whole.characters() if each.category[0] == "L"]
    assert len(held.listed.rows(fact("gc", "L"))) == len(letters)
    assert len(listed(held, fact("gc", "Sc"))) == 67
    assert listed(held, fact("gc", "Sc"))[0] == "U+0024"
    alphabetic = next(each for each in ucd.properties() if each.name == "Alpha")
    assigned = {each.code_point for each in whole.characters()}
    members = assigned & {code_point for span in alphabetic.ranges for code_point in span}
    assert len(held.listed.rows(fact("is", "Alpha"))) == len(members)
    assert "U+00E9" in matching(held, fact("ba", "0065"), fact("in", "cp1252"), fact("ag", "1=1"))
    overlays = [each for each in whole.characters() if each.combining_class == 1]
    assert len(held.listed.rows(fact("cc", "1"))) == len(overlays)
    assert len(held.listed.rows(fact("sq", "any"))) == sum(1 for _ in whole.sequences())


def test_the_words_of_the_book(held: Resident) -> None:
    assert listed(held, tokens.classic_word("registered")) == ["U+00AE"]
    cats = [tokens.classic_word("cat"), tokens.classic_word("eyes")]
    assert listed(held, *cats) == ["U+1F638", "U+1F63B", "U+1F63D"]
    assert listed(held, tokens.classic_hex("4e00")) == ["U+4E00"]


def test_beginnings_of_many_words_have_their_rows_together(held: Resident) -> None:
    for beginning in ("a", "st", "=c", "=sh"):
        words = list(held.search.tokens(beginning))
        several = [word for word in words if not word.endswith(BEGUN)]
        assert len(several) >= LEAST_BEGUN
        assert f"{beginning}{BEGUN}" in words
        assert held.search.begun(beginning) == BitMap.union(*map(held.search.rows, several))
    assert f"zz{BEGUN}" not in held.search


def test_words_are_known_with_the_places_of_their_tokens(held: Resident) -> None:
    vocabulary = held.vocabulary
    for word in ("snowman", "water", "zero", "telephone", "rightwards", "a", "combining"):
        number = vocabulary.number(word)
        assert number is not None
        for field, place in zip(Field, vocabulary.places(number), strict=True):
            token = SPELLED[field](word)
            assert bool(place) == (token in held.search)
            assert not place or held.search.at(place) == held.search.rows(token)
    assert vocabulary.indexed("rightwards") == vocabulary.number("right")


def test_what_goes_on_from_a_word_is_kept_with_it(held: Resident) -> None:
    begun = held.search.begun
    assert tokens.longer("combining") not in held.search
    assert tokens.longer("sno") not in held.search, "it is no word"
    assert held.search.rows(tokens.longer("a")) >= begun("a") | begun("=a")
    assert held.search.rows(tokens.longer("snow")) == BitMap.union(
        *(
            held.search.rows(spell(word))
            for word in held.vocabulary
            if word.startswith("snow") and word != "snow" and canonical(word) != "snow"
            for spell in (tokens.name_word, tokens.other_word)
        )
    )


def test_misspelled_words_share_a_fragment_with_the_right_one(db: sqlite3.Connection) -> None:
    sql = """select word from vocabulary where id in (select word from typos where fragment = ?)"""
    for typed, meant in (
        ("elipsis", "ellipsis"),
        ("hexagarm", "hexagram"),
        ("snowmann", "snowman"),
    ):
        found = {word for each in fragments(typed) for (word,) in db.execute(sql, [key_hash(each)])}
        assert meant in found


def test_the_vocabulary_is_of_words_that_find_rows(db: sqlite3.Connection, held: Resident) -> None:
    words = db.execute("select word, token, rows from vocabulary").fetchall()
    assert all(token == canonical(word) for word, token, _ in words)
    assert not any(char.isdigit() for word, _, _ in words for char in word)
    rows = {word: rows for word, _, rows in words}
    assert rows["snowman"] == len(matching(held, "snowman")) + len(matching(held, "=snowman"))
    assert min(rows.values()) > 0


def test_best_bets_are_kept_in_the_editors_order(db: sqlite3.Connection) -> None:
    rows = dict(db.execute("select key, row from keys"))
    for term, bets in curated.best_bets():
        sql = "select row from best where hash = ? order by place"
        found = [row for (row,) in db.execute(sql, [key_hash(squash(term))])]
        assert found == [rows[format_id(each)] for each in bets]


def test_names_that_look_like_operators_are_known(db: sqlite3.Connection) -> None:
    names = {name for (name,) in db.execute("select key from operator_names")}
    assert {"not sign", "tibetan letter -a", "flag: france"} <= names
    assert "hyphen-minus" not in names


@pytest.mark.usefixtures("unmeasured")
def test_facets_have_all_values_in_order(db: sqlite3.Connection) -> None:
    values: dict[str, list[str]] = {}
    for facet, number, key in db.execute("select facet, number, id from facet_values"):
        values.setdefault(facet, []).append(key)
        assert number == len(values[facet])
    characters = whole.characters()
    assert values["category"] == sorted({each.category for each in characters})
    assert values["block"] == sorted({each.block for each in characters})
    assert values["age"] == sorted(values["age"], key=by_age)
    assert set(values["age"]) > {each.age for each in characters}
    script = "select name from facet_values where facet = 'script' and id = 'Grek'"
    assert db.execute(script).fetchone() == ("Greek",)


def test_what_looks_alike_is_said_both_ways(db: sqlite3.Connection) -> None:
    pairs = set(db.execute("select row, other from confusables"))
    assert {(other, row) for row, other in pairs} == pairs
    rows = dict(db.execute("select key, row from keys"))
    assert (rows["U+0430"], rows["U+0061"]) in pairs
    assert not any(row == other for row, other in pairs)


def test_other_spellings_lead_to_the_same_row(db: sqlite3.Connection) -> None:
    rows = dict(db.execute("select key, row from keys"))
    assert rows["U+26F9-200D-2640"] == rows["U+26F9-FE0F-200D-2640-FE0F"]
    assert "U+FE0F" in rows


def test_the_index_is_small_enough(index_file: Path) -> None:
    assert index_file.stat().st_size < 110_000_000
