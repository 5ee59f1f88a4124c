import bz2
import hashlib
import json
import lzma
import pickle
import tarfile
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools import cldr_tables, sequence_tables, text_tables, ucd_tables
from tools.data_files import Source, Table, sources_toml, write
from tools.import_inputs import LICENCES
from tools.packages import Package, PackageError, pinned, unpack, unpack_all
from tools.ucdinfo_records import FLAGS, RecordsUnpickler, read


def document(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def package(file: Path, *, name: str = "sample", sha256: str | None = None) -> Package:
    sha256 = sha256 or hashlib.sha256(file.read_bytes()).hexdigest()
    return Package(name, "1.0", "pypi", file.name, sha256, "MIT", "Unicode 19.0.0")


def wheel(folder: Path) -> Path:
    path = folder / "sample-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("sample/data.txt", "data")
    return path


# Packages


def test_pins_name_every_package_that_is_read() -> None:
    pins = pinned()
    same_licence = {"cldr-annotations-derived-full", "cldr-localenames-full"}
    assert set(LICENCES) | same_licence == pins.keys()
    assert all(len(pin.sha256) == 64 and pin.version in pin.file for pin in pins.values())


def test_a_package_is_unpacked_once_whatever_its_kind(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    document(tmp_path, "package/data.txt", "data")
    with tarfile.open(tmp_path / "other-1.0.tgz", "w:gz") as tarball:
        tarball.add(tmp_path / "package", "package")
    first = package(wheel(tmp_path))
    second = package(tmp_path / "other-1.0.tgz", name="other")
    folders = unpack_all({"sample": first, "other": second}, tmp_path)
    assert (folders["sample"] / "sample/data.txt").read_text() == "data"
    assert (folders["other"] / "package/data.txt").read_text() == "data"
    (folders["sample"] / "mark").touch()
    assert (unpack(first, tmp_path) / "mark").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("tmp")]


def test_a_package_with_another_checksum_is_refused(tmp_path: Path) -> None:
    pin = package(wheel(tmp_path), sha256="0" * 64)
    with pytest.raises(PackageError, match="SHA-256"):
        unpack(pin, tmp_path)
    assert not (tmp_path / "sample-1.0").exists()


def test_a_package_that_cannot_be_had_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    file = "charfinder_no_such_package-1.0-py3-none-any.whl"
    pin = Package("charfinder-no-such-package", "1.0", "pypi", file, "0" * 64, "MIT", "")
    with pytest.raises(PackageError, match=r"charfinder-no-such-package 1\.0"):
        unpack(pin, tmp_path)


def test_a_missing_program_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    pin = Package("sample", "1.0", "npm", "sample-1.0.tgz", "0" * 64, "MIT", "")
    with pytest.raises(PackageError, match="npm"):
        unpack(pin, tmp_path)


# Records of ucdinfo


class _rebuild_ucd:  # noqa: N801 - the name that the data has
    """Pickles as ucdinfo's data does: a call by name with the items, the values and the head."""

    def __init__(self, *arguments: object) -> None:
        self.arguments = arguments

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return _rebuild_ucd, self.arguments


def test_records_are_read_without_their_package(tmp_path: Path) -> None:
    record = (1 << FLAGS.index("Alpha"), 1, *[""] * 32)
    content = pickle.dumps(
        _rebuild_ucd([None, record], {"age": ["1.1", "2.0"]}, {"ucdversion": "19.0.0"}), 2
    )
    # Protocol 2 writes names as text, so that this module can stand for the package's.
    content = content.replace(f"c{__name__}\n".encode(), b"cucdinfo.ucd\n")
    path = tmp_path / "ucdinfo/data/ucdata_v0.2.pickle.bz2"
    path.parent.mkdir(parents=True)
    path.write_bytes(bz2.compress(content))
    records = read(tmp_path)
    assert records.unicode_version == "19.0.0"
    assert records.text(1, "age") == "2.0"
    assert list(records.having("Alpha")) == [1]
    with pytest.raises(KeyError):
        records.text(0, "age")


def test_a_pickle_that_names_anything_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.pickle"
    path.write_bytes(pickle.dumps(Path("/")))
    with path.open("rb") as stream, pytest.raises(pickle.UnpicklingError, match="no place"):
        RecordsUnpickler(stream).load()
    wrong = tmp_path / "ucdinfo/data/ucdata_v0.2.pickle.bz2"
    wrong.parent.mkdir(parents=True)
    wrong.write_bytes(bz2.compress(pickle.dumps([])))
    with pytest.raises(pickle.UnpicklingError, match=r"format of version 0\.3"):
        read(tmp_path)


# Tables


def test_ranges_fold_neighbours() -> None:
    assert list(ucd_tables.ranges(iter([0, 1, 2, 0x41, 0x43, 0x44]))) == [
        "0000..0002",
        "0041",
        "0043..0044",
    ]
    assert list(ucd_tables.ranges(iter([]))) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("\U0001f468\u200d\u2695\ufe0f", "zwj"),
        ("1\ufe0f\u20e3", "keycap"),
        ("\U0001f3f4\U000e0067\U000e007f", "tag"),
        ("\U0001f1e8\U0001f1f3", "flag"),
        ("\U0001f44d\U0001f3fb", "tone"),
    ],
)
def test_the_kind_of_a_sequence(text: str, kind: str) -> None:
    assert sequence_tables.kind(text) == kind


def test_a_sequence_of_no_known_shape_is_refused() -> None:
    with pytest.raises(ucd_tables.DisagreementError, match="0061 0062"):
        sequence_tables.kind("ab")


def test_packaged_notes_and_readings(tmp_path: Path) -> None:
    names = [
        {"codepoint": "; charset=UTF-8"},
        {
            "codepoint": "0021",
            "name": "EXCLAMATION MARK",
            "aliases": ["bang"],
            "crossReferences": ["(inverted exclamation mark - 00A1)"],
        },
    ]
    readings = [{"codepoint": "U+3400", "kCantonese": "jau1"}, {"codepoint": "U+3401"}]
    document(tmp_path, "package/NamesList.json", json.dumps({"NamesList": names}))
    document(tmp_path, "package/Unihan_Readings.json", json.dumps({"Unihan_Readings": readings}))
    assert list(text_tables.packaged_notes(tmp_path)) == [
        ["0021", "alias", "bang"],
        ["0021", "reference", "00A1"],
    ]
    assert list(text_tables.packaged_readings(tmp_path)) == [
        ["3400", "", "", "jau1", "", "", "", ""]
    ]


def test_packaged_confusables_point_one_way(tmp_path: Path) -> None:
    def looks_like(*texts: str) -> list[dict[str, str]]:
        return [{"c": text, "n": ""} for text in texts]

    pairs = {
        "\u05ad": looks_like("\u0596"),
        "\u0596": looks_like("\u05ad"),
        "\u0430": looks_like("a"),
        "a": looks_like("\u0430", "\u0251"),
        "\u0251": looks_like("a"),
    }
    document(tmp_path, "confusable_homoglyphs/confusables.json", json.dumps(pairs))
    assert list(text_tables.packaged_confusables(tmp_path)) == [
        ["0251", "0061"],
        ["0430", "0061"],
        ["05AD", "0596"],
    ]


def test_annotations_of_both_packages_by_locale(tmp_path: Path) -> None:
    def locale(path: str, entries: Mapping[str, object] | None) -> None:
        content: Mapping[str, object] = {} if entries is None else {"annotations": entries}
        document(tmp_path, path, json.dumps({"annotations": content}))

    heart = {"default": ["cœur", "amour|vie", "cœur rouge", "amour|vie"], "tts": ["cœur rouge"]}
    locale("main/package/annotations/fr/annotations.json", {"❤": heart, "?!": heart})
    locale("main/package/annotations/en/annotations.json", {"a": {"default": ["letter"]}})
    locale("main/package/annotations/en-GB/annotations.json", None)
    derived = {
        "\U0001f468\u200d\u2695": {"tts": ["médecin"]},
        "\U0001f468\U0001f3fb": {"tts": ["homme : peau claire"]},
    }
    locale("derived/package/annotationsDerived/fr/annotations.json", derived)
    sequences = [["1F468 200D 2695 FE0F", "", "", ""], ["1F468 1F3FB", "", "", ""]]
    rows = cldr_tables.rows_by_text([0x61, 0x2764], sequences)
    found = cldr_tables.annotations(tmp_path / "main", tmp_path / "derived", rows)
    assert list(found) == [
        ["en", "0061", "", "letter"],
        ["fr", "2764", "cœur rouge", "cœur|amour vie"],
        ["fr", "1F468 200D 2695 FE0F", "médecin", ""],
    ]


# Files


def table(*rows: list[str]) -> Table:
    return Table("sample", "name text", rows, [Source("sample 1.0", "MIT", 'Unicode "19"')])


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (
        write(table(["a", "é"], ["b", ""]), tmp_path / folder) for folder in ("one", "two")
    )
    content = (tmp_path / "one/sample.tsv.xz").read_bytes()
    assert content == (tmp_path / "two/sample.tsv.xz").read_bytes()
    assert lzma.decompress(content).decode() == "name\ttext\na\té\nb\t\n"
    assert (first.sha256, first.rows, first.size) == (second.sha256, 2, len(content))
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["sample.tsv.xz"]


@pytest.mark.parametrize("row", [["a"], ["a\tb", "c"], ["a", "b\nc"]])
def test_a_row_that_would_not_read_back_is_refused(tmp_path: Path, row: list[str]) -> None:
    with pytest.raises(ValueError, match="not a row of name text"):
        write(table(row), tmp_path)
    assert not list(tmp_path.iterdir())


def test_sources_tell_where_each_file_came_from(tmp_path: Path) -> None:
    written = write(table(["a", "b"]), tmp_path)
    found = tomllib.loads(sources_toml("19.0.0", [written]))
    assert found == {
        "unicode_version": "19.0.0",
        "file": [
            {
                "name": "sample.tsv.xz",
                "sha256": hashlib.sha256((tmp_path / "sample.tsv.xz").read_bytes()).hexdigest(),
                "rows": 1,
                "columns": ["name", "text"],
                "sources": [{"package": "sample 1.0", "licence": "MIT", "carries": 'Unicode "19"'}],
            }
        ],
    }
