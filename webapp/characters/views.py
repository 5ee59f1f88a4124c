"""Searching over HTTP: the search page, its rows, its facets, and the API."""

import re
from typing import Any, Final

import msgspec
from aiohttp import hdrs, web

from webapp.answers import json_response, kept_headers, not_modified, refuse_unknown
from webapp.characters.index import CharacterIndex
from webapp.characters.model import page_json
from webapp.characters.parameters import Search, read_search
from webapp.encoded import EncodedPage
from webapp.keys import CHARACTERS, DOSSIER, PAGES
from webapp.language_tags import accepted
from webapp.negotiation import accepts_gzip
from webapp.pages import language_of, page_tag, reader_languages, render, same_page, tagged
from webapp.problems import CursorMismatch, Problem
from webapp.sending import send

API_PARAMETERS: Final = frozenset({"q", "limit", "cursor", "lang", "sort", "mode", "fields"})
FACET_PARAMETERS: Final = frozenset({"q", "lang", "mode"})
PAGE_PARAMETERS: Final = ("cursor", "lang", "sort", "mode")
CSV_PATH: Final = "/api/v1/characters.csv"
NDJSON_PATH: Final = "/api/v1/characters.ndjson"
LINK_LIMIT: Final = 4_000
# Each word costs a search.
MOST_LEFT_OUT: Final = 6
# Nothing that has a meaning of its own: words, not operators, filters and notations.
PLAIN_WORDS: Final = re.compile(r"[\w'’ -]+")


async def search_page(request: web.Request) -> web.Response:
    """The box and the first rows; a query that cannot be answered is shown with the reason."""
    index = request.app[CHARACTERS]
    tag = page_tag(request, index.build_id)
    if (unchanged := same_page(request, tag)) is not None:
        return unchanged
    try:
        context, status = await _page_context(request), 200
    except Problem as problem:
        if problem.status >= 500:
            raise
        context, status = _problem_context(request, problem), problem.status
    more = {"unicode_version": index.unicode_version, "languages": index.languages}
    page = render("search.html", request, context | more, status=status)
    return tagged(page, tag) if status == 200 else page


async def rows(request: web.Request) -> web.Response:
    """The rows of one page as a fragment of HTML."""
    tag = page_tag(request, request.app[CHARACTERS].build_id)
    if (unchanged := same_page(request, tag)) is not None:
        return unchanged
    context = await _rows_context(request, await _search(request))
    return tagged(render("_rows.html", request, context), tag)


async def facets(request: web.Request) -> web.Response:
    """The facets of a search as a fragment of HTML."""
    search = await _search(request)
    context = _choices(request) | await _facets_context(request, search)
    return render("_facets.html", request, {"q": search.query.text, **context})


async def api_search(request: web.Request) -> web.StreamResponse:
    """One page of hits as JSON; a matching ETag costs no query, nor does a page kept."""
    app = request.app
    index, pages = app[CHARACTERS], app[PAGES]
    gzip = accepts_gzip(request.headers.get(hdrs.ACCEPT_ENCODING, ""))
    # A page is kept only under parameters that were found to be right.
    form = pages.get(request.rel_url.raw_query_string, gzip=gzip)
    if form is None:
        refuse_unknown(request, API_PARAMETERS)
        search = await read_search(request.query)
        if (unchanged := not_modified(request, index.build_id)) is not None:
            return unchanged
        page = await _encoded(index, request.path, search)
        form = pages.put(request.rel_url.raw_query_string, page, gzip=gzip)
    return not_modified(request, index.build_id) or send(request, form)


async def api_facets(request: web.Request) -> web.Response:
    """How many hits lie in each category, block, script and age."""
    refuse_unknown(request, FACET_PARAMETERS)
    index = request.app[CHARACTERS]
    search = await read_search(request.query)
    if (unchanged := not_modified(request, index.build_id)) is not None:
        return unchanged
    total, counted = await index.facets(search.query, lang=search.lang)
    answer = {"total": total, "facets": counted}
    return json_response(answer, headers=kept_headers(index.build_id))


async def _search(request: web.Request) -> Search:
    """The search of a page, which ignores what it does not know."""
    given = {name: request.query.get(name, "") for name in PAGE_PARAMETERS}
    return await read_search({"q": _typed(request), **given})


def _language(request: web.Request, search: Search) -> str | None:
    """The language asked for, else the one of the browser that characters have names in."""
    if search.lang:
        return search.lang
    header = reader_languages(request)
    wanted = accepted(header, ("en", *request.app[CHARACTERS].locales)) if header else ()
    return wanted[0] if wanted else None


async def _page_context(request: web.Request) -> dict[str, Any]:
    search = await _search(request)
    context = await _rows_context(request, search)
    is_empty = not context["total"] and not context["notices"]
    context["fewer"] = await _with_fewer_words(request, search) if is_empty else []
    if request.query.get("facets") != "true":
        return context | {"facets": None}
    return context | {"facets": (await _facets_context(request, search))["facets"]}


async def _with_fewer_words(request: web.Request, search: Search) -> list[dict[str, Any]]:
    """What a search of plain words would find without each of them, where that is anything."""
    words = search.query.text.split()
    if not 1 < len(words) <= MOST_LEFT_OUT or not PLAIN_WORDS.fullmatch(search.query.text):
        return []
    index, lang = request.app[CHARACTERS], _language(request, search)
    found = []
    for place, left_out in enumerate(words):
        rest = " ".join(words[:place] + words[place + 1 :])
        given = {"q": rest, "mode": request.query.get("mode", "")}
        page = await index.search((await read_search(given)).query, limit=1, lang=lang)
        if page.total and not page.corrected:
            found.append({"q": rest, "left_out": left_out, "total": page.total})
    return found


async def _facets_context(request: web.Request, search: Search) -> dict[str, Any]:
    total, counted = await request.app[CHARACTERS].facets(
        search.query, lang=_language(request, search)
    )
    return {"total": total, "facets": msgspec.to_builtins(counted)}


async def _rows_context(request: web.Request, search: Search) -> dict[str, Any]:
    """What `_rows.html` and, with more, `search.html` need."""
    lang = _language(request, search)
    page = await request.app[CHARACTERS].search(
        search.query, after=search.cursor, sort=search.sort, lang=lang
    )
    items = page.rows()
    return _choices(request) | {
        "q": page.query.text,
        "page": page,
        "items": items,
        "marks": request.app[DOSSIER].marks(items),
        "start": page.start,
        "total": page.total,
        "next_url": search.url("/", page.next) if page.next else None,
        "next_rows_url": search.url("/rows", page.next) if page.next else None,
        "interpretation": msgspec.to_builtins(page.interpretation),
        "corrected": msgspec.to_builtins(page.corrected),
        "notices": page.notices,
        "first_rows_url": search.url("/rows", ""),
        "has_unseen": request.app[DOSSIER].has_unseen(page.query.text),
        "problem": None,
        "csv_url": search.whole_url(CSV_PATH, lang) + "&bom=true",
        "ndjson_url": search.whole_url(NDJSON_PATH, lang),
    }


def _problem_context(request: web.Request, problem: Problem) -> dict[str, Any]:
    # Beside the box nobody needs to be told that it is about the box.
    detail = problem.errors[0].detail if problem.errors else problem.detail
    said = language_of(request).said(detail)
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
        "fewer": [],
        "notices": [],
        "first_rows_url": None,
        "has_unseen": False,
        "facets": None,
        "problem": {
            "title": problem.title,
            "detail": said[:1].upper() + said[1:],
            "is_place": isinstance(problem, CursorMismatch),
        },
    }


def _choices(request: web.Request) -> dict[str, str]:
    """What was chosen beside the box, "" where nothing was."""
    return {name: request.query.get(name, "") for name in ("lang", "sort", "mode")}


def _typed(request: web.Request) -> str:
    return request.query.get("q") or request.query.get("query", "")


async def _encoded(index: CharacterIndex, path: str, search: Search) -> EncodedPage:
    """The page as it is sent; `path` is where its next page is."""
    page = await index.search(
        search.query, limit=search.limit, after=search.cursor, sort=search.sort, lang=search.lang
    )
    next_url = search.url(path, page.next) if page.next else None
    # Clients give up on longer headers; the body has the address too.
    link = f'<{next_url}>; rel="next"' if next_url and len(next_url) <= LINK_LIMIT else ""
    body = page_json(page, next_url, search.fields)
    return EncodedPage(body, kept_headers(index.build_id), link)
