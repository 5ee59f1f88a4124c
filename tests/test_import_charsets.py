import pytest

from tools import charset_tables


def test_only_charsets_are_taken() -> None:
    names = charset_tables.names()
    assert {"cp1252", "koi8-r", "big5", "shift_jis", "ascii"} <= set(names)
    others = {"utf-8", "gb18030", "hex", "rot-13", "idna", "hz", "iso2022_jp"}
    assert not others & set(names)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("cp1252", "Windows-1252"),
        ("cp437", "Code page 437"),
        ("iso8859-15", "ISO 8859-15"),
        ("mac-roman", "Mac Roman"),
        ("mac-latin2", "Mac Central European"),
        ("koi8-r", "KOI8-R"),
        ("euc_jp", "EUC-JP"),
        ("big5", "Big5"),
    ],
)
def test_titles_are_what_people_write(name: str, title: str) -> None:
    assert charset_tables.title(name) == title


def test_characters_of_one_two_and_three_bytes_are_found() -> None:
    found = set(charset_tables.characters("euc_jp"))
    assert {ord("a"), ord("あ"), ord("丂")} <= found
    assert "丂".encode("euc_jp")[0] == 0x8F


def test_what_stands_for_two_characters_is_no_character() -> None:
    texts = set(charset_tables._decoded("shift_jis_2004", b""))
    assert "か\u309a" in texts
    found = set(charset_tables.characters("shift_jis_2004"))
    assert ord("か") in found
    assert 0x309A not in found


def test_only_assigned_characters_are_listed() -> None:
    rows = {name: ranges for name, _, ranges in charset_tables.charsets([0x41, 0x42, 0xE9])}
    assert rows["iso8859-1"] == "0041..0042 00E9"
    assert rows["ascii"] == "0041..0042"
    assert rows["cp1006"] == "0041..0042"
