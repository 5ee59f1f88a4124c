"""Answers that are kept: the same on the wire as those put together anew."""

import asyncio
import gzip
import json
import re
from email.utils import parsedate_to_datetime
from unicodedata import name

import pytest
from aiohttp import ClientConnectionError, ClientSession, hdrs, web

from tests.test_guards import check_headers, raw
from webapp import keys
from webapp.app import create_app
from webapp.encoded import EncodedPage
from webapp.negotiation import accepts_gzip
from webapp.sending import send
from webapp.server import bind, serving
from webapp.settings import Settings

BODY = json.dumps({"items": [name(chr(code)) for code in range(0x1F400, 0x1F4C8)]}).encode()


@pytest.fixture
def waiting() -> list[int]:
    """How many bytes waited to be sent when each request to /kept was answered."""
    return []


@pytest.fixture
def app(settings: Settings, waiting: list[int]) -> web.Application:
    """The application, an answer kept at /kept, and one whose client is gone by then."""
    app = create_app(settings)
    page = EncodedPage(BODY, {"ETag": '"build"', "Cache-Control": "no-cache"})

    async def kept(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        waiting.append(request.transport.get_write_buffer_size())
        wants_gzip = accepts_gzip(request.headers.get(hdrs.ACCEPT_ENCODING, ""))
        return send(request, page.form(gzip=wants_gzip))

    async def gone(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return send(request, page.form(gzip=False))

    app.router.add_get("/kept", kept)
    app.router.add_get("/gone", gone)
    return app


async def head_of(server: str, version: str, *more: str, method: str = "GET") -> dict[str, str]:
    """The headers of /kept as they come, by lower-case name; none comes twice."""
    lines = [f"{method} /kept HTTP/{version}", "Host: localhost", *more, "", ""]
    _, answer = await raw(server, "\r\n".join(lines).encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert body == (b"" if method == "HEAD" else BODY)
    pairs = [line.split(": ", 1) for line in head.decode().split("\r\n")[1:]]
    assert len(dict(pairs)) == len(pairs)
    return {name.lower(): value for name, value in pairs}


async def test_it_is_the_answer_that_others_are(client: ClientSession, server: str) -> None:
    usual = await head_of(server, "1.1", "Connection: close")
    assert usual.pop("connection") == "close"
    async with client.get("/kept", headers={"Accept-Encoding": "identity"}) as response:
        assert await response.read() == BODY
        check_headers(response)
        kept = {name.lower(): value for name, value in response.headers.items()}
    for headers in (usual, kept):
        parsedate_to_datetime(headers.pop("date"))
        headers.pop("x-request-id")
    assert kept == usual


async def test_a_head_and_an_old_client_are_answered_in_the_usual_way(server: str) -> None:
    head = await head_of(server, "1.1", "Connection: close", method="HEAD")
    old = await head_of(server, "1.0")
    assert head["content-length"] == old["content-length"] == str(len(BODY))


async def test_requests_in_a_row_keep_their_order_and_ids(server: str) -> None:
    request = "GET /kept HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: request-{}\r\n{}\r\n"
    last = "Connection: close\r\n"
    requests = [request.format(number, last if number == 9 else "") for number in range(10)]
    _, answer = await raw(server, "".join(requests).encode())
    ids = re.findall(rb"X-Request-Id: request-(\d)\r\n", answer)
    assert ids == [b"%d" % number for number in range(10)]
    assert answer.count(BODY) == 10


async def test_the_packed_form_goes_to_who_wants_it(client: ClientSession) -> None:
    lengths = []
    async with ClientSession(client._base_url, auto_decompress=False) as session:
        for _ in range(3):
            async with session.get("/kept", headers={"Accept-Encoding": "gzip"}) as response:
                check_headers(response)
                assert response.headers["Content-Encoding"] == "gzip"
                assert response.headers["ETag"] == 'W/"build"'
                assert response.headers.getall("Vary") == ["Accept-Encoding"]
                body = await response.read()
            assert gzip.decompress(body) == BODY
            lengths.append(len(body))
    assert lengths[0] > lengths[1] == lengths[2]


async def test_behind_tls_it_says_so(settings: Settings, app: web.Application) -> None:
    app[keys.SETTINGS] = Settings(
        port=0, data_dir=settings.data_dir, public_origin="https://flags.example", mirror_seed=1
    )
    with bind("127.0.0.1", 0) as bound:
        async with (
            serving(app, bound) as url,
            ClientSession(url) as session,
            session.get("/kept") as response,
        ):
            assert response.headers["Strict-Transport-Security"].startswith("max-age=63072000")


async def test_a_client_that_has_gone_is_no_fault_of_ours(
    app: web.Application, server: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with ClientSession(server) as session:
        with pytest.raises(ClientConnectionError):
            await session.get("/gone")
    assert not caplog.text


async def test_a_client_that_does_not_read_is_waited_for(waiting: list[int], server: str) -> None:
    host, port = server.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port), limit=1)
    writer.write(b"GET /kept HTTP/1.1\r\nHost: localhost\r\n\r\n" * 4000)
    # Enough turns of the loop to answer all of them several times over.
    for _ in range(40_000):
        await asyncio.sleep(0)
    writer.transport.abort()
    assert max(waiting) < 1_000_000
    assert len(waiting) < 4000


async def test_it_is_counted_and_logged_like_others(client: ClientSession) -> None:
    for _ in range(3):
        async with client.get("/kept") as response:
            await response.read()
    async with client.get("/metrics") as response:
        text = await response.text()
    assert 'charfinder_http_requests_total{method="GET",route="/kept",status="200"} 3.0' in text
    assert 'charfinder_http_request_duration_seconds_count{route="/kept"} 3.0' in text
