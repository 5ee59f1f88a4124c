"""The jobs' part of the API."""

from typing import Final

from webapp.jobs import many
from webapp.jobs.listing import SOURCE, Sort
from webapp.jobs.model import ItemStatus, Job, JobState, Order
from webapp.jobs.views import JOBS_A_PAGE, MOST_ITEMS, RetryWish
from webapp.negotiation import EVENT_STREAM
from webapp.openapi import shapes
from webapp.openapi.operations import (
    JSON,
    KNOWN,
    UNCHANGED,
    Answer,
    Body,
    Operation,
    Operations,
    Parameter,
    given,
    one_of,
    path_parameter,
    whole,
)
from webapp.problems import (
    Conflict,
    CursorMismatch,
    NotFound,
    RequestTimeout,
    TooManyRequests,
)

GROUP: Final = "Jobs"
EVENTS: Final = "Events"
JOB: Final = path_parameter("id", "The job's id.", "0f7b6ea0378af62c")
CURSOR: Final = Parameter("cursor", "The page to give: `next` of the one before.")
ORDER: Final = {"source": "builtin", "select": {"codes": ["BR", "AQ", "XX"]}}
SEQ: Final = {"type": "integer", "minimum": 0, "maximum": 10**15 - 1, "default": 0}


def _moment(name: str, text: str) -> Parameter:
    schema = {"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]}
    return Parameter(name, text, schema)


def _action(name: str, summary: str, text: str) -> Operation:
    return Operation(
        id=f"{name}Job",
        group=GROUP,
        summary=summary,
        text=f"{text} What is there already is answered 202 too. No body is needed.",
        parameters=(JOB,),
        answers=(given(Job, "The job.", status=202),),
        problems=(NotFound, RequestTimeout, Conflict),
    )


OPERATIONS: Final[Operations] = {
    ("POST", "/api/v1/jobs"): Operation(
        id="submitJob",
        group=GROUP,
        summary="Start a job",
        text="`pop20`, `all` and `every` are the presets. With `after`, the id of another job, "
        "it begins when that "
        "one is over. 429 while there are too many unfinished jobs.",
        parameters=(
            Parameter(
                "Idempotency-Key",
                "1 to 200 visible ASCII characters: the same order with the same key gives the "
                "same job.",
                {"type": "string", "pattern": "^[!-~]{1,200}$"},
                place="header",
            ),
        ),
        body=Body(Order, ORDER),
        answers=(given(Job, "The job.", "Location", "Idempotent-Replayed", status=201),),
        problems=(RequestTimeout, Conflict, TooManyRequests),
    ),
    ("GET", "/api/v1/jobs"): Operation(
        id="listJobs",
        group=GROUP,
        summary="List jobs",
        text="The newest first, unless `sort` says otherwise.",
        parameters=(
            Parameter("state", "Jobs in this state alone.", one_of(*JobState)),
            Parameter(
                "source",
                "Jobs of this source alone.",
                {"type": "string", "pattern": f"^{SOURCE.pattern}$"},
            ),
            _moment("since", "Made then or later: a moment in UTC, or a day."),
            _moment(
                "until", "Made then or earlier: a moment in UTC, or a day, which counts as a whole."
            ),
            Parameter(
                "sort",
                "The order; jobs that are alike come newest first.",
                one_of(*Sort, default="newest"),
            ),
            Parameter(
                "limit",
                "Jobs on a page; more than 200 gives 200.",
                whole(1, JOBS_A_PAGE),
                example=2,
            ),
            CURSOR,
            KNOWN,
        ),
        answers=(given(shapes.Jobs, "The page.", "ETag", "Link"), UNCHANGED),
        problems=(CursorMismatch,),
    ),
    ("POST", "/api/v1/jobs/actions"): Operation(
        id="actOnJobs",
        group=GROUP,
        summary="One action on up to 200 jobs",
        text="`items` is for retries, `files` for deletions.",
        body=Body(many.Wish, {"action": "cancel", "ids": ["0f7b6ea0378af62c", "nobody"]}),
        answers=(given(shapes.Outcomes, "What came of each, as if it had been asked for alone."),),
        problems=(RequestTimeout,),
    ),
    ("GET", "/api/v1/jobs/{id}"): Operation(
        id="getJob",
        group=GROUP,
        summary="One job",
        text="Its `ETag` changes with every event.",
        parameters=(JOB, KNOWN),
        answers=(given(Job, "The job.", "ETag"), UNCHANGED),
        problems=(NotFound,),
    ),
    ("GET", "/api/v1/jobs/{id}/items"): Operation(
        id="listItems",
        group=GROUP,
        summary="The items of a job",
        text="By code. `attempts` counts every time an item was begun, `retries` failures of the "
        "source, `rescues` "
        "stops of the program.",
        parameters=(
            JOB,
            Parameter("status", "Items with this status alone.", one_of(*ItemStatus)),
            Parameter(
                "limit",
                f"Items on a page; more than {MOST_ITEMS} gives {MOST_ITEMS}.",
                whole(1, MOST_ITEMS),
                2,
            ),
            CURSOR,
        ),
        answers=(given(shapes.JobItems, "The page.", "Link"),),
        problems=(CursorMismatch, NotFound),
    ),
    ("GET", "/api/v1/jobs/{id}/events"): Operation(
        id="readLog",
        group=EVENTS,
        summary="Follow a job: its log behind a place, or a stream",
        text="2,000 events at most. When there is none yet, the answer waits for the first, up "
        "to `wait` seconds. With "
        "`Accept: text/event-stream` the same address is a stream of Server-Sent Events.",
        parameters=(
            JOB,
            Parameter("after", "The last `seq` that you have.", SEQ, 0),
            Parameter(
                "wait",
                "Seconds to wait for something new.",
                {"type": "number", "minimum": 0, "maximum": 60, "default": 0},
            ),
            Parameter(
                "Last-Event-ID",
                "Of the stream alone: the last `seq`; it counts before `after`.",
                place="header",
            ),
        ),
        answers=(Answer(200, "The events.", shapes.Log, (JSON, EVENT_STREAM)),),
        problems=(NotFound, TooManyRequests),
    ),
    ("GET", "/api/v1/jobs/{id}/report"): Operation(
        id="readReport",
        group=GROUP,
        summary="A job in the words of the book's programs",
        parameters=(JOB,),
        answers=(Answer(200, "The report.", str, ("text/plain",)),),
        problems=(NotFound,),
    ),
    ("GET", "/api/v1/jobs/{id}/archive.zip"): Operation(
        id="downloadArchive",
        group=GROUP,
        summary="The images of a job as a zip archive",
        text="`BR.gif` and so on, and `manifest.json`. An archive that cannot be finished is cut "
        "off.",
        parameters=(JOB,),
        answers=(Answer(200, "The archive.", None, ("application/zip",)),),
        problems=(NotFound,),
    ),
    ("DELETE", "/api/v1/jobs/{id}"): Operation(
        id="deleteJob",
        group=GROUP,
        summary="Forget a job, its items and its log",
        text="Its images stay; with `files=true` those go that no other job has. 409 while it "
        "runs.",
        parameters=(
            JOB,
            Parameter(
                "files", "Whether its images go too.", one_of("true", "false", default="false")
            ),
        ),
        answers=(Answer(204, "It is gone."),),
        problems=(NotFound, RequestTimeout, Conflict),
    ),
    ("POST", "/api/v1/jobs/{id}/start"): _action(
        "start", "Let a queued job run", "409 unless it is queued or runs."
    ),
    ("POST", "/api/v1/jobs/{id}/pause"): _action(
        "pause",
        "Begin no further item",
        "What is under way comes to its end. 409 when the job is over.",
    ),
    ("POST", "/api/v1/jobs/{id}/resume"): _action(
        "resume", "Let a paused job go on", "409 when it is over or being cancelled."
    ),
    ("POST", "/api/v1/jobs/{id}/cancel"): _action(
        "cancel",
        "End a job",
        "What is under way is dropped within a second. 409 when it ended otherwise.",
    ),
    ("POST", "/api/v1/jobs/{id}/retry"): Operation(
        id="retryJob",
        group=GROUP,
        summary="Run a job again that is over",
        text="Without a body the items begin anew that failed or were cancelled; `codes` narrows "
        "that down to some.",
        parameters=(JOB,),
        body=Body(RetryWish, {"items": "all"}, is_required=False),
        answers=(given(Job, "The job.", status=202),),
        problems=(NotFound, RequestTimeout, Conflict, TooManyRequests),
    ),
    ("GET", "/api/v1/events"): Operation(
        id="openSocket",
        group=EVENTS,
        summary="The websocket: events of many jobs, pushed",
        text="Subprotocol `charfinder.v1`. Its messages are described by `/api/asyncapi.json`.",
        answers=(Answer(101, "From here on frames go both ways."),),
        problems=(TooManyRequests,),
    ),
}
