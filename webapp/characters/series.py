"""Lists and ranges of code points."""

import re
from collections.abc import Sequence

from webapp.characters.decoding import offered_bytes
from webapp.characters.identifier import format_id
from webapp.characters.lookup import looked_up
from webapp.characters.meaning import Query, Reading
from webapp.characters.notations import notation
from webapp.characters.text import printable
from webapp.phrases import Phrase
from webapp.problems import InvalidRequest

MAX_RANGE = 5_000

_BARE = re.compile(r"(?=[A-Fa-f]*[0-9])[0-9A-Fa-f]{4,6}")
_SEPARATOR = re.compile(r"[\s,;]+")
_TO = re.compile(r" ?\.\. ?")
# U+41-42 is a sequence; a hyphen makes a range between two full notations only.
_HYPHEN = re.compile(
    r"\b((?:u\+|0x)[0-9a-f]{1,16}) ?[-\u2013] ?((?:u\+|0x)[0-9a-f]{1,16})(?![-\w])", re.IGNORECASE
)


Part = range | tuple[tuple[int, ...]]


def series(typed: str) -> Query | None:
    """The query for a range, or for a list in which ranges may stand."""
    spaced = _TO.sub("..", _HYPHEN.sub(r"\1..\2", " ".join(typed.split())))
    parts: list[Part] = []
    for text in filter(None, _SEPARATOR.split(spaced)):
        part = _range(text) if ".." in text else _single(text)
        if part is None:
            return None
        parts.append(part)
    if not parts or (len(parts) == 1 and not isinstance(parts[0], range)):
        return None
    if sum(map(_size, parts)) > MAX_RANGE:
        raise InvalidRequest.field(
            "q", "too-wide", Phrase("a range holds at most {most} characters.", most=MAX_RANGE)
        )
    return looked_up(_members(parts), (_reading(typed, parts), *offered_bytes(typed)))


def _range(text: str) -> range | None:
    ends = [_code_point(end) for end in text.split("..")]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        return None
    first, last = sorted((ends[0], ends[1]))
    return range(first, last + 1)


def _code_point(text: str) -> int | None:
    code_points = _spelled(text)
    return code_points[0] if code_points and len(code_points) == 1 else None


def _single(text: str) -> tuple[tuple[int, ...]] | None:
    code_points = _spelled(text)
    return (code_points,) if code_points else None


def _spelled(text: str) -> tuple[int, ...] | None:
    if _BARE.fullmatch(text):
        return (int(text, 16),)
    found = notation(text)
    return found.code_points if found else None


def _size(part: Part) -> int:
    # Where the ends are no code points at all, len() cannot say how many there are.
    return part.stop - part.start if isinstance(part, range) else len(part)


def _members(parts: Sequence[Part]) -> list[tuple[int, ...]]:
    return [(member,) if isinstance(member, int) else member for part in parts for member in part]


def _reading(typed: str, parts: Sequence[Part]) -> Reading:
    if len(parts) == 1 and isinstance(parts[0], range):
        first, last = parts[0][0], parts[0][-1]
        return Reading("range", text=f"{format_id([first])}..{format_id([last])}")
    return Reading("codepoints", text=printable(typed))
