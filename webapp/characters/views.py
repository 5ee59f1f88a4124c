"""Characters over HTTP: the search page, its rows, the page of one character, and the API."""

from collections.abc import Mapping
from typing import Any, Final

import aiohttp_jinja2
import msgspec
from aiohttp import web

from webapp.answers import json_response, refuse_unknown
from webapp.characters.index import CharacterIndex, EncodedPage
from webapp.characters.model import Page, page_json
from webapp.characters.parameters import Search
from webapp.keys import CHARACTERS
from webapp.problems import CursorMismatch, Problem

API_PARAMETERS: Final = frozenset({"q", "limit", "cursor", "lang", "sort", "mode", "fields"})
# The answer may be kept, but is to be asked for again: a 304 costs next to nothing.
CACHE_CONTROL: Final = "no-cache"
LINK_LIMIT: Final = 4_000


async def search_page(request: web.Request) -> web.Response:
    """The box and the first rows; a query that cannot be answered is shown with the reason."""
    try:
        context, status = await _rows_context(request), 200
    except Problem as problem:
        if problem.status >= 500:
            raise
        context, status = _problem_context(request, problem), problem.status
    unicode_version = request.app[CHARACTERS].unicode_version
    return _render("search.html", request, context | {"unicode_version": unicode_version}, status)


async def rows(request: web.Request) -> web.Response:
    """The rows of one page as a fragment of HTML."""
    return _render("_rows.html", request, await _rows_context(request))


async def character_page(request: web.Request) -> web.Response:
    """The page of one character."""
    character = await request.app[CHARACTERS].character(request.match_info["id"])
    context = {
        "character": character,
        "previous": character["previous"],
        "following": character["next"],
    }
    return _render("character.html", request, context)


async def api_search(request: web.Request) -> web.Response:
    """One page of hits as JSON; a matching ETag costs no query, nor does a page kept."""
    refuse_unknown(request, API_PARAMETERS)
    index = request.app[CHARACTERS]
    encoded = index.pages.get(request.rel_url.raw_query_string)
    if encoded is None:
        search = Search.from_parameters(request.query)
        if (unchanged := _not_modified(request, index)) is not None:
            return unchanged
        encoded = await _encoded(request, search)
    return _not_modified(request, index) or _page_response(encoded, index)


async def api_character(request: web.Request) -> web.Response:
    """All that is known of one character as JSON."""
    refuse_unknown(request, frozenset({"lang"}))
    index = request.app[CHARACTERS]
    if (unchanged := _not_modified(request, index)) is not None:
        return unchanged
    character = await index.character(request.match_info["id"])
    return json_response(character, headers=_cache_headers(index))


async def _encoded(request: web.Request, search: Search) -> EncodedPage:
    """The page, made and kept under the parameters just as they were sent."""
    index = request.app[CHARACTERS]
    page = await _page(index, search)
    next_url = search.url(request.path, page.next) if page.next else None
    body = page_json(page, next_url, search.fields)
    encoded = EncodedPage(body, f'<{next_url}>; rel="next"' if next_url else "")
    key = request.rel_url.raw_query_string
    index.pages.put(key, encoded, len(body) + 2 * len(key))
    return encoded


def _page_response(encoded: EncodedPage, index: CharacterIndex) -> web.Response:
    headers = _cache_headers(index)
    # Clients give up on longer headers; the body has the address too.
    if 0 < len(encoded.link) <= LINK_LIMIT:
        headers["Link"] = encoded.link
    return web.Response(
        body=encoded.body, headers=headers, content_type="application/json", charset="utf-8"
    )


async def _page(index: CharacterIndex, search: Search) -> Page:
    return await index.search(
        search.query, limit=search.limit, after=search.cursor, sort=search.sort
    )


async def _rows_context(request: web.Request) -> dict[str, Any]:
    """What `_rows.html` and, with more, `search.html` need; pages know two parameters only."""
    given = {"q": _typed(request), "cursor": request.query.get("cursor", "")}
    search = Search.from_parameters(given)
    page = await _page(request.app[CHARACTERS], search)
    return {
        "q": page.query.text,
        "page": page,
        "items": page.rows(),
        "start": page.start,
        "total": page.total,
        "next_url": search.url("/", page.next) if page.next else None,
        "next_rows_url": search.url("/rows", page.next) if page.next else None,
        "interpretation": msgspec.to_builtins(page.interpretation),
        "corrected": page.corrected,
        "notices": page.notices,
        "problem": None,
    }


def _problem_context(request: web.Request, problem: Problem) -> dict[str, Any]:
    # Beside the box nobody needs to be told that it is about the box.
    detail = problem.errors[0].detail if problem.errors else problem.detail
    return {
        "q": _typed(request),
        "page": None,
        "items": [],
        "start": None,
        "total": 0,
        "next_url": None,
        "next_rows_url": None,
        "interpretation": [],
        "corrected": None,
        "notices": [],
        "problem": {
            "title": problem.title,
            "detail": detail[:1].upper() + detail[1:],
            "is_place": isinstance(problem, CursorMismatch),
        },
    }


def _typed(request: web.Request) -> str:
    return request.query.get("q") or request.query.get("query", "")


def _render(
    template: str, request: web.Request, context: Mapping[str, Any], status: int = 200
) -> web.Response:
    response = aiohttp_jinja2.render_template(template, request, dict(context), status=status)
    response.headers["Cache-Control"] = CACHE_CONTROL
    return response


def _etag(index: CharacterIndex) -> str:
    return f'"{index.build_id}"'


def _cache_headers(index: CharacterIndex) -> dict[str, str]:
    return {"ETag": _etag(index), "Cache-Control": CACHE_CONTROL}


def _not_modified(request: web.Request, index: CharacterIndex) -> web.Response | None:
    """The 304 for a client that has the answer of this build; the URL says which answer."""
    for etag in request.if_none_match or ():
        if etag.value in {index.build_id, "*"}:
            return web.Response(status=304, headers=_cache_headers(index))
    return None
