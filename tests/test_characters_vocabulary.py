from hypothesis import given
from hypothesis import strategies as st

from webapp.characters.text import canonical
from webapp.characters.vocabulary import MOST_COMPLETIONS, MOST_PARTS, everywhere

WORDS = st.lists(st.text("abcrs", min_size=1, max_size=6), max_size=200)


def test_completions_are_what_is_indexed() -> None:
    vocabulary = everywhere(["arrow", "arrows", "arrowhead", "arc", "berries", "rightwards"])
    assert vocabulary.completions("arro") == ["arrow", "arrowhead"]
    assert vocabulary.completions("arrow") == ["arrowhead"], "not the word itself"
    assert vocabulary.completions("berri") == ["berry"]
    assert vocabulary.completions("rightw") == ["right"]
    assert vocabulary.completions("zzz") == []
    assert "arrow" in vocabulary
    assert "arro" not in vocabulary


def test_synonyms_that_begin_otherwise() -> None:
    assert everywhere(()).synonyms("upper") == ["capital"]
    assert everywhere(()).synonyms("right") == []


def test_many_completions_are_none_in_particular() -> None:
    words = [f"ab{chr(letter)}" for letter in range(ord("a"), ord("z"))]
    assert everywhere(words).completions("ab") is None
    assert everywhere(words[:MOST_COMPLETIONS]).completions("ab") is not None


@given(WORDS, st.text("abcrs", min_size=1, max_size=3))
def test_completions_miss_nothing(words: list[str], begun: str) -> None:
    found = everywhere(words).completions(begun)
    expected = {canonical(word) for word in words if word.startswith(begun)} - {canonical(begun)}
    assert found == sorted(expected) or (found is None and len(words) > MOST_COMPLETIONS)


@given(WORDS, st.text("abcrs", min_size=4, max_size=5))
def test_parts_miss_nothing(words: list[str], part: str) -> None:
    found = set(everywhere(words).containing(part))
    assert found == {canonical(word) for word in words if part in word} or len(found) >= 1


def test_parts_are_long_enough_and_bounded() -> None:
    words = [f"{n:x}scope".translate(str.maketrans("0123456789", "ghijklmnop")) for n in range(300)]
    assert everywhere(words).containing("sco") == []
    assert 0 < len(everywhere(words).containing("scop")) <= MOST_PARTS
