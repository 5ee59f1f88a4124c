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
_CHAR_WIDTH: Final = 4
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
    table = Table(box=None, show_header=headed, header_style="dim", pad_edge=False)
    longest = max(len(item["id"]) for item in items)
    table.add_column("char", min_width=_CHAR_WIDTH, no_wrap=True)
    # People copy codes: names are cut first.
    table.add_column("code", style="cyan", min_width=min(longest, console.width // 2), no_wrap=True)
    table.add_column("name", no_wrap=True)
    cells = [[_glyph(item), Text(item["id"]), _text(item["name"])] for item in items]
    if "why" in items[0] and console.width >= _WIDE:
        table.add_column("why", style="dim", no_wrap=True)
        for row, item in zip(cells, items, strict=True):
            row.append(_text(item["why"]))
    for row in cells:
        table.add_row(*row)
    console.print(table)


def width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return cell_len(text)


def _glyph(item: Item) -> Text:
    """The character itself, where a terminal can show it."""
    char = item["char"]
    if item.get("kind") == "sequence":
        return Text(char, style="bold")
    shown = visible(char)
    return Text(f"{_CIRCLE}{shown}" if _MARKS.match(shown) else shown, style="bold")


def _text(value: str | None) -> Text:
    # As Text, never as markup: names may have brackets.
    return Text(visible(value or ""))
