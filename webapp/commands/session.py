"""The index of characters, open for one command."""

import asyncio
from pathlib import Path
from typing import Any, Final, Self

import msgspec

from webapp.characters.dossier import Dossier
from webapp.characters.index import CharacterIndex
from webapp.characters.model import Page
from webapp.characters.parameters import Search

# One user waits, and nobody else: more patience than the server has.
DEADLINE_S: Final = 30.0


class Session:
    """Asks the index one question after the other.

    What waits for an answer is no coroutine: it may print and read in between.
    """

    def __init__(self, loop: asyncio.Runner, path: Path) -> None:
        self._loop = loop
        self._path = path
        self._dossier: Dossier | None = None

    def __enter__(self) -> Self:
        opening = CharacterIndex.open(self._path, deadline_s=DEADLINE_S)
        self._index = self._loop.run(opening)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run(self._index.close())

    def page(self, search: Search, limit: int, after: str | None) -> Page:
        """Up to `limit` rows, those after a cursor."""
        asking = self._index.search(
            search.query, limit=limit, after=after, sort=search.sort, lang=search.lang
        )
        return self._loop.run(asking)

    def identified(self, text: str) -> dict[str, Any]:
        """What the text consists of, as the API answers it."""
        return self._loop.run(self._identified(text))

    async def _identified(self, text: str) -> dict[str, Any]:
        if self._dossier is None:
            self._dossier = await Dossier.open(self._index.readers, self._index.resident)
        pieces = [piece async for piece in self._dossier.identify(text)]
        answer: dict[str, Any] = msgspec.json.decode(b"".join(pieces))
        return answer
