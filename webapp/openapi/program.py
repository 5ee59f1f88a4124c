"""What the program says of itself."""

from typing import Any, Final, Literal

import msgspec

from webapp.openapi.operations import KNOWN, UNCHANGED, Answer, Operation, Operations, given

GROUP: Final = "Program"


class Health(msgspec.Struct):
    """The program turns."""

    status: Literal["ok"]


class Ready(msgspec.Struct):
    """Whether every listener is up and both databases answer."""

    status: Literal["ready", "not ready"]
    version: str
    index: str
    draining: bool
    instance: str


OPERATIONS: Final[Operations] = {
    ("GET", "/api/openapi.json"): Operation(
        id="getOpenapi",
        group=GROUP,
        summary="This description, as OpenAPI 3.1",
        parameters=(KNOWN,),
        answers=(given(dict[str, Any], "The document.", "ETag"), UNCHANGED),
    ),
    ("GET", "/api/asyncapi.json"): Operation(
        id="getAsyncapi",
        group=GROUP,
        summary="The websocket and the event stream, as AsyncAPI 3",
        parameters=(KNOWN,),
        answers=(given(dict[str, Any], "The document.", "ETag"), UNCHANGED),
    ),
    ("GET", "/healthz"): Operation(
        id="getHealth",
        group=GROUP,
        summary="Whether the program turns",
        answers=(given(Health, "It does."),),
    ),
    ("GET", "/readyz"): Operation(
        id="getReadiness",
        group=GROUP,
        summary="Whether it is ready for requests",
        answers=(
            given(Ready, "It is."),
            given(
                Ready,
                "Not now: starting, stopping, or the database does not answer.",
                status=503,
            ),
        ),
    ),
    ("GET", "/metrics"): Operation(
        id="getMetrics",
        group=GROUP,
        summary="Figures for Prometheus",
        answers=(Answer(200, "The figures.", str, ("text/plain",)),),
    ),
    ("GET", "/robots.txt"): Operation(
        id="getRobots",
        group=GROUP,
        summary="What robots may read: everything",
        answers=(Answer(200, "The rules.", str, ("text/plain",)),),
    ),
}
