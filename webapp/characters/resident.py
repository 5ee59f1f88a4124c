"""What of the index is held in memory, so that a search in English asks no database."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, Protocol, TypeVar

from pyroaring import BitMap

from webapp.characters.hits import Ordered
from webapp.characters.name_keys import NameKeys, PackedNames
from webapp.characters.postings import Packed, Postings
from webapp.characters.row_items import PackedItems, RowItems
from webapp.characters.vocabulary import PackedWords, Vocabulary
from webapp.database import Readers

ORDERS = ("cp", "name", "age")


class Order:
    """An order of the rows; `rows` are those at the places 1, 2, …"""

    def __init__(self, rows: Sequence[int]) -> None:
        self.rows = rows

    @cached_property
    def _places(self) -> "array[int]":
        """The place of each row, by its number; there is no row 0."""
        places = array("I", bytes(4 * (len(self.rows) + 1)))
        for place, row in enumerate(self.rows, 1):
            places[row] = place
        return places

    def of(self, rows: BitMap) -> Ordered:
        """The rows in this order."""
        return Ordered(BitMap(array("I", map(self._places.__getitem__, rows))), self.rows)


class _Sections(Protocol):
    @property
    def _fields(self) -> tuple[str, ...]: ...

    def __iter__(self) -> Iterator[bytes]: ...


Sections = TypeVar("Sections", Packed, PackedItems, PackedNames, PackedWords)


class Resident(NamedTuple):
    """The parts that searches need.

    `search` has the tokens of rows, but for those of other languages; `listed` has those of
    places in the order of code points, from 1. Each of the `orders` gives the row at each place.
    """

    items: RowItems
    search: Postings
    listed: Postings
    names: NameKeys
    vocabulary: Vocabulary
    orders: Mapping[str, Order]

    @classmethod
    async def read(cls, readers: Readers) -> "Resident":
        """The parts as `sections` named them."""
        blobs: dict[str, bytes] = dict(await readers.fetch_all("select name, data from resident"))
        return cls(
            RowItems(_joined("items", PackedItems, blobs)),
            Postings(_joined("search", Packed, blobs)),
            Postings(_joined("listed", Packed, blobs)),
            NameKeys(_joined("names", PackedNames, blobs)),
            Vocabulary(_joined("words", PackedWords, blobs)),
            {order: Order(memoryview(blobs[f"order.{order}"]).cast("I")) for order in ORDERS},
        )


def _joined(part: str, kind: type[Sections], blobs: Mapping[str, bytes]) -> Sections:
    return kind(*(blobs[f"{part}.{field}"] for field in kind._fields))


def sections(part: str, packed: _Sections) -> Iterator[tuple[str, bytes]]:
    """(name, data) of each section of a part, as the table `resident` keeps them."""
    for field, data in zip(packed._fields, packed, strict=True):
        yield f"{part}.{field}", data
