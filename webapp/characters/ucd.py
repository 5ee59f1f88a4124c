"""The Unicode tables committed in data/, read as typed rows in their file's order."""

import hashlib
import lzma
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).with_name("data")
UNICODE_VERSION = "18.0.0"


class CodePoint(NamedTuple):
    """One assigned code point. Case maps are full ones, in hex, "" where it maps to itself."""

    code_point: int
    name: str
    category: str
    block: str
    script: str
    age: str
    bidi_class: str
    combining_class: int
    mirrored: bool
    decomposition: str
    numeric_value: str
    east_asian_width: str
    uppercase: str
    lowercase: str
    titlecase: str


class Alias(NamedTuple):
    """A formal alias; kind is correction, control, alternate, figment or abbreviation."""

    code_point: int
    kind: str
    text: str


class Block(NamedTuple):
    """A block, both ends included."""

    first: int
    last: int
    name: str


class Sequence(NamedTuple):
    """A sequence with a name; kind is zwj, flag, keycap, tone, tag or named."""

    code_points: tuple[int, ...]
    name: str
    kind: str
    emoji_version: str


class Source(NamedTuple):
    """A package a file was made from; `carries` is the version of the data really inside."""

    package: str
    licence: str
    carries: str


class DataFile(NamedTuple):
    """What SOURCES.toml records about one data file."""

    name: str
    sha256: str
    rows: int
    sources: tuple[Source, ...]


def table(name: str) -> Iterator[list[str]]:
    """The rows of data/{name}.tsv.xz as texts, the line of column names left out."""
    with lzma.open(DATA / f"{name}.tsv.xz", "rt", encoding="utf-8", newline="\n") as lines:
        next(lines)
        for line in lines:
            yield line[:-1].split("\t")


def hexes(text: str) -> tuple[int, ...]:
    """The code points of "0031 FE0F 20E3"."""
    return tuple([int(code_point, 16) for code_point in text.split(" ")])


def code_points() -> Iterator[CodePoint]:
    """Every assigned code point, private use and surrogates left out; ascending."""
    for code_point, name, category, block, script, age, bidi, combining, mirrored, *rest in table(
        "characters"
    ):
        yield CodePoint(
            int(code_point, 16),
            name,
            category,
            block,
            script,
            age,
            bidi,
            int(combining),
            mirrored == "Y",
            *rest,
        )


def aliases() -> Iterator[Alias]:
    """The formal aliases, ascending by code point."""
    for code_point, kind, text in table("aliases"):
        yield Alias(int(code_point, 16), kind, text)


def blocks() -> Iterator[Block]:
    """The blocks, ascending."""
    for first, last, name in table("blocks"):
        yield Block(int(first, 16), int(last, 16), name)


def sequences() -> Iterator[Sequence]:
    """Named sequences and fully qualified emoji sequences, ascending by code points."""
    for spelled, name, kind, emoji_version in table("sequences"):
        yield Sequence(hexes(spelled), name, kind, emoji_version)


def spellings() -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Other spellings of emoji, each with the code points of the row it stands for."""
    for spelled, row in table("spellings"):
        yield hexes(spelled), hexes(row)


def _sources() -> dict[str, DataFile]:
    document = tomllib.loads((DATA / "SOURCES.toml").read_text("utf-8"))
    files = (
        DataFile(row["name"], row["sha256"], row["rows"], _packages(row["sources"]))
        for row in document["file"]
    )
    return {file.name: file for file in files}


def _packages(rows: list[dict[str, str]]) -> tuple[Source, ...]:
    return tuple(Source(**row) for row in rows)


SOURCES = _sources()


def input_digest() -> str:
    """SHA-256 in hex over all data files, by their recorded checksums."""
    digest = hashlib.sha256()
    for name in sorted(SOURCES):
        digest.update(f"{name} {SOURCES[name].sha256}\n".encode())
    return digest.hexdigest()
