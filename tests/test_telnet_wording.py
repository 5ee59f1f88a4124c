"""What is written to a terminal shows characters and never acts."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.telnet import wording
from webapp.telnet.wording import harmless, row, status


@given(st.text())
def test_nothing_acts_on_a_terminal(text: str) -> None:
    shown = harmless(text)
    assert len(shown) == len(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Zl", "Zp"}
    acting = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    assert not {unicodedata.bidirectional(char) for char in shown} & acting


@given(st.characters(categories=["L", "M", "N", "P", "S"]))
def test_what_has_ink_is_shown_as_it_is(char: str) -> None:
    assert harmless(char) == char


def test_controls_have_pictures() -> None:
    assert harmless("\0\x1b\r\n\x7f\x9b\u202e") == "␀␛␍␊␡\ufffd\ufffd"


ITEM = {"id": "U+00AE", "char": "®", "name": "REGISTERED SIGN"}


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("classic1", "U+00AE \t®\tREGISTERED SIGN"),
        ("smart", "U+00AE \t®\tREGISTERED SIGN"),
        ("classic2", "U+00AE\t®\tREGISTERED SIGN"),
    ],
)
def test_the_first_edition_pads_the_code(mode: wording.Mode, expected: str) -> None:
    assert row(mode, ITEM) == expected


@pytest.mark.parametrize(
    ("text", "total", "expected"),
    [
        ("qqq", 0, "No match for 'qqq'"),
        ("registered", 1, "1 match for 'registered'"),
        ("cjk", 103_204, "103204 matches for 'cjk'"),
        ("it's", 0, 'No match for "it\'s"'),
        ("a\x1b[31m\u202e", 0, r"No match for 'a\x1b[31m\u202e'"),
    ],
)
def test_the_first_edition_says_of_what_there_are_how_many(
    text: str, total: int, expected: str
) -> None:
    assert status("classic1", text, total) == expected


def test_the_second_edition_draws_a_ruler() -> None:
    assert status("classic2", "cat", 12) == f"{'─' * 66} 12 found"


def test_it_is_said_whether_there_is_more() -> None:
    assert wording.place(1, 256, 300) == "Rows 1 to 256 of 300; :more shows the next."
    assert wording.place(257, 44, 300) == "Rows 257 to 300 of 300."
