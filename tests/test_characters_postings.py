from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.characters.postings import BEGUN, Packed, Postings, pack, pack_rows, union, unpack_rows

ROWS = st.sets(st.integers(1, 180_000), min_size=1, max_size=40)
WORDS = st.text("abß字\ue001", min_size=1, max_size=12)


def packed(postings: Mapping[str, Iterable[int]]) -> Packed:
    return pack(sorted(postings.items(), key=lambda each: each[0].encode()))


@given(ROWS)
def test_rows_come_back_as_they_were_packed(rows: set[int]) -> None:
    assert set(unpack_rows(pack_rows(rows))) == rows


@pytest.mark.parametrize("rows", [range(1), range(1, 9), range(1, 10), range(5, 100_000)])
def test_few_and_many_rows_are_kept_in_different_ways(rows: range) -> None:
    assert list(unpack_rows(pack_rows(rows))) == list(rows)
    assert len(pack_rows(rows)) <= 40


@given(st.lists(ROWS))
def test_a_union_has_the_rows_of_all(several: list[set[int]]) -> None:
    assert set(union(map(pack_rows, several))) == set().union(*several)


@given(st.dictionaries(WORDS, ROWS), WORDS)
def test_tokens_are_found_and_so_are_those_that_begin_alike(
    postings: dict[str, set[int]], asked: str
) -> None:
    known = Postings(packed(postings))
    assert len(known) == len(postings)
    for token, rows in postings.items():
        assert set(known.rows(token)) == rows
    assert set(known.rows(asked)) == postings.get(asked, set())
    assert (asked in known) == (asked in postings)
    longer = sorted((each for each in postings if each.startswith(asked)), key=str.encode)
    assert list(known.tokens(asked)) == longer
    assert set(known.begun(asked)) == set().union(*(postings[each] for each in longer))


@pytest.mark.parametrize("shared", ["longbegi", "longbeginning"])
def test_words_alike_in_their_first_eight_bytes_are_told_apart(shared: str) -> None:
    known = Postings(packed({f"{shared}{end}": [at] for at, end in enumerate("abc")}))
    assert list(known.rows(f"{shared}b")) == [1]
    assert not known.rows(f"{shared}d")
    assert list(known.begun(shared)) == [0, 1, 2]


def test_rows_kept_for_a_beginning_are_taken_as_they_are() -> None:
    known = Postings(packed({"ab": [1], f"a{BEGUN}": [1, 2, 3]}))
    assert list(known.begun("a")) == [1, 2, 3]


def test_a_bitmap_is_the_callers_own() -> None:
    known = Postings(packed({"a": [1]}))
    known.rows("a").add(2)
    assert list(known.rows("a")) == [1]
