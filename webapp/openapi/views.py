"""The documents and their page, made once: they change with the program alone."""

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple, Self

from aiohttp import hdrs, web

from webapp.answers import kept_headers, not_modified, refuse_unknown
from webapp.encoded import EncodedPage
from webapp.keys import SETTINGS
from webapp.negotiation import accepts_gzip
from webapp.openapi import asyncapi, document
from webapp.openapi.page import ORIGIN, Group, ShownMessage, events, groups, messages
from webapp.openapi.schemas import Json
from webapp.pages import render
from webapp.phrases import Phrase
from webapp.problems import NotFound
from webapp.sending import send


class Kept(NamedTuple):
    """A document as it is sent, and the tag that changes with it."""

    page: EncodedPage
    tag: str

    @classmethod
    def of(cls, made: Json) -> Self:
        """The document, encoded."""
        body = json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()
        tag = hashlib.sha256(body).hexdigest()[:16]
        return cls(EncodedPage(body, kept_headers(tag)), tag)


class Documents(NamedTuple):
    """Both documents, and what the page shows."""

    openapi: Kept
    asyncapi: Kept
    groups: list[Group]
    channels: dict[str, list[ShownMessage]]


DOCUMENTS: Final = web.AppKey("DOCUMENTS", Documents)


def documents(routes: Iterable[web.RouteDef], *, with_token: bool) -> Documents:
    """What the routes are described by; KeyError for one that is neither described nor a page."""
    return _documents(tuple((each.method, each.path) for each in routes), with_token)


@cache
def _documents(routes: tuple[tuple[str, str], ...], with_token: bool) -> Documents:
    operations, examples = document.described(routes), document.read_examples()
    made = document.document(operations, examples, with_token=with_token)
    pushed = asyncapi.document(examples, with_token=with_token)
    channels = {name: messages(name, examples) for name in ("socket", "stream")}
    channels["events"] = events(examples)
    return Documents(Kept.of(made), Kept.of(pushed), groups(operations, made, examples), channels)


async def api_openapi(request: web.Request) -> web.StreamResponse:
    """The API as OpenAPI 3.1."""
    return _sent(request, request.app[DOCUMENTS].openapi)


async def api_asyncapi(request: web.Request) -> web.StreamResponse:
    """The websocket and the event stream as AsyncAPI 3."""
    return _sent(request, request.app[DOCUMENTS].asyncapi)


async def api_page(request: web.Request) -> web.Response:
    """The same for people."""
    documents = request.app[DOCUMENTS]
    settings = request.app[SETTINGS]
    context = {
        "groups": documents.groups,
        "channels": documents.channels,
        "problems": document.every_problem(),
        "written_for": ORIGIN,
        "origin": settings.public_origin or f"{request.scheme}://{request.host}",
        "has_token": bool(settings.token),
    }
    return render("api.html", request, context)


async def problem(request: web.Request) -> web.Response:
    """What a problem's type is the address of."""
    slug = request.match_info["slug"]
    if slug not in {known for _, known, _ in document.every_problem()}:
        raise NotFound(Phrase("There is no such problem."))
    raise web.HTTPFound(f"/api#problem-{slug}")


def _sent(request: web.Request, kept: Kept) -> web.StreamResponse:
    refuse_unknown(request, frozenset())
    gzip = accepts_gzip(request.headers.get(hdrs.ACCEPT_ENCODING, ""))
    return not_modified(request, kept.tag) or send(request, kept.page.form(gzip=gzip))
