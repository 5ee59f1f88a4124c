"""All jobs on pages: filtered, sorted, and many of them acted upon at once."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from webapp.answers import read_fields
from webapp.clock import now_text
from webapp.flags.wording import line, title
from webapp.jobs import listing, many
from webapp.jobs.listing import JobsPage, Listing
from webapp.jobs.many import Outcome, Wish
from webapp.keys import RECORDS, RUNNER, SOURCES
from webapp.pages import render
from webapp.phrases import Phrase
from webapp.problems import InvalidRequest
from webapp.validation import convert

# With the filters, fewer than a form may have fields.
JOBS_A_PAGE: Final = 50
FIELDS: Final = ("state", "source", "since", "until", "sort")
CHOOSE: Final = Phrase("Choose at least one job, then what to do with it.")


async def history(request: web.Request) -> web.Response:
    """One page of the jobs that the form asks for."""
    return await _page(request, _given(request.query), request.query.get("cursor"))


async def act_on_many(request: web.Request) -> web.Response:
    """The buttons below the list: what came of each job, above the list as it is now."""
    fields = await read_fields(request)
    ids = [text for name, text in fields if name == "ids"]
    form = dict(fields)
    given, cursor = _given(form), form.get("cursor") or None
    if not ids:
        problem = InvalidRequest.field("ids", "missing", CHOOSE)
        return await _page(request, given, cursor, problem=problem)
    wish = convert({"action": form.get("action", ""), "ids": ids}, Wish)
    titles = {job.id: title(job) for job in await request.app[RECORDS].some(ids)}
    outcomes = await many.act(request.app[RUNNER], wish)
    told = {
        "action": wish.action.value,
        "done": sum(outcome.problem is None for outcome in outcomes),
        "items": [_told(outcome, titles) for outcome in outcomes],
    }
    return await _page(request, given, cursor, outcome=told)


def _given(fields: Mapping[str, str]) -> dict[str, str]:
    """What the form says; an empty field says nothing."""
    texts = {name: fields.get(name, "").strip() for name in FIELDS}
    return {name: text for name, text in texts.items() if text}


def _told(outcome: Outcome, titles: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": outcome.id,
        "title": titles.get(outcome.id, outcome.id[:64]),
        "state": outcome.job.state.value if outcome.job else None,
        "detail": outcome.problem.detail if outcome.problem else None,
    }


async def _page(
    request: web.Request,
    given: Mapping[str, str],
    cursor: str | None,
    *,
    problem: InvalidRequest | None = None,
    outcome: Mapping[str, Any] | None = None,
) -> web.Response:
    records = request.app[RECORDS]
    page, total = JobsPage([], None), 0
    try:
        wanted = Listing.of(given)
        page = await records.listed(wanted, JOBS_A_PAGE, wanted.place(cursor))
        total = await records.total(wanted)
    except InvalidRequest as wrong:
        problem = wrong
    now = now_text()
    following = None if page.following is None else {**given, "cursor": page.following}
    context = {
        "jobs": [line(job, now) for job in page.jobs],
        "total": total,
        "given": given,
        "cursor": cursor or "",
        "sources": await _sources(request),
        "sorts": list(listing.Sort),
        "outcome": outcome,
        "error": None if problem is None else problem.shown(),
        "next_url": following and f"/flags/history?{urlencode(following)}",
    }
    status = 200 if problem is None else problem.status
    return render("history.html", request, context, status=status, cache="no-store")


async def _sources(request: web.Request) -> Sequence[str]:
    """Those of today, and those that old jobs had."""
    names = request.app[SOURCES].names()
    old = await request.app[RECORDS].sources()
    return [*names, *(name for name in old if name not in names)]
