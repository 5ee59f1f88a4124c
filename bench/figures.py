"""Figures of a run beside what is wanted, for the terminal and for docs/performance.md."""

import operator
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

PAPER = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
COMPARE: dict[str, Callable[[float, float], bool]] = {"≥": operator.ge, "≤": operator.le}


class Figure(NamedTuple):
    """What was measured, in words; `wanted` is like `≤ 5 ms` or `≥ 0.80 ×`, or "" for no limit.

    `more` goes behind the value: whatever helps to judge it.
    """

    name: str
    value: float
    unit: str
    wanted: str = ""
    more: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is as wanted."""
        if not self.wanted:
            return True
        sign, limit = self.wanted.split()[:2]
        return COMPARE[sign](self.value, float(limit))

    def cells(self) -> tuple[str, str, str]:
        """Name, what is wanted, what was measured."""
        digits = 0 if self.value >= 100 else 1 if self.value >= 10 else 2
        measured = f"{self.value:,.{digits}f} {self.unit}"
        measured += f" ({self.more})" if self.more else ""
        return self.name, self.wanted, measured if self.holds else f"**{measured}**"


def show(title: str, figures: Sequence[Figure]) -> None:
    """Print the figures of one part as soon as they are there."""
    print(f"\n{title}")
    for figure in figures:
        name, wanted, measured = figure.cells()
        print(f"  {name:60} {wanted:11} {measured}", flush=True)


def write(part: str, figures: Sequence[Figure]) -> None:
    """Put the table between the marks of the part in docs/performance.md."""
    rows = [" | ".join(cells) for cells in (figure.cells() for figure in figures)]
    table = "\n".join(
        f"| {row} |" for row in ["figure | wanted | measured", "--- | --- | ---", *rows]
    )
    begin, end = f"<!-- {part} -->", f"<!-- end of {part} -->"
    text = PAPER.read_text(encoding="utf-8")
    text, found = re.subn(
        f"{begin}.*?{end}", lambda _: f"{begin}\n{table}\n{end}", text, flags=re.DOTALL
    )
    assert found == 1, f"{PAPER} has no place for {part}"
    PAPER.write_text(text, encoding="utf-8")
