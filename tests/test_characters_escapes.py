import ast
import html
import json
import shutil
import subprocess
import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.characters.escapes import LANGUAGES, encodings, escapes

TEXTS = st.text(min_size=1, max_size=6)
SAMPLES = [
    "A",
    "é",
    "\\",
    '"',
    "'",
    "\n",
    "\r",
    "\x80",
    "$",
    "水",
    "😀",
    "👩‍🚀",
    "7\ufe0f\u20e3",
    "\U0010fffd",
]


@given(TEXTS)
def test_the_bytes_are_those_of_the_text(text: str) -> None:
    found = encodings(text)
    assert bytes.fromhex(found["utf-8"]).decode() == text
    assert bytes.fromhex(found["utf-16"]).decode("utf-16-be") == text
    assert bytes.fromhex(found["utf-32"]).decode("utf-32-be") == text


@given(TEXTS)
def test_every_escape_is_ascii_without_a_character_in_need_of_one(text: str) -> None:
    for escape in escapes(text).values():
        assert escape.isascii()
        assert escape.isprintable()


@given(TEXTS)
def test_escapes_that_python_reads_are_the_text(text: str) -> None:
    found = escapes(text)
    assert ast.literal_eval(f"'{found['python']}'") == text
    assert json.loads(f'"{found["json"]}"') == text
    assert unquote(found["url"]) == text
    # HTML puts another character in the place of these.
    if not any(unicodedata.category(char) == "Cc" or ord(char) & 0xFFFE == 0xFFFE for char in text):
        assert html.unescape(found["html"]) == html.unescape(found["html_decimal"])


@pytest.mark.parametrize("text", SAMPLES)
def test_html_reads_its_escapes(text: str) -> None:
    if text not in {"\r", "\x80"}:
        assert html.unescape(escapes(text)["html"]) == text


@pytest.mark.parametrize("text", SAMPLES)
def test_a_shell_reads_its_escape_in_any_locale(text: str) -> None:
    shell = shutil.which("bash")
    if shell is None:
        pytest.skip("there is no bash here")
    written = escapes(f"{text}7")["shell"]
    done = subprocess.run(
        [shell, "-c", f"printf %s {written}"], env={"LC_ALL": "C"}, capture_output=True, check=True
    )
    assert done.stdout.decode() == f"{text}7"


@pytest.mark.parametrize(
    ("text", "language", "escape"),
    [
        ("é", "html", "&#xE9;"),
        ("é", "html_decimal", "&#233;"),
        ("é7", "css", r"\E9 \37"),
        ("é", "javascript", r"\u{E9}"),
        ("😀", "json", r"\uD83D\uDE00"),
        ("é", "python", r"\xe9"),
        ("€", "python", r"\u20ac"),
        ("😀", "python", r"\U0001f600"),
        ("😀", "rust", r"\u{1F600}"),
        ("😀", "go", r"\U0001F600"),
        ("A", "go", r"\u0041"),
        ("😀", "java", r"\uD83D\uDE00"),
        ("\n", "java", r"\n"),
        ('"', "java", r"\""),
        ("é", "c", r"\u00E9"),
        ("A7", "c", r"\101\067"),
        ("\x85", "c", r"\302\205"),
        ("😀", "csharp", r"\U0001F600"),
        ("é", "swift", r"\u{E9}"),
        ("é", "ruby", r"\u{E9}"),
        ("é", "php", r"\u{E9}"),
        ("é", "perl", r"\x{E9}"),
        ("é", "shell", r"$'\303\251'"),
        ("é", "url", "%C3%A9"),
    ],
)
def test_each_language_has_its_own_way(text: str, language: str, escape: str) -> None:
    assert escapes(text)[language] == escape


def test_what_is_not_there_is_left_out() -> None:
    assert set(LANGUAGES) - set(escapes("é")) == {"html_named", "latex"}
    assert "shell" not in escapes("a\0b")
    assert escapes("é", ["eacute", "x"], r"\'e")["html_named"] == "&eacute; &x;"
    assert list(escapes("é", ["eacute"], r"\'e")) == list(LANGUAGES)
