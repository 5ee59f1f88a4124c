"""What every request passes and every response carries."""

import logging
import re
import time
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from webapp import cross_origin, problems
from webapp.answers import BODY_LIMIT, json_response, too_large
from webapp.guards import SAFE_METHODS, STATIC, allowed_methods, guard, rate_limits
from webapp.headers import SERVER, X_REQUEST_ID, standard_headers
from webapp.keys import METRICS, REQUEST_ID
from webapp.negotiation import WORTH_PACKING, accepts_gzip, gzipped, prefers_html
from webapp.origins import allowed_hosts
from webapp.pages import render
from webapp.phrases import Phrase
from webapp.problems import Problem
from webapp.rates import Rates
from webapp.sending import momentary_headers, new_request_id
from webapp.settings import Settings

log = logging.getLogger(__name__)


REQUEST_ID_FORM: Final = re.compile(r"[A-Za-z0-9_.-]{8,64}", re.ASCII)
STANDARD_HEADERS: Final = standard_headers()
# An answer may have others of these already.
ADDED: Final = frozenset({hdrs.VARY, hdrs.LINK})
# A page of 200 rows is an eighth smaller than with 1, for half a millisecond.
LEVEL: Final = 5
COMPRESSIBLE: Final = re.compile(r"text/|application/(problem\+)?json|image/svg\+xml")


@web.middleware
async def request_ids(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id: the client's own when it is well-formed, else a new one."""
    supplied = request.headers.get(X_REQUEST_ID)
    known = supplied is not None and REQUEST_ID_FORM.fullmatch(supplied)
    request[REQUEST_ID] = supplied if supplied is not None and known else new_request_id()
    return await handler(request)


async def security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal: the headers every response carries, errors, static files and sockets included."""
    headers = response.headers
    for name, value in momentary_headers(request).items():
        if name in ADDED:
            headers.add(name, value)
        else:
            headers[name] = value
    if headers.get(hdrs.SERVER) != SERVER:
        headers[hdrs.SERVER] = SERVER
        headers.merge(STANDARD_HEADERS)
        if request.path.startswith(STATIC) and response.status == web.HTTPOk.status_code:
            headers[hdrs.CACHE_CONTROL] = "public, max-age=31536000, immutable"


@web.middleware
async def measurements(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count the request under its route, never under its path: paths are endless."""
    metrics = request.app[METRICS]
    started = time.perf_counter()
    status = 500
    metrics.being_answered += 1
    try:
        response = await handler(request)
        status = response.status
    except web.HTTPException as error:
        status = error.status
        raise
    finally:
        metrics.being_answered -= 1
        resource = request.match_info.route.resource
        route = "none" if resource is None else resource.canonical
        metrics.count(request.method, route, status, time.perf_counter() - started)
    return response


@web.middleware
async def compression(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Gzip what shrinks, when the client wants it; `Vary` either way."""
    response = await handler(request)
    # An answer that is kept in bytes is kept packed too.
    if not isinstance(response, web.Response):
        return response
    headers = response.headers
    # An answer that varies with the encoding already has the right one.
    if headers.get(hdrs.VARY) == hdrs.ACCEPT_ENCODING:
        return response
    if not COMPRESSIBLE.match(headers.get(hdrs.CONTENT_TYPE, "")):
        return response
    headers.add(hdrs.VARY, hdrs.ACCEPT_ENCODING)
    body = response.body
    if (
        isinstance(body, bytes)
        and len(body) >= WORTH_PACKING
        and hdrs.CONTENT_ENCODING not in headers
        and accepts_gzip(request.headers.get(hdrs.ACCEPT_ENCODING, ""))
    ):
        response.body = gzipped(body, LEVEL)
        headers[hdrs.CONTENT_ENCODING] = "gzip"
        # The same tag must not name two different byte strings.
        etag = headers.get(hdrs.ETAG, "")
        if etag.startswith('"'):
            headers[hdrs.ETAG] = f"W/{etag}"
    return response


@web.middleware
async def problem_details(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever goes wrong into a problem: a page for a browser, JSON for the rest."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem_response(request, problem)
    except web.HTTPException as error:
        if error.status < web.HTTPBadRequest.status_code:
            raise
        return problem_response(request, _from_http(request, error))
    except Exception:
        log.exception("request failed", extra={"request_id": request.get(REQUEST_ID)})
        return problem_response(request, Problem(Phrase("Nothing is lost; try again.")))


def problem_response(request: web.Request, problem: Problem) -> web.Response:
    """The problem as a page where a browser asks, else as application/problem+json."""
    details = problem.details(instance=f"urn:request:{request.get(REQUEST_ID, '')}")
    if prefers_html(request.headers.get("Accept", "")):
        context = {
            "status": details.status,
            "title": details.title,
            "detail": details.detail,
            "request_id": request.get(REQUEST_ID, ""),
            "errors": details.errors,
        }
        template = "problem.html"
        if isinstance(problem, problems.Unauthorized):
            target = request.path_qs if request.method in SAFE_METHODS else "/"
            template, context = "login.html", {"next": target, "error": None}
        response = render(template, request, context, status=problem.status, cache="no-store")
    else:
        response = json_response(details, status=problem.status)
        response.content_type = "application/problem+json"
    response.headers.update(problem.headers)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.add("Vary", "Accept")
    return response


def _from_http(request: web.Request, error: web.HTTPException) -> Problem:
    """The router's and the parser's own refusals, in our words."""
    match error:
        case web.HTTPNotFound():
            return problems.NotFound(Phrase("Nothing is at {path}.", path=request.path[:200]))
        case web.HTTPMethodNotAllowed():
            allow = allowed_methods(request, error)
            return problems.MethodNotAllowed(
                Phrase("Use {methods}.", methods=allow), headers={"Allow": allow}
            )
        case web.HTTPRequestEntityTooLarge():
            return too_large(BODY_LIMIT)
        case _:
            # In the words of the parser, which are in English only.
            return problems.BadRequest(Phrase(error.reason))


def middlewares(settings: Settings) -> list[Middleware]:
    """The chain, outermost first."""
    own_hosts = allowed_hosts(settings.host, settings.allowed_hosts, settings.public_origin)
    readers = cross_origin.Readers(settings.cors_origins)
    rate = settings.effective_rate
    return [
        request_ids,
        measurements,
        compression,
        problem_details,
        *([rate_limits(Rates(rate, settings.rate_burst))] if rate else []),
        guard(own_hosts, settings.public_origin, readers),
    ]
