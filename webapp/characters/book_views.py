"""The addresses of the book's programs, with the JSON that they answered."""

import asyncio
import json
import re
from contextlib import suppress
from typing import Final

import msgspec
from aiohttp import hdrs, web

from webapp.answers import json_response, kept_headers, not_modified
from webapp.characters.index import CharacterIndex
from webapp.characters.meaning import Query
from webapp.characters.model import Page
from webapp.characters.parameters import read_search
from webapp.keys import CHARACTERS, SETTINGS
from webapp.phrases import Phrase
from webapp.problems import BadRequest, InvalidRequest
from webapp.sending import send_in_time

# The first edition's program gave so many, whatever was asked for.
CHARACTERS_AT_ONCE: Final = 15
_encode: Final = msgspec.json.encode
_NUMBER: Final = re.compile(r"[0-9]{1,18}")


async def search(request: web.Request) -> web.StreamResponse:
    """All characters of a query as one list: the web program of the second edition."""
    if "q" not in request.query:
        raise InvalidRequest.field("q", "missing", Phrase("Give the words to search for."))
    index = request.app[CHARACTERS]
    query = await _query(request.query["q"], "classic2")
    if (unchanged := not_modified(request, index.build_id)) is not None:
        return unchanged
    page = await index.search(query)
    headers = kept_headers(index.build_id)
    if page.next is None:
        return json_response(_rows(page), headers=headers)
    headers[hdrs.CONTENT_TYPE] = "application/json; charset=utf-8"
    return await _sent(request, web.StreamResponse(headers=headers), query, page)


async def _sent(
    request: web.Request, response: web.StreamResponse, query: Query, page: Page
) -> web.StreamResponse:
    """The list page by page: a result has up to a hundred thousand characters."""
    index: CharacterIndex = request.app[CHARACTERS]
    before, deadline_s = b"[", request.app[SETTINGS].send_seconds
    with suppress(ConnectionError):
        await response.prepare(request)
        while request.method != hdrs.METH_HEAD:
            text = before + _encode(_rows(page))[1:-1] + (b"" if page.next else b"]")
            await send_in_time(request, response, text, deadline_s)
            if page.next is None:
                break
            # Neither sending nor searching need wait: others want their turn as well.
            await asyncio.sleep(0)
            before, page = b",", await index.search(query, after=page.next)
    return response


def _rows(page: Page) -> list[dict[str, str]]:
    return [{"char": row["char"], "name": row["name"]} for row in page.rows()]


async def characters(request: web.Request) -> web.Response:
    """A few characters of a query by their places: what a page of the first edition asked for."""
    text = request.query.get("query", "")
    if not text:
        raise BadRequest(Phrase("Give the words to search for as {parameter}.", parameter="query"))
    start = _number(request, "start", 0)
    end = start + CHARACTERS_AT_ONCE
    stop = min(_number(request, "stop", end), end)
    try:
        query = await _query(text, "classic1")
    except InvalidRequest as problem:
        # It is not called `q` here.
        raise InvalidRequest.field(
            "query", problem.errors[0].code, problem.errors[0].detail
        ) from None
    page = await request.app[CHARACTERS].search(query, skip=start, limit=max(0, stop - start))
    found = "".join(row["char"] for row in page.rows())
    answer = {"total": page.total, "start": start, "stop": stop, "chars": found}
    # As the program sent it, escapes, type and all.
    return web.Response(text=json.dumps(answer), content_type="text/plain")


def _number(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text):
        raise BadRequest(Phrase("{parameter} is a number of 18 digits at most.", parameter=name))
    return int(text)


async def _query(text: str, mode: str) -> Query:
    return (await read_search({"q": text, "mode": mode})).query
