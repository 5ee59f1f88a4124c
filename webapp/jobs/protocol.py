"""The words of the websocket: what a client may say, and how it is understood."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

import msgspec

from webapp.jobs.events import Event
from webapp.phrases import Phrase
from webapp.problems import BadRequest, InvalidRequest, Problem, ProblemDetails
from webapp.validation import convert

SUBPROTOCOL: Final = "charfinder.v1"
REPLAY_LIMIT: Final = 2000
JOBS: Final = "jobs"
JOB_PREFIX: Final = "job:"

# The last part of a text, which is also its first.
TEXT_FRAME: Final = 0x81

FrameId = int | str | None


class Frame(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a client sends."""

    op: Literal["subscribe", "unsubscribe", "ping"]
    id: FrameId = None
    topic: Annotated[str, msgspec.Meta(max_length=80)] = ""
    after: Annotated[int, msgspec.Meta(ge=0, le=2**53)] | None = None

    @property
    def job_id(self) -> str | None:
        """The job the topic names; None for the topic of all jobs."""
        if self.topic == JOBS:
            return None
        if not self.topic.startswith(JOB_PREFIX):
            raise InvalidRequest.field(
                "topic", "unknown_topic", Phrase("The topics are jobs and job:ID.")
            )
        return self.topic.removeprefix(JOB_PREFIX)


def read_frame(text: str) -> Frame:
    """The frame; a Problem says what is wrong with it."""
    try:
        value = msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadRequest(
            Phrase("The frame is not valid JSON: {reason}", reason=str(error))
        ) from None
    return convert(value, Frame)


def frame_id(text: str) -> FrameId:
    """The id of a frame that could not be understood, as far as there is one."""
    try:
        value = msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return None
    given = value.get("id") if isinstance(value, dict) else None
    return given if isinstance(given, int | str) else None


def mode(after: int | None, head: int) -> Literal["tail", "replay", "snapshot"]:
    """How a client that has seen up to `after` catches up with a log that ends at `head`."""
    if after is None or after > head or head - after > REPLAY_LIMIT:
        return "snapshot"
    return "tail" if after == head else "replay"


def told(job_id: str, events: Sequence[Event]) -> bytes:
    """The text that tells of what happened to a job."""
    return msgspec.json.encode({"topic": JOB_PREFIX + job_id, "events": events})


def told_live(job_id: str, live: object) -> bytes:
    """The text that tells how fast a job goes."""
    return msgspec.json.encode({"topic": JOB_PREFIX + job_id, "live": live})


def framed(text: bytes) -> bytes:
    """The text as a server's frame: whole, uncompressed and unmasked (RFC 6455, 5.2)."""
    length = len(text)
    if length < 126:
        return bytes((TEXT_FRAME, length)) + text
    if length < 1 << 16:
        return bytes((TEXT_FRAME, 126)) + length.to_bytes(2, "big") + text
    return bytes((TEXT_FRAME, 127)) + length.to_bytes(8, "big") + text


def refusal(given: FrameId, problem: Problem) -> dict[str, Any]:
    """The answer to a frame that cannot be done."""
    details: ProblemDetails = problem.details()
    return {"id": given, "ok": False, "problem": details}
