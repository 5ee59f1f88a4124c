"""Searching over HTTP: the search page, its rows, its facets, and the API."""

from collections.abc import Mapping
from typing import Any, Final

import aiohttp_jinja2
import msgspec
from aiohttp import web

from webapp.answers import json_response, refuse_unknown
from webapp.characters.index import CharacterIndex, EncodedPage
from webapp.characters.language_tags import accepted
from webapp.characters.model import page_json
from webapp.characters.parameters import Search
from webapp.keys import CHARACTERS
from webapp.problems import CursorMismatch, Problem

API_PARAMETERS: Final = frozenset({"q", "limit", "cursor", "lang", "sort", "mode", "fields"})
FACET_PARAMETERS: Final = frozenset({"q", "lang", "mode"})
PAGE_PARAMETERS: Final = ("cursor", "lang", "sort", "mode")
# The answer may be kept, but is to be asked for again: a 304 costs next to nothing.
CACHE_CONTROL: Final = "no-cache"
LINK_LIMIT: Final = 4_000


async def search_page(request: web.Request) -> web.Response:
    """The box and the first rows; a query that cannot be answered is shown with the reason."""
    try:
        context, status = await _page_context(request), 200
    except Problem as problem:
        if problem.status >= 500:
            raise
        context, status = _problem_context(request, problem), problem.status
    index = request.app[CHARACTERS]
    more = {"unicode_version": index.unicode_version, "languages": index.languages}
    return _render("search.html", request, context | more, status)


async def rows(request: web.Request) -> web.Response:
    """The rows of one page as a fragment of HTML."""
    return _render("_rows.html", request, await _rows_context(request, _search(request)))


async def facets(request: web.Request) -> web.Response:
    """The facets of a search as a fragment of HTML."""
    search = _search(request)
    context = _choices(request) | await _facets_context(request, search)
    return _render("_facets.html", request, {"q": search.query.text, **context})


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


async def api_facets(request: web.Request) -> web.Response:
    """How many hits lie in each category, block, script and age."""
    refuse_unknown(request, FACET_PARAMETERS)
    index = request.app[CHARACTERS]
    search = Search.from_parameters(request.query)
    if (unchanged := _not_modified(request, index)) is not None:
        return unchanged
    total, counted = await index.facets(search.query, lang=search.lang)
    return json_response({"total": total, "facets": counted}, headers=_cache_headers(index))


def _search(request: web.Request) -> Search:
    """The search of a page, which ignores what it does not know; English is always searched."""
    given = {name: request.query.get(name, "") for name in PAGE_PARAMETERS}
    return Search.from_parameters({"q": _typed(request), **given})


def _language(request: web.Request, search: Search) -> str | None:
    """The language asked for, else the one of the browser that characters have names in."""
    if search.lang:
        return search.lang
    header = request.headers.get("Accept-Language", "")
    wanted = accepted(header, ("en", *request.app[CHARACTERS].locales)) if header else ()
    return wanted[0] if wanted else None


async def _page_context(request: web.Request) -> dict[str, Any]:
    search = _search(request)
    context = await _rows_context(request, search)
    if request.query.get("facets") != "true":
        return context | {"facets": None}
    return context | {"facets": (await _facets_context(request, search))["facets"]}


async def _facets_context(request: web.Request, search: Search) -> dict[str, Any]:
    total, counted = await request.app[CHARACTERS].facets(
        search.query, lang=_language(request, search)
    )
    return {"total": total, "facets": msgspec.to_builtins(counted)}


async def _rows_context(request: web.Request, search: Search) -> dict[str, Any]:
    """What `_rows.html` and, with more, `search.html` need."""
    page = await request.app[CHARACTERS].search(
        search.query, after=search.cursor, sort=search.sort, lang=_language(request, search)
    )
    return _choices(request) | {
        "q": page.query.text,
        "page": page,
        "items": page.rows(),
        "start": page.start,
        "total": page.total,
        "next_url": search.url("/", page.next) if page.next else None,
        "next_rows_url": search.url("/rows", page.next) if page.next else None,
        "interpretation": msgspec.to_builtins(page.interpretation),
        "corrected": msgspec.to_builtins(page.corrected),
        "notices": page.notices,
        "problem": None,
    }


def _problem_context(request: web.Request, problem: Problem) -> dict[str, Any]:
    # Beside the box nobody needs to be told that it is about the box.
    detail = problem.errors[0].detail if problem.errors else problem.detail
    return _choices(request) | {
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
        "facets": None,
        "problem": {
            "title": problem.title,
            "detail": detail[:1].upper() + detail[1:],
            "is_place": isinstance(problem, CursorMismatch),
        },
    }


def _choices(request: web.Request) -> dict[str, str]:
    """What was chosen beside the box, "" where nothing was."""
    return {name: request.query.get(name, "") for name in ("lang", "sort", "mode")}


def _typed(request: web.Request) -> str:
    return request.query.get("q") or request.query.get("query", "")


def _render(
    template: str, request: web.Request, context: Mapping[str, Any], status: int = 200
) -> web.Response:
    response = aiohttp_jinja2.render_template(template, request, dict(context), status=status)
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.headers["Vary"] = "Accept-Language"
    return response


async def _encoded(request: web.Request, search: Search) -> EncodedPage:
    """The page, made and kept under the parameters just as they were sent."""
    index = request.app[CHARACTERS]
    page = await index.search(
        search.query, limit=search.limit, after=search.cursor, sort=search.sort, lang=search.lang
    )
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
