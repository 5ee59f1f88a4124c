"""One code point, or one sequence, as people write it in prose and in programs."""

import html.entities
import re
import unicodedata
from typing import NamedTuple

from webapp.characters.identifier import parse_id
from webapp.characters.meaning import ReadingKind

_NUMBER = re.compile(
    r"""
    0x (?P<c>[0-9a-f]{1,16})
    | u (?P<u>(?=[a-f]*[0-9])[0-9a-f]{4,6})
    | x: (?P<x>[0-9a-f]{1,16})
    | d: (?P<d>[0-9]{1,20})
    | o: (?P<o>[0-7]{1,22})
    | b: (?P<b>[01]{1,64})
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BASES = {"c": 16, "u": 16, "x": 16, "d": 10, "o": 8, "b": 2}

# A backslash before hex is CSS. Without a digit among them it may be LaTeX (\beta) or a path,
# and nobody but C begins three digits with 0.
ESCAPE = r"""
    \\x ([0-9A-Fa-f]{2}) | \\[xuU]\{ ([0-9A-Fa-f]{1,16}) \} | \\u ([0-9A-Fa-f]{4})
    | \\U ([0-9A-Fa-f]{8}) | \\N\{[Uu]\+ ([0-9A-Fa-f]{1,16}) \}
    | \\ (?P<octal>0[0-7]{2})(?![0-9A-Fa-f]) | \\ ((?=[A-Fa-f]*[0-9])[0-9A-Fa-f]{2,6})
"""
ENTITY = r"&(?:\#([0-9]{1,20})|\#[xX]([0-9A-Fa-f]{1,16})|([A-Za-z][A-Za-z0-9]{1,40}))"
_ESCAPE = re.compile(ESCAPE, re.VERBOSE)
# On its own even one without a digit is CSS, as no command of LaTeX is like it.
_CSS = re.compile(r"\\[0-9A-Fa-f]{4,6}")
_ENTITY = re.compile(ENTITY + ";?")
_CONTROLS = {r"\0": 0, r"\a": 7, r"\b": 8, r"\t": 9, r"\n": 10, r"\v": 11, r"\f": 12, r"\r": 13}
_SIMPLE = _CONTROLS | {r"\"": 34, r"\'": 39, "\\\\": 92}


class Notation(NamedTuple):
    """What a notation stands for, unchecked, and the kind of reading that it is."""

    kind: ReadingKind
    code_points: tuple[int, ...]


def notation(text: str) -> Notation | None:
    """What a text stands for that is one notation and nothing else."""
    if code_points := parse_id(text):
        return Notation("codepoint", code_points)
    if (found := _NUMBER.fullmatch(text)) and found.lastgroup:
        return Notation("codepoint", (int(found[found.lastgroup], _BASES[found.lastgroup]),))
    return escape(text) or entity(text)


def escape(text: str) -> Notation | None:
    """What an escape of a programming language stands for, or one of CSS."""
    if text in _SIMPLE:
        return Notation("escape", (_SIMPLE[text],))
    if _CSS.fullmatch(text):
        return Notation("escape", (int(text[1:], 16),))
    if (found := _ESCAPE.fullmatch(text)) and found.lastindex:
        return Notation("escape", (int(found[found.lastindex], 8 if found["octal"] else 16),))
    return None


def entity(text: str) -> Notation | None:
    """What a character reference of HTML stands for; its semicolon may be missing."""
    if not (found := _ENTITY.fullmatch(text)):
        return None
    decimal, hexadecimal, name = found.groups()
    if name:
        characters = html.entities.html5.get(f"{name};")
        return Notation("entity", tuple(map(ord, characters))) if characters else None
    return Notation("entity", (int(decimal) if decimal else int(hexadecimal, 16),))


def named(name: str) -> str:
    r"""The character or sequence that Python's own `\N{…}` knows by this name, else ""."""
    try:
        return unicodedata.lookup(name)
    except (KeyError, UnicodeError):
        return ""
