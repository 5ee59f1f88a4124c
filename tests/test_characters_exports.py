"""Whole results: lines of JSON, tables, what spreadsheets make of them, readers that stall."""

import asyncio
import csv
import gzip
import io
import json
import socket
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from prometheus_client import generate_latest

from tests.readers import let_down
from webapp.app import create_app
from webapp.characters import exports
from webapp.characters.index import CharacterIndex
from webapp.characters.model import ITEM_KEYS, Whole
from webapp.characters.query import parse
from webapp.keys import CHARACTERS, METRICS
from webapp.negotiation import packed
from webapp.server import bind, serving
from webapp.settings import Settings

NDJSON, CSV = "/api/v1/characters.ndjson", "/api/v1/characters.csv"
PATIENCE_S = 20
SIGNS = "=+-@\t\r\n＝＋－＠"


async def text(client: ClientSession, path: str, **params: str) -> str:
    async with client.get(path, params=params) as response:
        assert response.status == 200, await response.text()
        return (await response.read()).decode()


async def lines(client: ClientSession, **params: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (await text(client, NDJSON, **params)).splitlines()]


async def rows(client: ClientSession, **params: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(await text(client, CSV, **params), newline="")))


async def paged(client: ClientSession, **params: str) -> list[dict[str, Any]]:
    """The same by the pages of the search."""
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        async with client.get(
            "/api/v1/characters", params={**params, "cursor": cursor}
        ) as response:
            page = await response.json()
        items += page["items"]
        if page["next"] is None:
            return items
        cursor = page["next"]


SEARCHES = [
    {"q": "arrow"},
    {"q": "cat", "sort": "name"},
    {"q": "chat", "lang": "fr", "sort": "age", "fields": "name,id"},
    {"q": "registered", "mode": "classic1"},
    {"q": "U+1F600"},
    {"q": "elipsis"},
    {"q": "qqqqqqqq"},
]


@pytest.mark.reads
class TestTheSameRows:
    @pytest.mark.parametrize("params", SEARCHES, ids=lambda each: each["q"])
    async def test_as_the_pages_have(self, client: ClientSession, params: dict[str, str]) -> None:
        items = await paged(client, **params)
        *found, end = await lines(client, **params)
        assert found == items
        assert end == {"end": True, "total": len(items)}
        columns = list(params.get("fields", ",".join(ITEM_KEYS)).split(","))
        head, *cells, last = await rows(client, **params)
        assert head == columns
        assert [row[head.index("id")] for row in cells] == [item["id"] for item in items]
        assert last == [f"# end of {len(items)} rows", *[""] * (len(head) - 1)]

    async def test_packed_on_the_way(self, server: str) -> None:
        async with ClientSession(server, auto_decompress=False) as client:
            packed = {"Accept-Encoding": "gzip"}
            for path in (NDJSON, CSV):
                async with client.get(f"{path}?q=arrow", headers=packed) as response:
                    assert response.headers["Content-Encoding"] == "gzip"
                    assert response.headers["Vary"] == "Accept-Encoding"
                    assert response.headers["ETag"].startswith("W/")
                    unpacked = gzip.decompress(await response.read())
                plain = {"Accept-Encoding": "identity"}
                async with client.get(f"{path}?q=arrow", headers=plain) as response:
                    assert "Content-Encoding" not in response.headers
                    assert response.headers["Vary"] == "Accept-Encoding"
                    assert await response.read() == unpacked

    async def test_what_one_has_is_not_sent_again(self, client: ClientSession) -> None:
        for path in (NDJSON, CSV):
            async with client.get(f"{path}?q=snowman") as response:
                etag = response.headers["ETag"]
                assert response.headers["Cache-Control"] == "no-cache"
            async with client.get(f"{path}?q=snow", headers={"If-None-Match": etag}) as response:
                assert (response.status, await response.read()) == (304, b"")

    async def test_a_head_has_the_headers_alone(self, client: ClientSession) -> None:
        for path, kind in ((NDJSON, "application/x-ndjson"), (CSV, "text/csv")):
            async with client.head(f"{path}?q=cat+eyes") as response:
                assert (response.status, response.content_type) == (200, kind)
                assert response.charset == "utf-8"
                name = f"characters-cat-eyes.{path.rsplit('.', 1)[1]}"
                assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
                assert await response.read() == b""

    @pytest.mark.parametrize(
        ("parameters", "field"),
        [
            ("limit=5", "limit"),
            ("cursor=x", "cursor"),
            ("sort=random", "sort"),
            ("fields=id,nonsense", "fields"),
        ],
    )
    async def test_what_cannot_be_is_refused_by_name(
        self, client: ClientSession, parameters: str, field: str
    ) -> None:
        for path in (NDJSON, CSV):
            async with client.get(f"{path}?q=cat&{parameters}") as response:
                assert response.status == 422
                assert (await response.json())["errors"][0]["field"] == field

    async def test_only_a_table_has_a_mark_of_its_encoding(self, client: ClientSession) -> None:
        assert (await text(client, CSV, q="cat", bom="true")).startswith("\ufeffid,")
        assert (await text(client, CSV, q="cat", bom="false")).startswith("id,")
        for path in (f"{CSV}?bom=1", f"{NDJSON}?bom=true"):
            async with client.get(path) as response:
                assert response.status == 422

    async def test_a_page_leads_to_the_same_rows(self, client: ClientSession) -> None:
        german = {"Accept-Language": "de"}
        async with client.get("/?q=herz&sort=cp", headers=german) as response:
            page = await response.text()
        assert 'href="/api/v1/characters.csv?q=herz&amp;sort=cp&amp;lang=de&amp;bom=true"' in page
        assert 'href="/api/v1/characters.ndjson?q=herz&amp;sort=cp&amp;lang=de"' in page
        async with client.get("/?q=qqqqqqqq") as response:
            assert ".csv" not in await response.text()


class TestSpreadsheets:
    @pytest.mark.reads
    async def test_no_cell_of_any_character_is_a_formula(self, client: ClientSession) -> None:
        q = " ".join(f"U+{ord(sign):04X}" for sign in SIGNS + "',\";#|")
        _, *cells, _ = await rows(client, q=q)
        assert len(cells) == len(SIGNS) + 6
        assert not [cell for row in cells for cell in row if cell and cell[0] in SIGNS]
        shown = {row[0]: row[1] for row in cells}
        assert shown["U+003D"] == "'="
        assert shown["U+000A"] == "'\n"
        assert (shown["U+0022"], shown["U+002C"], shown["U+0027"]) == ('"', ",", "'")
        *items, _ = await lines(client, q=q)
        assert {item["char"] for item in items} >= set(SIGNS)

    @pytest.mark.parametrize("sign", SIGNS)
    def test_whatever_begins_a_formula_is_a_text(self, sign: str) -> None:
        row = {"id": "U+0041", "name": f'{sign}HYPERLINK("x")', "char": None}
        whole = Whole(1, iter([json.dumps(row).encode()]))
        written = b"".join(exports.table(whole, ("name", "char", "id"))).decode()
        assert list(csv.reader(io.StringIO(written, newline=""))) == [
            ["name", "char", "id"],
            [f'\'{sign}HYPERLINK("x")', "", "U+0041"],
            ["# end of 1 rows", "", ""],
        ]
        assert written.count("\r\n") >= 3

    @pytest.mark.parametrize(
        ("query", "disposition"),
        [
            ("", 'attachment; filename="characters.csv"'),
            ('../"a";\r\nb', 'attachment; filename="characters-a-b.csv"'),
            (
                "é" * 3,
                "attachment; filename=\"characters.csv\"; filename*=UTF-8''"
                "characters-%C3%A9%C3%A9%C3%A9.csv",
            ),
            ("x" * 9_000, f'attachment; filename="characters-{"x" * 60}.csv"'),
            ("\ud800 \u202e", 'attachment; filename="characters.csv"'),
        ],
    )
    def test_a_file_is_named_after_the_query(self, query: str, disposition: str) -> None:
        assert exports.file_name(query, "csv") == disposition


class TestShortReads:
    def test_pages_are_made_as_they_are_taken(self) -> None:
        taken = 0

        def pages() -> Iterator[bytes]:
            nonlocal taken
            for _ in range(1000):
                taken += 1
                yield b'{"id":"U+0041"}'

        pieces = exports.table(Whole(1000, pages()), ("id",))
        for _ in range(3):
            next(pieces)
        assert taken == 2

    async def test_a_large_result_is_never_in_memory(self, index_file: Path) -> None:
        index = await CharacterIndex.open(index_file, deadline_s=10.0)
        try:
            whole = await index.whole(parse("hangul"))
            tracemalloc.start()
            size = sum(map(len, exports.ndjson(whole)))
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert size > 2_000_000
            assert peak < 300_000
        finally:
            await index.close()

    def test_a_packed_piece_can_be_read_when_it_is_there(self) -> None:
        unpacker = zlib.decompressobj(wbits=31)
        pieces = [b"one\n" * 100, b"two\n", b"three\n"]
        sent = packed(iter(pieces))
        assert [unpacker.decompress(next(sent)) for _ in pieces] == pieces
        unpacker.decompress(next(sent))
        assert unpacker.eof


@pytest.fixture
async def narrow(data_dir: Path) -> AsyncIterator[tuple[web.Application, int]]:
    """A server in a hurry, whose connections hold little on their way."""
    hasty = Settings(port=0, data_dir=data_dir, send_seconds=0.3)
    app = await asyncio.to_thread(create_app, hasty)
    with bind("127.0.0.1", 0) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        async with serving(app, bound):
            yield app, bound.getsockname()[1]


@pytest.mark.parametrize("reader", ["goes away", "does not read"])
async def test_an_export_ends_with_its_reader(
    reader: str, narrow: tuple[web.Application, int], caplog: pytest.LogCaptureFixture
) -> None:
    app, port = narrow
    await let_down(app, port, NDJSON, goes_away=reader == "goes away")
    counted = float(reader == "does not read")
    said = f"charfinder_http_stalled_readers_total {counted}"
    assert said in generate_latest(app[METRICS].registry).decode()
    assert not caplog.text


async def test_others_are_answered_while_a_large_one_is_sent(
    app: web.Application, client: ClientSession
) -> None:
    async with client.get(NDJSON) as response:
        await response.content.readline()
        async with asyncio.timeout(5), client.get("/healthz") as beside:
            assert beside.status == 200
        assert app[METRICS].being_answered == 1
        assert app[CHARACTERS].characters == 172_873
        tail = b""
        async for piece in response.content.iter_any():
            tail = (tail + piece)[-100:]
    assert tail.endswith(b'{"end":true,"total":172873}\n')
