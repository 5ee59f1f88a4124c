"""The lists of blocks, scripts, categories and languages over HTTP."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from webapp.answers import json_response, refuse_unknown
from webapp.characters import lists
from webapp.characters.index import CharacterIndex
from webapp.characters.views import CACHE_CONTROL
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
    headers = {"ETag": f'"{index.build_id}"', "Cache-Control": CACHE_CONTROL}
    if any(etag.value in {index.build_id, "*"} for etag in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return json_response({"items": await entries(index)}, headers=headers)
