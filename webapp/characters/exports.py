"""A whole result as lines of JSON or as a table, piece by piece, each with a mark at its end; pure.

Whoever is cut off sees it: without the mark it is not the whole.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final
from urllib.parse import quote

import msgspec

from webapp.characters.model import ITEM_KEYS, Whole

# At the beginning of a cell, spreadsheets take these for a formula, or skip them on the way to one.
# Where signs are typed in full width, they are read as the others.
FORMULA: Final = frozenset(
    "=+-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}"
    "\N{FULLWIDTH COMMERCIAL AT}"
)
AS_TEXT: Final = "'"
BOM: Final = "\ufeff"
NAME_LIMIT: Final = 60

_encoder = msgspec.json.Encoder()
_rows_of = msgspec.json.Decoder(list[dict[str, Any]])
_texts_of = msgspec.json.Decoder(list[msgspec.Raw])


def ndjson(whole: Whole, fields: Sequence[str] = ()) -> Iterator[bytes]:
    """A line for each row, with only the keys in `fields` if there are any; then the mark."""
    for page in whole.pages:
        yield _encoder.encode_lines(_picked(page, fields) if fields else _texts(page))
    yield _encoder.encode({"end": True, "total": whole.total}) + b"\n"


def table(whole: Whole, fields: Sequence[str] = (), *, bom: bool = False) -> Iterator[bytes]:
    """A table (RFC 4180) with a head; its last row is the mark, in the first column.

    Cells that a spreadsheet would take for a formula have an apostrophe before them. With `bom`
    it begins with the mark by which spreadsheets know UTF-8.
    """
    columns = fields or ITEM_KEYS
    head = _rows([columns])
    yield (BOM.encode() if bom else b"") + head
    for page in whole.pages:
        yield _rows([_cell(row[key]) for key in columns] for row in _decoded(page))
    # As many cells as the others have: strict readers refuse a row that is shorter.
    yield _rows([[f"# end of {whole.total} rows", *[""] * (len(columns) - 1)]])


def file_name(text: str, ending: str) -> str:
    """The value of a Content-Disposition that names the file after what was searched for."""
    words = re.sub(r"\W+", "-", text)[:NAME_LIMIT].strip("-")
    name = f"characters-{words}.{ending}" if words else f"characters.{ending}"
    if name.isascii():
        return f'attachment; filename="{name}"'
    # RFC 6266: the first is for those that do not know the second.
    encoded = quote(name, safe="", errors="replace")
    return f"attachment; filename=\"characters.{ending}\"; filename*=UTF-8''{encoded}"


def _decoded(page: bytes) -> list[dict[str, Any]]:
    return _rows_of.decode(b"[%s]" % page)


def _texts(page: bytes) -> list[msgspec.Raw]:
    """The rows as they are: none of them is read."""
    return _texts_of.decode(b"[%s]" % page)


def _picked(page: bytes, fields: Sequence[str]) -> list[dict[str, Any]]:
    return [{key: row[key] for key in fields} for row in _decoded(page)]


def _cell(value: str | None) -> str:
    return AS_TEXT + value if value and value[0] in FORMULA else value or ""


def _rows(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
