"""The two files in data/ that people edit: names from everyday life, and best bets."""

import hashlib
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

from webapp.characters.data_files import DATA
from webapp.characters.identifier import parse_id

FILES = ("names_people_use", "best_bets")


class Entry(NamedTuple):
    """One line: a text, the code points of each row it is for, and why no rule can do it."""

    text: str
    rows: tuple[tuple[int, ...], ...]
    reason: str


def entries(file: str, table: str, key: str) -> Iterator[Entry]:
    """The lines of data/{file}.toml, whose texts stand under `key`.

    ValueError for an identifier that is none, KeyError for a line without one of its parts.
    """
    for line in tomllib.loads((DATA / f"{file}.toml").read_text("utf-8"))[table]:
        yield Entry(line[key], tuple(map(code_points, line["ids"])), line["reason"])


def names_people_use() -> Iterator[tuple[tuple[int, ...], str]]:
    """(code points, name) of names that no source has; ascending by name."""
    for entry in entries("names_people_use", "names", "name"):
        yield from ((row, entry.text) for row in entry.rows)


def best_bets() -> Iterator[tuple[str, tuple[tuple[int, ...], ...]]]:
    """(term, code points of each row) of what comes first for a word, in the order it is shown."""
    for entry in entries("best_bets", "bets", "term"):
        yield entry.text, entry.rows


def input_digest() -> str:
    """SHA-256 in hex over both files: an index made from others is out of date."""
    digest = hashlib.sha256()
    for file in FILES:
        digest.update((DATA / f"{file}.toml").read_bytes())
    return digest.hexdigest()


def code_points(identifier: str) -> tuple[int, ...]:
    """The code points of a line's identifier; ValueError when it is none."""
    found = parse_id(identifier)
    if found is None:
        raise ValueError(f"{identifier!r} is no identifier")
    return found
