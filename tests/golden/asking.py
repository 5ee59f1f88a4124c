"""How to put the queries: to an index by itself, or to a server."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientResponseError, ClientSession

from tests.golden.expectations import Answer, Expectation, Row
from webapp.characters.index import CharacterIndex
from webapp.characters.parameters import Search
from webapp.problems import Problem

MOST_PAGES = 50

Ask = Callable[[Expectation], Awaitable[Answer]]
# A page: its total, its rows, and the cursor of the next.
Fetch = Callable[[dict[str, str]], Awaitable[tuple[int, list[dict[str, Any]], str | None]]]


async def answer(expectation: Expectation, fetch: Fetch) -> Answer:
    """The answer to a query, with as many rows as it takes to judge it."""
    total, items, following = await fetch(expectation.parameters)
    pages = 1
    while expectation.needs_all and following and pages < MOST_PAGES:
        _, more, following = await fetch({**expectation.parameters, "cursor": following})
        items, pages = items + more, pages + 1
    return Answer(total, tuple(Row(item["id"], item["name"]) for item in items))


@asynccontextmanager
async def index_at(path: Path) -> AsyncIterator[Ask]:
    """Asks the index at `path` as the program does, without a server."""
    # Whether answers are right is asked here, not how soon they come.
    index = await CharacterIndex.open(path, deadline_s=10.0)

    async def fetch(parameters: dict[str, str]) -> tuple[int, list[dict[str, Any]], str | None]:
        search = Search.from_parameters(parameters)
        page = await index.search(search.query, after=search.cursor, lang=search.lang)
        return page.total, page.rows(), page.next

    async def ask(expectation: Expectation) -> Answer:
        try:
            return await answer(expectation, fetch)
        except Problem as problem:
            return Answer(0, (), refused=f"refused: {problem}")

    try:
        yield ask
    finally:
        await index.close()


@asynccontextmanager
async def server_at(url: str) -> AsyncIterator[Ask]:
    """Asks the program that listens at `url`."""
    async with ClientSession(url) as client:

        async def fetch(parameters: dict[str, str]) -> tuple[int, list[dict[str, Any]], str | None]:
            async with client.get("/api/v1/characters", params=parameters) as response:
                response.raise_for_status()
                page = await response.json()
            return page["total"], page["items"], page["next"]

        async def ask(expectation: Expectation) -> Answer:
            try:
                return await answer(expectation, fetch)
            except ClientResponseError as refusal:
                return Answer(0, (), refused=f"refused: {refusal.status}")

        yield ask
