"""Ranges hold what they are made of, and as little else as they can."""

from hypothesis import given
from hypothesis import strategies as st

from tools.code_point_ranges import joined, runs, spelt, start_of_slice

KNOWN = range(0, 200, 2)


@given(st.sets(st.sampled_from(KNOWN)))
def test_ranges_hold_their_members_and_no_other_known_code_point(members: set[int]) -> None:
    found = runs(members, KNOWN)
    assert {n for n in KNOWN if any(first <= n <= last for first, last in found)} == members


@given(st.sets(st.sampled_from(KNOWN)), st.integers(1, 8))
def test_joined_ranges_are_few_and_lose_nothing(members: set[int], most: int) -> None:
    found = joined(runs(members, KNOWN), most)
    assert len(found) <= most
    assert all(any(first <= n <= last for first, last in found) for n in members)
    assert found == sorted(found)


def test_ranges_are_joined_over_the_smallest_gap() -> None:
    assert joined([(1, 2), (9, 9), (11, 12), (30, 31)], 3) == [(1, 2), (9, 12), (30, 31)]


@given(st.integers(0, 0x10FFFF))
def test_a_slice_begins_at_or_before_what_is_in_it_and_begins_itself(code_point: int) -> None:
    start = start_of_slice(code_point)
    assert start <= code_point < start + 0x4000
    assert start_of_slice(start) == start


def test_ranges_are_spelt_as_style_sheets_have_them() -> None:
    assert spelt([(0x20AC, 0x20AC), (0x1F600, 0x1F64F)], "U+") == ["U+20AC", "U+1F600-1F64F"]
