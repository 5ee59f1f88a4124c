"""Flags over HTTP: what can be chosen, what is on disk, and the dashboard."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec
from aiohttp import web

from webapp.answers import (
    json_response,
    kept_headers,
    not_modified,
    read_form,
    refuse_unknown,
)
from webapp.flags import catalog
from webapp.flags.catalog import COUNTRIES, parse_code
from webapp.flags.library import Flag
from webapp.flags.wording import took_ms
from webapp.jobs.listing import Listing
from webapp.jobs.model import Job, JobState, Order
from webapp.jobs.timeline import duration
from webapp.keys import HOSTS, IMAGES, LIBRARY, RECORDS, RUNNER, SOURCES
from webapp.pages import render
from webapp.phrases import Phrase
from webapp.problems import InvalidRequest, NotFound
from webapp.validation import convert

# An image is shown, never run: not even by a browser that opens it by itself.
IMAGE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Content-Disposition": "inline",
}
FOREVER: Final = "public, max-age=31536000, immutable"
EARLIER_JOBS: Final = 20
# What a form may say, and which of it is a number in an order.
FORM_NUMBERS: Final = {"limit": int, "concurrency": int, "retries": int, "timeout_s": float}
EMPTY_FORM: Final = {
    "source": "builtin",
    "preset": "pop20",
    "codes": "",
    "concurrency": "5",
    "existing": "skip",
    "retries": "2",
    "timeout_s": "10",
}


async def api_sources(request: web.Request) -> web.Response:
    """The sources that an order may name, and how the hosts are treated that were asked."""
    refuse_unknown(request, frozenset())
    address = request.app[SOURCES].address
    items = [each | {"address": address(each["name"])} for each in source_choices(request)]
    sources = {"items": items, "hosts": request.app[HOSTS].reports()}
    return json_response(sources, headers={"Cache-Control": "no-store"})


async def api_countries(request: web.Request) -> web.Response:
    """The countries of ISO 3166-1 and the presets."""
    refuse_unknown(request, frozenset())
    countries = [{"code": code, "name": name} for code, name in sorted(COUNTRIES.items())]
    response = json_response({"items": countries, "presets": catalog.presets()})
    tag = hashlib.blake2b((response.text or "").encode(), digest_size=8).hexdigest()
    response.headers.update(kept_headers(tag))
    return not_modified(request, tag) or response


async def api_flags(request: web.Request) -> web.Response:
    """The newest image of every country that has one."""
    refuse_unknown(request, frozenset())
    flags = await request.app[LIBRARY].all()
    return json_response({"items": flags}, headers={"Cache-Control": "no-store"})


async def api_flag(request: web.Request) -> web.StreamResponse:
    """The image itself: the newest, or with `sha256` exactly that one, for ever."""
    refuse_unknown(request, frozenset({"sha256"}))
    code = parse_code(request.match_info["code"], "code")
    sha256 = request.query.get("sha256")
    library = request.app[LIBRARY]
    flag = await (library.newest(code) if sha256 is None else library.exact(code, sha256))
    headers = {
        **IMAGE_HEADERS,
        "ETag": f'"{flag.sha256}"',
        "Cache-Control": "no-cache" if sha256 is None else FOREVER,
    }
    if any(tag.value in {flag.sha256, "*"} for tag in request.if_none_match or ()):
        raise web.HTTPNotModified(headers=headers)
    return web.Response(
        body=await _content(request, flag), content_type=flag.media_type, headers=headers
    )


async def _content(request: web.Request, flag: Flag) -> bytes:
    image = await request.app[IMAGES].read(flag.sha256)
    if image is None:
        raise NotFound(Phrase("The image is no longer on disk; download it again."))
    return image.content


async def dashboard(request: web.Request) -> web.Response:
    """Start a job, watch the present one, look back at earlier ones."""
    return await _dashboard(request, EMPTY_FORM, None)


async def submit_form(request: web.Request) -> web.Response:
    """The dashboard's form: on to the new job, or back with what is wrong."""
    form = await read_form(request)
    try:
        order = convert(order_from_form(form), Order)
        job, _ = await request.app[RUNNER].submit(order)
    except InvalidRequest as problem:
        return await _dashboard(request, {**EMPTY_FORM, **form}, problem)
    raise web.HTTPSeeOther(f"/flags/jobs/{job.id}")


async def cancel_form(request: web.Request) -> web.Response:
    """The job page's cancel button."""
    return await _acted(request, request.app[RUNNER].cancel)


async def start_form(request: web.Request) -> web.Response:
    """The start button of a job that waits for it."""
    return await _acted(request, request.app[RUNNER].start)


async def pause_form(request: web.Request) -> web.Response:
    """The pause button."""
    return await _acted(request, request.app[RUNNER].pause)


async def resume_form(request: web.Request) -> web.Response:
    """The button of a job that is paused."""
    return await _acted(request, request.app[RUNNER].resume)


async def delete_form(request: web.Request) -> web.Response:
    """The delete button: the job goes, its images stay."""
    await read_form(request)
    await request.app[RUNNER].delete(request.match_info["id"], files=False)
    raise web.HTTPSeeOther("/flags")


async def _acted(request: web.Request, act: Callable[[str], Awaitable[Job]]) -> web.Response:
    await read_form(request)
    job = await act(request.match_info["id"])
    raise web.HTTPSeeOther(f"/flags/jobs/{job.id}")


def order_from_form(form: Mapping[str, str]) -> dict[str, Any]:
    """A form's fields as an order: countries typed in win over a preset chosen."""
    codes = form.get("codes", "").replace(",", " ").split()
    order: dict[str, Any] = {
        "source": form.get("source", ""),
        "select": {"codes": codes} if codes else {"preset": form.get("preset", "")},
    }
    for name, number in FORM_NUMBERS.items():
        if text := form.get(name, "").strip():
            order[name] = _number(name, text, number)
    if existing := form.get("existing"):
        order["existing"] = existing
    return order


def _number(name: str, text: str, number: type[int] | type[float]) -> float:
    try:
        return number(text)
    except ValueError:
        raise InvalidRequest.field(name, "invalid", Phrase("A number is needed here.")) from None


def builtins(job: Job) -> dict[str, Any]:
    """The job as plain dictionaries, for a template, and what its last run took if that is over."""
    took = None if job.finished_at is None else took_ms(job, job.finished_at)
    shown = {"took": None if took is None else duration(took)}
    return {**msgspec.to_builtins(job), **shown}


def source_choices(request: web.Request) -> list[dict[str, str]]:
    """The sources by name, and what to call them."""
    sources = request.app[SOURCES]
    return [{"name": name, "label": sources.label(name)} for name in sources.names()]


async def _dashboard(
    request: web.Request, form: Mapping[str, str], problem: InvalidRequest | None
) -> web.Response:
    records = request.app[RECORDS]
    jobs, following = await records.listed(Listing(), EARLIER_JOBS, None)
    current = await _current(request)
    items = [] if current is None else (await records.snapshot(current.id))[1]
    context = {
        "sources": source_choices(request),
        "presets": [msgspec.structs.asdict(preset) for preset in catalog.presets()],
        "jobs": [builtins(job) for job in jobs],
        "current": None if current is None else builtins(current),
        "items": [item.shown() for item in items],
        "error": None if problem is None else problem.shown(),
        "form": form,
        "next_url": following and f"/flags/history?cursor={following}",
    }
    status = 200 if problem is None else problem.status
    return render("flags.html", request, context, status=status, cache="no-store", address="/flags")


async def _current(request: web.Request) -> Job | None:
    """The newest job under way, else the newest that waits for its start."""
    unfinished = await request.app[RECORDS].unfinished()
    under_way = [job for job in unfinished if job.state is not JobState.QUEUED]
    newest = [*unfinished, *under_way][-1:]
    return newest[0] if newest else None
