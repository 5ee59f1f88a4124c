"""Asking index.db: pages of hits with exact totals, and all that is known of one character."""

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec

from webapp.characters import cursor
from webapp.characters.cursor import Place
from webapp.characters.details import Details, Known, describe
from webapp.characters.identifier import bare, format_id, parse_id, why_not
from webapp.characters.lru import LRU
from webapp.characters.model import Page
from webapp.characters.parameters import MAX_LIMIT
from webapp.characters.query import Query
from webapp.characters.statements import DETAILS, Statement, everything, relevance, sorted_by
from webapp.database import Readers
from webapp.problems import NotFound

TOTALS_KEPT = 4_096
PAGES_KEPT_BYTES = 16 << 20
LONGEST_SEQUENCE = 64


class EncodedPage(msgspec.Struct, frozen=True):
    """A page of the API, ready to be sent, and its Link header ("" on the last page)."""

    body: bytes
    link: str


class CharacterIndex:
    """The search index of one build; read-only, so everything it gives can be kept."""

    def __init__(self, readers: Readers, meta: dict[str, str]) -> None:
        self._readers = readers
        self._totals: LRU[str, int] = LRU(TOTALS_KEPT)
        self.pages: LRU[str, EncodedPage] = LRU(PAGES_KEPT_BYTES)
        self.build_id = meta["build_id"]
        self.unicode_version = meta["unicode_version"]
        self.characters = int(meta["characters"])

    @classmethod
    async def open(cls, path: Path, *, deadline_s: float = 1.0) -> "CharacterIndex":
        """The index at `path`, which `ensure_index` made."""
        readers = await Readers.open(path, immutable=True, deadline_s=deadline_s)
        return cls(readers, dict(await readers.fetch_all("select key, value from meta")))

    async def close(self) -> None:
        """Close the connection."""
        await self._readers.close()

    async def search(
        self,
        query: Query,
        *,
        limit: int = MAX_LIMIT,
        after: str | None = None,
        sort: str = "relevance",
    ) -> Page:
        """The first rows of the result, or those after a cursor; `limit` is 1 to 200 rows.

        Raises CursorMismatch for a cursor of another query, order or index, QueryTimeout when
        the query takes too long.
        """
        scope = f"{self.build_id}\0{sort}\0{query.fingerprint}"
        place = cursor.decode(after, scope) if after is not None else Place()
        total = (
            self.characters if query.asks_for_everything else self._totals.get(query.fingerprint)
        )
        statement = self._statement(query, place, sort, count=total is None)
        count, tier, number, items, counted = await self._run(statement, limit)
        if total is None:
            total = counted
            self._totals.put(query.fingerprint, counted)
        shown = place.shown + count
        following = Place(tier, number, shown) if count and shown < total else None
        return Page(
            query=query,
            items=items,
            total=total,
            start=place.shown + 1,
            next=cursor.encode(following, scope) if following else None,
            notices=self._notices(query, total),
            unicode_version=self.unicode_version,
            index=self.build_id,
        )

    def _statement(self, query: Query, place: Place, sort: str, *, count: bool) -> Statement:
        if query.asks_for_everything:
            return everything(place, sort, self.characters)
        if sort == "relevance":
            return relevance(query, place, count=count)
        return sorted_by(query, place, sort, count=count)

    async def _run(self, statement: Statement, limit: int) -> tuple[int, int, int, str, int]:
        row = await self._readers.fetch_one(statement.sql, statement.parameters(limit))
        if row is None:
            raise RuntimeError("an aggregate query gave no row")
        count, last, items, total = row
        tier, number = divmod(last or 0, 1 << 40)
        return count, tier, number, items or "", total

    def _notices(self, query: Query, total: int) -> tuple[str, ...]:
        reading = query.interpretation[0]
        if total or query.notices or reading.kind not in {"codepoint", "literal"}:
            return query.notices
        return (self._not_here(str(reading.id)),)

    async def character(self, text: str) -> Details:
        """All that is known of the row with this id, or of the character that the text is.

        NotFound says why there is no such row.
        """
        code_points = parse_id(text) or tuple(map(ord, text))
        for reason in filter(None, map(why_not, code_points)):
            raise NotFound(reason)
        if len(code_points) > LONGEST_SEQUENCE:
            raise NotFound("No character or sequence is that long.")
        keys = [format_id(code_points), format_id(bare(code_points))]
        parts = [format_id([part]) for part in code_points]
        parameters = (json.dumps(keys), self.characters, json.dumps(parts))
        row = await self._readers.fetch_one(DETAILS, parameters)
        if row is None:
            raise NotFound(self._not_here(keys[0]))
        return describe(_known(row))

    def _not_here(self, key: str) -> str:
        what = "a sequence with a name" if "-" in key else "an assigned character"
        return f"{key} is not {what} in Unicode {self.unicode_version}."


def _known(row: Sequence[str | None]) -> Known:
    """The columns of DETAILS in their order; all but four of them are JSON."""
    plain = {"nfd", "nfkd", "short_name"}
    values = {
        field: value if field in plain or value is None else json.loads(value)
        for field, value in zip(Known.__struct_fields__, row, strict=True)
    }
    return Known(**values | {"related": values["related"] or {}})
