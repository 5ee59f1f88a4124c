"""How an operation of the API is described: one entry of a table for each route."""

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

import msgspec

from webapp import problems
from webapp.problems import Problem

Schema = Mapping[str, Any]
JSON: Final = "application/json"
TEXT: Final[Schema] = {"type": "string"}


class Parameter(NamedTuple):
    """One parameter; with an `example` it is in the line to copy."""

    name: str
    text: str
    schema: Schema = TEXT
    example: Any = None
    place: Literal["query", "path", "header"] = "query"


class Body(NamedTuple):
    """The JSON that a request carries."""

    shape: type
    example: Any
    is_required: bool = True


class Answer(NamedTuple):
    """One way in which a request is answered as asked; JSON of a shape, or of another type."""

    status: int
    text: str
    shape: Any = None
    media: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """What a route does; `problems` are those beside what can befall every request.

    `text` may have `code` in backticks.
    """

    id: str
    group: str
    summary: str
    text: str = ""
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    answers: tuple[Answer, ...]
    problems: tuple[type[Problem], ...] = ()


Operations = Mapping[tuple[str, str], Operation]

# What can befall a request whatever it asks for.
ALWAYS: Final[tuple[type[Problem], ...]] = (
    problems.BadRequest,
    problems.Unauthorized,
    problems.Forbidden,
    problems.NotAcceptable,
    problems.PayloadTooLarge,
    problems.UnsupportedMediaType,
    problems.Misdirected,
    problems.InvalidRequest,
    problems.TooManyRequests,
    problems.Problem,
    problems.Unavailable,
)
HEADERS: Final = {
    "ETag": "The version of the answer; send it back as If-None-Match.",
    "Link": 'The page after, with rel="next".',
    "Location": "The address of what was made.",
    "Idempotent-Replayed": "`true` when the order had been carried out before.",
}
KNOWN: Final = Parameter(
    "If-None-Match",
    "The ETag of an answer that you have: 304 if it is still right.",
    place="header",
)
UNCHANGED: Final = Answer(304, "What you have is still right.")


def given(shape: Any, text: str, *headers: str, status: int = 200) -> Answer:
    """An answer in JSON."""
    return Answer(status, text, shape, (JSON,), headers)


def path_parameter(name: str, text: str, example: str) -> Parameter:
    """A part of the address."""
    return Parameter(name, text, {"type": "string", "minLength": 1}, example, "path")


def whole(least: int, default: int, most: int | None = None) -> dict[str, Any]:
    """A whole number; without `most`, larger ones are taken too."""
    schema = {"type": "integer", "minimum": least, "default": default}
    return schema if most is None else schema | {"maximum": most}


def one_of(*values: str, default: str | None = None) -> dict[str, Any]:
    """One of these texts."""
    schema: dict[str, Any] = {"type": "string", "enum": list(values)}
    return schema if default is None else schema | {"default": default}
