"""The OpenAPI document, made from the routes, the table of operations and the types; pure."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from webapp import __version__
from webapp.auth import OPEN_PATHS
from webapp.openapi import characters, flags, jobs, program
from webapp.openapi.operations import ALWAYS, HEADERS, JSON, Answer, Operation, Operations
from webapp.openapi.schemas import Json, components, ref
from webapp.problems import Problem, ProblemDetails

PROBLEM_JSON: Final = "application/problem+json"
OPERATIONS: Final[Operations] = {
    **characters.OPERATIONS,
    **jobs.OPERATIONS,
    **flags.OPERATIONS,
    **program.OPERATIONS,
}
# Pages for people, parts of them, forms, and what the book's programs answered: all else has to
# be described.
PAGES: Final = frozenset(
    {
        "/",
        "/rows",
        "/facets",
        "/search",
        "/chars",
        "/characters/{id}",
        "/characters/{id}/variants",
        "/identify",
        "/blocks",
        "/blocks/{name}",
        "/scripts",
        "/flags",
        "/flags/history",
        "/flags/lab",
        "/flags/lab/chart",
        "/flags/gallery",
        "/flags/jobs",
        "/flags/jobs/{id}",
        "/flags/jobs/{id}/start",
        "/flags/jobs/{id}/pause",
        "/flags/jobs/{id}/resume",
        "/flags/jobs/{id}/retry",
        "/flags/jobs/{id}/cancel",
        "/flags/jobs/{id}/delete",
        "/about",
        "/api",
        "/favicon.ico",
        "/language",
        "/login",
        "/problems/{slug}",
    }
)
GROUPS: Final = {
    "Characters": "Search, look up and take apart.",
    "Jobs": "Download flags: order, look, act.",
    "Events": "Whatever happens to a job, numbered without a gap.",
    "Flags": "What can be had, and what is on disk.",
    "Program": "How it is, and what it says of itself.",
}
DESCRIPTION: Final = (
    "Find any Unicode character; download the flags of the world and watch them arrive. Times "
    "are UTC. "
    "What is not answered as asked is a problem (RFC 9457). An unknown parameter or key is "
    "refused by name (422). "
    "Every answer carries `X-Request-Id`."
)
BEARER: Final = {
    "type": "http",
    "scheme": "bearer",
    "description": "The token that the server was started with.",
}
Examples = Mapping[str, Any]


@cache
def read_examples() -> Examples:
    """The answers of a running server, by method and path, as they were last recorded."""
    text = Path(__file__).with_name("examples.json").read_text(encoding="utf-8")
    examples: Examples = json.loads(text)
    return examples


def described(routes: Iterable[tuple[str, str]]) -> Operations:
    """The operations of these routes, given by method and path; KeyError for one without."""
    return {route: OPERATIONS[route] for route in routes if route[1] not in PAGES}


def document(operations: Operations, examples: Examples, *, with_token: bool = False) -> Json:
    """The document; `with_token` when the server asks for its token."""
    schemas, named = _schemas(operations)
    paths: Json = {}
    responses: Json = {}
    for (method, path), operation in operations.items():
        example = examples.get(f"{method} {path}")
        made = _operation(operation, schemas, example, responses)
        if with_token and path in OPEN_PATHS:
            made["security"] = []
        paths.setdefault(path, {})[method.lower()] = made
    parts: Json = {"schemas": named, "responses": responses}
    whole: Json = {
        "openapi": "3.1.0",
        "info": {
            "title": "Charfinder",
            "version": __version__,
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in GROUPS.items()],
        "paths": paths,
        "components": parts,
    }
    if with_token:
        parts["securitySchemes"] = {"token": BEARER}
        whole["security"] = [{"token": []}]
    return whole


def _schemas(operations: Operations) -> tuple[dict[Any, Json], Json]:
    """The schema of each shape that bodies and answers have; those that have a name by it."""
    shapes: list[Any] = [ProblemDetails]
    for operation in operations.values():
        shapes += [operation.body.shape] if operation.body else []
        shapes += [answer.shape for answer in operation.answers if answer.shape is not None]
    shapes = list(dict.fromkeys(shapes))
    found, named = components(shapes)
    named["ProblemDetails"]["properties"]["type"]["pattern"] = "^/problems/[a-z-]+$"
    return dict(zip(shapes, found, strict=True)), named


def _operation(
    operation: Operation, schemas: Mapping[Any, Json], example: Any, responses: Json
) -> Json:
    made: Json = {
        "operationId": operation.id,
        "tags": [operation.group],
        "summary": operation.summary,
    }
    if operation.text:
        made["description"] = operation.text
    if operation.parameters:
        made["parameters"] = [_parameter(each) for each in operation.parameters]
    if operation.body:
        content = {"schema": schemas[operation.body.shape], "example": operation.body.example}
        made["requestBody"] = {
            "required": operation.body.is_required,
            "content": {JSON: content},
        }
    answers: Json = {}
    for answer in operation.answers:
        answers[str(answer.status)] = _answer(answer, schemas, example)
    for status, kinds in _by_status(operation.problems).items():
        name = ".".join(kind.slug for kind in kinds)
        responses[name] = _problem(kinds)
        answers.setdefault(str(status), {"$ref": f"#/components/responses/{name}"})
    made["responses"] = dict(sorted(answers.items()))
    return made


def _parameter(parameter: Any) -> Json:
    made: Json = {"name": parameter.name, "in": parameter.place, "description": parameter.text}
    if parameter.place == "path":
        made["required"] = True
    made["schema"] = dict(parameter.schema)
    if parameter.example is not None:
        made["example"] = parameter.example
    return made


def _answer(answer: Answer, schemas: Mapping[Any, Json], example: Any) -> Json:
    made: Json = {"description": answer.text}
    if answer.headers:
        made["headers"] = {
            name: {"description": HEADERS[name], "schema": {"type": "string"}}
            for name in answer.headers
        }
    content: Json = {}
    for media in answer.media:
        is_json = media == JSON
        content[media] = {"schema": schemas[answer.shape]} if answer.shape and is_json else {}
        if media.startswith("text/") or answer.shape is str:
            content[media] = {"schema": {"type": "string"}}
        if (
            example is not None
            and answer.status < HTTPStatus.MULTIPLE_CHOICES
            and media == answer.media[0]
        ):
            content[media]["example"] = example
    return made | {"content": content} if content else made


def problem_kinds(own: Iterable[type[Problem]]) -> list[type[Problem]]:
    """The problems of an operation with these of its own, by status."""
    return sorted((*ALWAYS, *own), key=lambda kind: (kind.status, kind.slug))


def every_problem() -> list[tuple[int, str, str]]:
    """Status, slug and meaning of each problem that a request can be answered with."""
    kinds = sorted(set(Problem.kinds()), key=lambda kind: (kind.status, kind.slug))
    return [(kind.status, kind.slug, _meaning(kind)) for kind in kinds]


def _by_status(own: Iterable[type[Problem]]) -> dict[int, list[type[Problem]]]:
    found: dict[int, list[type[Problem]]] = {}
    for kind in problem_kinds(own):
        found.setdefault(kind.status, []).append(kind)
    return found


def _problem(kinds: Iterable[type[Problem]]) -> Json:
    examples = {
        kind.slug: {
            "value": {
                "type": f"/problems/{kind.slug}",
                "title": kind.title,
                "status": kind.status,
                "detail": _meaning(kind),
            }
        }
        for kind in kinds
    }
    content = {"schema": ref("ProblemDetails"), "examples": examples}
    return {
        "description": " ".join(f"{kind.title}." for kind in kinds),
        "content": {PROBLEM_JSON: content},
    }


def _meaning(kind: type[Problem]) -> str:
    return " ".join((kind.__doc__ or "").split())
