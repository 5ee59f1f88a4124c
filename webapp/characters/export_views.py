"""The whole result of a search, sent while it is made."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, NamedTuple

from aiohttp import hdrs, web

from webapp.answers import kept_headers, not_modified, refuse_unknown
from webapp.characters import exports
from webapp.characters.model import Whole
from webapp.characters.parameters import Search, read_search
from webapp.keys import CHARACTERS, SETTINGS
from webapp.negotiation import accepts_gzip, packed
from webapp.phrases import Phrase
from webapp.problems import InvalidRequest
from webapp.sending import send_in_time

PARAMETERS: Final = frozenset({"q", "lang", "sort", "mode", "fields"})
BOM_VALUES: Final = {"": False, "false": False, "true": True}


class Format(NamedTuple):
    """A way to write a result: the ending of its file, its type, and what writes it."""

    ending: str
    media_type: str
    written: Callable[[Whole], Iterator[bytes]]


async def api_ndjson(request: web.Request) -> web.StreamResponse:
    """A line of JSON for each hit, then the line that says that there are no more."""
    refuse_unknown(request, PARAMETERS)
    search = await read_search(request.query)
    written = partial(exports.ndjson, fields=search.fields)
    return await _answer(request, search, Format("ndjson", "application/x-ndjson", written))


async def api_csv(request: web.Request) -> web.StreamResponse:
    """A table with a row for each hit, then the row that says that there are no more."""
    refuse_unknown(request, PARAMETERS | {"bom"})
    search = await read_search(request.query)
    bom = BOM_VALUES.get(request.query.get("bom", ""))
    if bom is None:
        raise InvalidRequest.field("bom", "unknown", Phrase("must be true or false."))
    written = partial(exports.table, fields=search.fields, bom=bom)
    return await _answer(request, search, Format("csv", "text/csv", written))


async def _answer(request: web.Request, search: Search, form: Format) -> web.StreamResponse:
    index = request.app[CHARACTERS]
    if (unchanged := not_modified(request, index.build_id)) is not None:
        return unchanged
    whole = await index.whole(search.query, sort=search.sort, lang=search.lang)
    pieces, headers = form.written(whole), kept_headers(index.build_id)
    headers |= {
        hdrs.CONTENT_TYPE: f"{form.media_type}; charset=utf-8",
        hdrs.CONTENT_DISPOSITION: exports.file_name(search.query.text, form.ending),
        hdrs.VARY: hdrs.ACCEPT_ENCODING,
    }
    if accepts_gzip(request.headers.get(hdrs.ACCEPT_ENCODING, "")):
        pieces = packed(pieces)
        # The same tag must not name two different byte strings.
        headers |= {hdrs.CONTENT_ENCODING: "gzip", "ETag": f"W/{headers['ETag']}"}
    return await _sent(request, web.StreamResponse(headers=headers), pieces)


async def _sent(
    request: web.Request, response: web.StreamResponse, pieces: Iterator[bytes]
) -> web.StreamResponse:
    await response.prepare(request)
    if request.method == hdrs.METH_HEAD:
        return response
    deadline_s = request.app[SETTINGS].send_seconds
    try:
        for piece in pieces:
            await send_in_time(request, response, piece, deadline_s)
            # Nothing waits while the client takes all at once: others have their turn here.
            await asyncio.sleep(0)
    except ConnectionError:
        # The client has gone, or was hung up on: nobody is left to be told.
        pass
    return response
