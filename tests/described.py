"""Holds what a client of the tests is answered and pushed to what the documents say of it."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from aiohttp import ClientResponse, ClientWebSocketResponse, WSMessage, WSMsgType

from webapp.headers import SERVER
from webapp.openapi import asyncapi
from webapp.openapi.document import OPERATIONS, document, read_examples

JSON_TYPES = {"application/json", "application/problem+json"}
Json = dict[str, Any]


@cache
def spec() -> Json:
    """The document of all operations."""
    return document(OPERATIONS, read_examples())


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Each path as a pattern, those without parameters first."""
    paths = sorted(spec()["paths"], key=lambda path: path.count("{"))
    parts = {path: re.split(r"\{\w+\}", path) for path in paths}
    return [(re.compile("[^/]+".join(map(re.escape, parts[path]))), path) for path in paths]


def path_of(address: str) -> str | None:
    """The path of the document that an address is of; None for what is not described."""
    return next((path for pattern, path in _patterns() if pattern.fullmatch(address)), None)


@cache
def _validator(method: str, path: str, status: int, media: str) -> Any:
    """Checks an answer; None where the document has no such answer."""
    operation = spec()["paths"][path].get(method)
    if operation is None or (status >= 500 and media != "application/json"):
        # What a method that is not there is told, and what befalls every request, is a problem.
        return problems()
    found = operation["responses"].get(str(status), {})
    if "$ref" in found:
        found = spec()["components"]["responses"][found["$ref"].rpartition("/")[2]]
    schema = found.get("content", {}).get(media, {}).get("schema")
    return None if schema is None else validator(schema)


def validator(schema: Mapping[str, Any]) -> Any:
    """Checks a value against a schema of the document."""
    whole = {**schema, "components": spec()["components"]}
    return jsonschema_rs.Draft202012Validator(whole)


@cache
def problems() -> Any:
    """Checks that an answer is a problem."""
    return validator({"$ref": "#/components/schemas/ProblemDetails"})


def check(method: str, address: str, status: int, media: str, body: bytes) -> None:
    """Fail unless the answer is one that the document describes."""
    path = path_of(address)
    if media not in JSON_TYPES:
        return
    if path is None and media == "application/json":
        assert not address.startswith("/api"), f"{address} is not described"
        return
    checked = problems() if path is None else _validator(method.lower(), path, status, media)
    assert checked is not None, f"{method} {path}: {status} {media} is not described"
    error = next(checked.iter_errors(msgspec.json.decode(body)), None)
    if error is not None:
        pytest.fail(f"{method} {path}, {status}: {error.message} at {error.instance_path}")


@cache
def frames() -> Any:
    """Checks a frame of the websocket."""
    made = asyncapi.document(read_examples())
    named = [each.name for each in asyncapi.of_channel("socket") if each.way == "received"]
    payloads = [made["components"]["messages"][name]["payload"] for name in named]
    whole = {"anyOf": payloads, "components": made["components"]}
    return jsonschema_rs.Draft202012Validator(whole)


def checking() -> Iterator[None]:
    """For as long as this lasts, what aiohttp's client reads of our servers is checked."""
    read = ClientResponse.read
    # This reads a file, which the event loop must not.
    spec()
    receive = ClientWebSocketResponse.receive

    async def read_and_check(self: ClientResponse) -> bytes:
        body = await read(self)
        if self.headers.get("Server") == SERVER and body:
            check(self.method, self.url.raw_path, self.status, self.content_type, body)
        return body

    async def receive_and_check(
        self: ClientWebSocketResponse, *most: Any, **named: Any
    ) -> WSMessage:
        message = await receive(self, *most, **named)
        is_ours = self._response.headers.get("Server") == SERVER
        if is_ours and message.type is WSMsgType.TEXT:
            assert frames().is_valid(msgspec.json.decode(message.data)), message.data
        return message

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ClientWebSocketResponse, "receive", receive_and_check)
        patched.setattr(ClientResponse, "read", read_and_check)
        yield
