"""Who is let in, how often, and with what: hosts, pages, tokens, bodies, what they accept."""

import math
import time
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from webapp import cross_origin, problems
from webapp.answers import BODY_LIMIT, TEXT_BODY_LIMIT, TEXT_FORM_LIMIT, own_headers, too_large
from webapp.keys import GATE
from webapp.negotiation import accepts, media_types
from webapp.origins import is_allowed_host, may_act
from webapp.phrases import Phrase
from webapp.rates import Rates, client_of, told

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
STATIC: Final = "/static/"
# OPTIONS asks of it what the server takes at all.
EVERY_ADDRESS: Final = "*"
ANYTHING: Final = "*/*"
METHODS: Final = "DELETE, GET, HEAD, OPTIONS, POST"
# Those who watch over the program ask often, and not as clients.
UNCOUNTED: Final = frozenset({"/healthz", "/readyz"})
LONG_BODIES: Final = {
    "/api/v1/identify": TEXT_BODY_LIMIT,
    "/api/v1/characters/lookup": TEXT_BODY_LIMIT,
    "/identify": TEXT_FORM_LIMIT,
}


def allowed_methods(request: web.Request, error: web.HTTPMethodNotAllowed) -> str:
    """The value of `Allow`; every address says what it takes when it is asked."""
    methods = _methods_here(request) or error.allowed_methods
    return ", ".join(sorted({*methods, hdrs.METH_OPTIONS}))


def _methods_here(request: web.Request) -> set[str]:
    """The methods of a fixed address; the router adds those of patterns that it fits as well."""
    return {
        route.method
        for resource in request.app.router.resources()
        if isinstance(resource, web.PlainResource) and resource.canonical == request.path
        for route in resource
    }


def rate_limits(rates: Rates) -> Middleware:
    """Refuse a client that asks too often; every answer says how much it has left."""

    @web.middleware
    async def limited(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path in UNCOUNTED or request.path.startswith(STATIC):
            return await handler(request)
        allowance = rates.take(client_of(request.remote or ""), time.monotonic())
        own_headers(request).update(
            {"RateLimit-Policy": rates.policy, "RateLimit": told(allowance)}
        )
        if not allowance.is_granted:
            wait_s = math.ceil(allowance.wait_s)
            raise problems.TooManyRequests(
                Phrase("Wait {seconds} s before the next request.", seconds=wait_s),
                headers={"Retry-After": str(wait_s)},
            )
        return await handler(request)

    return limited


def guard(
    own_hosts: frozenset[str], public_origin: str | None, readers: cross_origin.Readers
) -> Middleware:
    """Refuse foreign hosts, foreign pages, strangers, and bodies of a wrong kind or size."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        is_ours = is_allowed_host(request.headers.get(hdrs.HOST, ""), own_hosts)
        if not is_ours or not _target_is_ours(request, own_hosts):
            raise problems.Misdirected(
                Phrase("Use the address that the server printed when it started.")
            )
        if readers and (answer := _reader_told(request, readers)) is not None:
            return answer
        acts = request.method not in SAFE_METHODS or _wants_to_switch(request)
        if acts and not _comes_from_us(request, public_origin):
            raise problems.Forbidden(Phrase("Pages of other sites may not act here."))
        if not request.app[GATE].admits(request):
            raise problems.Unauthorized(
                Phrase("Send `Authorization: Bearer …` or log in at /login."),
                headers={"WWW-Authenticate": "Bearer"},
            )
        _check_body(request)
        _check_accept(request)
        if request.method == hdrs.METH_OPTIONS and (answer := _methods(request)) is not None:
            return answer
        return await handler(request)

    return guarded


def _methods(request: web.Request) -> web.Response | None:
    """What an address takes, which every one says when it is asked."""
    refusal = request.match_info.http_exception
    if request.raw_path == EVERY_ADDRESS:
        allow = METHODS
    elif isinstance(refusal, web.HTTPMethodNotAllowed):
        allow = allowed_methods(request, refusal)
    else:
        return None
    return web.Response(status=204, headers={hdrs.ALLOW: allow})


def _check_accept(request: web.Request) -> None:
    accept = request.headers.get(hdrs.ACCEPT, ANYTHING)
    # An address that is none, or does not take the method, says that first.
    if accept == ANYTHING or request.match_info.http_exception is not None:
        return
    given = media_types(request.path)
    if given and not accepts(", ".join(request.headers.getall(hdrs.ACCEPT, ())), given):
        raise problems.NotAcceptable(Phrase("Accept {types}.", types=", ".join(given)))


def _reader_told(request: web.Request, readers: cross_origin.Readers) -> web.Response | None:
    """Tell a page of another origin what it may read; an answer if its browser asked just that."""
    origin = request.headers.get(hdrs.ORIGIN)
    own_headers(request).update(readers.headers(request.method, request.path, origin))
    if request.method != hdrs.METH_OPTIONS:
        return None
    # A browser asks without the token that it is to send.
    wanted = request.headers.get(hdrs.ACCESS_CONTROL_REQUEST_METHOD)
    headers = readers.preflight(request.path, origin, wanted)
    return None if headers is None else web.Response(status=204, headers=headers)


def _target_is_ours(request: web.Request, own_hosts: frozenset[str]) -> bool:
    """A target may be a whole address, which counts whatever the Host header says."""
    target = request.raw_path
    is_path = target.startswith("/") or target == EVERY_ADDRESS
    return is_path or is_allowed_host(request.url.authority, own_hosts)


def _wants_to_switch(request: web.Request) -> bool:
    """A websocket is opened by a GET; how its name is spelled is not for us to second-guess."""
    return hdrs.UPGRADE in request.headers


def _comes_from_us(request: web.Request, public_origin: str | None) -> bool:
    own = [f"{request.scheme}://{request.host}"]
    if public_origin is not None:
        own.append(public_origin)
    return may_act(
        fetch_site=request.headers.get("Sec-Fetch-Site"),
        origin=request.headers.get("Origin"),
        own_origins=own,
    )


def _check_body(request: web.Request) -> None:
    if not request.body_exists:
        return
    limit = LONG_BODIES.get(request.path, BODY_LIMIT)
    if (request.content_length or 0) > limit:
        raise too_large(limit)
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise problems.UnsupportedMediaType(Phrase("Send the body without Content-Encoding."))
    has_body = request.content_length != 0
    if has_body and request.path.startswith("/api/") and request.content_type != "application/json":
        raise problems.UnsupportedMediaType(Phrase("Send the body as application/json."))
