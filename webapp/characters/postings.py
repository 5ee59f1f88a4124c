"""Which rows have a token: tokens in order and, of each, its rows as a compressed bitmap."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pyroaring import BitMap

# From so many tokens with the same beginning on, their rows are kept together under it and this.
BEGUN = "*"
LEAST_BEGUN = 64
LONGEST_BEGINNING = 2
# A bitmap has a header; a few numbers are shorter as they are.
_MOST_NUMBERS = 8
_NUMBERS, _BITMAP = b"\0", b"\1"
_IS_BITMAP = _BITMAP[0]
_HEAD = 8


class Packed(NamedTuple):
    """Postings as they are kept: numbers are in the byte order of this machine.

    `heads` are the first eight bytes of each token as a number (64 bits) that sorts as they do.
    The ends of tokens and of rows are offsets (32 bits) into `tokens` (UTF-8) and `rows`.
    """

    heads: bytes
    token_ends: bytes
    row_ends: bytes
    tokens: bytes
    rows: bytes


def pack(postings: Iterable[tuple[str, Iterable[int]]]) -> Packed:
    """The rows of each token; tokens come in their order and only once."""
    heads, token_ends, row_ends = array("Q"), array("I"), array("I")
    tokens, rows = bytearray(), bytearray()
    for token, found in postings:
        key = token.encode()
        heads.append(_head(key))
        tokens += key
        rows += pack_rows(found)
        token_ends.append(len(tokens))
        row_ends.append(len(rows))
    return Packed(
        heads.tobytes(), token_ends.tobytes(), row_ends.tobytes(), bytes(tokens), bytes(rows)
    )


def pack_rows(rows: Iterable[int]) -> bytes:
    """The rows as they are kept."""
    # Half a million tokens of an index have one row.
    if isinstance(rows, array) and len(rows) == 1:
        return _NUMBERS + rows.tobytes()
    found = BitMap(rows)
    if len(found) <= _MOST_NUMBERS:
        return _NUMBERS + found.to_array().tobytes()
    found.run_optimize()
    return _BITMAP + bytes(found.serialize())


def unpack_rows(kept: bytes) -> BitMap:
    """The rows that `pack_rows` packed."""
    if kept[0] == _IS_BITMAP:
        return BitMap.deserialize(kept[1:])
    return BitMap(array("I", kept[1:]))


def union(kept: Iterable[bytes]) -> BitMap:
    """All rows of several packed ones."""
    numbers, bitmaps = [], []
    for each in kept:
        if each[0] == _IS_BITMAP:
            bitmaps.append(BitMap.deserialize(each[1:]))
        else:
            numbers.append(each[1:])
    return BitMap.union(BitMap(array("I", b"".join(numbers))), *bitmaps)


def _head(key: bytes, filler: bytes = b"\0") -> int:
    return int.from_bytes(key[:_HEAD].ljust(_HEAD, filler), "big")


class Postings:
    """The rows of tokens; bitmaps that it gives are the caller's own."""

    def __init__(self, packed: Packed) -> None:
        self._heads = memoryview(packed.heads).cast("Q")
        self._token_ends = memoryview(packed.token_ends).cast("I")
        self._row_ends = memoryview(packed.row_ends).cast("I")
        self._tokens, self._rows = packed.tokens, packed.rows

    def __len__(self) -> int:
        return len(self._heads)

    def __contains__(self, token: str) -> bool:
        return self._find(token.encode()) is not None

    def rows(self, token: str) -> BitMap:
        """The rows that have the token."""
        at = self._find(token.encode())
        return BitMap() if at is None else unpack_rows(self._kept(at))

    def at(self, place: int) -> BitMap:
        """The rows of the token at this place in the order of tokens, from 1."""
        ends = self._row_ends
        return unpack_rows(self._rows[ends[place - 2] if place > 1 else 0 : ends[place - 1]])

    def begun(self, beginning: str) -> BitMap:
        """The rows that have a token which begins so."""
        at = self._find(f"{beginning}{BEGUN}".encode())
        return unpack_rows(self._kept(at)) if at is not None else union(self._of(beginning))

    def tokens(self, beginning: str) -> Iterator[str]:
        """The tokens that begin so, in order."""
        return (self._token(at).decode() for at in self._places(beginning.encode()))

    def _of(self, beginning: str) -> Iterable[bytes]:
        places, rows = self._places(beginning.encode()), self._rows
        ends = self._row_ends[places.start : places.stop].tolist()
        starts = [self._row_ends[places.start - 1] if places.start else 0, *ends]
        return [rows[start:end] for start, end in zip(starts, ends, strict=False)]

    def _places(self, beginning: bytes) -> range:
        """The places of the tokens that begin so."""
        first = bisect_left(self._heads, _head(beginning))
        end = bisect_right(self._heads, _head(beginning, b"\xff"), first)
        if len(beginning) > _HEAD:

            def cut(at: int) -> bytes:
                return self._token(at)[: len(beginning)]

            places = range(len(self))
            first = bisect_left(places, beginning, first, end, key=cut)
            end = bisect_right(places, beginning, first, end, key=cut)
        return range(first, end)

    def _find(self, key: bytes) -> int | None:
        head = _head(key)
        at = bisect_left(self._heads, head)
        if len(key) < _HEAD:
            # No other token has this head: none has a NUL in it.
            return at if at < len(self._heads) and self._heads[at] == head else None
        if len(key) > _HEAD:
            end = bisect_right(self._heads, head, at)
            at = bisect_left(range(end), key, at, end, key=self._token)
        # A token as short as its head comes before the longer ones that begin so.
        return at if at < len(self._heads) and self._token(at) == key else None

    def _token(self, at: int) -> bytes:
        return self._tokens[self._token_ends[at - 1] if at else 0 : self._token_ends[at]]

    def _kept(self, at: int) -> bytes:
        return self._rows[self._row_ends[at - 1] if at else 0 : self._row_ends[at]]
