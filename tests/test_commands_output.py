"""What a command writes is safe for a terminal, and ends when nobody reads."""

import io
import os
import unicodedata
from pathlib import Path

import pytest

from webapp.commands.output import CannotWrite, Output, on_one_line, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("naïve 中 😀", "naïve 中 😀"),
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("a\tb\r\n", r"a\tb\r\n"),
        ("\u202etxt\u2069", r"\u202etxt\u2069"),
        ("\u2028\x85\U000e0001\ud800", r"\u2028\x85\U000e0001\ud800"),
    ],
)
def test_nothing_that_acts_on_a_terminal_reaches_it(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_column_has_no_control_character_and_all_else_as_it_is() -> None:
    assert on_one_line("👩\u200d🚀 \u202e\t\n") == "👩\u200d🚀 \u202e\\t\\n"
    controls = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cc"]
    assert all(on_one_line(char).isprintable() for char in controls)


def test_who_stops_reading_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stream:
        output = Output(stream)
        output.write("one\n")
        assert not output.is_open
        output.write("two\n")
        output.check()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full, which Linux has")
def test_a_full_disk_is_said_at_the_end() -> None:
    with Path("/dev/full").open("w") as stream:
        output = Output(stream)
        output.write("one\n")
        assert not output.is_open
        with pytest.raises(CannotWrite, match="No space left"):
            output.check()


def test_what_the_charset_lacks_is_an_escape() -> None:
    buffer = io.BytesIO()
    output = Output(io.TextIOWrapper(buffer, encoding="ascii"))
    assert not output.is_terminal
    output.write("☃\n")
    assert buffer.getvalue() == b"\\u2603\n"
