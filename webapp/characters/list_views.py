"""The lists of blocks, scripts, categories and languages over HTTP."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from webapp.answers import json_response, kept_headers, not_modified, refuse_unknown
from webapp.characters import lists
from webapp.characters.index import CharacterIndex
from webapp.keys import CHARACTERS

NO_PARAMETERS: Final[frozenset[str]] = frozenset()


async def api_blocks(request: web.Request) -> web.Response:
    """The blocks that have characters."""
    return await _list(request, lists.blocks)


async def api_scripts(request: web.Request) -> web.Response:
    """The scripts that have characters."""
    return await _list(request, lists.scripts)


async def api_categories(request: web.Request) -> web.Response:
    """The general categories that have characters."""
    return await _list(request, lists.categories)


async def api_languages(request: web.Request) -> web.Response:
    """The languages in which characters have names."""
    return await _list(request, lists.languages)


async def _list(
    request: web.Request, entries: Callable[[CharacterIndex], Awaitable[object]]
) -> web.Response:
    refuse_unknown(request, NO_PARAMETERS)
    index = request.app[CHARACTERS]
    if (unchanged := not_modified(request, index.build_id)) is not None:
        return unchanged
    answer = {"items": await entries(index)}
    return json_response(answer, headers=kept_headers(index.build_id))
