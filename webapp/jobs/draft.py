"""A job under change: what one transaction will write, decided without a database."""

from collections.abc import Mapping
from typing import Final

from webapp.jobs.events import Change, Event, ItemFinished, ItemRequeued, apply
from webapp.jobs.model import Failure, Item, ItemStatus, Job

# An item that brings the program down each time must come to an end.
MOST_RESCUES: Final = 100


class Draft:
    """A job and those of its items that may change, with the events that tell of it."""

    def __init__(self, job: Job, items: Mapping[str, Item]) -> None:
        self.job = job
        self.items = dict(items)
        self.events: list[Event] = []
        self.changed: dict[str, Item] = {}

    def record(self, change: Change, at: str) -> None:
        """Append the change to the log; IllegalEvent when it cannot follow."""
        event = Event.of(self.job.seq + 1, at, change)
        code = getattr(change, "code", "")
        self.job, item = apply(self.job, self.items.get(code), event)
        if item is not None:
            self.items[code] = self.changed[code] = item
        self.events.append(event)

    def holds(self, code: str, attempt: int) -> bool:
        """True while the lease of this attempt is the item's present one."""
        item = self.items[code]
        return item.status is ItemStatus.RUNNING and item.attempts == attempt

    def requeue_running(self, reason: str, at: str) -> None:
        """Put back every item that was under way when its lease was lost; not without end."""
        for code, item in list(self.items.items()):
            if item.status is not ItemStatus.RUNNING:
                continue
            if item.rescues < MOST_RESCUES:
                self.record(ItemRequeued(code, reason), at)
            else:
                self.record(_given_up(item), at)

    def settle(self, status: ItemStatus, error: Failure | None, at: str) -> None:
        """Give every item that has no outcome yet this one."""
        for code, item in list(self.items.items()):
            if not item.status.is_final:
                attempt = item.attempts
                self.record(
                    ItemFinished(code=code, status=status, attempt=attempt, error=error), at
                )


def _given_up(item: Item) -> ItemFinished:
    error = Failure(
        "rescued_too_often", f"The program stopped {item.rescues} times while fetching it."
    )
    return ItemFinished(code=item.code, status=ItemStatus.ERROR, attempt=item.attempts, error=error)
