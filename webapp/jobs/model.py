"""Jobs, their items and counters, and the order a client sends."""

from enum import StrEnum
from typing import Annotated, Any, Final, Literal

import msgspec

Text = Annotated[str, msgspec.Meta(max_length=200)]


# Why a job is paused, and an item put back, that came when there was no room for it.
DISK_FULL: Final = "disk_full"


class JobState(StrEnum):
    """Where a job stands as a whole."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """True when nothing more happens in this run."""
        return self in FINAL_STATES


FINAL_STATES: Final = frozenset(
    {JobState.SUCCEEDED, JobState.PARTIAL, JobState.FAILED, JobState.CANCELLED}
)


UNFINISHED_STATES: Final = frozenset(JobState) - FINAL_STATES


class ItemStatus(StrEnum):
    """Where one item of a job stands; one waiting for a retry is pending."""

    PENDING = "pending"
    RUNNING = "running"
    OK = "ok"
    NOT_FOUND = "not_found"
    ERROR = "error"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """True when the item has its outcome."""
        return self not in {ItemStatus.PENDING, ItemStatus.RUNNING}


class Counters(msgspec.Struct, frozen=True, kw_only=True):
    """Items in each status; all but `total` always sum to `total`."""

    total: int
    pending: int = 0
    running: int = 0
    ok: int = 0
    not_found: int = 0
    error: int = 0
    skipped: int = 0
    cancelled: int = 0

    def move(self, origin: ItemStatus, target: ItemStatus) -> "Counters":
        """The counters after one item went from `origin` to `target`."""
        if origin is target:
            return self
        return msgspec.structs.replace(
            self,
            **{
                origin.value: getattr(self, origin.value) - 1,
                target.value: getattr(self, target.value) + 1,
            },
        )

    @property
    def are_settled(self) -> bool:
        """True when every item has its outcome."""
        return self.pending == 0 and self.running == 0

    @property
    def outcome(self) -> JobState:
        """The state of a job that came to its end with these counters."""
        if self.error == 0:
            return JobState.SUCCEEDED
        answered = self.ok + self.not_found + self.skipped
        return JobState.PARTIAL if answered else JobState.FAILED


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a job is carried out; kept with it for every retry.

    With `after`, the id of another job, it begins when that one is over.
    """

    select: dict[str, Any]
    limit: Annotated[int, msgspec.Meta(ge=1)] | None = None
    concurrency: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 5
    retries: Annotated[int, msgspec.Meta(ge=0, le=10)] = 2
    timeout_s: Annotated[float, msgspec.Meta(ge=0.1, le=120)] = 10.0
    existing: Literal["skip", "verify", "replace"] = "skip"
    start: bool = True
    after: Text | None = None


class Order(Options, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client asks for: POST /api/v1/jobs."""

    source: Text
    kind: Literal["flags"] = "flags"

    @property
    def options(self) -> Options:
        """The part that stays with the job."""
        return Options(**{name: getattr(self, name) for name in Options.__struct_fields__})


class Failure(msgspec.Struct, frozen=True):
    """Why an item ended in error: a stable code and a sentence."""

    code: str
    detail: str


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One job, as GET /api/v1/jobs/{id} answers it; times are UTC, `bytes` what came in."""

    id: str
    kind: str
    source: str
    state: JobState
    reason: str | None = None
    counters: Counters
    bytes: int = 0
    created_at: str
    started_at: str | None = None
    finished_at: str | None = None
    seq: int
    run: int = 1
    options: Options


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One flag of a job.

    `attempts` counts every lease and so names the present one; `retries` counts the upstream's
    failures, `rescues` the leases lost to a stop of our own program.
    """

    code: str
    name: str
    status: ItemStatus = ItemStatus.PENDING
    attempts: int = 0
    retries: int = 0
    rescues: int = 0
    http_status: int | None = None
    bytes: int | None = None
    sha256: str | None = None
    ms: int | None = None
    error: Failure | None = None
    not_before: str | None = None

    @property
    def image_url(self) -> str | None:
        """Where exactly this image is served; None while there is none."""
        if self.sha256 is None:
            return None
        return f"/api/v1/flags/{self.code}?sha256={self.sha256}"

    def put_back(self, reason: str) -> "Item":
        """The item after it lost its lease; nothing is wrong with one that found the disk full."""
        rescues = self.rescues + (reason != DISK_FULL)
        return msgspec.structs.replace(self, status=ItemStatus.PENDING, rescues=rescues)

    def shown(self) -> dict[str, Any]:
        """The item as clients see it."""
        return {**msgspec.structs.asdict(self), "image_url": self.image_url}


class Dropped(msgspec.Struct, frozen=True):
    """An image that no job has any more; `is_last`: no other country or source has its content."""

    code: str
    sha256: str
    is_last: bool


class Kept(msgspec.Struct, frozen=True):
    """An image that is on disk already: its content's SHA-256, type and size in bytes."""

    sha256: str
    media_type: str
    bytes: int
