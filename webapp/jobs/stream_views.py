"""The log of a job at one address: a stream of events for who asks for one, else a long poll."""

from contextlib import suppress
from typing import Final

from aiohttp import hdrs, web

from webapp.answers import refuse_unknown
from webapp.jobs import views
from webapp.jobs.server_sent import Stream
from webapp.keys import FEED, PLACES, RECORDS
from webapp.negotiation import EVENT_STREAM, prefers_event_stream
from webapp.phrases import Phrase
from webapp.problems import InvalidRequest
from webapp.sending import send_in_time

LAST_EVENT_ID: Final = "Last-Event-ID"
SEND_DEADLINE_S: Final = 5.0
STREAM_HEADERS: Final = {
    hdrs.CONTENT_TYPE: EVENT_STREAM,
    hdrs.CACHE_CONTROL: "no-store",
    hdrs.VARY: hdrs.ACCEPT,
    # nginx would keep the events back until it has enough of them.
    "X-Accel-Buffering": "no",
}


async def api_events(request: web.Request) -> web.StreamResponse:
    """The events behind `after`, in the form that Accept asks for."""
    if prefers_event_stream(request.headers.get(hdrs.ACCEPT, "")):
        return await _stream(request)
    response = await views.api_events(request)
    response.headers.add(hdrs.VARY, hdrs.ACCEPT)
    return response


async def _stream(request: web.Request) -> web.StreamResponse:
    # `wait` is the long poll's; whoever offers both forms sends one address.
    refuse_unknown(request, frozenset({"after", "wait"}))
    job_id, after = request.match_info["id"], _place(request)
    head = (await request.app[RECORDS].get(job_id)).seq
    with request.app[PLACES].taken(request.remote):
        response = web.StreamResponse(headers=STREAM_HEADERS)

        async def send(text: bytes) -> None:
            await send_in_time(request, response, text, SEND_DEADLINE_S)

        # Who is gone comes back and resumes.
        with suppress(ConnectionError):
            await response.prepare(request)
            if request.method == hdrs.METH_HEAD:
                return response
            await Stream(send, request.app[FEED], request.app[RECORDS], job_id).follow(after, head)
    return response


def _place(request: web.Request) -> int:
    """The last seq that the client has: a client that comes back says it in a header."""
    text = request.headers.get(LAST_EVENT_ID, "")
    if not text:
        return views.whole_number(request, "after", 0, least=0)
    if not (text.isascii() and text.isdigit() and len(text) <= views.NUMBER_DIGITS):
        raise InvalidRequest.field(
            LAST_EVENT_ID, "invalid", Phrase("A whole number from {least} up.", least=0)
        )
    return int(text)
