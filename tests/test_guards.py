"""What every request passes and every answer carries, asked of a live server."""

import asyncio
import gzip
import itertools
import re
import time
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp_jinja2
import pytest
from aiohttp import ClientResponse, ClientSession, web

from webapp.app import create_app
from webapp.assets import without_comments
from webapp.phrases import Phrase
from webapp.problems import Unavailable
from webapp.server import bind, serving
from webapp.settings import ROOT, Settings

Json = dict[str, Any]

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
SECRET = "of our own: /srv/internal"
JSON_TYPE = {"Content-Type": "application/json"}

pytestmark = pytest.mark.reads


async def fall_over(_request: web.Request) -> web.Response:
    raise RuntimeError(SECRET)


async def refuse(_request: web.Request) -> web.Response:
    raise Unavailable(Phrase("Not now."), headers={"Retry-After": "5"})


@pytest.fixture
def app(settings: Settings) -> web.Application:
    """The application, and two addresses at which something is wrong."""
    app = create_app(settings)
    app.router.add_get("/wrong", fall_over)
    app.router.add_get("/refuse", refuse)
    return app


def check_headers(response: ClientResponse) -> None:
    headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "trusted-types" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Server"] == "charfinder"
    assert re.fullmatch(r"[A-Za-z0-9_.-]{8,64}", headers["X-Request-Id"])


async def check_problem(response: ClientResponse, status: int) -> Json:
    """The problem that the answer is, of the form everybody may rely on."""
    text = await response.text()
    assert response.status == status, text
    assert response.content_type == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    check_headers(response)
    problem: Json = await response.json(content_type=None)
    assert set(problem) <= {"type", "title", "status", "detail", "instance", "errors"}
    assert re.fullmatch(r"/problems/[a-z-]+", problem["type"])
    assert problem["title"]
    assert problem["detail"]
    assert problem["status"] == status
    assert problem["instance"] == f"urn:request:{response.headers['X-Request-Id']}"
    assert not re.search(r"Traceback|File \\?\"|\.py\b|RuntimeError", text)
    return problem


async def raw(server: str, request: bytes) -> tuple[int, bytes]:
    """Status and whole answer to bytes that no client library would send."""
    host, port = server.removeprefix("http://").split(":")
    async with asyncio.timeout(10):
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            writer.write(request)
            answer = await reader.read()
        finally:
            writer.close()
            await writer.wait_closed()
    return int(answer.split(b" ", 2)[1]), answer


# Who may act


FETCH_SITES = [None, "same-origin", "none", "same-site", "cross-site"]
ORIGINS: list[Callable[[str], str | None]] = [
    lambda own: None,
    lambda own: own,
    lambda own: own.replace("127.0.0.1", "localhost"),
    lambda own: own.replace("http:", "https:"),
    lambda own: own + "1",
    lambda own: own + ".attacker.example",
    lambda own: "http://attacker.example",
    lambda own: "null",
]
ACTORS = list(itertools.product(FETCH_SITES, range(len(ORIGINS))))


def actor(server: str, fetch_site: str | None, number: int) -> tuple[dict[str, str], bool]:
    """The headers of one who comes from there, and whether they may act."""
    origin = ORIGINS[number](server)
    headers = {"Sec-Fetch-Site": fetch_site, "Origin": origin}
    allowed = (
        fetch_site in {"same-origin", "none"}
        or (fetch_site is None and origin is None)
        or origin == server
    )
    return {name: value for name, value in headers.items() if value is not None}, allowed


async def test_only_our_own_pages_may_post(client: ClientSession, server: str) -> None:
    for fetch_site, number in ACTORS:
        headers, allowed = actor(server, fetch_site, number)
        async with client.post("/api/v1/jobs/none/cancel", headers=headers) as response:
            await check_problem(response, 404 if allowed else 403)
        async with client.post("/flags/jobs/none/cancel", headers=headers) as response:
            await check_problem(response, 404 if allowed else 403)


async def test_only_our_own_pages_may_open_the_websocket(
    client: ClientSession, server: str
) -> None:
    for fetch_site, number in ACTORS:
        headers, allowed = actor(server, fetch_site, number)
        async with client.get("/api/v1/events", headers={**UPGRADE, **headers}) as response:
            assert response.status == (101 if allowed else 403), headers
            check_headers(response)


async def test_no_spelling_of_the_upgrade_slips_through(client: ClientSession) -> None:
    for upgrade in ["WebSocket", "websocket\u00a0", "websocket, h2c"]:
        headers = {**UPGRADE, "Upgrade": upgrade, "Origin": "http://attacker.example"}
        async with client.get("/api/v1/events", headers=headers) as response:
            await check_problem(response, 403)


async def test_foreign_pages_may_still_follow_a_link(client: ClientSession) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "http://attacker.example"}
    for path in ("/", "/flags", "/api/v1/characters?q=cat"):
        for method in ("GET", "HEAD"):
            async with client.request(method, path, headers=headers) as response:
                assert response.status == 200
                check_headers(response)


async def test_every_unsafe_method_is_guarded(client: ClientSession) -> None:
    for method in ["PUT", "PATCH", "DELETE", "POST"]:
        headers = {"Origin": "http://attacker.example"}
        async with client.request(method, "/api/v1/jobs", headers=headers) as response:
            await check_problem(response, 403)


async def test_the_public_origin_may_act_and_is_held_to_tls(settings: Settings) -> None:
    public = Settings(
        port=0, data_dir=settings.data_dir, public_origin="https://flags.example", mirror_seed=1
    )
    headers = {"Host": "flags.example", "Origin": "https://flags.example"}
    app = await asyncio.to_thread(create_app, public)
    with bind("127.0.0.1", 0) as bound:
        async with (
            serving(app, bound) as url,
            ClientSession(url) as session,
            session.post("/api/v1/jobs/none/cancel", headers=headers) as response,
        ):
            await check_problem(response, 404)
            assert response.headers["Strict-Transport-Security"].startswith("max-age=63072000")


# Which host is meant


OWN_HOSTS = ["localhost", "LOCALHOST:1", "127.0.0.1:80", "127.9.9.9", "[::1]"]


async def test_names_of_this_machine_are_answered(client: ClientSession) -> None:
    for host in OWN_HOSTS:
        async with client.get("/healthz", headers={"Host": host}) as response:
            assert response.status == 200


FOREIGN_HOSTS = [
    "attacker.example",
    "127.attacker.example",
    "localhost.attacker.example:8888",
    "localhost@attacker.example",
    "192.168.1.5",
    "0.0.0.0",
    "[::2]",
    "local\thost",
]


async def test_other_names_are_refused(client: ClientSession) -> None:
    for host in FOREIGN_HOSTS:
        for path in ("/healthz", "/", "/static/x", "/nowhere"):
            async with client.get(path, headers={"Host": host}) as response:
                await check_problem(response, 421)
        async with client.get("/api/v1/events", headers={**UPGRADE, "Host": host}) as response:
            await check_problem(response, 421)


async def test_a_request_without_a_host_is_refused(server: str) -> None:
    status, answer = await raw(server, b"GET / HTTP/1.0\r\n\r\n")
    assert status == 421
    assert b"Content-Security-Policy: default-src 'none'" in answer


# What every answer carries


def filled(path: str) -> str:
    """The route's path with something in every place."""
    places = {"{id}": "U+0041", "{code}": "BR", "{source}": "builtin", "{cc}": "br"}
    places |= {"{name}": "Arrows", "{slug}": "not-found"}
    for place, text in places.items():
        path = path.replace(place, text)
    return path.replace("{file}", "br.gif")


async def test_every_route_and_method_carries_the_headers(
    app: web.Application, client: ClientSession
) -> None:
    paths = {filled(resource.canonical) for resource in app.router.resources()}
    assert len(paths) > 25
    seen = set()
    for path, method in itertools.product(
        sorted(paths), ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]
    ):
        async with client.request(method, path, allow_redirects=False) as response:
            check_headers(response)
            assert response.status < 500 or path in {"/wrong", "/refuse"}, path
            if response.status == 405:
                assert method not in response.headers["Allow"].split(", ")
            seen.add(response.status)
    assert {200, 303, 400, 404, 405, 415, 500, 503} <= seen


async def test_static_files_carry_the_headers(
    app: web.Application, client: ClientSession, server: str
) -> None:
    folder = app[aiohttp_jinja2.static_root_key]
    async with client.get(f"{folder}/css/app.css") as response:
        assert response.status == 200
        check_headers(response)
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        etag = response.headers["ETag"]
    async with client.get(f"{folder}/css/app.css", headers={"If-None-Match": etag}) as response:
        assert response.status == 304
        check_headers(response)
    for path in (
        f"{folder}/css",
        f"{folder}/css/",
        f"{folder}/none.css",
        "/static/0ld/css/app.css",
    ):
        async with client.get(path) as response:
            await check_problem(response, 404)
    for path in ("/../../pyproject.toml", "/%2e%2e/%2e%2e/pyproject.toml", "/..%2f..%2frun.py"):
        request = f"GET {folder}{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        status, answer = await raw(server, request.encode())
        assert status == 404
        assert b"charfinder" in answer
    async with client.post(f"{folder}/css/app.css") as response:
        await check_problem(response, 405)
        assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


async def test_static_texts_are_sent_packed_to_whoever_takes_that(
    app: web.Application, client: ClientSession
) -> None:
    path = f"{app[aiohttp_jinja2.static_root_key]}/css/app.css"
    plain = without_comments((ROOT / "static" / "css" / "app.css").read_bytes())
    for encoding, packed in (("identity", False), ("gzip;q=0", False), ("br, gzip", True)):
        headers = {"Accept-Encoding": encoding}
        async with client.get(path, headers=headers) as response:
            check_headers(response)
            assert await response.read() == plain
            assert response.content_type == "text/css"
            assert response.headers.getall("Vary") == ["Accept-Encoding"]
            assert ("Content-Encoding" in response.headers) == packed
            sent = int(response.headers["Content-Length"])
            assert sent < len(plain) / 2 if packed else sent == len(plain)
        again = {**headers, "If-None-Match": response.headers["ETag"]}
        async with client.get(path, headers=again) as response:
            assert response.status == 304
            assert "Cache-Control" not in response.headers, "it may be kept as long as before"


async def test_what_has_not_changed_carries_the_headers(client: ClientSession) -> None:
    async with client.get("/api/v1/characters?q=cat") as response:
        etag = response.headers["ETag"]
    headers = {"If-None-Match": etag}
    async with client.get("/api/v1/characters?q=cat", headers=headers) as response:
        assert response.status == 304
        check_headers(response)


async def test_a_request_keeps_the_id_it_came_with(client: ClientSession) -> None:
    for supplied in ["abcdefgh", "a.b-c_D9" * 8, "0" * 64]:
        async with client.get("/healthz", headers={"X-Request-Id": supplied}) as response:
            assert response.headers["X-Request-Id"] == supplied


IMPROPER_IDS = [None, "", "short", "0" * 65, "with space", "<script>", "é" * 9]


async def test_a_request_without_a_proper_id_is_given_one(client: ClientSession) -> None:
    for supplied in IMPROPER_IDS:
        headers = {} if supplied is None else {"X-Request-Id": supplied}
        ids = set()
        for _ in range(3):
            async with client.get("/healthz", headers=headers) as response:
                check_headers(response)
                ids.add(response.headers["X-Request-Id"])
        assert len(ids) == 3
        assert supplied not in ids


async def test_an_expectation_that_is_not_met_carries_the_headers(client: ClientSession) -> None:
    async with client.get("/healthz", headers={"Expect": "a miracle"}) as response:
        assert response.status == 417
        check_headers(response)


# Bodies


async def pieces(total: int) -> AsyncIterator[bytes]:
    for _ in range(total // 1024):
        yield b" " * 1024


BODY_PATHS = ["/api/v1/jobs", "/api/v1/jobs/none/cancel", "/login", "/flags/jobs"]


async def test_a_long_body_is_refused(client: ClientSession) -> None:
    for path in BODY_PATHS:
        for chunked in [False, True]:
            headers = JSON_TYPE if path.startswith("/api") else {}
            data = pieces(70 * 1024) if chunked else b" " * (64 * 1024 + 1)
            async with client.post(path, data=data, headers=headers) as response:
                await check_problem(response, 413)


async def test_a_body_at_the_limit_is_read(client: ClientSession) -> None:
    async with client.post(
        "/api/v1/jobs", data=b"[]".ljust(64 * 1024), headers=JSON_TYPE
    ) as response:
        await check_problem(response, 422)


NOT_JSON = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "json",
    "application/json5",
    "",
    "application/",
    "\u00ff",
]


async def test_api_bodies_are_json(client: ClientSession) -> None:
    for content_type in NOT_JSON:
        for path in ("/api/v1/jobs", "/api/v1/jobs/none/cancel"):
            headers = {"Content-Type": content_type}
            async with client.post(path, data=b"{}", headers=headers) as response:
                await check_problem(response, 415)


async def test_a_packed_body_is_refused(client: ClientSession) -> None:
    order = b'{"source": "builtin", "select": {"codes": ["BR"]}}'
    for encoding, body in (
        ("gzip", zlib.compress(order, wbits=31)),
        ("deflate", zlib.compress(order)),
        ("gzip", b"this is not packed"),
    ):
        headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
        async with client.post("/api/v1/jobs", data=body, headers=headers) as response:
            assert response.status == 415
            assert "Content-Encoding" in (await response.json())["detail"]


async def test_forms_are_urlencoded(client: ClientSession) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    body = (
        b'--x\r\nContent-Disposition: form-data; name="token"; filename="a"\r\n\r\nb\r\n--x--\r\n'
    )
    async with client.post("/login", data=body, headers=headers) as response:
        await check_problem(response, 415)


UNREADABLE_FORMS = [b"a=%ff", b"a=\xff", b"&".join([b"a=1"] * 200), b"%ED%A0%80=1"]


async def test_a_form_that_cannot_be_read_is_refused(client: ClientSession) -> None:
    for body in UNREADABLE_FORMS:
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=unicode_escape"}
        for path in ("/login", "/flags/jobs"):
            async with client.post(path, data=body, headers=headers) as response:
                await check_problem(response, 400)


BAD_BODIES = [
    (b"", 400),
    (b"{", 400),
    (b"nonsense", 400),
    (b"\xff\xfe", 400),
    (b"[" * 60_000, 400),
    (b'{"a":' * 10_000, 400),
    (b'{"source": "\\ud800"}', 400),
    (b'{"source": "\xed\xa0\x80"}', 400),
    (b'{"source": NaN}', 400),
    (b"\xef\xbb\xbf{}", 400),
    (b"{} {}", 400),
    (b"9" * 60_000, 400),
    (b"1e999", 400),
    (b'{"concurrency": 1' + b"0" * 400 + b"}", 422),
    (b"null", 422),
    (b"[]", 422),
    (b'"text"', 422),
    (b"{}", 422),
    (b'{"' + b"k" * 60_000 + b'": 1}', 422),
    (b'{"source": "builtin", "select": {"preset": "unknown field"}}', 422),
    (b'{"source": "builtin", "select": {"codes": ["BR"]}, "existing": "unknown field"}', 422),
    (b'{"source": "\\u0000", "select": {"codes": ["BR"]}}', 422),
]


async def test_a_bad_body_is_a_problem(client: ClientSession) -> None:
    for body, status in BAD_BODIES:
        async with client.post("/api/v1/jobs", data=body, headers=JSON_TYPE) as response:
            problem = await check_problem(response, status)
            assert len(problem["detail"]) < 500


async def dripped(server: str, path: str, length: str) -> float:
    """How long a body that never ends is waited for, in seconds."""
    kind = "application/json" if path.startswith("/api") else "application/x-www-form-urlencoded"
    host, port = server.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    started = time.monotonic()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n{length}\r\n\r\n"
    writer.write(f"{head}1\r\n{{\r\n".encode())
    async with asyncio.timeout(5):
        answer = await reader.readuntil(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 408 ")
    waited_s = time.monotonic() - started
    writer.close()
    await writer.wait_closed()
    return waited_s


async def test_a_slow_body_is_cut(data_dir: Path) -> None:
    hasty = Settings(port=0, data_dir=data_dir, body_seconds=0.2)
    app = await asyncio.to_thread(create_app, hasty)
    paths = ["/api/v1/jobs", "/api/v1/jobs/none/cancel", "/login", "/flags/jobs"]
    lengths = ["Transfer-Encoding: chunked", "Content-Length: 10"]
    with bind("127.0.0.1", 0) as bound:
        async with serving(app, bound) as server:
            drips = [dripped(server, *case) for case in itertools.product(paths, lengths)]
            assert all(0.2 <= waited_s < 3 for waited_s in await asyncio.gather(*drips))


# Problems


@pytest.mark.usefixtures("app")
async def test_a_fault_of_our_own_tells_nothing(
    client: ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    async with client.get("/wrong") as response:
        await check_problem(response, 500)
        assert SECRET not in await response.text()
    async with client.get("/wrong", headers=BROWSER) as response:
        assert response.status == 500
        assert response.content_type == "text/html"
        assert SECRET not in await response.text()
    assert SECRET in caplog.text


@pytest.mark.usefixtures("app")
async def test_a_refusal_says_when_to_come_back(client: ClientSession) -> None:
    async with client.get("/refuse") as response:
        problem = await check_problem(response, 503)
        assert problem["type"] == "/problems/unavailable"
        assert response.headers["Retry-After"] == "5"


async def test_a_browser_gets_a_page(client: ClientSession) -> None:
    async with client.get("/nowhere/<b>", headers=BROWSER) as response:
        text = await response.text()
        assert response.status == 404
        assert response.content_type == "text/html"
        assert "<h1>Not found</h1>" in text
        assert "<b>" not in text
        assert response.headers["X-Request-Id"] in text
        assert "Accept" in ", ".join(response.headers.getall("Vary"))
        check_headers(response)


async def test_a_wrong_method_is_told_the_right_ones(client: ClientSession) -> None:
    async with client.put("/api/v1/jobs") as response:
        await check_problem(response, 405)
        assert response.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


async def test_the_websocket_address_is_not_a_page(client: ClientSession) -> None:
    async with client.get("/api/v1/events") as response:
        await check_problem(response, 400)


HOSTILE = [
    b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /?q=\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /?q=%ff%ED%A0%80%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /rows?q=%00&cursor=%ff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /api/v1/jobs?%ff%ED%A0%80=1&state=%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /api/v1/characters/%ED%A0%80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /characters/%00 HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n",
    b"GET /flags/jobs/%ff HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n",
    b"GET /nowhere/%ED%A0%80 HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n",
    b"GET /nowhere/%ED%A0%80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /login?next=//[ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /login?next=%ED%A0%80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b'GET / HTTP/1.1\r\nHost: localhost\r\nCookie: \xff=\xff; ;=; a="\r\n\r\n',
    b"GET / HTTP/1.1\r\nHost: localhost\r\nAccept: \xff;q=\xff\r\nAccept-Encoding: \xff\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: \xff\r\nSec-Fetch-Site: \xff\r\n\r\n",
    b'GET / HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: \xff", "\r\n\r\n',
    b"GET / HTTP/1.1\r\nHost: localhost\r\nIf-Modified-Since: never\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: \xff\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
    b"GET http://[/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET http://attacker.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: \xff\r\n"
    b"Content-Length: 2\r\n\r\n{}",
    b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded; "
    b"charset=\xff\r\nContent-Length: 2\r\n\r\na=",
]


async def test_no_bytes_are_a_fault_of_ours(server: str) -> None:
    for request_bytes in HOSTILE:
        closing = request_bytes.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        status, _ = await raw(server, closing)
        assert status < 500, request_bytes


# Compression


async def test_pages_are_compressed_for_who_wants_it(client: ClientSession) -> None:
    wants = {"Accept-Encoding": "gzip", **BROWSER}
    async with ClientSession(client._base_url, auto_decompress=False) as session:
        for path in ("/", "/nowhere"):
            async with session.get(path, headers=wants) as response:
                assert response.headers["Content-Encoding"] == "gzip"
                assert "Accept-Encoding" in ", ".join(response.headers.getall("Vary"))
                assert b"<!doctype html>" in gzip.decompress(await response.read()).lower()
            headers = {**wants, "Accept-Encoding": "gzip;q=0, *"}
            async with session.get(path, headers=headers) as response:
                assert "Content-Encoding" not in response.headers
                assert "Accept-Encoding" in ", ".join(response.headers.getall("Vary"))
                assert b"<!doctype html>" in (await response.read()).lower()


async def test_the_compressed_form_has_a_tag_of_its_own(client: ClientSession) -> None:
    path, wants = "/api/v1/characters?q=arrow", {"Accept-Encoding": "gzip"}
    async with client.get(path, headers={"Accept-Encoding": "identity"}) as response:
        plain = response.headers["ETag"]
    async with client.get(path, headers=wants) as response:
        compressed = response.headers["ETag"]
    assert compressed == f"W/{plain}"
    for tag in (plain, compressed):
        async with client.get(path, headers={**wants, "If-None-Match": tag}) as response:
            assert response.status == 304
