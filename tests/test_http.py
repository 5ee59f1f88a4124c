"""HTTP as it is meant: methods, types, parts, rates, pages of other origins, farewells."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession, DummyCookieJar, web

from tests.test_guards import check_headers, check_problem, filled
from webapp.answers import deprecated, json_response
from webapp.app import create_app
from webapp.deprecation import Deprecation
from webapp.keys import CHARACTERS
from webapp.negotiation import accepts
from webapp.routes import ROUTES
from webapp.server import bind, serving
from webapp.settings import ROOT, Settings

READ = "/api/v1/characters?q=cat"
PAGE = "https://page.example"
TOKEN = "the-token-of-the-tests"


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[ClientSession]:
    """A client of a server with these settings."""
    app = await asyncio.to_thread(create_app, settings)
    with bind("127.0.0.1", 0) as bound:
        async with (
            serving(app, bound) as url,
            ClientSession(url, cookie_jar=DummyCookieJar()) as session,
        ):
            yield session


# Methods


@pytest.mark.reads
async def test_every_address_says_which_methods_it_takes(client: ClientSession) -> None:
    by_path: dict[str, set[str]] = {}
    for route in ROUTES:
        methods = by_path.setdefault(route.path, {"OPTIONS"})
        methods.add(route.method)
        if route.method == "GET" and route.kwargs.get("allow_head", True):
            methods.add("HEAD")
    for path, methods in by_path.items():
        async with client.options(filled(path)) as response:
            assert (response.status, await response.read()) == (204, b""), path
            check_headers(response)
            allowed = response.headers["Allow"].split(", ")
            # An address may be one of several patterns: lookup is an id as well.
            assert methods <= set(allowed), path
            assert allowed == sorted(allowed)
            assert ("GET" in allowed) or ("HEAD" not in allowed)


@pytest.mark.reads
async def test_there_is_nothing_to_be_said_of_no_address(client: ClientSession) -> None:
    async with client.options("/nowhere") as response:
        await check_problem(response, 404)


# Types


GIVEN = {
    "/api/v1/characters": "application/json",
    "/api/v1/characters/U+0041": "application/json",
    "/api/v1/characters.ndjson?q=cat": "application/x-ndjson",
    "/api/v1/characters.csv?q=cat": "text/csv",
    "/api/v1/flags.zip": "application/zip",
    "/api/v1/jobs": "application/json",
}


@pytest.mark.reads
async def test_what_one_does_not_accept_is_not_sent(client: ClientSession) -> None:
    for (path, kind), other in itertools.product(GIVEN.items(), ["application/pdf", "image/*"]):
        refused = [other, f"{kind};q=0, */*", f"{other}, {kind.partition('/')[0]}/*;q=0"]
        for accept in refused:
            async with client.get(path, headers={"Accept": accept}) as response:
                problem = await check_problem(response, 406)
                assert kind in problem["detail"]
                assert response.headers.getall("Vary").count("Accept") == 1
        for accept in ("*/*", "", kind, f"{other}, {kind};q=0.1", f"{kind.partition('/')[0]}/*"):
            async with client.get(path, headers={"Accept": accept}) as response:
                assert (response.status, response.content_type) == (200, kind), accept


@pytest.mark.reads
async def test_what_is_not_there_is_said_before_what_is_not_accepted(client: ClientSession) -> None:
    pdf = {"Accept": "application/pdf"}
    async with client.get("/api/v1/nowhere", headers=pdf) as response:
        await check_problem(response, 404)
    async with client.put("/api/v1/jobs", headers=pdf) as response:
        await check_problem(response, 405)
    async with client.get("/flags", headers=pdf) as response:
        assert response.content_type == "text/html"


@pytest.mark.parametrize(
    ("accept", "accepted"),
    [
        ("", True),
        (" ", True),
        ("*/*", True),
        ("application/*", True),
        ("APPLICATION/JSON; charset=utf-8", True),
        ("text/html,application/xhtml+xml,*/*;q=0.8", True),
        ("application/json;q=0", False),
        ("application/json;q=0, */*", False),
        ("*/*;q=0", False),
        ("*/*;q=0, application/json", True),
        ("application/json;q=nonsense", False),
        ("text/*, image/png", False),
        ("nonsense", False),
        (",,,", False),
        ("text/html," * 1000, True),
    ],
)
def test_what_is_accepted(accept: str, accepted: bool) -> None:
    assert accepts(accept, ("application/json",)) is accepted


# What one has already


async def test_a_page_that_one_has_costs_no_query(
    app: web.Application, client: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    have = {}
    for path in ("/?q=cat", "/rows?q=cat", "/"):
        async with client.get(path, headers={"Accept-Language": "de"}) as response:
            assert response.status == 200
            have[path] = response.headers["ETag"]
            assert "Accept-Language, Cookie" in response.headers.getall("Vary")
    assert len(set(have.values())) == len(have)

    async def asked(*_: object, **__: object) -> None:
        raise AssertionError("the index was asked")

    with monkeypatch.context() as patched:
        patched.setattr(app[CHARACTERS], "search", asked)
        for path, etag in have.items():
            known = {"Accept-Language": "de", "If-None-Match": etag}
            async with client.get(path, headers=known) as response:
                assert (response.status, await response.read()) == (304, b"")
                assert response.headers["Vary"] == "Accept-Language, Cookie, Accept-Encoding"
                check_headers(response)
    others = [{"Accept-Language": "zh-Hans"}, {"Cookie": "language=zh-Hans"}]
    for other in ({}, *others):
        known = {"If-None-Match": have["/?q=cat"], **other}
        async with client.get("/?q=cat", headers=known) as response:
            assert response.status == 200
    async with client.get("/?q=U%2B0..U%2BFFFF", headers={"Accept-Language": "de"}) as response:
        assert response.status == 422
        assert "ETag" not in response.headers


@pytest.mark.reads
async def test_every_answer_says_how_long_it_may_be_kept(client: ClientSession) -> None:
    for route in ROUTES:
        if route.method == "GET" and route.kwargs.get("allow_head", True):
            async with client.get(filled(route.path)) as response:
                kept = response.headers.get("Cache-Control", "")
                assert kept, route.path
                assert response.status < 500, route.path
            # What a redirect leads to has its own turn, but for static files, which keep for ever.
            if (etag := response.headers.get("ETag")) and not response.history:
                known = {"If-None-Match": etag}
                async with client.get(filled(route.path), headers=known) as response:
                    assert response.status == 304, route.path
                    assert response.headers["Cache-Control"] == kept
                    assert response.headers["ETag"].removeprefix("W/") == etag.removeprefix("W/")


# Parts


@pytest.mark.reads
async def test_fonts_are_had_in_parts(client: ClientSession) -> None:
    font = "fonts/last-resort.woff2"
    async with client.get("/") as response:
        folder = (await response.text()).partition("/css/app.css")[0].rpartition('"')[2]
    plain = (ROOT / "static" / font).read_bytes()
    whole = {"Accept-Encoding": "identity"}
    address = f"{folder}/{font}"
    async with client.get(address, headers={**whole, "Range": "bytes=10-19"}) as response:
        assert (response.status, await response.read()) == (206, plain[10:20])
        assert response.headers["Content-Range"] == f"bytes 10-19/{len(plain)}"
        check_headers(response)
        etag = response.headers["ETag"]
    async with client.get(address, headers={**whole, "Range": "bytes=-5"}) as response:
        assert await response.read() == plain[-5:]
    beyond = {**whole, "Range": f"bytes={len(plain)}-"}
    async with client.get(address, headers=beyond) as response:
        assert response.status == 416
        assert response.headers["Content-Range"] == f"bytes */{len(plain)}"
    again = {**whole, "Range": "bytes=0-4", "If-Range": "Thu, 01 Jan 1970 00:00:00 GMT"}
    async with client.get(address, headers=again) as response:
        assert (response.status, len(await response.read())) == (200, len(plain))
    async with client.get(address, headers={**whole, "If-None-Match": etag}) as response:
        assert response.status == 304


@pytest.mark.reads
async def test_what_is_made_for_a_request_is_sent_whole(client: ClientSession) -> None:
    for path in (READ, "/api/v1/characters.csv?q=cat", "/mirror/builtin/br/br.gif"):
        async with client.get(path, headers={"Range": "bytes=0-9"}) as response:
            assert response.status == 200
            assert "Content-Range" not in response.headers
            assert len(await response.read()) > 10


# Rates


async def test_there_is_no_rate_on_loopback(client: ClientSession) -> None:
    for _ in range(300):
        async with client.get("/api/v1/scripts") as response:
            assert response.status == 200
            assert "RateLimit" not in response.headers


@pytest.mark.parametrize(
    ("settings", "rate"),
    [
        (Settings(), 0),
        (Settings(rate_per_second=3), 3),
        (Settings(host="0.0.0.0", token=TOKEN), 50),
        (Settings(host="0.0.0.0", token=TOKEN, rate_per_second=0), 0),
    ],
)
def test_where_there_is_a_rate(settings: Settings, rate: float) -> None:
    assert settings.effective_rate == rate


async def test_who_asks_too_often_is_told_when_to_come_back(data_dir: Path) -> None:
    settings = Settings(port=0, data_dir=data_dir, rate_per_second=0.01, rate_burst=5)
    async with served(settings) as client:
        left = []
        for path in (READ, READ, "/nowhere", "/api/v1/characters.csv?q=cat", "/"):
            async with client.get(path) as response:
                assert response.headers["RateLimit-Policy"] == '"default";q=5;w=500'
                assert response.status in {200, 404}
                left.append(response.headers["RateLimit"].split(";")[1])
        assert left == ["r=4", "r=3", "r=2", "r=1", "r=0"]
        for path in (READ, "/nowhere", "/"):
            async with client.get(path) as response:
                problem = await check_problem(response, 429)
                assert problem["type"] == "/problems/too-many-requests"
                assert 95 <= int(response.headers["Retry-After"]) <= 100
                assert response.headers["RateLimit"].startswith('"default";r=0;t=')
        async with client.get("/healthz") as response:
            assert response.status == 200
            assert "RateLimit" not in response.headers


# Pages of other origins


async def test_a_page_that_is_named_may_read_and_nothing_else(data_dir: Path) -> None:
    settings = Settings(port=0, data_dir=data_dir, cors_origins=(PAGE,), token=TOKEN)
    async with served(settings) as client:
        theirs = {"Origin": PAGE, "Sec-Fetch-Site": "cross-site"}
        known = {**theirs, "Authorization": f"Bearer {TOKEN}"}
        # Twice: the second answer is the one that was kept.
        for path in (READ, READ, "/api/v1/characters.csv?q=cat", "/api/v1/jobs", "/api/v1/nowhere"):
            async with client.get(path, headers=known) as response:
                check_headers(response)
                assert response.headers["Access-Control-Allow-Origin"] == PAGE
                assert "ETag" in response.headers["Access-Control-Expose-Headers"]
                assert "Access-Control-Allow-Credentials" not in response.headers
                assert "Origin" in response.headers.getall("Vary")
        async with client.get(READ, headers=theirs) as response:
            assert response.status == 401
        async with client.post("/api/v1/jobs", headers=known) as response:
            await check_problem(response, 403)
            assert "Access-Control-Allow-Origin" not in response.headers
        async with client.get("/flags", headers=known) as response:
            assert "Access-Control-Allow-Origin" not in response.headers
        asking = {**theirs, "Access-Control-Request-Method": "GET"}
        async with client.options(READ, headers=asking) as response:
            assert response.status == 204
            check_headers(response)
            assert response.headers["Access-Control-Allow-Origin"] == PAGE
        acting = {**theirs, "Access-Control-Request-Method": "DELETE"}
        async with client.options("/api/v1/jobs/x", headers=acting) as response:
            assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.reads
async def test_pages_of_others_may_not_read_by_default(client: ClientSession) -> None:
    asking = {"Origin": PAGE, "Access-Control-Request-Method": "GET"}
    for method in ("GET", "OPTIONS"):
        async with client.request(method, READ, headers=asking) as response:
            assert not [name for name in response.headers if name.startswith("Access-Control")]


# Farewells


async def test_an_address_that_will_go_says_so(settings: Settings) -> None:
    async def old(_request: web.Request) -> web.Response:
        return json_response({}, headers={"Link": '</new>; rel="next"'})

    farewell = Deprecation(
        datetime(2026, 1, 2, tzinfo=UTC), "/api#old", datetime(2027, 1, 2, 3, tzinfo=UTC)
    )
    app = await asyncio.to_thread(create_app, settings)
    app.router.add_get("/old", deprecated(old, farewell))
    with bind("127.0.0.1", 0) as bound:
        async with (
            serving(app, bound) as url,
            ClientSession(url) as session,
            session.get("/old") as response,
        ):
            assert response.headers["Deprecation"] == "@1767312000"
            assert response.headers["Sunset"] == "Sat, 02 Jan 2027 03:00:00 GMT"
            assert response.headers.getall("Link") == [
                '</new>; rel="next"',
                '</api#old>; rel="deprecation"; type="text/html"',
            ]
    assert "Sunset" not in Deprecation(farewell.since, "/api").headers
