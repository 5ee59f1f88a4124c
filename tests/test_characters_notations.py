import html.entities

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webapp.characters import ucd
from webapp.characters.escapes import escapes
from webapp.characters.identifier import format_id, parse_id
from webapp.characters.query import parse


@given(st.lists(st.integers(0, 0x10FFFF), min_size=1, max_size=9))
def test_an_identifier_names_the_code_points_it_was_made_of(code_points: list[int]) -> None:
    assert parse_id(format_id(code_points)) == tuple(code_points)
    assert parse_id(format_id(code_points).lower()) == tuple(code_points)


@pytest.mark.parametrize("text", ["", "U", "U+", "U+G", "U+41-", "U+-41", "U+41 ", "u face", "+41"])
def test_what_is_no_identifier_is_not_read_as_one(text: str) -> None:
    assert parse_id(text) is None


@pytest.mark.parametrize(
    ("text", "kind", "keys"),
    [
        ("U+1F600", "codepoint", "U+1F600"),
        ("u+41", "codepoint", "U+0041"),
        ("u 41", "codepoint", "U+0041"),
        (" U+00e9 ", "codepoint", "U+00E9"),
        ("U1F600", "codepoint", "U+1F600"),
        ("U+1F1EB-1F1F7", "codepoint", "U+1F1EB-1F1F7"),
        ("U+2764-FE0F", "codepoint", "U+2764-FE0F U+2764"),
        ("U+1F468-200D-1F469", "codepoint", "U+1F468-200D-1F469"),
        ("0x20AC", "codepoint", "U+20AC"),
        ("0X20ac", "codepoint", "U+20AC"),
        ("d:8364", "codepoint", "U+20AC"),
        ("o:20254", "codepoint", "U+20AC"),
        ("b:1000001", "codepoint", "U+0041"),
        ("x:20ac", "codepoint", "U+20AC"),
        ("10FFFE", "words", ""),
        ("U+41, u+42;U+43", "codepoints", "U+0041 U+0042 U+0043"),
        ("2190 2193", "codepoints", "U+2190 U+2193"),
        (
            "U+41 0x42 \\u0043 &euro; d:69 0061",
            "codepoints",
            "U+0041 U+0042 U+0043 U+20AC U+0045 U+0061",
        ),
        ("U+2190..U+2192, U+21D0", "codepoints", "U+2190 U+2191 U+2192 U+21D0"),
        ("U+41 U+1F1EB-1F1F7", "codepoints", "U+0041 U+1F1EB-1F1F7"),
        ("U+2193..U+2191", "range", "U+2191 U+2192 U+2193"),
        ("2190..2191", "range", "U+2190 U+2191"),
        ("U+2190 .. 2191", "range", "U+2190 U+2191"),
        ("U+41-u+43", "range", "U+0041 U+0042 U+0043"),
        ("u+0041 - U+0042", "range", "U+0041 U+0042"),
        ("U+41\u2013U+42", "range", "U+0041 U+0042"),
        ("0x41-0x42", "range", "U+0041 U+0042"),
        ("\\x41", "escape", "U+0041"),
        ("\\x{1F600}", "escape", "U+1F600"),
        ("\\u00e9", "escape", "U+00E9"),
        ("\\u{1F600}", "escape", "U+1F600"),
        ("\\U0001F600", "escape", "U+1F600"),
        ("\\N{U+1F600}", "escape", "U+1F600"),
        ("\\20AC", "escape", "U+20AC"),
        ("\\e9", "escape", "U+00E9"),
        ("\\FACE", "escape", "U+FACE"),
        ("\\060", "escape", "U+0030"),
        ("\\n", "escape", "U+000A"),
        ("\\0", "escape", "U+0000"),
        ('\\"', "escape", "U+0022"),
        ("\\ud83d\\ude00", "escape", "U+1F600"),
        ('"\\ud83d\\ude00"', "escape", "U+1F600"),
        ("caf\\u00e9", "escape", "U+0063 U+0061 U+0066 U+00E9"),
        ("\\N{EURO SIGN}\\u0021", "escape", "U+20AC U+0021"),
        ("\\xff\\xfe", "escape", "U+00FF U+00FE"),
        ("&#65;x\\u0042", "escape", "U+0041 U+0078 U+0042"),
        ("&#8364;", "entity", "U+20AC"),
        ("&#x20AC;", "entity", "U+20AC"),
        ("&hellip;", "entity", "U+2026"),
        ("&euro", "entity", "U+20AC"),
        ("a&amp;b", "entity", "U+0061 U+0026 U+0062"),
        ("%E2%9C%93", "bytes", "U+2713"),
        ("caf%C3%A9", "bytes", "U+0063 U+0061 U+0066 U+00E9"),
        ("%41", "bytes", "U+0041"),
        ("e2 9c 93", "bytes", "U+2713"),
        ("E2,9C,93", "bytes", "U+2713"),
        ("f09f9880", "bytes", "U+1F600"),
        ("ef bf bd", "bytes", "U+FFFD"),
        ("\\xe2\\x82\\xac", "bytes", "U+20AC"),
        ("b'\\xe2\\x82\\xac'", "bytes", "U+20AC"),
        ("\\342\\202\\254", "bytes", "U+20AC"),
        ("utf8:e282ac", "bytes", "U+20AC"),
        ("UTF-8: e2 82 ac", "bytes", "U+20AC"),
        ("utf8:41", "bytes", "U+0041"),
    ],
)
def test_every_notation_is_read(text: str, kind: str, keys: str) -> None:
    query = parse(text)
    assert (query.interpretation[0].kind, " ".join(query.keys)) == (kind, keys)


@pytest.mark.parametrize(
    "text",
    [
        *("u+", "0x", "0xg", "uface", "d:x", "o:9", "b:2", "&nosuchentity;", "\\alpha", "\\be"),
        *("\\neq", "C:\\bed\\cafe", "100%", "50%zz", "%e9 a", "41 42", "U+41 cat", "1..2..3 a"),
        *("x..y", "e2 zz", "ca fe", "41 4", "e2 82", "U+41-U+42-U+43", "\\N{no such name} a"),
    ],
)
def test_what_only_looks_like_a_notation_is_words(text: str) -> None:
    assert parse(text).interpretation[0].kind == "words"


def test_a_name_in_an_escape_is_looked_up_by_the_index() -> None:
    query = parse("\\N{GREEK SMALL LETTER ALPHA}")
    assert (query.interpretation[0].kind, query.name) == ("escape", "GREEK SMALL LETTER ALPHA")
    assert not query.groups
    assert not query.asks_for_everything


def test_every_entity_is_read() -> None:
    for name, code_points in ucd.entities():
        assert parse(f"&{name};").keys[0] == format_id(code_points)
    assert {name for name, _ in ucd.entities()} == {
        name[:-1] for name in html.entities.html5 if name.endswith(";")
    }


# What they write for these has another sense elsewhere: \101 is A in C and ā in CSS, \AE is
# Æ in LaTeX and ® in CSS.
AMBIGUOUS = {"c", "css", "shell"}


@given(st.characters(codec="utf-8"))
@example("é")
@example('"')
@example("\\")
@example("€")
@example("😀")
def test_what_is_copied_as_an_escape_can_be_pasted(character: str) -> None:
    for language, escape in escapes(character).items():
        if character <= "\xff" and language in AMBIGUOUS:
            continue
        query = parse(escape)
        assert query.keys[0] == format_id([ord(character)]), (language, escape)
