import json
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from shutil import copyfile

import pytest

from tests import whole
from tools import import_languages
from tools.data_files import Source, Table, recorded, replace, sources_toml, write
from tools.import_languages import ANNOTATIONS
from tools.language_tables import found_in, tables
from webapp.characters import ucd
from webapp.characters.data_files import DATA, table
from webapp.characters.languages import ENGLISH, FIRST_ROW, numbered
from webapp.characters.text import squash, words
from webapp.characters.tokens import FIRST_LOCALE, locale_keyword, locale_word


def tokens_of(name: str, *keywords: str) -> set[str]:
    (found,) = found_in(7, [f"{name}\t{'|'.join(keywords)}"])
    return set(found.tokens.split())


def test_a_whole_word_is_told_from_one_of_several() -> None:
    assert tokens_of("Tête", "visage jaune", "ŒIL (droit)", "jaune") == {
        locale_keyword(7, "tete"),
        locale_keyword(7, "jaune"),
        *(locale_word(7, word) for word in ("visage", "jaune", "oeil", "droit")),
    }


def test_nothing_comes_of_an_empty_name_or_of_punctuation() -> None:
    assert tokens_of("", "!", "oui") == {locale_keyword(7, "oui")}
    assert tokens_of("") == set()


def test_words_that_are_not_spaced_are_found_by_any_part() -> None:
    found = tokens_of("笑顔", "ハート マーク")
    assert locale_keyword(7, "笑顔") in found
    assert {locale_word(7, part) for part in ("顔", "ート", "マーク", "ク")} < found
    assert locale_word(7, "笑顔") not in found


def test_each_line_keeps_its_own_words() -> None:
    found = list(found_in(7, ["un\t", "deux trois\tquatre", "\tcinq"]))
    assert [each.name for each in found] == ["un", "deuxtrois", ""]
    assert [len(each.tokens.split()) for each in found] == [1, 3, 1]


@pytest.mark.usefixtures("unmeasured")
def test_folding_all_at_once_is_folding_one_by_one() -> None:
    for locale, group in groupby(whole.annotations(), attrgetter("locale")):
        if locale not in {"fr", "hi", "ja", "th", "ar"}:
            continue
        rows = list(group)
        lines = [f"{row.name}\t{'|'.join(row.keywords)}" for row in rows]
        for row, found in zip(rows, found_in(7, lines), strict=True):
            assert found.name == "".join(words(row.name))
            spelled = set(found.tokens.split())
            for text in (row.name, *row.keywords):
                for word in words(text):
                    assert {locale_word(7, word), locale_keyword(7, word)} & spelled
                if len(words(text)) == 1:
                    assert locale_keyword(7, squash(text)) in spelled


def test_all_languages_of_a_row_together() -> None:
    hen, heart = "1F414", "2764"
    rows = [
        ["de", heart, "Rotes Herz", ""],
        ["en", hen, "chicken", "bird|hen"],
        ["fr", heart, "", "amour"],
        ["fr", hen, "Poule", "poulet|poule"],
    ]
    german, french = (chr(FIRST_LOCALE + number) for number in (1, 2))
    first, second = chr(FIRST_ROW), chr(FIRST_ROW + 1)
    assert tables(rows) == (
        [
            [heart, "", "", f"{german}rotesherz", '{"de":"Rotes Herz"}'],
            [hen, "chicken", "bird|hen", f"{french}poule", '{"en":"chicken","fr":"Poule"}'],
        ],
        [
            ["de", "herz rotes", f"{first} {first}"],
            ["fr", "=amour =poule =poulet", f"{first} {second} {second}"],
        ],
    )


def test_rows_that_share_a_word_are_listed_together() -> None:
    rows = [["de", code_point, "Katze", "Tier"] for code_point in ("1F408", "2603", "1F63A")]
    snowman, cat, face = (chr(FIRST_ROW + number) for number in range(3))
    assert tables(rows).tokens == [["de", "=katze =tier", " ".join([f"{snowman}{cat}{face}"] * 2)]]


@pytest.mark.usefixtures("unmeasured")
def test_the_committed_words_are_those_that_queries_are_folded_to() -> None:
    """A sample of the locales: whoever changes how text is folded imports again."""
    annotations = whole.annotation_texts()
    locales = {row[0] for row in annotations}
    assert numbered(locales) == numbered(locale for locale, _, _ in ucd.locale_names())
    committed = {locale: (tokens, rows) for locale, tokens, rows in table("locale_tokens")}
    assert set(numbered(locales)) - {ENGLISH} == committed.keys() - {"locale"}
    every = [row for row, *_ in table("languages")][1:]
    letters = {row: chr(letter) for letter, row in enumerate(every, FIRST_ROW)}
    for locale in ("fr", "hi", "ja", "th", "ar"):
        lines = [row for row in annotations if row[0] == locale]
        made = tables(lines)
        rows: dict[str, str | int | None] = {}
        rows |= {chr(at): letters[row] for at, (row, *_) in enumerate(made.languages, FIRST_ROW)}
        ((_, tokens, found),) = made.tokens
        assert committed[locale] == (tokens, found.translate(str.maketrans(rows)))


@pytest.mark.usefixtures("unmeasured")
def test_the_committed_names_are_those_that_queries_are_folded_to() -> None:
    sample = {row[0]: row for row in list(table("languages"))[1::40]}
    annotations = whole.annotation_texts()
    # One line for every locale, so that they are numbered as in the whole.
    one_each = {row[0]: row for row in annotations}
    found = [row for row in annotations if row[1] in sample or row is one_each[row[0]]]
    made = {row[0]: row for row in tables(found).languages}
    assert {spelled: made[spelled] for spelled in sample} == sample
    names = {spelled: json.loads(row[-1]) for spelled, row in sample.items()}
    assert sum(map(len, names.values())) == sum(
        1 for _, row, name, _ in found if name and row in sample
    )


SOURCES = [Source("sample 1.0", "MIT", "CLDR 99")]
ROWS = [["en", "1F414", "chicken", "hen"], ["fr", "1F414", "poule", ""]]


def test_what_is_derived_is_recorded_beside_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = "locale code_points name keywords"
    files = [
        write(Table("annotations", columns, ROWS, SOURCES), tmp_path),
        write(Table("other", "name", [["a"]], SOURCES), tmp_path),
    ]
    replace(tmp_path / "SOURCES.toml", sources_toml("19.0.0", files).encode())
    assert import_languages.main(["--output", str(tmp_path)]) == 0
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    version, found = recorded(tmp_path)
    assert version == "19.0.0"
    assert {file.table.name: (file.rows, list(file.table.sources)) for file in found} == {
        "annotations": (2, SOURCES),
        "languages": (1, SOURCES),
        "locale_rows": (2, SOURCES),
        "locale_tokens": (1, SOURCES),
        "other": (1, SOURCES),
    }
    assert import_languages.main(["--output", str(tmp_path)]) == 0
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first
    assert "languages.tsv.xz" in capsys.readouterr().out


def test_the_record_of_the_sources_can_be_written_again(tmp_path: Path) -> None:
    for path in (*DATA.glob("*.xz"), DATA / "SOURCES.toml"):
        copyfile(path, tmp_path / path.name)
    version, files = recorded(tmp_path)
    assert sources_toml(version, files) == (DATA / "SOURCES.toml").read_text("utf-8")
    assert ANNOTATIONS in {file.table.file for file in files}
