import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.characters.spelling import distance, fragments, is_slip, nearest, slips

WORDS = st.text(string.ascii_lowercase, max_size=14)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("ellipsis", "ellipsis", 0),
        ("elipsis", "ellipsis", 1),
        ("hexagarm", "hexagram", 1),
        ("comand", "command", 1),
        ("snwoman", "snowman", 1),
        ("arow", "arrows", 2),
        ("", "abc", 3),
    ],
)
def test_distance(one: str, other: str, apart: int) -> None:
    assert distance(one, other) == distance(other, one) == apart


@given(WORDS, WORDS)
def test_distance_is_a_distance(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))


@given(st.text(string.ascii_lowercase, min_size=5, max_size=14), st.data())
def test_a_word_with_one_slip_shares_a_fragment(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(word) - 1))
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    swapped = word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
    for typed in (
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
        swapped,
    ):
        if slips(typed):
            assert fragments(typed) & fragments(word), typed


@given(st.text(max_size=2_000))
def test_fragments_stay_few(word: str) -> None:
    assert len(fragments(word)) <= 29


def test_the_nearest_word_is_frequent_and_begins_alike() -> None:
    candidates = [("hearth", 1), ("heart", 90), ("bheart", 500), ("hears", 90)]
    assert nearest("haert", candidates) == "heart"
    assert nearest("hearts", [("hearth", 1), ("heart", 90)]) == "heart"
    assert nearest("heart", []) is None
    assert nearest("qqqqq", candidates) is None
    assert nearest("ab", [("ac", 9)]) is None, "too short to be a slip"


def test_only_long_words_of_ascii_are_surely_slips() -> None:
    assert is_slip("elipsis", "ellipsis")
    assert not is_slip("gato", "gate")
    assert not is_slip("mariposs", "marimuss")
    assert not is_slip("étoile", "etoile")
