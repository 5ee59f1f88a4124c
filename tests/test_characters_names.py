import random

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from webapp.characters.names import (
    NAMES_IN_A_PART,
    Names,
    Pattern,
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
        (r"(?i-m)^SNOW\w*$", [3]),
        (r"(?-ms:^B)", [9]),
        (r"\\A|\QS\z\E|\.", []),
        ("", [3, 5, 9]),
        ("é", []),
        ("A\nS", []),
    ],
)
def test_rows_with_a_name_that_matches(pattern: str, rows: list[int]) -> None:
    assert list(Names(packed(NAMES)).matching(pattern)) == rows


def test_more_names_than_a_part_holds() -> None:
    names = [(row, f"NAME {row}") for row in range(3 * NAMES_IN_A_PART + 1)]
    assert list(Names(packed(names)).matching("NAME")) == [row for row, _ in names]
    assert not Names(packed(names)).matching("^NAME 1700$")
    assert list(Names(packed(names)).matching("^NAME 1499$")) == [1499]
    assert len(list(packed(names))) == 4


def test_some_rows_are_matched_without_reading_the_names_of_others() -> None:
    names = [(row, f"NAME {row:04}") for row in range(3 * NAMES_IN_A_PART)]
    first, *others = packed(names)
    unread = [part._replace(lines=b"no names") for part in others]
    assert list(Names([first, *unread]).matching("9$", BitMap([9, 18, 29]))) == [9, 29]
    assert not Names(unread).matching("9$", BitMap([9]))


@pytest.mark.parametrize(
    "pattern",
    ["[02468]$", ".*8$", "[0-9]{2}$", ".{0,999}[A5].{0,300}[0-9]$", ".{0,999}[A5].{0,999}[0-9]$"],
)
def test_matches_in_nearly_every_line_at_its_end(pattern: str) -> None:
    names = [(row, f"NAME {row}A{row}") for row in range(NAMES_IN_A_PART)]
    wanted = [row for row, name in names if re2.search(pattern, name)]
    assert list(Names(packed(names)).matching(pattern)) == wanted


_PIECES = [
    "a",
    "b",
    ".",
    "[^a]",
    "\\b",
    "\\B",
    "\\W",
    "^",
    "$",
    "\\A",
    "\\z",
    "a*?",
    "b*",
    "(?:ab|b)",
    "|",
    "",
]


@given(
    pieces=st.lists(st.sampled_from(_PIECES), max_size=6),
    names=st.lists(st.text("ab ", min_size=1, max_size=6), min_size=1, max_size=60),
)
def test_a_name_matches_among_others_as_it_does_alone(pieces: list[str], names: list[str]) -> None:
    pattern = "".join(pieces)
    wanted = [row for row, name in enumerate(names) if re2.search(pattern, name)]
    assert list(Names(packed(enumerate(names))).matching(pattern)) == wanted


@pytest.mark.parametrize(
    "pattern", ["(", "[z-a]", "(?=A)", "(A)\\1", "a" * 1001, "(((x{1000}){1000}))"]
)
def test_what_is_no_pattern_is_refused_with_the_reason(pattern: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        Pattern(pattern)
    assert refused.value.errors[0].field == "q"
    assert "(?m" not in refused.value.detail


def test_a_pattern_that_takes_too_long_is_refused_with_what_to_do() -> None:
    letters = random.Random(1)
    names = [
        (row, "".join(letters.choices("ABCDEFGHIJ", k=400))) for row in range(20 * NAMES_IN_A_PART)
    ]
    with pytest.raises(InvalidRequest) as refused:
        Names(packed(names)).matching(
            "|".join(f"{each}.{{90,300}}{each}.{{30}}!" for each in "abcdefgh"), deadline_s=0.5
        )
    assert "leave out repetitions" in refused.value.detail


def test_phrases_are_whole_words_side_by_side() -> None:
    texts = [(row, phrase_text(name)) for row, name in [*NAMES, (7, "A-B C"), (8, "É.T.")]]

    def found(*phrase: str) -> list[int]:
        return list(Names(packed(texts)).matching(phrase_pattern(phrase)))

    assert found("small", "letter") == [5]
    assert found("snow") == [3]
    assert found("a", "b") == [7]
    assert found("e", "t") == [8]
    assert found("letter", "small") == []
