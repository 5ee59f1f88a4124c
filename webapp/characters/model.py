"""What a search gives: items, and pages of them."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from webapp.characters.meaning import Query, Reading
from webapp.phrases import Phrase

MAX_LIMIT = 200
ITEM_KEYS = (
    "id",
    "char",
    "name",
    "kind",
    "category",
    "block",
    "script",
    "age",
    "why",
)

_encode = msgspec.json.encode


class Correction(msgspec.Struct, frozen=True):
    """A spelling that was searched instead of the one typed."""

    typed: str = msgspec.field(name="from")
    to: str


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Some rows of a result in its one total order.

    `items` is the ready JSON of the rows, joined by commas; `start` is the number of the first of
    them in the whole result, from 1; `next` is the cursor of the page after, None at the end.
    """

    query: Query
    items: bytes
    total: int
    start: int
    next: str | None
    notices: tuple[Phrase, ...]
    corrected: Correction | None
    unicode_version: str
    index: str

    @property
    def interpretation(self) -> tuple[Reading, ...]:
        """How the query was read, then the other ways to read it."""
        return self.query.interpretation

    def rows(self) -> list[dict[str, Any]]:
        """The items as dicts."""
        decoded: list[dict[str, Any]] = msgspec.json.decode(b"[%s]" % self.items)
        return decoded


class Whole(NamedTuple):
    """A whole result in its one total order.

    `pages` are the rows as JSON, joined by commas, so many at a time; each is
    made when it is taken.
    """

    total: int
    pages: Iterator[bytes]


def page_json(page: Page, next_url: str | None, fields: Sequence[str] = ()) -> bytes:
    """The page as the API answers it; with `fields`, items have only those keys."""
    items = page.items
    if fields:
        picked = [{key: row[key] for key in fields} for row in page.rows()]
        items = _encode(picked)[1:-1]
    head = _encode(
        {
            "query": page.query.text,
            "interpretation": page.interpretation,
            "corrected": page.corrected,
            "notices": list(map(str, page.notices)),
            "total": page.total,
        }
    )
    tail = _encode(
        {
            "next": page.next,
            "next_url": next_url,
            "unicode_version": page.unicode_version,
            "index": page.index,
        }
    )
    return b'%s,"items":[%s],%s' % (head[:-1], items, tail[1:])
