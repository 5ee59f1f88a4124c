"""Given characters over HTTP: the page and the details of one, those of a list and of a text."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final, TypeVar

import msgspec
from aiohttp import web

from webapp.answers import (
    TEXT_BODY_LIMIT,
    json_response,
    kept_headers,
    not_modified,
    read_body,
    refuse_unknown,
)
from webapp.characters.parameters import checked_language
from webapp.characters.text import printable
from webapp.keys import CHARACTERS, DOSSIER, PICTURES
from webapp.pages import reader_languages, render
from webapp.phrases import Phrase
from webapp.problems import BadRequest, UnsupportedMediaType
from webapp.validation import convert

T = TypeVar("T")

MOST_IDS: Final = 1_000
# Answers to longer texts are sent while they are made.
ANSWERED_WHOLE: Final = 2_000


class Pasted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of an identify."""

    text: str


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a lookup: ids, or characters themselves."""

    ids: Annotated[list[str], msgspec.Meta(max_length=MOST_IDS)]


async def character_page(request: web.Request) -> web.Response:
    """The page of one character, with its name in the reader's language."""
    dossier = request.app[DOSSIER]
    tag = request.query.get("lang", "")
    languages = dossier.locales(tag=tag, header=reader_languages(request))
    character = await dossier.character(request.match_info["id"], languages)
    context = {
        "character": character,
        "previous": character["previous"],
        "following": character["next"],
        "variants": dossier.variants(character["char"]),
        "mark": dossier.marks([character])[character["id"]],
        "picture": await request.app[PICTURES].of(character["id"]),
        "languages": {each["id"]: each["name"] for each in request.app[CHARACTERS].languages},
    }
    return render("character.html", request, context)


async def variants(request: web.Request) -> web.Response:
    """The sequences that vary a character in skin tone and gender, as a fragment of HTML."""
    dossier = request.app[DOSSIER]
    character = await dossier.character(request.match_info["id"])
    context = {"variants": dossier.variants(character["char"])}
    return render("_variants.html", request, context)


async def api_character(request: web.Request) -> web.Response:
    """All that is known of one character as JSON; whoever has it already gets 304."""
    refuse_unknown(request, frozenset({"lang"}))
    tag = checked_language(request.query.get("lang", "")) or ""
    build_id = request.app[CHARACTERS].build_id
    if (unchanged := not_modified(request, build_id)) is not None:
        return unchanged
    dossier = request.app[DOSSIER]
    character = await dossier.character(request.match_info["id"], dossier.locales(tag=tag))
    return json_response(character, headers=kept_headers(build_id))


async def api_lookup(request: web.Request) -> web.Response:
    """POST ids: the items that there are, and the ids that are none."""
    refuse_unknown(request, frozenset())
    wanted = await _read(request, Wanted)
    items, unknown = await request.app[DOSSIER].lookup(wanted.ids)
    return json_response({"items": items, "unknown": unknown})


async def api_identify(request: web.Request) -> web.Response:
    """POST a text: its clusters and their code points."""
    refuse_unknown(request, frozenset())
    pasted = await _read(request, Pasted)
    pieces = request.app[DOSSIER].identify(pasted.text)
    # What goes wrong with the first piece can still be told as a problem.
    body: Any = _sent_on(await anext(pieces), pieces)
    if len(pasted.text) <= ANSWERED_WHOLE:
        body = b"".join([piece async for piece in body])
    return web.Response(body=body, content_type="application/json", charset="utf-8")


async def _sent_on(first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in pieces:
        yield piece


async def _read(request: web.Request, wanted: type[T]) -> T:
    """The body as `wanted`; unlike other bodies it may hold halves of surrogate pairs."""
    if request.content_type != "application/json":
        raise UnsupportedMediaType(Phrase("Send the body as application/json."))
    body = await read_body(request, TEXT_BODY_LIMIT)
    try:
        value = json.loads(body.decode())
    except (ValueError, RecursionError) as error:
        raise BadRequest(
            Phrase("The body is not valid JSON: {reason}", reason=str(error))
        ) from None
    if isinstance(value, dict):
        # Names of unknown keys are given back, and surrogates could not be.
        value = {printable(key): each for key, each in value.items()}
    return convert(value, wanted)
