"""Write the committed data: one .tsv.xz per table and SOURCES.toml telling where each came from."""

import hashlib
import json
import lzma
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

# 64 MiB holds the widest table whole, so that a repeat is found however far back it is.
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 26}]


class Source(NamedTuple):
    """Where data comes from; `carries` is the version of the data really inside."""

    package: str
    licence: str
    carries: str


class Table(NamedTuple):
    """A file to write, {name}.tsv.xz: its columns, in one string, and its rows."""

    name: str
    columns: str
    rows: Iterable[Sequence[str]]
    sources: Sequence[Source]

    @property
    def file(self) -> str:
        return f"{self.name}.tsv.xz"


class Written(NamedTuple):
    """A file as written."""

    table: Table
    sha256: str
    rows: int
    size: int


def hexes(code_points: Iterable[int]) -> str:
    """Code points in upper case hex of at least four digits, separated by spaces."""
    return " ".join(f"{code_point:04X}" for code_point in code_points)


def write(table: Table, folder: Path) -> Written:
    """Write one table; the same rows always give the same bytes."""
    columns = table.columns.split()
    lines = [_line(row, columns) for row in (columns, *table.rows)]
    content = lzma.compress(("\n".join(lines) + "\n").encode(), filters=FILTERS)
    replace(folder / table.file, content)
    return Written(table, hashlib.sha256(content).hexdigest(), len(lines) - 1, len(content))


def _line(row: Sequence[str], columns: Sequence[str]) -> str:
    line = "\t".join(row)
    if line.count("\t") != len(columns) - 1 or "\n" in line or "\r" in line:
        raise ValueError(f"not a row of {' '.join(columns)}: {row!r}")
    return line


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    aside.write_bytes(content)
    aside.replace(path)


def sources_toml(unicode_version: str, files: Iterable[Written]) -> str:
    """The provenance table, one [[file]] each in order of name."""
    ordered = sorted(files, key=lambda written: written.table.file)
    return "\n".join([f'unicode_version = "{unicode_version}"\n', *map(_file_toml, ordered)])


def recorded(folder: Path) -> tuple[str, list[Written]]:
    """What `sources_toml` wrote for a folder: the Unicode version and the files, without rows."""
    document = tomllib.loads((folder / "SOURCES.toml").read_text("utf-8"))
    return document["unicode_version"], [_written(folder, row) for row in document["file"]]


def _written(folder: Path, row: dict[str, Any]) -> Written:
    sources = [Source(**source) for source in row["sources"]]
    name = row["name"].removesuffix(".tsv.xz")
    table = Table(name, " ".join(row["columns"]), (), sources)
    return Written(table, row["sha256"], row["rows"], (folder / row["name"]).stat().st_size)


def _file_toml(written: Written) -> str:
    pairs = {
        "name": written.table.file,
        "sha256": written.sha256,
        "rows": written.rows,
        "columns": written.table.columns.split(),
        "sources": [source._asdict() for source in written.table.sources],
    }
    lines = [f"{key} = {_toml(value)}" for key, value in pairs.items()]
    return "[[file]]\n" + "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        items = ", ".join(_toml(item) for item in value)
        if value and isinstance(value[0], dict):
            return "[\n" + "".join(f"  {_toml(item)},\n" for item in value) + "]"
        return f"[{items}]"
    # JSON's strings and integers are TOML's.
    return json.dumps(value, ensure_ascii=False)
