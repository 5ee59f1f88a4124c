"""The page of one job, and its button that begins again what failed."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from aiohttp import web

from webapp.answers import read_form
from webapp.flags.causes import causes
from webapp.flags.views import builtins
from webapp.jobs import timeline
from webapp.jobs.actions import Which
from webapp.jobs.model import Item, Job
from webapp.jobs.records import Records
from webapp.jobs.timeline import Bar, Timeline
from webapp.keys import RECORDS, RUNNER
from webapp.pages import render

# Folded without letting anybody else have the loop; and how many of a log a page is made of.
EVENTS_AT_ONCE: Final = 500
MOST_EVENTS: Final = 20_000
# Rendering more would be felt by others; a script draws all of them.
MOST_BARS: Final = 1000
# As many as are legible on a phone.
MOST_TICKS: Final = 4
# Pixels that a lane is high, while there are so many of them.
LANE_HEIGHTS: Final = ((16, 14), (48, 9), (10_000, 5))


async def job_page(request: web.Request) -> web.Response:
    """One job."""
    records = request.app[RECORDS]
    job, items = await records.snapshot(request.match_info["id"])
    context = {
        "job": builtins(job),
        "items": [item.shown() for item in items],
        "causes": msgspec.to_builtins(causes(items)),
        "timeline": _drawn(await _timeline(records, job), items),
        "duration": timeline.duration,
    }
    return render("job.html", request, context, cache="no-store")


async def retry_form(request: web.Request) -> web.Response:
    """The buttons that begin what failed anew: all of it, or what had one cause."""
    form = await read_form(request)
    codes = form.get("codes", "").replace(",", " ").upper().split()
    job = await request.app[RUNNER].retry(request.match_info["id"], Which.FAILED, codes)
    raise web.HTTPSeeOther(f"/flags/jobs/{job.id}")


async def _timeline(records: Records, job: Job) -> Timeline:
    """The latest run of the job, as far as the newest events tell of it."""
    folded = Timeline()
    after = max(0, job.seq - MOST_EVENTS)
    while after < job.seq:
        limit = min(EVENTS_AT_ONCE, job.seq - after)
        events = await records.events(job.id, after, limit)
        if not events:
            break
        for event in events:
            folded.take(event)
        after = events[-1].seq
    return folded


def _drawn(folded: Timeline, items: Sequence[Item]) -> dict[str, Any]:
    """Bars in percent of the width and pixels of height, ticks, and the times of each item."""
    span = max(folded.span_ms, 1)
    lanes = len(folded.lanes)
    height = next(height for most, height in LANE_HEIGHTS if lanes <= most)
    names = {item.code: item.name for item in items}
    shown = folded.bars[-MOST_BARS:]
    ticks = timeline.ticks(span, MOST_TICKS)
    return {
        "bars": [_bar(bar, names.get(bar.code, bar.code), folded.span_ms) for bar in shown],
        "left_out": len(folded.bars) - len(shown),
        "lane_height": height,
        "height": lanes * height,
        "ticks": [{"x": 100 * ms / span, "label": timeline.tick_label(ms)} for ms in ticks],
        "times": timeline.times(folded.bars, folded.span_ms),
    }


def _bar(bar: Bar, name: str, span_ms: int) -> dict[str, Any]:
    """What is under way reaches to the end."""
    took = (span_ms if bar.end_ms is None else bar.end_ms) - bar.start_ms
    percent = 100 / max(span_ms, 1)
    own = {"name": name, "took_ms": took, "x": bar.start_ms * percent, "width": took * percent}
    return {**msgspec.structs.asdict(bar), **own}
