"""The committed files of data/: their rows as texts, and where each came from."""

import lzma
import tomllib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).with_name("data")


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


def lines(name: str) -> Iterator[str]:
    """The lines of data/{name}.tsv.xz, the column names first."""
    # At once: in pieces it takes twice as long, and after each another thread may have its turn.
    content = lzma.decompress((DATA / f"{name}.tsv.xz").read_bytes())
    yield from content.decode().removesuffix("\n").split("\n")


def table(name: str) -> Iterator[list[str]]:
    """The rows of data/{name}.tsv.xz as texts, the column names first."""
    return (line.split("\t") for line in lines(name))


def rows(name: str) -> Iterator[list[str]]:
    """The rows of data/{name}.tsv.xz as texts."""
    return islice(table(name), 1, None)


def hexes(text: str) -> tuple[int, ...]:
    """The code points of "0031 FE0F 20E3"."""
    return tuple([int(code_point, 16) for code_point in text.split(" ")])


def spans(text: str) -> tuple[range, ...]:
    """The ranges of "0041..005A 00AA"; none of ""."""
    return tuple(map(_range, text.split(" "))) if text else ()


def _range(span: str) -> range:
    first, _, last = span.partition("..")
    return range(int(first, 16), int(last or first, 16) + 1)


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
