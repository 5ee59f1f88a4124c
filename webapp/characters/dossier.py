"""Asking index.db for given rows: all that is known of one, those of a list, those of a text."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from functools import cache
from itertools import islice
from typing import Any, Final, NamedTuple

import msgspec

from webapp.characters import byte_forms, ucd
from webapp.characters.charsets import read_charsets
from webapp.characters.clusters import clusters
from webapp.characters.code_point_order import CodePointOrder
from webapp.characters.details import (
    Details,
    Item,
    Known,
    Reference,
    Sequences,
    describe,
    mentioned,
)
from webapp.characters.details_statements import COLUMNS, DETAILS, ROWS
from webapp.characters.entities import preferred
from webapp.characters.families import Families
from webapp.characters.identifier import format_id, not_assigned, parse_id, why_not
from webapp.characters.identify import (
    BATCH,
    LONGEST_SEQUENCE,
    Account,
    Row,
    batches,
    clusters_json,
    keys_of,
    shown_cluster,
    stand_in,
    wanted,
)
from webapp.characters.inspection import Inspection, inspected
from webapp.characters.look_alikes import prototypes
from webapp.characters.resident import Resident
from webapp.characters.row_items import RowItems
from webapp.characters.text import printable
from webapp.characters.traits import Traits
from webapp.database import Readers
from webapp.language_tags import accepted, chain
from webapp.phrases import Phrase, plain
from webapp.problems import NotFound

ROWS_AT_ONCE: Final = 1_000
# Of the sequences with a character in them this many are shown.
MOST_RELATED: Final = 41
PIECE_BYTES: Final = 64 * 1024
# Longer texts are looked at beside the loop.
INSPECTED_AT_ONCE: Final = 1_000
_NO_JSON = frozenset({"row", "nfd", "nfkd", "names"})


class Mark(NamedTuple):
    """What a row on a page has beside its item: HTML's name for it, and whether it has variants."""

    entity: str | None
    varies: bool


class Dossier:
    """What there is to know of each row of an index."""

    def __init__(
        self,
        readers: Readers,
        items: RowItems,
        order: CodePointOrder,
        reference: Reference,
        *,
        unicode_version: str,
        locales: Collection[str],
    ) -> None:
        self._readers = readers
        self._items = items
        self._order = order
        self._families = Families(order.sequences())
        self._reference = reference
        self._unicode_version = unicode_version
        self._locales = locales

    @classmethod
    async def open(cls, readers: Readers, resident: Resident) -> "Dossier":
        """Over an index, whose parts stay its own; the tables beside it are read here."""
        reference = await asyncio.to_thread(_reference)
        meta: dict[str, str] = dict(await readers.fetch_all("select key, value from meta"))
        locales = await readers.fetch_all("select id from locales")
        items, order = resident.items, resident.orders["cp"].rows
        return cls(
            readers,
            items,
            CodePointOrder(items, order, int(meta["characters"])),
            reference,
            unicode_version=meta["unicode_version"],
            locales=frozenset(each for (each,) in locales),
        )

    def has_unseen(self, text: str) -> bool:
        """Whether something in the text is not to be seen; joiners and selectors are expected."""
        if text.isascii():
            return False
        traits = self._reference.traits
        unseen = {point for point in map(ord, text) if traits.has("DI", point)}
        return any(not traits.has("VS", each) and not traits.has("Join_C", each) for each in unseen)

    def locales(self, *, tag: str = "", header: str = "") -> tuple[str, ...]:
        """The locales that a language tag means or, without one, an Accept-Language header."""
        return chain(tag, self._locales) if tag else accepted(header, self._locales)

    async def character(self, text: str, languages: Sequence[str] = ()) -> Details:
        """All that is known of the row with this id, or of the character that the text is.

        `languages` are locales for its name, the best first. NotFound says why there is no such
        row.
        """
        code_points = _meant(text)
        for reason in filter(None, map(why_not, code_points)):
            raise NotFound(reason)
        keys = keys_of(code_points)
        if not keys:
            raise NotFound(Phrase("No character or sequence is that long."))
        row = await self._readers.fetch_one(DETAILS, (json.dumps(keys),))
        if row is None:
            raise NotFound(not_assigned(keys[0], self._unicode_version))
        known = self._known(row)
        rows = await self._rows(mentioned(known))
        items = {key: msgspec.json.decode(row.json) for key, row in rows.items()}
        sequences = self._sequences(known)
        return describe(known, items, sequences, self._reference, languages)

    def _known(self, row: Sequence[Any]) -> Known:
        """What the columns of DETAILS say, with the items of the rows they name."""
        found = _columns(row)
        item = self._item(found.pop("row"))
        confusables = [self._item(other) for other in found.pop("confusables")]
        beside = self._order.beside(item["char"])
        previous, following = (None if each is None else self._item(each) for each in beside)
        return Known(item=item, confusables=confusables, previous=previous, next=following, **found)

    def _item(self, row: int) -> Item:
        item: Item = msgspec.json.decode(self._items.item(row))
        return item

    def _sequences(self, known: Known) -> Sequences:
        """The sequences with the character, or those that vary the sequence."""
        rows = self._families.related(known.char)
        first = map(self._item, rows[:MOST_RELATED])
        others = [each for each in first if each["id"] != known.item["id"]]
        return Sequences(len(rows) - (known.sequence is not None), others[: MOST_RELATED - 1])

    def between(self, first: int, last: int) -> list[Item]:
        """The characters from one code point to another one, as items."""
        return [self._item(row) for row in self._order.between(first, last)]

    def variants(self, text: str) -> list[Item]:
        """The sequences that differ from the text in skin tones and genders alone."""
        return [self._item(row) for row in self._families.variants(text)]

    def marks(self, items: Iterable[Item]) -> dict[str, Mark]:
        """What rows on a page have beside their items, by id."""
        return {
            item["id"]: Mark(
                self._reference.entities.get(item["char"]), self._families.varies(item["char"])
            )
            for item in items
        }

    async def lookup(self, texts: Sequence[str]) -> tuple[list[msgspec.Raw], list[str]]:
        """The rows with these ids or that are these texts, as JSON, and the texts without a row.

        Both are in the order that was asked for, and have a thing as often as it was asked for.
        """
        keys = {text: keys_of(_meant(text)) for text in texts}
        rows = await self._rows(key for found in keys.values() for key in found)
        items: list[msgspec.Raw] = []
        unknown: list[str] = []
        for text in texts:
            row = next((rows[key] for key in keys[text] if key in rows), None)
            if row is None:
                unknown.append(printable(text))
            else:
                items.append(row.json)
        return items, unknown

    async def identify(self, text: str) -> AsyncIterator[bytes]:
        """The JSON of all clusters of the text, in pieces of bounded size."""
        account = Account()
        piece = bytearray(b'{"clusters":[')
        for number, batch in enumerate(batches(text)):
            rows = await self._rows(wanted(batch))
            piece += b"," if number else b""
            parts: Iterable[bytes] = clusters_json(batch, rows, account)
            if len(batch[0]) > BATCH:
                parts = await asyncio.to_thread(list, parts)
            for part in parts:
                piece += part
                if len(piece) >= PIECE_BYTES:
                    yield bytes(piece)
                    piece.clear()
                    # Others have their turn while a long answer is made.
                    await asyncio.sleep(0)
        inspection = await self.inspect(text)
        closed = account.closed(text) | inspection.answer()
        yield bytes(piece) + b"]," + msgspec.json.encode(closed, enc_hook=plain)[1:]

    async def inspect(self, text: str) -> Inspection:
        """What there is to say of a text as a whole."""
        alike = prototypes()
        distinct = dict.fromkeys(text)
        named = set("".join(alike[char] for char in distinct if char in alike)).union(distinct)
        found = await self._rows(format_id([ord(char)]) for char in named)
        rows = {char: found.get(format_id([ord(char)])) or stand_in(char) for char in named}
        if len(text) <= INSPECTED_AT_ONCE:
            return inspected(text, rows, self._reference.traits, alike)
        return await asyncio.to_thread(inspected, text, rows, self._reference.traits, alike)

    async def first_clusters(self, text: str, most: int) -> list[dict[str, Any]]:
        """The first clusters of a text for a page, bounded however long each is."""
        found = list(islice(clusters(text), most))
        ids = wanted(cluster[:LONGEST_SEQUENCE] for cluster in found)
        rows = await self._rows(ids)
        return [shown_cluster(cluster, rows) for cluster in found]

    async def _rows(self, keys: Iterable[str]) -> dict[str, Row]:
        """The rows that have one of these ids, by that id."""
        distinct = list(dict.fromkeys(keys))
        found: dict[str, Row] = {}
        for start in range(0, len(distinct), ROWS_AT_ONCE):
            asked = json.dumps(distinct[start : start + ROWS_AT_ONCE])
            rows = await self._readers.fetch_all(ROWS, (asked,))
            found.update((key, Row.of(self._items.item(row))) for key, row in rows)
        return found


@cache
def _reference() -> Reference:
    byte_forms.load()
    prototypes()
    entities = preferred(ucd.entities())
    return Reference(Traits.read(), read_charsets(), dict(ucd.latex()), entities)


def _meant(text: str) -> tuple[int, ...]:
    """The code points of an id, or of any other text."""
    return parse_id(text) or tuple(map(ord, text))


def _columns(row: Sequence[Any]) -> dict[str, Any]:
    """The columns of DETAILS by name; nearly all of them are JSON."""
    return {
        column: value if column in _NO_JSON or value is None else json.loads(value)
        for column, value in zip(COLUMNS, row, strict=True)
    }
