"""What a character is easily taken for (UTS #39)."""

from collections.abc import Mapping
from functools import cache

from webapp.characters import ucd


@cache
def prototypes() -> Mapping[str, str]:
    """The text that each confusable character looks like; reads a file, once in a process.

    Characters of ASCII are left out: everybody knows what they look like.
    """
    found = ((_text(one), _text(other)) for one, other in ucd.confusables())
    return {one: other for one, other in found if len(one) == 1 and not one.isascii()}


def _text(code_points: tuple[int, ...]) -> str:
    return "".join(map(chr, code_points))
