"""The pages of no half in particular: health, readiness, metrics, the way in."""

import asyncio
import platform
from collections import Counter
from typing import Final

import aiohttp_jinja2
from aiohttp import web

import webapp
from webapp.about import About
from webapp.answers import json_response, read_form
from webapp.flags.manners import HostState
from webapp.keys import CHARACTERS, GATE, HOSTS, METRICS, READINESS, RECORDS, SETTINGS, WRITER
from webapp.metrics import CONTENT_TYPE
from webapp.pages import LANGUAGE_COOKIE, LANGUAGES, render
from webapp.phrases import Phrase
from webapp.problems import InvalidRequest, TooManyRequests

A_YEAR_S: Final = 365 * 24 * 3600
READY_DEADLINE_S: Final = 0.5
NEVER_STORED: Final = {"Cache-Control": "no-store"}


async def healthz(_request: web.Request) -> web.Response:
    """200 while the event loop turns."""
    return json_response({"status": "ok"}, headers=NEVER_STORED)


async def readyz(request: web.Request) -> web.Response:
    """200 when every listener is up and both databases answer, else 503."""
    app = request.app
    is_ready = app[READINESS].is_ready and await _databases_answer(app)
    body = {
        "status": "ready" if is_ready else "not ready",
        "version": webapp.__version__,
        "index": app[CHARACTERS].build_id,
        "draining": app[READINESS].draining,
        "instance": app[READINESS].instance,
    }
    return json_response(body, status=200 if is_ready else 503, headers=NEVER_STORED)


async def _databases_answer(app: web.Application) -> bool:
    try:
        async with asyncio.timeout(READY_DEADLINE_S):
            await app[RECORDS].counts()
    except Exception:  # noqa: BLE001 - whatever the reason, the answer is "not ready"
        return False
    return True


async def metrics(request: web.Request) -> web.Response:
    """The Prometheus exposition."""
    collected = request.app[METRICS]
    for state, count in (await request.app[RECORDS].counts()).items():
        collected.jobs.labels(state).set(count)
    states = Counter(report.state for report in request.app[HOSTS].reports())
    for host_state in HostState:
        collected.hosts.labels(host_state).set(states[host_state])
    collected.writer_queue.set(request.app[WRITER].waiting)
    return web.Response(
        body=collected.text(), headers={"Content-Type": CONTENT_TYPE, **NEVER_STORED}
    )


async def about_page(request: web.Request) -> web.Response:
    """What this program is made of, what it keeps, and what it tells nobody."""
    about = await asyncio.to_thread(About.read)
    context = {
        "about": about,
        "version": webapp.__version__,
        "python": platform.python_version(),
        "unicode_version": request.app[CHARACTERS].unicode_version,
        "data_dir": str(request.app[SETTINGS].data_dir.absolute()),
    }
    return render("about.html", request, context)


async def choose_language(request: web.Request) -> web.Response:
    """Remember the language that pages are to be in, and go back to the page."""
    form = await read_form(request)
    tag = form.get("language", "")
    if request.app[LANGUAGES].get(tag) is None:
        known = ", ".join(language.tag for language in request.app[LANGUAGES])
        raise InvalidRequest.field("language", "unknown", Phrase("One of {known}.", known=known))
    response = web.HTTPSeeOther(local_path(form.get("next", "/")))
    origin = request.app[SETTINGS].public_origin or ""
    response.set_cookie(
        LANGUAGE_COOKIE,
        tag,
        max_age=A_YEAR_S,
        httponly=True,
        samesite="Lax",
        secure=origin.startswith("https:"),
    )
    raise response


async def robots(_request: web.Request) -> web.Response:
    """Whoever finds this server may read it."""
    a_day = {"Cache-Control": "max-age=86400"}
    return web.Response(text="User-agent: *\nAllow: /\n", headers=a_day)


async def favicon(request: web.Request) -> web.Response:
    """Where to find the icon; browsers ask here for it when what they show names none."""
    raise web.HTTPFound(f"{request.app[aiohttp_jinja2.static_root_key]}/favicon.svg")


async def login_page(request: web.Request) -> web.Response:
    """The form that asks for the token."""
    return _login(request, local_path(request.query.get("next", "/")), None)


async def login(request: web.Request) -> web.Response:
    """Compare the token; the right one sets the cookie."""
    gate, client = request.app[GATE], request.remote or ""
    if gate.is_throttled(client):
        raise TooManyRequests(
            Phrase("Wait a minute before the next try."), headers={"Retry-After": "60"}
        )
    form = await read_form(request)
    target = local_path(form.get("next", "/"))
    if not gate.is_open and not gate.accepts(form.get("token", "")):
        gate.note_failure(client)
        return _login(request, target, Phrase("That is not the token."))
    response = web.HTTPSeeOther(target)
    if not gate.is_open:
        origin = request.app[SETTINGS].public_origin or ""
        gate.let_in(response, secure=origin.startswith("https:"))
    raise response


def local_path(target: str) -> str:
    """The target when it is a path of this server, else the first page."""
    # Browsers read both `//host` and `/\\host` as another server.
    is_local = target.startswith("/") and target[1:2] not in {"/", "\\"}
    return target if is_local and target.isprintable() else "/"


def _login(request: web.Request, target: str, error: Phrase | None) -> web.Response:
    context = {"next": target, "error": error}
    status = 200 if error is None else 401
    return render("login.html", request, context, status=status, cache="no-store", address="/login")
