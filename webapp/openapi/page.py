"""The same description as a page shows it: operations in groups, with lines to copy; pure."""

import json
import re
import shlex
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

from markupsafe import Markup, escape

from webapp.jobs.events import TYPES
from webapp.openapi import asyncapi
from webapp.openapi.document import GROUPS, Examples, problem_kinds
from webapp.openapi.operations import JSON, Operation, Operations, Parameter
from webapp.openapi.schemas import EVENTS, REF, Json

ORIGIN: Final = "http://127.0.0.1:8888"
JOB: Final = "$job"
_CODE: Final = re.compile(r"`([^`]+)`")


class Field(NamedTuple):
    """A parameter, or a key of a body."""

    name: str
    place: str
    kind: str
    default: str
    text: Markup
    is_required: bool


class Shown(NamedTuple):
    """One operation; `live` is an address that can be asked at once, "" when there is none."""

    anchor: str
    method: str
    path: str
    summary: Markup
    text: Markup
    fields: list[Field]
    curl: str
    live: str
    example: str
    answers: list[tuple[int, Markup]]
    problems: list[tuple[int, str]]


class ShownMessage(NamedTuple):
    """One message of the websocket or the stream."""

    name: str
    way: str
    summary: Markup
    example: str


class Group(NamedTuple):
    """Operations that belong together."""

    name: str
    text: Markup
    operations: list[Shown]


def prose(text: str) -> Markup:
    """The text with `code` between backticks as such."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before


def groups(operations: Operations, document: Json, examples: Examples) -> list[Group]:
    """All groups with their operations, in the order of the table."""
    shown: dict[str, list[Shown]] = {name: [] for name in GROUPS}
    for (method, path), operation in operations.items():
        example = examples.get(f"{method} {path}")
        shown[operation.group].append(_shown(method, path, operation, document, example))
    return [Group(name, prose(GROUPS[name]), found) for name, found in shown.items()]


def messages(channel: str, examples: Examples) -> list[ShownMessage]:
    """The messages of a channel."""
    return [
        ShownMessage(
            each.event or each.name,
            each.way,
            prose(each.summary),
            _json(examples.get(f"message {each.name}")),
        )
        for each in asyncapi.of_channel(channel)
    ]


def events(examples: Examples) -> list[ShownMessage]:
    """The events of a job by type."""
    return [
        ShownMessage(name, "received", prose(EVENTS[name]), _json(examples.get(f"event {name}")))
        for name in TYPES
    ]


def curl(method: str, path: str, operation: Operation) -> str:
    """The line that asks for the example; the id of a job is the shell's variable `job`."""
    address = ORIGIN + example_address(path, operation)
    words = ["curl"]
    if method not in {"GET", "POST"} or (method == "POST" and not operation.body):
        words += ["-X", method]
    # Between double quotes the shell fills in the variable.
    words.append(f'"{address}"' if JOB in address else shlex.quote(address))
    for media in operation.answers[0].media[:1]:
        if media.startswith(("application/zip", "image/")):
            words.append("--remote-name" if media == "application/zip" else "--output flag.gif")
    if operation.body:
        body = json.dumps(operation.body.example, ensure_ascii=False)
        words += ["-H", f"'Content-Type: {JSON}'", "-d", shlex.quote(body)]
    return " ".join(words)


def live(method: str, path: str, operation: Operation) -> str:
    """The address of the example, when asking for it changes nothing and needs no job."""
    address = example_address(path, operation)
    media = operation.answers[0].media[:1]
    return address if method == "GET" and media == (JSON,) and JOB not in address else ""


def example_address(path: str, operation: Operation) -> str:
    """The path with the examples of its parameters; the id of a job is the variable."""
    for each in operation.parameters:
        if each.place == "path":
            is_job = path.startswith("/api/v1/jobs/")
            value = JOB if is_job else quote(str(each.example), safe="+")
            path = path.replace(f"{{{each.name}}}", value)
    query = [
        (each.name, each.example)
        for each in operation.parameters
        if each.place == "query" and each.example is not None
    ]
    return f"{path}?{urlencode(query)}" if query else path


def _shown(method: str, path: str, operation: Operation, document: Json, example: Any) -> Shown:
    return Shown(
        anchor=operation.id,
        method=method,
        path=path,
        summary=prose(operation.summary),
        text=prose(operation.text),
        fields=[*map(_of_parameter, operation.parameters), *_of_body(method, path, document)],
        curl=curl(method, path, operation),
        live=live(method, path, operation),
        example=example if isinstance(example, str) else _json(example),
        answers=[(answer.status, prose(answer.text)) for answer in operation.answers],
        problems=[(kind.status, kind.slug) for kind in problem_kinds(operation.problems)],
    )


def _of_parameter(parameter: Parameter) -> Field:
    return Field(
        parameter.name,
        parameter.place,
        kind(parameter.schema),
        _default(parameter.schema),
        prose(parameter.text),
        parameter.place == "path",
    )


def _of_body(method: str, path: str, document: Json) -> Iterable[Field]:
    body = document["paths"][path][method.lower()].get("requestBody")
    if body is None:
        return
    schemas = document["components"]["schemas"]
    shape = schemas[body["content"][JSON]["schema"]["$ref"].removeprefix(REF)]
    for name, schema in shape["properties"].items():
        is_required = name in shape.get("required", ())
        said = kind(schema, schemas)
        yield Field(name, "body", said, _default(schema), Markup(), is_required)


def kind(schema: Mapping[str, Any], schemas: Mapping[str, Json] | None = None) -> str:
    """What a value may be, in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REF)
        inner = (schemas or {}).get(name, {})
        return kind(inner) if "enum" in inner else name
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        parts = [kind(each, schemas) for each in schema["anyOf"] if each.get("maxLength") != 0]
        return " or ".join(dict.fromkeys(part for part in parts if part))
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'], schemas)}"
    said = str(schema.get("type") or schema.get("format") or "")
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None:
        said += f" from {least:g}" if most is None or most >= 1e9 else f" {least:g}–{most:g}"
    return said


def _default(schema: Mapping[str, Any]) -> str:
    found = schema.get("default", _of_first(schema))
    return "" if found is None else json.dumps(found).strip('"')


def _of_first(schema: Mapping[str, Any]) -> Any:
    return schema["anyOf"][0].get("default") if "anyOf" in schema else None


def _json(example: Any) -> str:
    return "" if example is None else json.dumps(example, indent=2, ensure_ascii=False)
