"""What the result of a fetch means for its item; pure."""

from typing import Final

from webapp.jobs.errand import Brought, Failed
from webapp.jobs.events import ItemFinished
from webapp.jobs.model import Failure, Item, ItemStatus, Job

DETAIL_LIMIT: Final = 200


def may_retry(job: Job, item: Item, failed: Failed) -> bool:
    """True when trying again may help, and the job has tries left for the item."""
    return failed.is_retryable and item.retries < job.options.retries


def failure(failed: Failed) -> Failure:
    """Why it failed, as it is kept."""
    return Failure(failed.code, failed.detail[:DETAIL_LIMIT])


def brought(item: Item, result: Brought) -> ItemFinished:
    """The item is here."""
    return ItemFinished(
        code=item.code,
        status=ItemStatus.OK,
        http_status=result.http_status,
        bytes=result.bytes,
        sha256=result.sha256,
        ms=result.ms,
        attempt=item.attempts,
    )


def failed(item: Item, result: Failed) -> ItemFinished:
    """The item is not to be had: there is none, or something went wrong."""
    return ItemFinished(
        code=item.code,
        status=ItemStatus.NOT_FOUND if result.is_not_found else ItemStatus.ERROR,
        http_status=result.http_status,
        ms=result.ms,
        attempt=item.attempts,
        error=None if result.is_not_found else failure(result),
    )
