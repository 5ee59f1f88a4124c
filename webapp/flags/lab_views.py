"""The lab: one set of flags at several concurrencies, one job after the other."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from aiohttp import web

from webapp.answers import read_form
from webapp.clock import now_text
from webapp.flags import catalog, lab
from webapp.flags.views import order_from_form, source_choices
from webapp.jobs.events import Event
from webapp.jobs.model import Job, Order
from webapp.keys import RECORDS, RUNNER
from webapp.pages import render
from webapp.phrases import Phrase
from webapp.problems import InvalidRequest, NotFound
from webapp.validation import convert

IDS: Final = re.compile(r"[A-Za-z0-9_-]{1,64}(,[A-Za-z0-9_-]{1,64}){0,7}", re.ASCII)
# Of a longer log the picture shows the beginning.
MOST_EVENTS: Final = 4_000
PAST_LABS: Final = 5
PRESETS: Final = ("pop20", "all")
LAB: Final = "/flags/lab"
EMPTY_FORM: Final = {"source": "delay", "preset": "pop20", "codes": ""}


async def lab_page(request: web.Request) -> web.Response:
    """What to compare, the picture of the lab that `jobs` names, and the labs before it."""
    return await _page(request, EMPTY_FORM, None)


async def lab_chart(request: web.Request) -> web.Response:
    """The picture alone, as a fragment."""
    return render("_lab.html", request, {"chart": await _chart(request)}, cache="no-store")


async def start_lab(request: web.Request) -> web.Response:
    """Four jobs, each of which waits for the one before; on to their picture."""
    form = await read_form(request)
    try:
        orders = lab.orders(order_from_form({name: form.get(name, "") for name in EMPTY_FORM}))
        job_ids = await _submitted(request, [convert(order, Order) for order in orders])
    except InvalidRequest as problem:
        return await _page(request, {**EMPTY_FORM, **form}, problem)
    raise web.HTTPSeeOther(f"/flags/lab?jobs={','.join(job_ids)}")


async def _submitted(request: web.Request, orders: list[Order]) -> list[str]:
    job_ids: list[str] = []
    for order in orders:
        after = job_ids[-1] if job_ids else None
        job, _ = await request.app[RUNNER].submit(msgspec.structs.replace(order, after=after))
        job_ids.append(job.id)
    return job_ids


async def _page(
    request: web.Request, form: Mapping[str, str], problem: InvalidRequest | None
) -> web.Response:
    chart = await _chart(request) if request.query.get("jobs") else None
    context = {
        "form": form,
        "error": None if problem is None else problem.shown(),
        "presets": [
            msgspec.structs.asdict(each) for each in catalog.presets() if each.name in PRESETS
        ],
        "sources": source_choices(request),
        "at_once": lab.AT_ONCE,
        "chart": chart,
        "past": [each for each in await _past(request) if not chart or each["ids"] != chart["ids"]],
    }
    status = 200 if problem is None else problem.status
    return render("lab.html", request, context, status=status, cache="no-store", address=LAB)


async def _chart(request: web.Request) -> dict[str, Any]:
    """NotFound when none of the jobs is there any more."""
    text = request.query.get("jobs", "")
    if not IDS.fullmatch(text):
        raise InvalidRequest.field(
            "jobs", "invalid", Phrase("Up to eight ids of jobs, with commas.")
        )
    records, now = request.app[RECORDS], now_text()
    jobs = await records.some(list(dict.fromkeys(text.split(","))))
    if not jobs:
        raise NotFound(Phrase("None of these jobs is there any more. Start a new comparison."))
    logs = [await records.events(job.id, 0, MOST_EVENTS) for job in jobs]
    return await asyncio.to_thread(_drawn, jobs, logs, now)


def _drawn(jobs: list[Job], logs: list[list[Event]], now: str) -> dict[str, Any]:
    runs = [
        lab.Run(job, lab.requests_of(log, job.finished_at or now))
        for job, log in zip(jobs, logs, strict=True)
    ]
    return {**lab.chart(runs, now), "ids": [job.id for job in jobs]}


async def _past(request: web.Request) -> list[dict[str, Any]]:
    """The newest labs; who looks at one sees the others too."""
    records = request.app[RECORDS]
    followers = await records.followers(PAST_LABS * len(lab.AT_ONCE))
    first = [job.options.after for job in followers if job.options.after]
    known = {job.id: job for job in followers}
    roots = await records.some([job_id for job_id in first if job_id not in known])
    return lab.past({**known, **{job.id: job for job in roots}})[:PAST_LABS]
