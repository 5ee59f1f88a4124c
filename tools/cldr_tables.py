"""CLDR's annotations: the name and the keywords of a character or emoji in every locale."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.data_files import hexes
from tools.sequence_tables import PRESENTATION, toned

KEYWORD_SEPARATOR = "|"


def annotations(main: Path, derived: Path, rows_by_text: Mapping[str, str]) -> Iterator[list[str]]:
    """Locale, code points, name, keywords; by locale, then in CLDR's order.

    Left out: keywords equal to the name, sequences with a skin tone (CLDR derives theirs from
    those without) and what `rows_by_text` knows no row for.
    """
    for locale, entries in _locales(main, derived):
        for text, entry in entries.items():
            row = rows_by_text.get(text.replace(PRESENTATION, ""))
            if row is not None and not toned(text):
                name = "".join(entry.get("tts", ())[:1])
                yield [locale, hexes(map(ord, row)), name, _keywords(name, entry)]


def _keywords(name: str, entry: Mapping[str, list[str]]) -> str:
    keywords = [_plain(keyword) for keyword in entry.get("default", ())]
    return KEYWORD_SEPARATOR.join(dict.fromkeys(kw for kw in keywords if kw and kw != name))


def _plain(keyword: str) -> str:
    return keyword.replace(KEYWORD_SEPARATOR, " ").strip()


def locales(main: Path, derived: Path) -> Iterator[str]:
    """The locales that have annotations, by id."""
    return (locale for locale, entries in _locales(main, derived) if entries)


def _locales(main: Path, derived: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    mains = _folders(main / "package/annotations")
    deriveds = _folders(derived / "package/annotationsDerived")
    for locale in sorted({*mains, *deriveds}):
        entries: dict[str, Any] = {}
        for path in (mains.get(locale), deriveds.get(locale)):
            if path is not None:
                entries |= _entries(path)
        yield locale, entries


def _folders(folder: Path) -> dict[str, Path]:
    return {path.parent.name: path for path in folder.glob("*/annotations*.json")}


def _entries(path: Path) -> dict[str, Any]:
    (document,) = json.loads(path.read_text("utf-8")).values()
    # A locale that says nothing but what its parent says has no annotations at all.
    entries: dict[str, Any] = document.get("annotations", {})
    return entries


def rows_by_text(assigned: list[int], sequences: list[list[str]]) -> dict[str, str]:
    """The text of each row by that text without U+FE0F, which is how CLDR spells it."""
    rows = {chr(code_point): chr(code_point) for code_point in assigned}
    for spelled, *_ in sequences:
        text = "".join(chr(int(code_point, 16)) for code_point in spelled.split(" "))
        rows[text.replace(PRESENTATION, "")] = text
    return rows
