import re
from collections.abc import Iterator
from itertools import chain, takewhile

import pytest

from tests import whole
from webapp.characters import curated, ucd
from webapp.characters.curated import Entry
from webapp.characters.text import squash, words

NAMES = list(curated.entries("names_people_use", "names", "name"))
BETS = list(curated.entries("best_bets", "bets", "term"))
# The keys there are, and no letters or digits: those would be all that is looked up.
ASCII_ART = re.compile(r"[!-/:-@\[-`{-~]+")


@pytest.fixture(scope="module")
def rows() -> set[tuple[int, ...]]:
    characters = ((row.code_point,) for row in whole.characters())
    return {*characters, *(row.code_points for row in whole.sequences())}


@pytest.mark.parametrize(("entries", "limit"), [(NAMES, 250), (BETS, 60)])
def test_the_files_stay_small_sorted_and_explained(entries: list[Entry], limit: int) -> None:
    texts = [entry.text for entry in entries]
    assert texts == sorted(set(texts))
    assert len(texts) <= limit
    assert len({squash(text) for text in texts}) == len(texts)
    for entry in entries:
        assert entry.text == entry.text.strip().lower(), entry
        assert 1 <= len(entry.rows) <= 8, entry
        assert len(set(entry.rows)) == len(entry.rows), entry
        assert entry.reason.strip(), entry


def test_every_row_is_there(rows: set[tuple[int, ...]]) -> None:
    wanted = chain.from_iterable(entry.rows for entry in (*NAMES, *BETS))
    assert [row for row in wanted if row not in rows] == []


def test_a_name_is_found_by_all_that_it_is_written_with() -> None:
    odd = [entry.text for entry in NAMES if not words(entry.text)]
    assert all(ASCII_ART.fullmatch(text) for text in odd)
    wordy = [entry.text for entry in NAMES if words(entry.text)]
    assert [text for text in wordy if not re.fullmatch(r"[a-zñ -]+", text)] == []


def test_a_best_bet_is_one_word() -> None:
    assert [entry.text for entry in BETS if squash(entry.text) != entry.text] == []


def _published() -> Iterator[tuple[tuple[int, ...], str]]:
    """The names that the index takes from its sources."""
    yield from (((row.code_point,), row.name) for row in whole.characters())
    yield from (((row.code_point,), row.text) for row in ucd.aliases())
    yield from ((row.code_points, row.name) for row in whole.sequences())
    yield from (((row.code_point,), row.text) for row in ucd.notes() if row.kind == "alias")
    yield from ucd.shortcodes()
    yield from (((code_point,), command) for code_point, command in ucd.latex())
    yield from ((row, name) for name, row in ucd.entities())
    english = takewhile(lambda row: row.locale <= "en", whole.annotations())
    yield from ((row.code_points, row.name) for row in english if row.locale == "en")


@pytest.mark.usefixtures("unmeasured")
def test_no_name_is_there_already() -> None:
    ours = {(row, squash(name)) for row, name in curated.names_people_use()}
    rows = {row for row, _ in ours}
    others = ((row, squash(name)) for row, name in _published() if row in rows)
    assert ours.intersection(others) == set()


def test_best_bets_come_in_the_editors_order() -> None:
    bets = dict(curated.best_bets())
    assert bets["arrow"][:4] == ((0x2192,), (0x2190,), (0x2191,), (0x2193,))
    assert bets["dash"][:2] == ((0x2013,), (0x2014,))


def test_a_name_may_be_for_several_rows_and_a_row_for_several_names() -> None:
    names = list(curated.names_people_use())
    assert {((0x2318,), "cmd"), ((0x2318,), "command")} <= set(names)
    assert len({row for row, name in names if name == "curly quotes"}) == 4


def test_an_identifier_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="U-2318"):
        curated.code_points("U-2318")


def test_the_digest_is_of_what_is_in_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    before = curated.input_digest()
    assert before == curated.input_digest()
    monkeypatch.setattr(curated, "FILES", ("best_bets",))
    assert curated.input_digest() != before
