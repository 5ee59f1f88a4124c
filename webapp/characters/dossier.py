"""Asking index.db for given rows: all that is known of one, those of a list, those of a text."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from typing import Any, Final

import msgspec

from webapp.characters import ucd
from webapp.characters.charsets import read_charsets
from webapp.characters.details import (
    Details,
    Known,
    Reference,
    Sequences,
    describe,
    mentioned,
)
from webapp.characters.details_statements import DETAILS, NUMBERED_ROWS, ROWS, SEQUENCES
from webapp.characters.families import Families
from webapp.characters.identifier import parse_id, why_not
from webapp.characters.identify import (
    BATCH,
    Account,
    Row,
    batches,
    clusters_json,
    keys_of,
    wanted,
)
from webapp.characters.language_tags import accepted, chain
from webapp.characters.text import printable
from webapp.characters.traits import Traits
from webapp.database import Readers
from webapp.problems import NotFound

ROWS_AT_ONCE: Final = 1_000
# Of the sequences with a character in them this many are shown.
MOST_RELATED: Final = 41
PIECE_BYTES: Final = 64 * 1024
_NO_JSON = frozenset({"nfd", "nfkd", "names"})


class Dossier:
    """What there is to know of each row of an index."""

    def __init__(
        self,
        readers: Readers,
        reference: Reference,
        families: Families,
        *,
        characters: int,
        unicode_version: str,
        locales: Collection[str],
    ) -> None:
        self._readers = readers
        self._reference = reference
        self._families = families
        self._characters = characters
        self._unicode_version = unicode_version
        self._locales = locales

    @classmethod
    async def open(cls, readers: Readers) -> "Dossier":
        """Over an index, whose readers stay its own; the tables beside it are read here."""
        reference = await asyncio.to_thread(_reference)
        meta: dict[str, str] = dict(await readers.fetch_all("select key, value from meta"))
        locales = await readers.fetch_all("select id from locales")
        return cls(
            readers,
            reference,
            Families(await readers.fetch_all(SEQUENCES)),
            characters=int(meta["characters"]),
            unicode_version=meta["unicode_version"],
            locales=frozenset(each for (each,) in locales),
        )

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
            raise NotFound("No character or sequence is that long.")
        row = await self._readers.fetch_one(DETAILS, (json.dumps(keys), self._characters))
        if row is None:
            what = "a sequence with a name" if "-" in keys[0] else "an assigned character"
            raise NotFound(f"{keys[0]} is not {what} in Unicode {self._unicode_version}.")
        known = _known(row)
        rows = await self._rows(mentioned(known))
        items = {key: msgspec.json.decode(row.json) for key, row in rows.items()}
        sequences = await self._sequences(known)
        return describe(known, items, sequences, self._reference, languages)

    async def _sequences(self, known: Known) -> Sequences:
        """The sequences with the character, or those that vary the sequence."""
        rows = self._families.related(known.char)
        if not rows:
            return Sequences(0, [])
        first = json.dumps(rows[:MOST_RELATED])
        [(items,)] = await self._readers.fetch_all(NUMBERED_ROWS, (first,))
        others = [each for each in json.loads(items) if each["id"] != known.item["id"]]
        return Sequences(len(rows) - (known.sequence is not None), others[: MOST_RELATED - 1])

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
        yield bytes(piece) + b"]," + msgspec.json.encode(account.closed(text))[1:]

    async def _rows(self, keys: Iterable[str]) -> dict[str, Row]:
        """The rows that have one of these ids, by that id."""
        distinct = list(dict.fromkeys(keys))
        found: dict[str, Row] = {}
        for start in range(0, len(distinct), ROWS_AT_ONCE):
            asked = json.dumps(distinct[start : start + ROWS_AT_ONCE])
            rows = await self._readers.fetch_all(ROWS, (asked,))
            found.update((key, Row.of(text)) for key, text in rows)
        return found


def _reference() -> Reference:
    return Reference(Traits.read(), read_charsets(), dict(ucd.latex()))


def _meant(text: str) -> tuple[int, ...]:
    """The code points of an id, or of any other text."""
    return parse_id(text) or tuple(map(ord, text))


def _known(row: Sequence[Any]) -> Known:
    """The columns of DETAILS in their order; nearly all of them are JSON."""
    named = zip(Known.__struct_fields__, row, strict=True)
    return Known(
        **{
            field: value if field in _NO_JSON or value is None else json.loads(value)
            for field, value in named
        }
    )
