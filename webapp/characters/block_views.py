"""The pages of blocks and scripts."""

from itertools import groupby
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web

from webapp.characters import charts, labels, lists
from webapp.characters.identifier import format_id, parse_id
from webapp.characters.lists import Block
from webapp.keys import CHARACTERS, DOSSIER
from webapp.pages import render
from webapp.phrases import Phrase
from webapp.problems import InvalidRequest

PLANE: Final = 0x10000


async def blocks_page(request: web.Request) -> web.Response:
    """All blocks by plane."""
    index = request.app[CHARACTERS]
    found = await lists.all_blocks(index)
    planes = [
        {"number": plane, "name": labels.PLANES.get(plane, ""), "blocks": list(each)}
        for plane, each in groupby(found, lambda block: _range(block).start // PLANE)
    ]
    context = {"planes": planes, "total": len(found), "unicode_version": index.unicode_version}
    return render("blocks.html", request, context)


async def scripts_page(request: web.Request) -> web.Response:
    """All scripts that have characters, each with the search for them."""
    index = request.app[CHARACTERS]
    context = {"scripts": await lists.scripts(index), "unicode_version": index.unicode_version}
    return render("scripts.html", request, context)


async def block_page(request: web.Request) -> web.Response:
    """The chart of one block; a page of it, if it is large."""
    name = request.match_info["name"]
    blocks = await lists.all_blocks(request.app[CHARACTERS])
    key = charts.loose(name)
    at = next((at for at, each in enumerate(blocks) if charts.loose(each.name) == key), None)
    if at is None:
        shown, close = name[: charts.LONGEST_NAME], charts.near(name, (b.name for b in blocks))
        return render("no_block.html", request, {"name": shown, "near": close}, status=404)
    if name != charts.slug(blocks[at].name):
        address = f"/blocks/{quote(charts.slug(blocks[at].name))}"
        query = request.rel_url.raw_query_string
        raise web.HTTPPermanentRedirect(f"{address}?{query}" if query else address)
    beside = [blocks[each] if 0 <= each < len(blocks) else None for each in (at - 1, at + 1)]
    context = {"block": blocks[at], "previous": beside[0], "following": beside[1]}
    return render("block.html", request, context | _chart(request, blocks[at]))


def _chart(request: web.Request, block: Block) -> dict[str, Any]:
    whole = _range(block)
    page = charts.page_of(whole, _wanted(request.query.get("from", ""), whole))
    items = request.app[DOSSIER].between(page.start, page.stop - 1)
    return {
        "lines": charts.lines(page, {ord(item["char"]): item for item in items}),
        "page": page,
        "pages": list(charts.pages(whole)),
        "plane": whole.start // PLANE,
        "plane_name": labels.PLANES.get(whole.start // PLANE, ""),
    }


def _wanted(text: str, block: range) -> int:
    if not text:
        return block.start
    found = parse_id(text)
    if not found or len(found) > 1 or found[0] not in block:
        detail = Phrase(
            "a code point of this block: {first} to {last}",
            first=format_id([block.start]),
            last=format_id([block.stop - 1]),
        )
        raise InvalidRequest.field("from", "range", detail)
    return found[0]


def _range(block: Block) -> range:
    first, last = (int(end.partition("+")[2], 16) for end in (block.first, block.last))
    return range(first, last + 1)
