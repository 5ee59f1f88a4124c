"""A block as a chart of its code points: which page of it, in which lines; pure."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

COLUMNS: Final = 16
PAGE_CELLS: Final = 1_024
NEAR: Final = 6
CLOSE: Final = 0.7
LONGEST_NAME: Final = 100
_LOOSE: Final = re.compile("[ _-]+")


class Line(NamedTuple):
    """One line of a chart; a cell is an item, or None where no character is assigned."""

    first: int
    cells: Sequence[dict[str, Any] | None]


def slug(name: str) -> str:
    """The name of a block as its address has it."""
    return name.replace(" ", "_")


def loose(name: str) -> str:
    """A name as Unicode compares those of blocks: without case, spaces, hyphens, underscores."""
    return _LOOSE.sub("", name).casefold()


def near(name: str, names: Iterable[str]) -> list[str]:
    """The names that somebody may have meant, the nearest first."""
    by_key: dict[str, dict[str, None]] = {}
    for each in names:
        for key in (each, *each.split()):
            by_key.setdefault(loose(key), {})[each] = None
    asked = loose(name[:LONGEST_NAME])
    found = difflib.get_close_matches(asked, by_key, NEAR, CLOSE) if asked else []
    found += [key for key in by_key if len(asked) > 2 and asked in key]
    return list(dict.fromkeys(each for key in found for each in by_key[key]))[:NEAR]


def page_of(block: range, code_point: int) -> range:
    """The page of the block that shows this code point of it."""
    start = block.start + (code_point - block.start) // PAGE_CELLS * PAGE_CELLS
    return range(start, min(start + PAGE_CELLS, block.stop))


def pages(block: range) -> Iterator[range]:
    """All pages of the block."""
    return (page_of(block, start) for start in block[::PAGE_CELLS])


def lines(page: range, items: Mapping[int, dict[str, Any]]) -> list[Line]:
    """The lines of a page; `items` are its characters by code point."""
    return [
        Line(start, [items.get(each) for each in range(start, start + COLUMNS)])
        for start in page[::COLUMNS]
    ]
