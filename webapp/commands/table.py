"""Rows as a table in a terminal, as wide as the terminal is."""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

import regex
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from webapp.commands.output import visible

# A mark by itself sits on a circle of dots, and not on what stands before it.
_MARKS: Final = regex.compile(r"\p{M}+")
_CIRCLE: Final = "\u25cc"
_GAP: Final = 2
_SHORTEST_NAME: Final = 8
_STYLES: Final = {"char": "bold", "code": "cyan", "name": "", "why": "dim"}
# A narrower terminal has no room for reasons.
_WIDE: Final = 80

Item = Mapping[str, Any]


def terminal() -> Console:
    """Standard output as rich sees it: with colours, unless NO_COLOR or the terminal forbid."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return Console(file=sys.stdout, color_system=None, highlight=False)
    return Console(file=sys.stdout, highlight=False)


def print_rows(console: Console, items: Sequence[Item], *, headed: bool = True) -> None:
    """Print the rows, under a heading if they are the first ones."""
    columns = {"char": [_glyph(item) for item in items], "code": _texts(items, "id")}
    columns["name"] = _texts(items, "name")
    if "why" in items[0] and console.width >= _WIDE:
        columns["why"] = _texts(items, "why")
    table = Table(box=None, show_header=headed, header_style="dim", pad_edge=False)
    for heading, size in _sizes(columns, console.width).items():
        table.add_column(heading, style=_STYLES[heading], width=size, no_wrap=True)
    for row in zip(*columns.values(), strict=True):
        table.add_row(*row)
    console.print(table)


def _sizes(columns: Mapping[str, Sequence[Text]], room: int) -> dict[str, int]:
    """How wide each column is; names are cut first, as people copy codes."""
    sizes = {
        heading: max(cell_len(heading), *(text.cell_len for text in texts))
        for heading, texts in columns.items()
    }
    sizes["code"] = min(sizes["code"], room // 2)
    others = sum(sizes.values()) - sizes["name"] + _GAP * (len(sizes) - 1)
    sizes["name"] = min(sizes["name"], max(room - others, _SHORTEST_NAME))
    return sizes


def width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return cell_len(text)


def _glyph(item: Item) -> Text:
    """The character itself, where a terminal can show it."""
    char = item["char"]
    if item.get("kind") == "sequence":
        return Text(char)
    shown = visible(char)
    return Text(f"{_CIRCLE}{shown}" if _MARKS.match(shown) else shown)


def _texts(items: Sequence[Item], key: str) -> list[Text]:
    # As Text, never as markup: names may have brackets.
    return [Text(visible(item[key] or "")) for item in items]
