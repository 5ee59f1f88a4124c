"""A job as its log tells it, event by event; pure."""

from webapp.jobs.events import Event, JobCreated, JobDeleted, apply
from webapp.jobs.model import Item, Job


class Followed:
    """What is known so far of the job that was submitted."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.seq = 0
        self.is_deleted = False
        self._items: dict[str, Item] = {}

    @property
    def codes(self) -> list[str]:
        """The codes of its items in their order."""
        return list(self._items)

    @property
    def is_over(self) -> bool:
        """True when nothing more happens in this run."""
        return self.is_deleted or (self.seq > 0 and self.job.state.is_final)

    def take(self, event: Event) -> None:
        """Go on with the next event of the log; IllegalEvent for one that cannot follow."""
        change = event.change
        if isinstance(change, JobCreated):
            self.job = change.job
            self._items = {code: Item(code=code, name=name) for code, name in change.codes}
        else:
            code = getattr(change, "code", "")
            self.job, item = apply(self.job, self._items.get(code), event)
            if item is not None:
                self._items[code] = item
        self.is_deleted = isinstance(change, JobDeleted)
        self.seq = event.seq
