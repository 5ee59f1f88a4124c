from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from webapp.characters.text import canonical
from webapp.characters.vocabulary import MOST_COMPLETIONS, MOST_PARTS, Field, Vocabulary, pack_words

WORDS = st.lists(st.text("abcrs", min_size=1, max_size=6), max_size=200)


def of(words: Iterable[str]) -> Vocabulary:
    return Vocabulary(pack_words(words))


def completions(vocabulary: Vocabulary, word: str) -> list[str] | None:
    numbers = vocabulary.completions(word)
    return None if numbers is None else [vocabulary.word(number) for number in numbers]


def test_completions_are_what_is_indexed() -> None:
    vocabulary = of(["arrow", "arrows", "arrowhead", "arc", "berries", "rightwards"])
    assert completions(vocabulary, "arro") == ["arrow", "arrowhead"]
    assert completions(vocabulary, "arrow") == ["arrowhead"], "not the word itself"
    assert completions(vocabulary, "berri") == ["berry"]
    assert completions(vocabulary, "rightw") == ["right"]
    assert completions(vocabulary, "zzz") == []
    assert "arrow" in vocabulary
    assert "arro" not in vocabulary


def test_synonyms_that_begin_otherwise() -> None:
    vocabulary = of(["capital", "right"])
    assert [vocabulary.word(each) for each in vocabulary.synonyms("upper")] == ["capital"]
    assert vocabulary.synonyms("right") == []
    assert vocabulary.synonyms("low") == [], "no row is small"


def test_many_completions_are_none_in_particular() -> None:
    words = [f"ab{chr(letter)}" for letter in range(ord("a"), ord("z"))]
    assert of(words).completions("ab") is None
    assert of(words[:MOST_COMPLETIONS]).completions("ab") is not None


@given(WORDS, st.text("abcrs", min_size=1, max_size=3))
def test_completions_miss_nothing(words: list[str], begun: str) -> None:
    found = completions(of(words), begun)
    expected = {canonical(word) for word in words if word.startswith(begun)} - {canonical(begun)}
    assert found == sorted(expected) or (found is None and len(words) > MOST_COMPLETIONS)


@given(WORDS, st.text("abcrs", min_size=4, max_size=5))
def test_parts_miss_nothing(words: list[str], part: str) -> None:
    found = set(of(words).containing(part))
    assert found == {canonical(word) for word in words if part in word} or len(found) >= 1


def test_parts_are_long_enough_and_bounded() -> None:
    words = [f"{n:x}scope".translate(str.maketrans("0123456789", "ghijklmnop")) for n in range(300)]
    assert of(words).containing("sco") == []
    assert 0 < len(of(words).containing("scop")) <= MOST_PARTS


def test_words_have_their_places_among_the_tokens() -> None:
    found = sorted(["=arrow", "_b_arrow", "_e_arrow", "_k_arrow", "_l_water", "_t_water", "right"])
    vocabulary = Vocabulary(pack_words(["rightwards", "arrow", "water"], found))

    def told(word: str) -> dict[str, str]:
        number = vocabulary.number(word)
        assert number is not None
        places = dict(zip(Field, vocabulary.places(number), strict=True))
        assert places == {field: vocabulary.place(number, field) for field in Field}
        return {field.name: found[place - 1] for field, place in places.items() if place}

    assert told("right") == {"NAME": "right"}
    assert told("rightwards") == {}, "it is indexed as right"
    assert vocabulary.indexed("rightwards") == vocabulary.number("right")
    assert told("arrow") == {
        "OTHER": "=arrow", "KEYWORD_WORD": "_k_arrow", "KEYWORD": "_e_arrow", "LONGER": "_b_arrow",
    }  # fmt: skip
    assert told("water") == {"DEFINITION": "_l_water", "NOTE": "_t_water"}


def test_a_word_that_was_never_written_may_be_indexed_as_another() -> None:
    vocabulary = of(["arrow"])
    assert vocabulary.indexed("arrows") == vocabulary.number("arrow") == 0
    assert vocabulary.number("arrows") is None
    assert vocabulary.indexed("sign") is None


def test_without_words_nothing_is_known() -> None:
    vocabulary = of(())
    assert list(vocabulary) == []
    assert "" not in vocabulary
    assert vocabulary.completions("a") == []
    assert vocabulary.containing("arrow") == []
