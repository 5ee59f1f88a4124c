"""JSON answers and JSON bodies, with the limits every body has."""

import asyncio
from collections.abc import Mapping
from typing import Final, TypeVar
from urllib.parse import parse_qsl

import msgspec
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from webapp.deprecation import Deprecation
from webapp.keys import OWN_HEADERS, SETTINGS
from webapp.phrases import Phrase, plain
from webapp.problems import (
    BadRequest,
    FieldError,
    InvalidRequest,
    PayloadTooLarge,
    RequestTimeout,
    UnsupportedMediaType,
)
from webapp.validation import convert

T = TypeVar("T")

BODY_LIMIT: Final = 64 * 1024
TEXT_BODY_LIMIT: Final = 256 * 1024
# The same text in a form: a byte takes up to three there.
TEXT_FORM_LIMIT: Final = 3 * TEXT_BODY_LIMIT + 1024
FORM_TYPE: Final = "application/x-www-form-urlencoded"
MOST_FIELDS: Final = 100

_encoder = msgspec.json.Encoder(enc_hook=plain)


def json_response(
    data: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """The data as JSON; msgspec.Raw inside goes out as it is."""
    return web.Response(
        body=_encoder.encode(data),
        status=status,
        headers=headers,
        content_type="application/json",
        charset="utf-8",
    )


def kept_headers(tag: str) -> dict[str, str]:
    """An answer that may be kept, but is to be asked for again: a 304 costs next to nothing."""
    return {"ETag": f'"{tag}"', "Cache-Control": "no-cache"}


def next_link(request: web.Request, cursor: str | None) -> dict[str, str]:
    """The header that leads to the page of the list after this one, if there is one."""
    if cursor is None:
        return {}
    return {hdrs.LINK: f'<{request.rel_url.update_query(cursor=cursor)}>; rel="next"'}


def not_modified(request: web.Request, tag: str) -> web.Response | None:
    """The 304 for a client that has the answer of this tag; the URL says which answer."""
    if hdrs.IF_NONE_MATCH in request.headers:
        for etag in request.if_none_match or ():
            if etag.value in {tag, "*"}:
                return web.Response(status=304, headers=kept_headers(tag))
    return None


async def read_json(request: web.Request, wanted: type[T], *, limit: int = BODY_LIMIT) -> T:
    """The body as `wanted`; a Problem says what is wrong with it and where."""
    if request.content_type != "application/json":
        raise UnsupportedMediaType(Phrase("Send the body as application/json."))
    body = await read_body(request, limit)
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadRequest(
            Phrase("The body is not valid JSON: {reason}", reason=str(error))
        ) from None
    return convert(value, wanted)


async def read_body(request: web.Request, limit: int = BODY_LIMIT) -> bytes:
    """At most `limit` bytes of body, within the deadline every body has."""
    if request.content_length is not None and request.content_length > limit:
        raise too_large(limit)
    body, deadline_s = bytearray(), request.app[SETTINGS].body_seconds
    try:
        async with asyncio.timeout(deadline_s):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > limit:
                    raise too_large(limit)
    except TimeoutError:
        raise RequestTimeout(
            Phrase("The body did not arrive within {seconds} s.", seconds=format(deadline_s, "g"))
        ) from None
    return bytes(body)


def too_large(limit: int) -> PayloadTooLarge:
    """What is said of a body of more bytes than the limit."""
    return PayloadTooLarge(Phrase("The body may have {bytes} bytes at most.", bytes=str(limit)))


async def read_form(request: web.Request, *, limit: int = BODY_LIMIT) -> dict[str, str]:
    """The fields of a form, the last of each name; none without a body."""
    return dict(await read_fields(request, limit=limit))


async def read_fields(request: web.Request, *, limit: int = BODY_LIMIT) -> list[tuple[str, str]]:
    """The fields of a form as they came; names may come again."""
    body = await read_body(request, limit)
    if body and request.content_type != FORM_TYPE:
        raise UnsupportedMediaType(Phrase("Send the form as {type}.", type=FORM_TYPE))
    try:
        return parse_qsl(
            body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
        )
    except ValueError:
        raise BadRequest(Phrase("The form cannot be read; send it urlencoded in UTF-8.")) from None


def own_headers(request: web.Request) -> dict[str, str]:
    """The headers that the answer carries beside the standard ones and a view's, to be added to."""
    headers = request.get(OWN_HEADERS)
    if headers is None:
        headers = request[OWN_HEADERS] = {}
    return headers


def deprecated(handler: Handler, deprecation: Deprecation) -> Handler:
    """The handler of an address that will go, which says so with every answer."""

    async def telling(request: web.Request) -> web.StreamResponse:
        own_headers(request).update(deprecation.headers)
        return await handler(request)

    return telling


def refuse_unknown(request: web.Request, known: frozenset[str]) -> None:
    """The API answers 422 to a parameter it does not know, naming each."""
    if not known.issuperset(request.query):
        unknown = sorted(set(request.query) - known)
        detail = Phrase(
            "Unknown parameters: {unknown}. Known here: {known}.",
            unknown=", ".join(unknown)[:200],
            known=", ".join(sorted(known)) or Phrase("none"),
        )
        not_one = Phrase("not a parameter")
        errors = [FieldError(name[:100], "unknown", not_one) for name in unknown[:20]]
        raise InvalidRequest(detail, errors=errors)
