"""The shapes of what is pushed: frames of the websocket, events of the stream."""

from typing import Literal

import msgspec

from webapp.jobs.events import Event
from webapp.jobs.meter import Live
from webapp.jobs.model import Job
from webapp.jobs.protocol import FrameId
from webapp.openapi.shapes import Jobs, Snapshot
from webapp.problems import ProblemDetails


class Subscribed(msgspec.Struct):
    """A job is followed: events follow from behind `after`, or from behind `seq` of the `state`."""

    id: FrameId
    ok: bool
    mode: Literal["tail", "replay", "snapshot"]
    seq: int
    state: Snapshot | msgspec.UnsetType = msgspec.UNSET


class SubscribedToAll(msgspec.Struct):
    """All jobs are followed; `state` has the newest 20."""

    id: FrameId
    ok: bool
    mode: Literal["snapshot"]
    seq: int
    state: Jobs


class Unsubscribed(msgspec.Struct):
    """It is followed no longer."""

    id: FrameId
    ok: bool


class Refused(msgspec.Struct):
    """The frame cannot be done; the socket stays open."""

    id: FrameId
    ok: bool
    problem: ProblemDetails


class Pong(msgspec.Struct):
    """The answer to a ping."""

    op: Literal["pong"]


class Told(msgspec.Struct):
    """Up to 256 events of a job, in order."""

    topic: str
    events: list[Event]


class ToldLive(msgspec.Struct):
    """How fast a job goes, beside its events; the latest counts."""

    topic: str
    live: Live


class ToldJob(msgspec.Struct):
    """A job that changed, as GET gives it."""

    topic: Literal["jobs"]
    live: Job


class ToldDeleted(msgspec.Struct):
    """A job that is no more, by its id."""

    topic: Literal["jobs"]
    deleted: str


class StreamSnapshot(msgspec.Struct):
    """The job and its items, for a client that is too far behind; what is newer follows."""

    seq: int
    state: Snapshot


class Goodbye(msgspec.Struct):
    """The server stops; come back after so many milliseconds."""

    retry_ms: int
