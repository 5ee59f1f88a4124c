"""Identifiers of characters and sequences: `U+00E9`, `U+1F468-200D-1F469`."""

import re
from collections.abc import Iterable, Sequence

from webapp.phrases import Phrase

LAST_CODE_POINT = 0x10FFFF
TEXT_STYLE, EMOJI_STYLE = 0xFE0E, 0xFE0F

# A plus sign in a URL that was not escaped arrives as a space.
_ID = re.compile(
    r"[Uu](?:\+[0-9A-Fa-f]{1,16}| (?=[A-Fa-f]*[0-9])[0-9A-Fa-f]{2,6})(?:-[0-9A-Fa-f]{1,16})*"
)


def format_id(code_points: Iterable[int]) -> str:
    """The identifier of these code points: `U+`, then each in hex, four digits at least."""
    return "U+" + "-".join(f"{code_point:04X}" for code_point in code_points)


def parse_id(text: str) -> tuple[int, ...] | None:
    """The code points that an identifier names, in any ASCII case; None if it is not one.

    The numbers are not checked: `why_not` says what is wrong with a number that is no character.
    """
    if not _ID.fullmatch(text):
        return None
    return tuple(int(part, 16) for part in text[2:].split("-"))


def bare(code_points: Sequence[int]) -> tuple[int, ...]:
    """The code points without the selectors of emoji and text style.

    Fully qualified and other spellings of one emoji are the same when bare. A selector that
    stands alone stays: it is then the character asked for.
    """
    if len(code_points) < 2:
        return tuple(code_points)
    return tuple(c for c in code_points if c not in (TEXT_STYLE, EMOJI_STYLE)) or (EMOJI_STYLE,)


def why_not(code_point: int) -> Phrase | None:
    """Why a number can never have a row, in one sentence; None when it may have one."""
    label = f"U+{code_point:04X}"
    if code_point > LAST_CODE_POINT:
        return Phrase("{id} is beyond U+10FFFF, the last code point.", id=label)
    if 0xD800 <= code_point <= 0xDFFF:
        return Phrase(
            "{id} is a surrogate: half of a pair in UTF-16, never a character of its own.", id=label
        )
    if 0xFDD0 <= code_point <= 0xFDEF or code_point & 0xFFFE == 0xFFFE:
        return Phrase(
            "{id} is a noncharacter: reserved for use inside programs for ever.", id=label
        )
    if 0xE000 <= code_point <= 0xF8FF or code_point >= 0xF0000:
        return Phrase(
            "{id} is for private use: its meaning is agreed between users, not by Unicode.",
            id=label,
        )
    return None


def not_assigned(key: str, unicode_version: str) -> Phrase:
    """That an identifier, which could have a row, has none in this version."""
    if "-" in key:
        return Phrase(
            "{id} is not a sequence with a name in Unicode {version}.",
            id=key,
            version=unicode_version,
        )
    return Phrase(
        "{id} is not an assigned character in Unicode {version}.", id=key, version=unicode_version
    )
