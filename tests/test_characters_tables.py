"""What the built index holds, asked as the search asks it."""

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import whole
from webapp.characters import curated, tokens, ucd
from webapp.characters.detail_tables import is_unusual
from webapp.characters.fields import core_key
from webapp.characters.identifier import format_id
from webapp.characters.schema import (
    ALIAS,
    CORE,
    ENTITY,
    INFORMAL,
    JOINED,
    LEAST_TOTAL,
    LOCALE_NAME,
    LOOSE,
    NAME,
    key_hash,
)
from webapp.characters.spelling import fragments
from webapp.characters.text import canonical, name_key, squash, words
from webapp.characters.tokens import fact, quoted

CHARACTERS = 172_873


@pytest.fixture(scope="module")
def db(index_file: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(f"file:{index_file}?mode=ro", uri=True)) as opened:
        yield opened


def matching(db: sqlite3.Connection, *words: str, table: str = "search") -> list[str]:
    """The ids of the rows with all these tokens, in the table's order."""
    order = "rows.id" if table == "search" else "orders.cp"
    sql = f"""select json_extract(json || '}}', '$.id') from rows
    join orders on orders.row = rows.id
    where {order} in (select rowid from {table} where {table} match ?) order by {order}"""
    return [key for (key,) in db.execute(sql, [" AND ".join(map(quoted, words))])]


def named(db: sqlite3.Connection, tier: int, text: str) -> list[str]:
    """The ids of the rows that have the text as a name of this tier, best first."""
    sql = """select json_extract(json || '}', '$.id') from exact join rows on rows.id = exact.row
    where hash = ? and tier = ? order by exact.row"""
    return [key for (key,) in db.execute(sql, (key_hash(text), tier))]


def count(db: sqlite3.Connection, sql: str, *parameters: object) -> int:
    number: int = db.execute(sql, parameters).fetchone()[0]
    return number


@pytest.mark.usefixtures("unmeasured")
def test_the_index_holds_every_row_once(db: sqlite3.Connection) -> None:
    sequences = sum(1 for _ in whole.sequences())
    rows = CHARACTERS + sequences
    for table in ("rows", "orders"):
        assert count(db, f"select count(*) from {table}") == rows
    everywhere = [quoted(fact("pl", str(plane))) for plane in (0, 1, 2, 3, 14)]
    match = " OR ".join([*everywhere, quoted(fact("sq", "any"))])
    for table in ("search", "listed"):
        sql = f"select count(*) from {table} where {table} match ?"
        assert count(db, sql, match) == rows
    unusual = sum(map(is_unusual, whole.characters()))
    assert count(db, "select count(*) from characters") == unusual < CHARACTERS
    assert count(db, "select count(*) from sequences") == sequences
    assert count(db, "select count(*) from aliases") == 481
    assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    meta = dict(db.execute("select key, value from meta"))
    assert (meta["rows"], meta["characters"]) == (str(rows), str(CHARACTERS))


@pytest.mark.usefixtures("unmeasured")
def test_every_order_gives_each_row_one_place(db: sqlite3.Connection) -> None:
    rows = count(db, "select count(*) from rows")
    assert db.execute("select min(id), max(id) from rows").fetchone() == (1, rows)
    for order in ("row", "cp", "name", "age"):
        places = [place for (place,) in db.execute(f"select {order} from orders order by {order}")]
        assert places == list(range(1, rows + 1))
    ids = """select json_extract(json || '}', '$.id') from rows join orders on row = id
    where cp <= ? order by cp"""
    found = [key for (key,) in db.execute(ids, [CHARACTERS])]
    assert found == [format_id((each.code_point,)) for each in whole.characters()]


@pytest.mark.usefixtures("unmeasured")
def test_every_row_is_found_by_its_full_name(db: sqlite3.Connection) -> None:
    known = set(db.execute("select hash, row from exact where tier = ?", [NAME]))
    rows = dict(db.execute("select key, row from keys"))
    names: list[tuple[tuple[int, ...], str]] = [
        ((each.code_point,), each.name) for each in whole.characters() if each.name
    ]
    names += [(each.code_points, each.name) for each in whole.sequences()]
    for code_points, name in names:
        assert (key_hash(name_key(name)), rows[format_id(code_points)]) in known


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
    db: sqlite3.Connection, tier: int, text: str, first: list[str]
) -> None:
    assert named(db, tier, text)[: len(first)] == first


def test_sounds_of_scripts_that_few_know_are_no_names(db: sqlite3.Connection) -> None:
    assert "U+0855" not in named(db, CORE, "at") + named(db, LOOSE, "at")
    assert named(db, CORE, core_key(words("mandaic letter at"))) == ["U+0855"]
    assert named(db, JOINED, "hangulsyllablegag") == []


def test_names_in_other_languages(db: sqlite3.Connection) -> None:
    numbers = dict(db.execute("select id, number from locales"))
    assert numbers["en"] == 0
    assert len(numbers) == 168
    mark = chr(tokens.FIRST_LOCALE + numbers["es"])
    assert named(db, LOCALE_NAME, f"{mark}gato") == ["U+1F408"]
    assert "U+1F414" in matching(db, tokens.locale_keyword(numbers["fr"], "poulet"))
    assert "U+2665" in matching(db, tokens.locale_word(numbers["ja"], "ト"))
    packed = "select names from short_names join keys using (row) where key = 'U+1F414'"
    names = json.loads(zlib.decompress(db.execute(packed).fetchone()[0]))
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
    db: sqlite3.Connection, found: list[str], first: list[str] | None
) -> None:
    rows = matching(db, *found)
    assert rows
    assert first is None or rows[: len(first)] == first


def test_an_ideograph_is_found_by_its_meaning(db: sqlite3.Connection) -> None:
    assert {"U+9F8D", "U+9F99"} <= set(matching(db, fact("def", "dragon")))
    assert "U+9F8D" in matching(db, tokens.definition("dragon"))


@pytest.mark.usefixtures("unmeasured")
def test_facts_are_those_of_the_tables(db: sqlite3.Connection) -> None:
    letters = [each.code_point for each in whole.characters() if each.category[0] == "L"]
    total = "select count(*) from listed where listed match ?"
    assert count(db, total, quoted(fact("gc", "L"))) == len(letters)
    assert len(matching(db, fact("gc", "Sc"), table="listed")) == 67
    assert matching(db, fact("gc", "Sc"), table="listed")[0] == "U+0024"
    alphabetic = next(each for each in ucd.properties() if each.name == "Alpha")
    assigned = {each.code_point for each in whole.characters()}
    members = assigned & {code_point for span in alphabetic.ranges for code_point in span}
    assert count(db, total, quoted(fact("is", "Alpha"))) == len(members)
    assert "U+00E9" in matching(db, fact("ba", "0065"), fact("in", "cp1252"), fact("ag", "1=1"))
    overlays = [each for each in whole.characters() if each.combining_class == 1]
    assert count(db, total, quoted(fact("cc", "1"))) == len(overlays)
    assert count(db, total, quoted(fact("sq", "any"))) == sum(1 for _ in whole.sequences())


def test_the_words_of_the_book(db: sqlite3.Connection) -> None:
    assert matching(db, tokens.classic_word("registered"), table="listed") == ["U+00AE"]
    cats = [tokens.classic_word("cat"), tokens.classic_word("eyes")]
    assert matching(db, *cats, table="listed") == ["U+1F638", "U+1F63B", "U+1F63D"]
    assert matching(db, tokens.classic_hex("4e00"), table="listed") == ["U+4E00"]


def test_ready_totals_are_exact(db: sqlite3.Connection) -> None:
    totals = dict(db.execute("select match, n from totals"))
    assert min(totals.values()) >= LEAST_TOTAL
    assert quoted(fact("gc", "Lo")) in totals
    assert any("small" in match and "letter" in match for match in totals)
    in_list = "select count(*) from listed where listed match ?"
    in_search = "select count(*) from search where search match ?"
    for match, total in totals.items():
        is_fact = match.startswith('"_')
        assert total == count(db, in_list if is_fact else in_search, match), match


def test_misspelled_words_share_a_fragment_with_the_right_one(db: sqlite3.Connection) -> None:
    sql = """select word from vocabulary where id in (select word from typos where fragment = ?)"""
    for typed, meant in (
        ("elipsis", "ellipsis"),
        ("hexagarm", "hexagram"),
        ("snowmann", "snowman"),
    ):
        found = {word for each in fragments(typed) for (word,) in db.execute(sql, [key_hash(each)])}
        assert meant in found


def test_the_vocabulary_is_of_words_that_find_rows(db: sqlite3.Connection) -> None:
    words = db.execute("select word, token, rows from vocabulary").fetchall()
    assert all(token == canonical(word) for word, token, _ in words)
    assert not any(char.isdigit() for word, _, _ in words for char in word)
    rows = {word: rows for word, _, rows in words}
    assert rows["snowman"] == len(matching(db, "snowman")) + len(matching(db, "=snowman"))
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


def test_packed_facets_can_be_unpacked(db: sqlite3.Connection) -> None:
    sql = """select c.id, b.id, s.name, a.id from orders
    join keys on keys.row = orders.row and key = ?
    left join facet_values c on c.facet = 'category' and c.number = facets & 255
    left join facet_values b on b.facet = 'block' and b.number = facets >> 8 & 4095
    left join facet_values s on s.facet = 'script' and s.number = facets >> 20 & 4095
    left join facet_values a on a.facet = 'age' and a.number = facets >> 32 & 255"""
    assert db.execute(sql, ["U+03B1"]).fetchone() == ("Ll", "Greek and Coptic", "Greek", "1.1")
    assert db.execute(sql, ["U+1F44D-1F3FF"]).fetchone() == (None, None, None, "1.0")


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
    assert index_file.stat().st_size < 120_000_000
