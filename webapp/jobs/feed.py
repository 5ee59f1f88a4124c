"""Who follows which job: a cursor into the log for each follower, never a queue."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Sequence
from itertools import islice
from typing import Final

from webapp.jobs import protocol
from webapp.jobs.events import NAMES, Event, JobDeleted
from webapp.jobs.meter import Live, Meter
from webapp.jobs.model import Job
from webapp.jobs.records import Records

RECENT_EVENTS: Final = 1024
RECENT_JOBS: Final = 64
DELETED: Final = NAMES[JobDeleted]


class Subscription:
    """What one client follows: a place in each job's log, and which jobs changed at all."""

    def __init__(self) -> None:
        self.wake = asyncio.Event()
        self.cursors: dict[str, int] = {}
        self.changed: dict[str, Job] = {}
        self.deleted: set[str] = set()

    def take_deleted(self) -> list[str]:
        """The ids of the jobs that were deleted since the last call."""
        job_ids = list(self.deleted)
        self.deleted.clear()
        return job_ids

    def take_changed(self) -> list[Job]:
        """The jobs that changed since the last call, each as it is now."""
        jobs = list(self.changed.values())
        self.changed.clear()
        return jobs


class _Recent:
    """The newest entries of one job's log, and how fast it goes."""

    def __init__(self) -> None:
        self.events: deque[Event] = deque(maxlen=RECENT_EVENTS)
        self.meter = Meter()
        # Who follows a busy job is mostly where all others are.
        self.frames: dict[tuple[int, int], str] = {}

    @property
    def is_deleted(self) -> bool:
        """True when the job is no more."""
        return bool(self.events) and self.events[-1].type == DELETED

    def behind(self, after: int, limit: int) -> list[Event] | None:
        """The entries behind seq `after`; None when they are not all here."""
        if not self.events:
            return None
        if self.events[0].seq > after + 1:
            # The table has no more of a deleted job: its end is all there is to tell.
            return [self.events[-1]] if self.is_deleted else None
        skip = after + 1 - self.events[0].seq
        return list(islice(self.events, skip, skip + limit))


class Feed:
    """Hears of every commit, wakes who follows, and reads the log for them.

    Memory for a follower is one number a job, however slow it reads.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._recent: OrderedDict[str, _Recent] = OrderedDict()
        self._followers: dict[str, set[Subscription]] = {}
        self._overviews: set[Subscription] = set()
        self._is_closed = False

    @property
    def followers(self) -> int:
        """How many jobs somebody follows."""
        return len(self._followers)

    @property
    def is_closed(self) -> bool:
        """True once the server stops: nothing new comes."""
        return self._is_closed

    def close(self) -> None:
        """Let nobody wait any longer: the server stops."""
        self._is_closed = True
        for follower in set().union(*self._followers.values()):
            follower.wake.set()

    def publish(self, job: Job, events: Sequence[Event]) -> None:
        """Called after each commit, in order of commits."""
        recent = self._recent.setdefault(job.id, _Recent())
        self._recent.move_to_end(job.id)
        recent.events.extend(events)
        recent.frames.clear()
        recent.meter.note(job)
        while len(self._recent) > RECENT_JOBS:
            self._recent.popitem(last=False)
        for follower in self._followers.get(job.id, ()):
            follower.wake.set()
        for follower in self._overviews:
            if recent.is_deleted:
                follower.changed.pop(job.id, None)
                follower.deleted.add(job.id)
            else:
                follower.changed[job.id] = job
            follower.wake.set()

    def follow(self, subscription: Subscription, job_id: str, after: int) -> None:
        """Wake the subscription for this job; it has read up to seq `after`."""
        subscription.cursors[job_id] = after
        self._followers.setdefault(job_id, set()).add(subscription)
        subscription.wake.set()

    def follow_all(self, subscription: Subscription) -> None:
        """Wake the subscription whenever any job changes."""
        self._overviews.add(subscription)

    def leave(self, subscription: Subscription, job_id: str) -> None:
        """Follow this job no longer."""
        subscription.cursors.pop(job_id, None)
        followers = self._followers.get(job_id, set())
        followers.discard(subscription)
        if not followers:
            self._followers.pop(job_id, None)

    def leave_all(self, subscription: Subscription) -> None:
        """Follow the jobs as a whole no longer."""
        subscription.changed.clear()
        subscription.deleted.clear()
        self._overviews.discard(subscription)

    def forget(self, subscription: Subscription) -> None:
        """Follow nothing any more."""
        for job_id in list(subscription.cursors):
            self.leave(subscription, job_id)
        self.leave_all(subscription)

    async def read(self, job_id: str, after: int, limit: int) -> list[Event]:
        """Up to `limit` entries of the job's log behind seq `after`."""
        recent = self._recent.get(job_id)
        events = None if recent is None else recent.behind(after, limit)
        if events is not None:
            return events
        return await self._records.events(job_id, after, limit)

    async def frame(self, job_id: str, after: int, limit: int) -> tuple[str, Event] | None:
        """The same as a frame of the websocket, and the last of them; None when there are none.

        A frame is made once for all who are at the same place.
        """
        events = await self.read(job_id, after, limit)
        if not events:
            return None
        recent, place = self._recent.get(job_id), (after, events[-1].seq)
        frames: dict[tuple[int, int], str] = {} if recent is None else recent.frames
        if place not in frames:
            frames[place] = protocol.pushed(job_id, events)
        return frames[place], events[-1]

    async def wait(self, job_id: str, after: int, limit: int, timeout_s: float) -> list[Event]:
        """The same, waiting up to `timeout_s` for the first of them."""
        subscription = Subscription()
        self.follow(subscription, job_id, after)
        try:
            async with asyncio.timeout(timeout_s):
                while not self._is_closed:
                    # Cleared before the look, so that a commit during it is not missed.
                    subscription.wake.clear()
                    if events := await self.read(job_id, after, limit):
                        return events
                    await subscription.wake.wait()
        except TimeoutError:
            pass
        finally:
            self.forget(subscription)
        return []

    def live(self, job_id: str) -> Live | None:
        """How fast the job goes; None when nothing of it is recent."""
        recent = self._recent.get(job_id)
        return None if recent is None else recent.meter.read()
