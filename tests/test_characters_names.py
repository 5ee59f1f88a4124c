import pytest

from webapp.characters.names import (
    NAMES_IN_A_PART,
    compiled,
    matching,
    packed,
    phrase_pattern,
    phrase_text,
)
from webapp.problems import InvalidRequest

NAMES = [(5, "LATIN SMALL LETTER A"), (3, "SNOWMAN"), (9, "BLACK SNOWMAN"), (3, "SNOW PERSON")]


@pytest.mark.parametrize(
    ("pattern", "rows"),
    [
        ("snow", [3, 9]),
        ("^SNOW", [3]),
        ("man$", [3, 9]),
        (r"\ASNOWMAN\z", [3]),
        ("[^X]*PERSON", [3]),
        (r"A\s+SNOW", []),
        ("(?-i)snow", []),
        ("", [5, 3, 9]),
        ("é", []),
        ("A\nS", []),
    ],
)
def test_rows_with_a_name_that_matches_in_order(pattern: str, rows: list[int]) -> None:
    assert matching(packed(NAMES), pattern) == rows


def test_more_names_than_a_part_holds() -> None:
    names = [(row, f"NAME {row}") for row in range(3 * NAMES_IN_A_PART + 1)]
    assert matching(packed(names), "NAME") == [row for row, _ in names]
    assert matching(packed(names), "^NAME 1700$") == []
    assert matching(packed(names), "^NAME 1499$") == [1499]
    assert len(list(packed(names))) == 4


@pytest.mark.parametrize(
    "pattern", ["(", "[z-a]", "(?=A)", "(A)\\1", "a" * 1001, "(((x{1000}){1000}))"]
)
def test_what_is_no_pattern_is_refused_with_the_reason(pattern: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        compiled(pattern)
    assert refused.value.errors[0].field == "q"
    assert "(?m)" not in refused.value.detail


def test_phrases_are_whole_words_side_by_side() -> None:
    texts = [(row, phrase_text(name)) for row, name in [*NAMES, (7, "A-B C"), (8, "É.T.")]]
    assert matching(packed(texts), phrase_pattern(("small", "letter"))) == [5]
    assert matching(packed(texts), phrase_pattern(("snow",))) == [3]
    assert matching(packed(texts), phrase_pattern(("a", "b"))) == [7]
    assert matching(packed(texts), phrase_pattern(("e", "t"))) == [8]
    assert matching(packed(texts), phrase_pattern(("letter", "small"))) == []
