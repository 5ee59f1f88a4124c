"""Old jobs are forgotten, where the settings say after how many days."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from webapp.clock import now_text
from webapp.jobs.records import Records
from webapp.problems import Problem

log = logging.getLogger(__name__)

DAY_S: Final = 86_400
LOOKED_FOR_AFTER_S: Final = 3_600.0
AT_ONCE: Final = 100

Forget = Callable[[str], Awaitable[None]]


async def forget_old(records: Records, forget: Forget, keep_days: int) -> int:
    """Forget the jobs that came to their end longer ago; how many those were."""
    before, forgotten = now_text(-keep_days * DAY_S), 0
    while old := await records.finished_before(before, AT_ONCE):
        already = forgotten
        for job_id in old:
            # Whoever retries it or deletes it meanwhile comes first.
            with contextlib.suppress(Problem):
                await forget(job_id)
                forgotten += 1
        # A round that was refused throughout would be the next one too.
        if len(old) < AT_ONCE or forgotten == already:
            break
    return forgotten


@asynccontextmanager
async def forgetting(records: Records, forget: Forget, keep_days: int) -> AsyncIterator[None]:
    """Look for old jobs now and every hour while inside; 0 days keep them for ever."""
    if not keep_days:
        yield
        return
    looking = asyncio.create_task(_look(records, forget, keep_days), name="retention")
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.wait([looking])


async def _look(records: Records, forget: Forget, keep_days: int) -> None:
    while True:
        try:
            if forgotten := await forget_old(records, forget, keep_days):
                log.info("old jobs were forgotten", extra={"jobs": forgotten})
        except Problem:
            log.warning("old jobs could not be looked for")
        await asyncio.sleep(LOOKED_FOR_AFTER_S)
