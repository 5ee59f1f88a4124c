"""The rows in the order of code points, the sequences after the characters."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from webapp.characters.row_items import RowItems


class _Text(msgspec.Struct):
    char: str


_decode: Final = msgspec.json.Decoder(_Text).decode


class CodePointOrder:
    """Tells what stands beside a row; `order` has the row at each place, the characters first."""

    def __init__(self, items: RowItems, order: Sequence[int], characters: int) -> None:
        self._items = items
        self._order = order
        self._characters = characters

    def sequences(self) -> Iterator[tuple[int, str]]:
        """(row, text) of each sequence."""
        return ((row, self._text(row)) for row in self._order[self._characters :])

    def beside(self, text: str) -> tuple[int | None, int | None]:
        """The rows before and after the row that is this text.

        Characters and sequences are no neighbours: at the ends of both there is None.
        """
        first, end = 0, self._characters
        if len(text) > 1:
            first, end = end, len(self._order)
        at = bisect_left(self._order, text, first, end, key=self._text)
        return (
            self._order[at - 1] if at > first else None,
            self._order[at + 1] if at + 1 < end else None,
        )

    def between(self, first: int, last: int) -> list[int]:
        """The rows of the characters from one code point to another one, both included."""
        start = bisect_left(self._order, chr(first), 0, self._characters, key=self._text)
        end = bisect_right(self._order, chr(last), start, self._characters, key=self._text)
        return list(self._order[start:end])

    def _text(self, row: int) -> str:
        return _decode(self._items.item(row)).char
