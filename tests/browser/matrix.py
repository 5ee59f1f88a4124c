"""In which ways a journey is made: by whom, with what, and how it looks there."""

import os
from collections.abc import Sequence
from itertools import product
from typing import Final, Literal, NamedTuple


class Way(NamedTuple):
    """One way to go through the pages; `width` in CSS pixels, `language` as BCP 47 has it."""

    by: Literal["keys", "mouse"]
    scripts: Literal["with", "without"]
    width: Literal[360, 1280]
    scheme: Literal["light", "dark"]
    language: Literal["en", "zh-Hans"]

    def __str__(self) -> str:
        return f"{self.by}, {self.scripts} scripts, {self.width}, {self.scheme}, {self.language}"

    @property
    def opposite(self) -> "Way":
        """The way in which all is otherwise."""
        return EVERY[-1 - EVERY.index(self)]


_BY: Final[tuple[Literal["keys", "mouse"], ...]] = ("keys", "mouse")
_SCRIPTS: Final[tuple[Literal["with", "without"], ...]] = ("with", "without")
_WIDTHS: Final[tuple[Literal[360, 1280], ...]] = (360, 1280)
_SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
_LANGUAGES: Final[tuple[Literal["en", "zh-Hans"], ...]] = ("en", "zh-Hans")
EVERY: Final = tuple(
    Way(by, scripts, width, scheme, language)
    for by, scripts, width in product(_BY, _SCRIPTS, _WIDTHS)
    for scheme, language in product(_SCHEMES, _LANGUAGES)
)

# With the opposites of these, any two values of two factors meet.
HALF: Final = (
    Way("keys", "with", 360, "light", "zh-Hans"),
    Way("keys", "with", 1280, "dark", "zh-Hans"),
    Way("keys", "without", 360, "dark", "zh-Hans"),
    Way("keys", "without", 1280, "light", "en"),
)


def ways(number: int) -> Sequence[Way]:
    """Those for the journey of that number: each value once; all ways where that is asked for."""
    if os.environ.get("PAGE_VIEWS") == "all":
        return EVERY
    way = HALF[number % len(HALF)]
    return way, way.opposite
