from array import array
from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from webapp.characters.chains import Expressions
from webapp.characters.expressions import (
    EVERY,
    NOTHING,
    AllOf,
    Begun,
    Expression,
    Token,
    all_of,
    any_of,
    leaves,
    placed,
)
from webapp.characters.hits import Found, Hits, Ordered, Rows, Segment, as_bitmap, matching, ranked
from webapp.characters.plans import Plan
from webapp.characters.postings import Postings, pack
from webapp.characters.stored import Lookup
from webapp.characters.tiers import WHY, Tier

TOKENS: Mapping[str, Iterable[int]] = {
    "a": range(1, 6),
    "ab": [4, 9],
    "b": [2, 4, 6, 8],
    "c": [5, 6],
}
ROWS = 10


def lookup() -> Lookup:
    return Lookup(Postings(pack(TOKENS.items())), ROWS, {})


def found(expression: Expression) -> list[int]:
    return list(expression.found(lookup()))


def test_a_token_is_found_by_its_place_too() -> None:
    places = {token: place for place, token in enumerate(TOKENS, 1)}
    for token in TOKENS:
        assert found(placed(places[token])) == found(Token(token))
    assert placed(0) is NOTHING
    assert set(leaves(any_of((placed(1), B)))) == {B}, "its place is known"


def page(hits: Hits, start: int, limit: int) -> list[tuple[str, list[int]]]:
    return [(why, list(rows)) for why, rows in hits.page(start, limit)]


A, B, C = Token("a"), Token("b"), Token("c")


@pytest.mark.parametrize(
    ("expression", "rows"),
    [
        (A, [1, 2, 3, 4, 5]),
        (Begun("a"), [1, 2, 3, 4, 5, 9]),
        (all_of((A, B)), [2, 4]),
        (any_of((B, C)), [2, 4, 5, 6, 8]),
        (all_of((A, any_of((B, C)))), [2, 4, 5]),
        (all_of((A, Token("none"), B)), []),
        (EVERY, list(range(1, ROWS + 1))),
        (NOTHING, []),
    ],
)
def test_an_expression_finds_its_rows(expression: Expression, rows: list[int]) -> None:
    assert found(expression) == rows


def test_what_can_find_nothing_is_left_out() -> None:
    assert any_of((A, NOTHING)) is A
    assert any_of((NOTHING,)) is NOTHING
    assert all_of((A, NOTHING)) is NOTHING
    assert all_of((A,)) is A


def test_the_leaves_are_what_is_asked_for() -> None:
    expression = AllOf((any_of((A, Begun("b"))), C, EVERY))
    assert set(leaves(expression)) == {A, Begun("b"), C}


def test_each_row_is_in_the_best_tier_that_finds_it() -> None:
    tiers = ((Tier.NAME_WORDS, C), (Tier.KEYWORD, B), (Tier.PREFIX, any_of((B, C))))
    plan = Plan(Expressions(tiers))
    keyed: dict[int, Found] = {6: (Tier.ALIAS, 6), 10: (Tier.DIRECT, 0), 1: (Tier.ALIAS, 1)}
    hits = ranked(keyed, "the code point", plan, lookup())
    assert page(hits, 0, 200) == [
        ("the code point", [10]),
        (WHY[Tier.ALIAS], [1, 6]),
        (WHY[Tier.NAME_WORDS], [5]),
        (WHY[Tier.KEYWORD], [2, 4, 8]),
    ]
    assert hits.total == 7


def test_filters_hold_for_rows_found_by_key_too() -> None:
    keyed: dict[int, Found] = {row: (Tier.NAME, row) for row in (2, 5, 7)}
    chain = Expressions(((Tier.NAME_WORDS, B),))
    hits = ranked(keyed, "", Plan(chain, required=A, forbidden=C), lookup())
    assert page(hits, 0, 200) == [(WHY[Tier.NAME], [2]), (WHY[Tier.NAME_WORDS], [4])]


def test_negation_alone_leaves_every_other_row() -> None:
    plan = Plan(Expressions(((Tier.FILTERS, EVERY),)), forbidden=any_of((A, B)))
    assert list(matching(plan, lookup())) == [7, 9, 10]


@given(
    st.lists(st.tuples(st.text("xy", max_size=2), st.lists(st.integers(1, 99)))),
    st.integers(1, 7),
)
def test_pages_of_any_size_give_every_hit_once_and_in_order(
    segments: list[tuple[str, list[int]]], limit: int
) -> None:
    hits = Hits(tuple(Segment(*each) for each in segments))
    every = [(why, row) for why, rows in segments for row in rows]
    paged = []
    for start in range(0, hits.total, limit):
        shown = [(why, row) for why, rows in page(hits, start, limit) for row in rows]
        assert len(shown) == min(limit, hits.total - start)
        paged += shown
    assert (paged, hits.total) == (every, len(every))
    assert page(hits, hits.total, limit) == []


def test_rows_in_another_order_are_taken_by_their_places() -> None:
    ordered = Ordered(BitMap([1, 3]), array("I", [30, 10, 20]))
    assert (len(ordered), list(ordered[:]), list(ordered[1:5])) == (2, [30, 20], [20])


def test_all_rows_of_a_result_are_one_set() -> None:
    order = array("I", [30, 10, 20])
    several: list[Rows] = [[5], BitMap([7]), Ordered(BitMap([2, 3]), order)]
    segments = [Segment("", rows) for rows in several]
    known = Segment("", Ordered(BitMap([1]), order), BitMap([30]))
    assert list(as_bitmap([*segments, known])) == [5, 7, 10, 20, 30]
