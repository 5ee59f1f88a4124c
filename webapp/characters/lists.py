"""What characters can be asked for by: blocks, scripts, categories and languages, with counts."""

from collections.abc import Sequence
from typing import Final

import msgspec

from webapp.characters import facets, labels, query
from webapp.characters.identifier import format_id
from webapp.characters.index import CharacterIndex

_EVERYTHING: Final = query.parse("")
_ORDER_OF_CATEGORIES: Final = {key: place for place, key in enumerate(labels.CATEGORIES)}


class Entry(msgspec.Struct, frozen=True):
    """One entry of a list; `id` is what filters and parameters take, `count` the characters."""

    id: str
    name: str
    count: int


class Block(Entry, frozen=True):
    """A block with its first and last code point, assigned or not."""

    first: str
    last: str


async def categories(index: CharacterIndex) -> list[Entry]:
    """The general categories that characters have, in Unicode's order."""
    entries = await _values(index, "category")
    return sorted(entries, key=lambda each: _ORDER_OF_CATEGORIES[each.id])


async def scripts(index: CharacterIndex) -> list[Entry]:
    """The scripts that characters have, by name."""
    return sorted(await _values(index, "script"), key=lambda each: each.name)


async def blocks(index: CharacterIndex) -> list[Block]:
    """The blocks that have characters, by code point."""
    return [each for each in await all_blocks(index) if each.count]


async def all_blocks(index: CharacterIndex) -> list[Block]:
    """All blocks, by code point, those for private use and surrogates too."""
    counts = {each.id: each.count for each in await _values(index, "block")}
    rows = await index.readers.fetch_all("select name, first, last from blocks order by first")
    return [
        Block(name, name, counts.get(name, 0), format_id([first]), format_id([last]))
        for name, first, last in rows
    ]


async def languages(index: CharacterIndex) -> list[Entry]:
    """The locales in which characters and emoji have names or keywords, by English name."""
    rows = await index.readers.fetch_all("select id, name, rows from locales order by name, id")
    return [Entry(*row) for row in rows]


async def _values(index: CharacterIndex, facet: str) -> Sequence[Entry]:
    _, found = await index.facets(_EVERYTHING)
    values: Sequence[facets.Value] = found[facet]
    return [Entry(each.id, each.name, each.count) for each in values]
