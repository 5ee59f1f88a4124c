"""Who follows which job: a cursor into the log for each follower, never a queue.

Ten times a second at most, followers are told of what has happened: those that are where the log
was, all by the same bytes, and the others by being woken, to read on by themselves.
"""

import asyncio
import math
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Final, NamedTuple

from webapp.jobs import protocol
from webapp.jobs.events import NAMES, Event, JobDeleted, JobFinished
from webapp.jobs.meter import Live, Meter
from webapp.jobs.model import Job
from webapp.jobs.records import Records

RECENT_EVENTS: Final = 1024
RECENT_JOBS: Final = 64
EVENTS_A_FRAME: Final = 256
# Ten frames a second look alive to an eye and leave a slow client time to read.
PAUSE_S: Final = 0.1
# A speed that changes more often cannot be read.
LIVE_EVERY_S: Final = 0.5
DELETED: Final = NAMES[JobDeleted]
FINISHED: Final = NAMES[JobFinished]


Push = Callable[[bytes], bool]


class Frame(NamedTuple):
    """Entries of a log as a websocket's text, and the last of them."""

    text: bytes
    last: Event


class Subscription:
    """What one client follows: a place in each job's log, and which jobs changed at all.

    `push` sends a frame at once, unless the client does not keep up. One that `is_busy` reads on by
    itself. One that `is_prompt` is woken with each commit.
    """

    def __init__(self, push: Push | None = None, *, is_prompt: bool = False) -> None:
        self.push = push
        self.is_prompt = is_prompt
        self.is_busy = True
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
        self.frames: dict[tuple[int, int], Frame] = {}
        self.told_live_at = -math.inf

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
        self._prompt: dict[str, set[Subscription]] = {}
        # Of whose news the followers have not been told yet; when they are, and were last.
        self._news: set[str] = set()
        self._telling: asyncio.TimerHandle | None = None
        self._told_at = -math.inf
        self._overviews: set[Subscription] = set()
        self._is_closed = False

    @property
    def followers(self) -> int:
        """How many jobs somebody follows."""
        return len(self._followers.keys() | self._prompt.keys())

    @property
    def is_closed(self) -> bool:
        """True once the server stops: nothing new comes."""
        return self._is_closed

    def close(self) -> None:
        """Let nobody wait any longer: the server stops."""
        self._is_closed = True
        for follower in set().union(*self._followers.values(), *self._prompt.values()):
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
        for follower in self._prompt.get(job.id, ()):
            follower.wake.set()
        for follower in self._overviews:
            if recent.is_deleted:
                follower.changed.pop(job.id, None)
                follower.deleted.add(job.id)
            else:
                follower.changed[job.id] = job
        self._tell_soon(job.id)

    def follow(self, subscription: Subscription, job_id: str, after: int) -> None:
        """Wake the subscription for this job; it has read up to seq `after`."""
        subscription.cursors[job_id] = after
        followers = self._prompt if subscription.is_prompt else self._followers
        followers.setdefault(job_id, set()).add(subscription)
        subscription.wake.set()

    def follow_all(self, subscription: Subscription) -> None:
        """Wake the subscription whenever any job changes."""
        self._overviews.add(subscription)

    def leave(self, subscription: Subscription, job_id: str) -> None:
        """Follow this job no longer."""
        subscription.cursors.pop(job_id, None)
        for following in (self._followers, self._prompt):
            followers = following.get(job_id, set())
            followers.discard(subscription)
            if not followers:
                following.pop(job_id, None)

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

    async def frame(self, job_id: str, after: int, limit: int) -> Frame | None:
        """The same as a frame of the websocket; None when there are none."""
        events = await self.read(job_id, after, limit)
        return self._frame(job_id, after, events) if events else None

    def _frame(self, job_id: str, after: int, events: Sequence[Event]) -> Frame:
        """The frame of these entries, made once for all who are at the same place."""
        recent, place = self._recent.get(job_id), (after, events[-1].seq)
        frames: dict[tuple[int, int], Frame] = {} if recent is None else recent.frames
        if place not in frames:
            frames[place] = Frame(protocol.told(job_id, events), events[-1])
        return frames[place]

    def _tell_soon(self, job_id: str) -> None:
        self._news.add(job_id)
        if self._telling is None:
            loop = asyncio.get_running_loop()
            self._telling = loop.call_at(self._told_at + PAUSE_S, self._tell)

    def _tell(self) -> None:
        self._telling, self._told_at = None, asyncio.get_running_loop().time()
        for job_id in self._news:
            self._tell_of(job_id)
        self._news.clear()
        for follower in self._overviews:
            if follower.changed or follower.deleted:
                follower.wake.set()

    def _tell_of(self, job_id: str) -> None:
        frames: dict[int, tuple[bytes, Frame] | None] = {}
        live = self._live_frame(job_id)
        for follower in self._followers.get(job_id, ()):
            after = follower.cursors[job_id]
            if follower.push is None or follower.is_busy:
                follower.wake.set()
                continue
            if after not in frames:
                frames[after] = self._ready(job_id, after)
            ready = frames[after]
            if ready is None or not follower.push(ready[0]):
                follower.wake.set()
                continue
            follower.cursors[job_id] = ready[1].last.seq
            if live is not None:
                follower.push(live)

    def _ready(self, job_id: str, after: int) -> tuple[bytes, Frame] | None:
        """All that lies behind a place as one frame; None when that has to be read, or is long."""
        recent = self._recent.get(job_id)
        events = None if recent is None else recent.behind(after, EVENTS_A_FRAME + 1)
        if not events or len(events) > EVENTS_A_FRAME:
            return None
        frame = self._frame(job_id, after, events)
        return protocol.framed(frame.text), frame

    def _live_frame(self, job_id: str) -> bytes | None:
        """How fast the job goes, when that is to be told: now and then, and at its end."""
        recent, now = self._recent.get(job_id), asyncio.get_running_loop().time()
        if recent is None or not recent.events:
            return None
        is_over = recent.events[-1].type == FINISHED
        if not is_over and now - recent.told_live_at < LIVE_EVERY_S:
            return None
        recent.told_live_at = now
        return protocol.framed(protocol.told_live(job_id, recent.meter.read()))

    async def wait(self, job_id: str, after: int, limit: int, timeout_s: float) -> list[Event]:
        """The same, waiting up to `timeout_s` for the first of them."""
        subscription = Subscription(is_prompt=True)
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
