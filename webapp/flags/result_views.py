"""What a job has brought: its report in words, its images as an archive."""

import contextlib
import logging
from collections.abc import AsyncGenerator
from typing import Final

from aiohttp import hdrs, web

from webapp.answers import refuse_unknown
from webapp.flags import archive
from webapp.flags.report import report, site_of
from webapp.keys import IMAGES, LIBRARY, RECORDS, SETTINGS, SOURCES
from webapp.problems import InvalidRequest
from webapp.sending import send_in_time

log = logging.getLogger(__name__)

NO_SITE: Final = "(no longer configured)"


async def api_report(request: web.Request) -> web.Response:
    """The job in the words of the book's programs."""
    refuse_unknown(request, frozenset())
    job, items = await request.app[RECORDS].snapshot(request.match_info["id"])
    text = report(job, [item.code for item in items], _site(request, job.source))
    return web.Response(text=text, headers={hdrs.CACHE_CONTROL: "no-store"})


async def api_archive(request: web.Request) -> web.StreamResponse:
    """The images of the job and a manifest, one image in memory at a time."""
    refuse_unknown(request, frozenset())
    job_id = request.match_info["id"]
    job, items = await request.app[RECORDS].snapshot(job_id)
    flags = await request.app[LIBRARY].of_job(job_id)
    pieces = archive.of_job(job, items, flags, request.app[IMAGES].read)
    return await _sent(request, f"flags-{job.id}.zip", pieces)


async def api_all_flags(request: web.Request) -> web.StreamResponse:
    """The newest image of each country and a manifest, one image in memory at a time."""
    refuse_unknown(request, frozenset())
    flags = await request.app[LIBRARY].all()
    return await _sent(request, "flags.zip", archive.of_all(flags, request.app[IMAGES].read))


async def _sent(
    request: web.Request, name: str, pieces: AsyncGenerator[bytes, None]
) -> web.StreamResponse:
    headers = {
        hdrs.CONTENT_TYPE: "application/zip",
        hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"',
        hdrs.CACHE_CONTROL: "no-store",
    }
    response = web.StreamResponse(headers=headers)
    deadline_s = request.app[SETTINGS].send_seconds
    try:
        async with contextlib.aclosing(pieces):
            await response.prepare(request)
            if request.method == hdrs.METH_HEAD:
                return response
            async for piece in pieces:
                await send_in_time(request, response, piece, deadline_s)
    except ConnectionError:
        pass
    except OSError:
        log.exception("an archive could not be finished", extra={"archive": name})
        # Cut off, so that nobody takes the part for the whole.
        if request.transport is not None:
            request.transport.abort()
    return response


def _site(request: web.Request, source: str) -> str:
    try:
        return site_of(request.app[SOURCES].get(source).template)
    except InvalidRequest:
        return NO_SITE
