"""Parse text files of the Unicode Character Database, as the Consortium publishes them."""

import bz2
import re
from collections.abc import Iterator
from pathlib import Path

from tools.text_tables import (
    READING_FIELDS,
    code_point,
    confusable_rows,
    note_text,
    reading_rows,
)

# What begins a line of a character's entry in NamesList.txt, behind a tab.
NOTE_MARKS = {"=": "alias", "*": "comment", "x": "reference", "%": "formal", "~": "variation"}
VERSION = re.compile(r"(?:Standard|[Vv]ersion:?|# [A-Za-z_]+-) ?(\d+\.\d+\.\d+)")
_READING_STARTS = tuple(f"{field}\t" for field in READING_FIELDS)


class UcdFileError(Exception):
    """A file is not in the format of its namesake."""


def find(folder: Path, pattern: str) -> list[Path]:
    """The files matching a pattern, plain or with .bz2 behind it, in subfolders too; sorted."""
    return sorted([*folder.rglob(pattern), *folder.rglob(f"{pattern}.bz2")])


def lines(path: Path) -> Iterator[str]:
    """The lines of a file. Raises UcdFileError if it is not text."""
    try:
        if path.suffix == ".bz2":
            with bz2.open(path, "rt", encoding="utf-8") as stream:
                yield from (line.rstrip("\r\n") for line in stream)
        else:
            with path.open(encoding="utf-8") as stream:
                yield from (line.rstrip("\r\n") for line in stream)
    except (UnicodeDecodeError, EOFError, OSError) as error:
        raise UcdFileError(f"{path.name}: {error}") from error


def version(path: Path) -> str:
    """The Unicode version in the head of a file. Raises UcdFileError if it has none."""
    for _, line in zip(range(20), lines(path), strict=False):
        match = VERSION.search(line)
        if match:
            return match[1]
    raise UcdFileError(f"{path.name}: no Unicode version in its head")


def notes(path: Path) -> Iterator[list[str]]:
    """Code point, kind, text from NamesList.txt, in its order."""
    subject = ""
    for line in lines(path):
        entry = re.match(r"([0-9A-F]{4,6})\t", line)
        if entry:
            subject = entry[1]
        elif line.startswith("@"):
            subject = ""
        elif subject and line.startswith("\t"):
            mark, _, text = line[1:].partition(" ")
            if mark in NOTE_MARKS:
                yield [subject, NOTE_MARKS[mark], _note(path, NOTE_MARKS[mark], text.strip())]


def _note(path: Path, kind: str, text: str) -> str:
    try:
        return note_text(kind, text)
    except ValueError as error:
        raise UcdFileError(f"{path.name}: {error}") from error


def has_readings(path: Path) -> bool:
    """Whether a file, by any of its lines, is a Unihan file with one of READING_FIELDS."""
    return any(line.partition("\t")[2].startswith(_READING_STARTS) for line in lines(path))


def readings(paths: list[Path]) -> Iterator[list[str]]:
    """Code point and READING_FIELDS from Unihan files, whether one for all or one for each."""
    entries: dict[int, dict[str, str]] = {}
    for path in paths:
        for line in lines(path):
            if not line or line.startswith("#"):
                continue
            character, field, text = _columns(path, line, "\t", 3)
            if field in READING_FIELDS:
                entries.setdefault(_number(path, character), {})[field] = text
    return reading_rows(entries)


def confusables(path: Path) -> Iterator[list[str]]:
    """Each confusable and its prototype from confusables.txt; ascending."""
    pairs = []
    for line in lines(path):
        content = line.partition("#")[0].strip("\ufeff \t")
        if content:
            source, prototype, _ = (part.strip() for part in _columns(path, content, ";", 3))
            pairs.append((_text(path, source), _text(path, prototype)))
    return confusable_rows(pairs)


def ages(path: Path) -> Iterator[tuple[range, str]]:
    """Ranges of code points and the version each was assigned in, from DerivedAge.txt."""
    for line in lines(path):
        content = line.partition("#")[0].strip()
        if content:
            span, age = (part.strip() for part in _columns(path, content, ";", 2))
            first, _, last = span.partition("..")
            yield range(_number(path, first), _number(path, last or first) + 1), age


def _columns(path: Path, line: str, separator: str, count: int) -> list[str]:
    columns = line.split(separator, count - 1)
    if len(columns) != count:
        raise UcdFileError(f"{path.name}: not {count} columns: {line!r}")
    return columns


def _number(path: Path, text: str) -> int:
    try:
        return code_point(text)
    except ValueError as error:
        raise UcdFileError(f"{path.name}: not a code point: {text!r}") from error


def _text(path: Path, hexes: str) -> str:
    return "".join(chr(_number(path, part)) for part in hexes.split())
