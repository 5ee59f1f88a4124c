from webapp.characters import ucd
from webapp.characters.entities import preferred


def test_the_name_people_know_is_written() -> None:
    names = preferred(ucd.entities())
    assert names["\N{RIGHTWARDS ARROW}"] == "rarr"
    assert names["\N{LATIN SMALL LETTER E WITH ACUTE}"] == "eacute"
    assert names["&"] == "amp"
    assert names["\N{LATIN SMALL LETTER A WITH MACRON}"] == "amacr"
    assert "x" not in names


def test_every_name_stands_for_its_text() -> None:
    texts = {name: "".join(map(chr, code_points)) for name, code_points in ucd.entities()}
    assert all(texts[name] == text for text, name in preferred(ucd.entities()).items())
