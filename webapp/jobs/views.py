"""Jobs over HTTP: submit, look, act."""

import hashlib
import re
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated, Final

import msgspec
from aiohttp import web

from webapp.answers import (
    json_response,
    kept_headers,
    next_link,
    not_modified,
    read_body,
    read_json,
    refuse_unknown,
)
from webapp.jobs import cursors, listing, many, once
from webapp.jobs.actions import Which
from webapp.jobs.listing import Listing
from webapp.jobs.model import ItemStatus, Job, Order
from webapp.jobs.once import Once
from webapp.jobs.protocol import REPLAY_LIMIT
from webapp.keys import FEED, RECORDS, RUNNER
from webapp.phrases import Phrase
from webapp.problems import InvalidRequest
from webapp.validation import Choice, one_of

PAGE_PARAMETERS: Final = frozenset({"limit", "cursor"})
JOBS_A_PAGE: Final = 50
MOST_JOBS: Final = 200
MOST_ITEMS: Final = 1000
LONGEST_WAIT_S: Final = 60.0
NUMBER_DIGITS: Final = 15
SECONDS: Final = re.compile(r"[0-9]{1,15}(\.[0-9]{1,20})?")

# Whatever a code of an item is, it is not longer.
Code = Annotated[str, msgspec.Meta(max_length=8)]


class Answer(StrEnum):
    """Yes or no, as a parameter says it."""

    YES = "true"
    NO = "false"


class RetryWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which items a retry begins again: POST /api/v1/jobs/{id}/retry."""

    items: Which = Which.FAILED
    codes: Annotated[list[Code], msgspec.Meta(min_length=1, max_length=MOST_ITEMS)] | None = None


async def api_submit(request: web.Request) -> web.Response:
    """POST an order: 201 with the job and its address, once for each Idempotency-Key."""
    refuse_unknown(request, frozenset())
    order = await read_json(request, Order)
    key = request.headers.get(once.HEADER)
    kept = None if key is None else Once.of(key, order)
    job, is_new = await request.app[RUNNER].submit(order, kept)
    headers = {"Location": f"/api/v1/jobs/{job.id}"}
    if not is_new:
        headers["Idempotent-Replayed"] = "true"
    return json_response(job, status=201, headers=headers)


async def api_jobs(request: web.Request) -> web.StreamResponse:
    """A page of jobs, newest first unless asked otherwise; a known one is not sent again."""
    refuse_unknown(request, PAGE_PARAMETERS | listing.PARAMETERS)
    wanted = Listing.of(request.query)
    limit = whole_number(request, "limit", JOBS_A_PAGE, least=1, most=MOST_JOBS)
    after = wanted.place(request.query.get("cursor"))
    jobs, following = await request.app[RECORDS].listed(wanted, limit, after)
    page = {"items": jobs, "next": following}
    versions = msgspec.json.encode([[(job.id, job.seq) for job in jobs], page["next"]])
    answer = _unless_known(request, page, hashlib.sha256(versions).hexdigest()[:32])
    answer.headers.update(next_link(request, following))
    return answer


async def api_job(request: web.Request) -> web.StreamResponse:
    """One job; its seq is its version, so a client that has it gets 304."""
    refuse_unknown(request, frozenset())
    job = await request.app[RECORDS].get(request.match_info["id"])
    return _unless_known(request, job, f"{job.id}-{job.seq}")


def _unless_known(request: web.Request, body: object, version: str) -> web.Response:
    """The body under its version as ETag; 304 for a client that has that version."""
    unchanged = not_modified(request, version)
    return unchanged or json_response(body, headers=kept_headers(version))


async def api_items(request: web.Request) -> web.Response:
    """A page of a job's items by code."""
    refuse_unknown(request, PAGE_PARAMETERS | {"status"})
    status = choice(request, "status", ItemStatus)
    limit = whole_number(request, "limit", MOST_ITEMS, least=1, most=MOST_ITEMS)
    after = cursors.read(request.query.get("cursor"), status, cursors.CODE)
    job_id = request.match_info["id"]
    items, following = await request.app[RECORDS].items(job_id, status, limit, after)
    cursor = cursors.write(following, status)
    page = {"items": [item.shown() for item in items], "next": cursor}
    headers = {"Cache-Control": "no-store", **next_link(request, cursor)}
    return json_response(page, headers=headers)


async def api_start(request: web.Request) -> web.Response:
    """Let a queued job run."""
    return await _acted(request, request.app[RUNNER].start)


async def api_pause(request: web.Request) -> web.Response:
    """Begin no further item of a job."""
    return await _acted(request, request.app[RUNNER].pause)


async def api_resume(request: web.Request) -> web.Response:
    """Let a paused job go on."""
    return await _acted(request, request.app[RUNNER].resume)


async def api_cancel(request: web.Request) -> web.Response:
    """End a job within a second."""
    return await _acted(request, request.app[RUNNER].cancel)


async def api_retry(request: web.Request) -> web.Response:
    """Run a job again: the items that failed, or those that a body asks for."""
    refuse_unknown(request, frozenset())
    wish = await read_json(request, RetryWish) if request.can_read_body else RetryWish()
    codes = [code.upper() for code in wish.codes or ()]
    job = await request.app[RUNNER].retry(request.match_info["id"], wish.items, codes)
    return json_response(job, status=202)


async def api_actions(request: web.Request) -> web.Response:
    """One action on many jobs: 200 with what came of each."""
    refuse_unknown(request, frozenset())
    wish = await read_json(request, many.Wish)
    return json_response({"items": await many.act(request.app[RUNNER], wish)})


async def _acted(request: web.Request, act: Callable[[str], Awaitable[Job]]) -> web.Response:
    refuse_unknown(request, frozenset())
    await read_body(request)
    return json_response(await act(request.match_info["id"]), status=202)


async def api_delete(request: web.Request) -> web.Response:
    """Forget a job, and with `files=true` its images."""
    refuse_unknown(request, frozenset({"files"}))
    files = choice(request, "files", Answer) is Answer.YES
    await read_body(request)
    await request.app[RUNNER].delete(request.match_info["id"], files=files)
    return web.Response(status=204)


async def api_events(request: web.Request) -> web.Response:
    """Long poll: the log behind `after`, waiting up to `wait` seconds for something new."""
    refuse_unknown(request, frozenset({"after", "wait"}))
    job_id = request.match_info["id"]
    after = whole_number(request, "after", 0, least=0)
    wait_s = _seconds(request, "wait", LONGEST_WAIT_S)
    # Who is beyond the end is told at once where that is. The feed may not have heard yet of what
    # the tables have: nobody is told of a place in the log whose events he was not given.
    place = min(after, (await request.app[RECORDS].get(job_id)).seq)
    events = await request.app[FEED].read(job_id, place, REPLAY_LIMIT)
    if not events and wait_s and after <= place:
        events = await request.app[FEED].wait(job_id, place, REPLAY_LIMIT, wait_s)
    seq = events[-1].seq if events else place
    return json_response({"events": events, "seq": seq}, headers={"Cache-Control": "no-store"})


def choice(request: web.Request, name: str, choices: type[Choice]) -> Choice | None:
    """A parameter that is one of an enumeration's values; None when it is not given."""
    return one_of(request.query.get(name), choices, name)


def whole_number(
    request: web.Request, name: str, default: int, *, least: int, most: int | None = None
) -> int:
    """A parameter in ASCII digits; over `most` it is `most`, under `least` it is refused."""
    text = request.query.get(name)
    if text is None:
        return default
    if not (
        text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS and int(text) >= least
    ):
        raise InvalidRequest.field(
            name, "invalid", Phrase("A whole number from {least} up.", least=least)
        )
    return int(text) if most is None else min(int(text), most)


def _seconds(request: web.Request, name: str, most: float) -> float:
    text = request.query.get(name, "0")
    seconds = float(text) if SECONDS.fullmatch(text) else -1.0
    if not 0 <= seconds <= most:
        raise InvalidRequest.field(
            name, "invalid", Phrase("A number of seconds from 0 to {most}.", most=format(most, "g"))
        )
    return seconds
