"""`--format`: a line for each row, with the row's values in it; pure.

The fields are looked up in a fixed list and never evaluated, so that a template from anywhere
can ask for nothing else.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from string import Formatter
from typing import Any, Final

from webapp.characters.escapes import LANGUAGES, encodings, escapes
from webapp.characters.model import ITEM_KEYS

# Those need to know more of a character than its row says.
_UNKNOWN: Final = frozenset({"html_named", "latex"})
WRITTEN: Final = tuple(name for name in LANGUAGES if name not in _UNKNOWN)
BYTES: Final = {"utf8": "utf-8", "utf16": "utf-16", "utf32": "utf-32"}
FIELDS: Final = (*ITEM_KEYS, "cluster", "decimal", *BYTES, *WRITTEN)
_SPEC: Final = re.compile(r"([<^>]?)([0-9]{1,3})")
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES: Final = {"t": "\t", "n": "\n", "0": "\0", "\\": "\\"}

Item = Mapping[str, Any]
Width = Callable[[str], int]


class TemplateError(Exception):
    """The template cannot be used; the message says why."""


class Template:
    """A line of text with fields in it, such as `{id} {name:<40}`."""

    def __init__(self, text: str, width: Width = len) -> None:
        """`width` is how many columns a text takes. TemplateError when a field is not one."""
        self._width = width
        self._parts = [*map(_checked, _parsed(text))]

    def line(self, item: Item, shown: Callable[[str], str] = str) -> str:
        """The row's line, its end included; `shown` has the last word on each value."""
        written: dict[str, str] = {}
        pieces = []
        for literal, field, align, width in self._parts:
            pieces.append(literal)
            if field:
                value = shown(self._value(item, field, written))
                pieces.append(_padded(value, align, width - self._width(value) if width else 0))
        return "".join(pieces) + "\n"

    def _value(self, item: Item, field: str, written: dict[str, str]) -> str:
        if field in item or field in ITEM_KEYS:
            return str(item.get(field) or "")
        if field in WRITTEN and not written:
            written.update(escapes(item["char"]))
        text = item["char"]
        if field == "decimal":
            return " ".join(str(ord(char)) for char in text)
        if field in BYTES:
            return encodings(text)[BYTES[field]]
        return written.get(field, "")


def _parsed(text: str) -> list[tuple[str, str | None, str | None, str | None]]:
    text = _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[0]), text)
    try:
        return list(Formatter().parse(text))
    except ValueError as error:
        raise TemplateError(f"{str(error)[:1].lower()}{str(error)[1:]}") from None


def _checked(
    part: tuple[str, str | None, str | None, str | None],
) -> tuple[str, str, str, int]:
    literal, field, spec, conversion = part
    if field is None:
        return literal, "", "", 0
    if field not in FIELDS:
        raise TemplateError(f"there is no field {field[:40]!r}; there are {_listed(FIELDS)}")
    if conversion:
        raise TemplateError(f"{{{field}}} takes no !{conversion}")
    if not spec:
        return literal, field, "", 0
    width = _SPEC.fullmatch(spec)
    if width is None:
        raise TemplateError(f"after {field}: comes a width up to 999, as in {{{field}:<20}}")
    return literal, field, width[1], int(width[2])


def _padded(value: str, align: str, room: int) -> str:
    room = max(room, 0)
    if align == ">":
        return " " * room + value
    if align == "^":
        return " " * (room // 2) + value + " " * (room - room // 2)
    return value + " " * room


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
