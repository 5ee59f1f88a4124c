"""The rows as searches give them: JSON made when the index was built, and put together here."""

from array import array
from collections.abc import Iterable
from typing import Final, NamedTuple

# Rows are in order of rank, so the first ones are on most pages. A quarter of a kilobyte each.
READY: Final = 4_096


class PackedItems(NamedTuple):
    """The items of all rows as they are kept: numbers are in the byte order of this machine.

    Each is what differs from row to row, the head, and one of the tails, which many rows share;
    the reason and the closing brace come behind them. `ends` (32 bits) are offsets into `heads`,
    one more than there are rows; `kinds` (16 bits) are numbers of tails; `tails` are separated by
    line breaks.
    """

    heads: bytes
    ends: bytes
    kinds: bytes
    tails: bytes


def pack_items(items: Iterable[tuple[str, str]]) -> PackedItems:
    """The items of the rows 1, 2, …, given as head and tail."""
    heads, ends, kinds = bytearray(), array("I", [0]), array("H")
    tails: dict[str, int] = {}
    for head, tail in items:
        heads += head.encode()
        ends.append(len(heads))
        kinds.append(tails.setdefault(tail, len(tails)))
    kept = "\n".join(tails).encode()
    return PackedItems(bytes(heads), ends.tobytes(), kinds.tobytes(), kept)


class RowItems:
    """The items of all rows, which are numbered from 1."""

    def __init__(self, packed: PackedItems) -> None:
        self._heads = packed.heads
        self._ends = memoryview(packed.ends).cast("I")
        self._kinds = memoryview(packed.kinds).cast("H")
        self._tails = packed.tails.split(b"\n")
        ready = min(READY, len(self))
        # There is no row 0.
        self._ready = [b"", *(self._put_together(row) for row in range(1, ready + 1))]

    def __len__(self) -> int:
        return len(self._kinds)

    def item(self, row: int) -> bytes:
        """The item of one row as JSON, without a reason."""
        return b"%s}" % self._put_together(row)

    def joined(self, rows: Iterable[int], why: str) -> bytes:
        """The items of the rows as JSON, joined by commas; `why` needs no escapes."""
        heads, ends, kinds, tails = self._heads, self._ends, self._kinds, self._tails
        ready, end_of_ready = self._ready, len(self._ready)
        parts = [
            ready[row]
            if row < end_of_ready
            # In line: a call each time would take as long as the rest.
            else heads[ends[row - 1] : ends[row]] + tails[kinds[row - 1]]
            for row in rows
        ]
        if not parts:
            return b""
        end = b',"why":"%s"}' % why.encode()
        # Behind the last one alone: behind all of them it would copy them once more.
        parts[-1] += end
        return (end + b",").join(parts)

    def _put_together(self, row: int) -> bytes:
        head = self._heads[self._ends[row - 1] : self._ends[row]]
        return head + self._tails[self._kinds[row - 1]]
