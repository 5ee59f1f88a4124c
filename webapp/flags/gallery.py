"""The flags on disk as pictures: by country, and as those of the characters they belong to."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from webapp.flags.catalog import COUNTRIES
from webapp.flags.images import ImageStore
from webapp.flags.library import Flag, Library
from webapp.flags.wording import size

INDICATOR_A: Final = 0x1F1E6
SEQUENCE: Final = re.compile(r"U\+(1F1(?:E[6-9A-F]|F[0-9A-F]))-(1F1(?:E[6-9A-F]|F[0-9A-F]))")
LONGEST_TEXT: Final = 100


def sequence_of(code: str) -> str | None:
    """The id of the flag's character, `BR` → `U+1F1E7-1F1F7`; None for no country's code."""
    if code not in COUNTRIES:
        return None
    points = (INDICATOR_A + ord(letter) - ord("A") for letter in code)
    return "U+" + "-".join(f"{point:X}" for point in points)


def code_of(character_id: str) -> str | None:
    """The country whose flag the character is; None for every other one."""
    found = SEQUENCE.fullmatch(character_id)
    if found is None:
        return None
    letters = (int(point, 16) - INDICATOR_A + ord("A") for point in found.groups())
    code = "".join(map(chr, letters))
    return code if code in COUNTRIES else None


def folded(text: str) -> str:
    """The text without accents, case and signs: `Côte d’Ivoire` → `cote d ivoire`."""
    letters = unicodedata.normalize("NFKD", text[:LONGEST_TEXT]).casefold()
    kept = (letter for letter in letters if not unicodedata.combining(letter))
    return " ".join("".join(it if it.isalnum() else " " for it in kept).split())


def is_found(flag: Flag, text: str) -> bool:
    """True when the country's name has the text in it, or its code is the text."""
    wanted = folded(text)
    return wanted in folded(flag.name) or wanted == flag.code.casefold()


def shown(flag: Flag) -> dict[str, Any]:
    """The flag with what its place in the gallery says of it."""
    return {
        **msgspec.structs.asdict(flag),
        "folded": folded(flag.name),
        "sequence": sequence_of(flag.code),
        "size": size(flag.bytes),
    }


def hung(flags: Iterable[Flag], text: str) -> list[dict[str, Any]]:
    """Every flag by its country's name; those that the text does not find are marked."""
    pictures = [{**shown(flag), "found": is_found(flag, text)} for flag in flags]
    return sorted(pictures, key=lambda picture: (picture["folded"], picture["code"]))


class Pictures:
    """What is on disk of the flags that characters are."""

    def __init__(self, library: Library, images: ImageStore) -> None:
        self._library = library
        self._images = images

    async def of(self, character_id: str) -> dict[str, Any] | None:
        """The newest image of the flag that the character is, if one is on disk and sound."""
        code = code_of(character_id)
        flags = [] if code is None else await self._library.of_country(code)
        for flag in flags:
            if await self._images.verify(flag.sha256):
                return shown(flag)
        return None
