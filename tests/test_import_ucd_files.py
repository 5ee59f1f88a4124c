import bz2
from pathlib import Path

import pytest

from tools import ucd_files, ucd_tables
from tools.data_files import Source
from tools.import_inputs import Inputs
from tools.import_unicode import main
from tools.ucdinfo_records import Record, Records

NAMES_LIST = """\
; charset=UTF-8
@@@\tThe Unicode Standard 19.0.0
@@@+\tU19M270815.lst
\tUnicode 19.0.0 final names list.
@@\t0000\tC0 Controls and Basic Latin (Basic Latin)\t007F
@\t\tASCII punctuation
@+\t\tSome prose about punctuation.
\t\tx (quotation mark - 0022)
0021\tEXCLAMATION MARK
\t= factorial
\t= bang
\t* a comment - with a dash
\tx (inverted exclamation mark - 00A1)
\tx 203C
\t~ 0021 FE00 made-up form
0EA3\tLAO LETTER LO LING
\t% LAO LETTER RO
\t# <font> 0041 latin capital letter a
"""
READINGS = """\
#
# Unihan_Readings.txt
# Unicode version: 19.0.0
#
U+6C34\tkDefinition\twater, liquid, lotion, juice
U+6C34\tkMandarin\tshuǐ
U+6C34\tkFanqie\t式軌
U+3400\tkCantonese\tjau1
U+9999\tkFanqie\t許良
"""
CONFUSABLES = """\
\ufeff# confusables.txt
# Version: 19.0.0

0430 ;\t0061 ;\tMA\t# ( а → a ) CYRILLIC SMALL LETTER A → LATIN SMALL LETTER A\t#
006D ;\t0072 006E ;\tMA\t# ( m → rn ) LATIN SMALL LETTER M\t#
"""
DERIVED_AGE = """\
# DerivedAge-19.0.0.txt
# Age=V1_1
0000..001F    ; 1.1 #  [32] <control-0000>..<control-001F>
20AC          ; 2.1 #       EURO SIGN
"""


def document(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_notes_of_a_names_list(tmp_path: Path) -> None:
    rows = list(ucd_files.notes(document(tmp_path, "NamesList.txt", NAMES_LIST)))
    assert rows == [
        ["0021", "alias", "factorial"],
        ["0021", "alias", "bang"],
        ["0021", "comment", "a comment - with a dash"],
        ["0021", "reference", "00A1"],
        ["0021", "reference", "203C"],
        ["0021", "variation", "0021 FE00 made-up form"],
        ["0EA3", "formal", "LAO LETTER RO"],
    ]


def test_a_cross_reference_to_nothing_is_refused(tmp_path: Path) -> None:
    path = document(tmp_path, "NamesList.txt", "0021\tEXCLAMATION MARK\n\tx (nowhere)\n")
    with pytest.raises(ucd_files.UcdFileError, match=r"NamesList\.txt: not a cross reference"):
        list(ucd_files.notes(path))


@pytest.mark.parametrize("layout", ["one file", "a file for each field"])
def test_readings_of_unihan(tmp_path: Path, layout: str) -> None:
    lines = READINGS.splitlines(keepends=True)
    if layout == "one file":
        paths = [document(tmp_path, "Unihan_Readings.txt", READINGS)]
    else:
        paths = [document(tmp_path, f"{i}.txt", line) for i, line in enumerate(lines)]
    assert list(ucd_files.readings(paths)) == [
        ["3400", "", "", "jau1", "", "", "", ""],
        ["6C34", "water, liquid, lotion, juice", "shuǐ", "", "", "", "", ""],
    ]


def test_a_file_packed_with_bzip2_reads_the_same(tmp_path: Path) -> None:
    plain = document(tmp_path, "Unihan_Readings.txt", READINGS)
    packed = tmp_path / "Unihan_Readings.txt.bz2"
    packed.write_bytes(bz2.compress(READINGS.encode()))
    assert list(ucd_files.lines(packed)) == list(ucd_files.lines(plain))
    assert ucd_files.find(tmp_path, "Unihan*.txt") == [plain, packed]


def test_confusables_text(tmp_path: Path) -> None:
    path = document(tmp_path, "confusables.txt", CONFUSABLES)
    assert list(ucd_files.confusables(path)) == [["006D", "0072 006E"], ["0430", "0061"]]


def test_derived_ages(tmp_path: Path) -> None:
    path = document(tmp_path, "DerivedAge.txt", DERIVED_AGE)
    assert list(ucd_files.ages(path)) == [(range(0x20), "1.1"), (range(0x20AC, 0x20AD), "2.1")]


@pytest.mark.parametrize("text", [NAMES_LIST, READINGS, CONFUSABLES, DERIVED_AGE])
def test_each_file_tells_its_version(tmp_path: Path, text: str) -> None:
    assert ucd_files.version(document(tmp_path, "file.txt", text)) == "19.0.0"


def test_a_file_without_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ucd_files.UcdFileError, match="no Unicode version"):
        ucd_files.version(document(tmp_path, "NamesList.txt", "0021\tEXCLAMATION MARK\n"))


@pytest.mark.parametrize("content", [b"\xff\xfe0021", b"BZh9 truncated"])
def test_a_file_that_is_not_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / ("a.txt.bz2" if content.startswith(b"BZ") else "a.txt")
    path.write_bytes(content)
    with pytest.raises(ucd_files.UcdFileError, match=path.name):
        list(ucd_files.lines(path))


def test_malformed_lines_are_refused(tmp_path: Path) -> None:
    short = document(tmp_path, "Unihan_Readings.txt", "U+6C34 water\n")
    with pytest.raises(ucd_files.UcdFileError, match="not 3 columns"):
        list(ucd_files.readings([short]))
    wrong = document(tmp_path, "confusables.txt", "xyzzy ; 0061 ; MA\n")
    with pytest.raises(ucd_files.UcdFileError, match="not a code point"):
        list(ucd_files.confusables(wrong))


def test_ucd_files_come_before_packages(tmp_path: Path) -> None:
    document(tmp_path, "NamesList.txt", NAMES_LIST)
    document(tmp_path, "security/confusables.txt", CONFUSABLES)
    document(tmp_path, "Unihan/Unihan_Readings.txt", READINGS)
    document(tmp_path, "Unihan/Unihan_Variants.txt", "U+6C34\tkSemanticVariant\tU+6C35\n")
    inputs = Inputs({}, {}, tmp_path)
    for (rows, sources), name in [
        (inputs.notes(), "NamesList.txt"),
        (inputs.confusables(), "confusables.txt"),
        (inputs.readings(), "Unihan_Readings.txt"),
    ]:
        named = f"Unicode Character Database {name}"
        assert sources == [Source(named, "Unicode-3.0", "Unicode 19.0.0")]
        assert list(rows)
    assert inputs.ages_file is None


def test_a_missing_ucd_folder_ends_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--cache", str(tmp_path), "--ucd-dir", str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err == f"import_unicode: {tmp_path / 'none'} is not a folder\n"


def test_ages_that_differ_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ucd = ucd_tables.UcdPackages({})
    records = Records([Record([0, 1, *[""] * 32])], {"age": ["1.1", "2.0"]}, "19.0.0")
    monkeypatch.setitem(ucd.__dict__, "records", records)
    monkeypatch.setitem(ucd.__dict__, "assigned", [0])
    ucd_tables.check_ages(ucd, [(range(1), "2.0"), (range(5, 9), "1.1")])
    with pytest.raises(ucd_tables.DisagreementError, match=r"U\+0000: age 2\.0 against 1\.1"):
        ucd_tables.check_ages(ucd, [(range(1), "1.1")])
