import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from email.utils import formatdate
from urllib.parse import quote

import aiohttp
import pytest
from yarl import URL

from tests.upstream import GIF, PNG, UNTRUSTED_CERTIFICATE, Upstream
from webapp.flags.downloader import Downloader, redirect_target
from webapp.flags.failures import FetchFailed, failure_of, retry_after, safe_text
from webapp.flags.sources import Source


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with Upstream() as upstream:
        yield upstream


@pytest.fixture
async def downloader() -> AsyncIterator[Downloader]:
    async with Downloader("https://flags.example/about") as downloader:
        yield downloader


async def failure(downloader: Downloader, source: Source, timeout_s: float = 5) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        await downloader.fetch(source, "BR", timeout_s=timeout_s)
    return caught.value


@pytest.mark.parametrize(
    ("behaviour", "content", "media_type"),
    [
        ("ok", GIF, "image/gif"),
        ("png", PNG, "image/png"),
        ("chunked", GIF, "image/gif"),
        ("odd-end", GIF + b"\n", "image/gif"),
        ("unframed", GIF, "image/gif"),
    ],
)
async def test_an_image_comes_as_it_is(
    downloader: Downloader, upstream: Upstream, behaviour: str, content: bytes, media_type: str
) -> None:
    flag = await downloader.fetch(upstream.source(behaviour), "BR", timeout_s=5)
    assert (flag.content, flag.media_type, flag.http_status) == (content, media_type, 200)
    assert 0 <= flag.ms < 5000


@pytest.mark.parametrize(
    ("behaviour", "code", "status", "retryable"),
    [
        ("not-found", "not_found", 404, False),
        ("forbidden", "http_error", 403, False),
        ("teapot", "http_error", 418, False),
        ("request-timeout", "http_error", 408, True),
        ("too-early", "http_error", 425, True),
        ("too-many", "http_error", 429, True),
        ("server-error", "http_error", 500, True),
        ("unavailable", "http_error", 503, True),
        ("no-content", "http_error", 204, False),
        ("not-modified", "http_error", 304, False),
        ("empty", "empty", 200, False),
        ("html", "bad_type", 200, False),
        ("svg", "bad_type", 200, False),
        ("polyglot", "bad_type", 200, False),
        ("header-only", "bad_type", 200, False),
        ("huge-screen", "bad_type", 200, False),
        ("short-length", "protocol", None, False),
        ("truncated", "truncated", 200, True),
        ("cut-short", "truncated", 200, True),
        ("cut-short-png", "truncated", 200, True),
        ("truncated-chunks", "truncated", 200, True),
        ("truncated-unframed", "truncated", 200, True),
        ("gzip", "encoded", 200, False),
        ("long-length", "too_large", 200, False),
        ("endless", "too_large", 200, False),
        ("hang-up", "reset", None, True),
        ("reset", "truncated", 200, True),
        ("garbage", "protocol", None, False),
        ("many-headers", "protocol", None, False),
        ("long-header", "protocol", None, False),
        ("redirect-nowhere", "redirect_refused", None, False),
    ],
)
async def test_each_fault_of_a_source_has_its_code(
    downloader: Downloader,
    upstream: Upstream,
    behaviour: str,
    code: str,
    status: int | None,
    retryable: bool,
) -> None:
    failed = await failure(downloader, upstream.source(behaviour))
    assert (failed.code, failed.http_status, failed.retryable) == (code, status, retryable)
    assert failed.detail.isprintable()
    assert 0 < len(failed.detail) <= 200


@pytest.mark.parametrize("behaviour", ["silent", "silent-body", "drip"])
async def test_no_source_holds_a_download_beyond_its_time(
    downloader: Downloader, upstream: Upstream, behaviour: str
) -> None:
    started = time.monotonic()
    failed = await failure(downloader, upstream.source(behaviour), timeout_s=0.3)
    assert (failed.code, failed.retryable) == ("timeout", True)
    # Each of them goes on for ever, or for hours.
    assert time.monotonic() - started < 10


async def test_a_cancelled_download_ends_at_once(
    downloader: Downloader, upstream: Upstream
) -> None:
    task = asyncio.create_task(downloader.fetch(upstream.source("hold"), "BR", timeout_s=60))
    await upstream.arrived(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 1)


async def test_the_downloader_sets_no_limit_on_concurrency(
    downloader: Downloader, upstream: Upstream
) -> None:
    source = upstream.source("hold")
    async with asyncio.TaskGroup() as group:
        for _ in range(150):
            group.create_task(downloader.fetch(source, "BR", timeout_s=30))
        await upstream.arrived(150)
        assert upstream.peak == 150
        upstream.release()


async def test_a_request_says_who_asks_and_wants_no_compression(
    downloader: Downloader, upstream: Upstream
) -> None:
    await downloader.fetch(upstream.source("ok"), "BR", timeout_s=5)
    (request,) = upstream.requests
    assert request.headers["user-agent"].startswith("charfinder/")
    assert request.headers["user-agent"].endswith(" (+https://flags.example/about)")
    assert request.headers["accept-encoding"] == "identity"
    assert "authorization" not in request.headers
    assert "cookie" not in request.headers


async def test_without_a_contact_none_is_claimed(upstream: Upstream) -> None:
    async with Downloader() as downloader:
        await downloader.fetch(upstream.source("ok"), "BR", timeout_s=5)
    assert "(" not in upstream.requests[0].headers["user-agent"]


async def test_nobody_listening_is_a_failure_to_connect(downloader: Downloader) -> None:
    async with Upstream() as gone:
        source = gone.source("ok")
    failed = await failure(downloader, source)
    assert (failed.code, failed.retryable) == ("connect", True)
    assert "127.0.0.1" not in failed.detail


async def test_an_unknown_name_is_a_dns_failure(downloader: Downloader) -> None:
    source = Source("lost", "http://flags.invalid/{cc}.gif", True, "lost")
    assert (await failure(downloader, source)).code == "dns"


async def test_a_certificate_nobody_vouches_for_is_refused(downloader: Downloader) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(UNTRUSTED_CERTIFICATE)
    async with Upstream(tls) as upstream:
        failed = await failure(downloader, upstream.source("ok"))
        assert (failed.code, failed.retryable) == ("tls", False)
        assert upstream.requests == []


async def test_https_to_a_server_without_tls_is_refused(downloader: Downloader) -> None:
    async def speak_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await reader.read(1)
        writer.close()

    async with await asyncio.start_server(speak_http, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        source = Source("plain", f"https://127.0.0.1:{port}/{{cc}}.gif", True, "plain")
        assert (await failure(downloader, source)).code == "tls"


async def test_a_bug_of_ours_is_one_failed_download_and_a_line_in_the_log(
    upstream: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    async with Downloader() as downloader:
        pass
    failed = await failure(downloader, upstream.source("ok"))
    assert (failed.code, failed.retryable) == ("internal", False)
    assert "Unforeseen failure of a download from ok" in caplog.text


class TestRedirects:
    async def test_one_on_the_same_origin_is_followed(
        self, downloader: Downloader, upstream: Upstream
    ) -> None:
        source = upstream.source("redirect", to="/ok/br.gif")
        assert (await downloader.fetch(source, "BR", timeout_s=5)).content == GIF

    async def test_the_authorization_is_not_carried_along(
        self, downloader: Downloader, upstream: Upstream
    ) -> None:
        template = upstream.template("redirect", to="/ok/br.gif")
        source = Source("own", template, True, "own", (("Authorization", "Bearer secret"),))
        await downloader.fetch(source, "BR", timeout_s=5)
        first, second = upstream.requests
        assert first.headers["authorization"] == "Bearer secret"
        assert "authorization" not in second.headers

    async def test_the_fourth_in_a_row_is_refused(
        self, downloader: Downloader, upstream: Upstream
    ) -> None:
        failed = await failure(downloader, upstream.source("redirect-loop"))
        assert failed.code == "redirect_refused"
        assert len(upstream.requests) == 4

    async def test_three_in_a_row_are_followed(
        self, downloader: Downloader, upstream: Upstream
    ) -> None:
        to = "/ok/br.gif"
        for _ in range(2):
            to = f"/redirect/br.gif?to={quote(to, safe='')}"
        source = upstream.source("redirect", to=quote(to, safe=""))
        assert (await downloader.fetch(source, "BR", timeout_s=5)).content == GIF
        assert len(upstream.requests) == 4

    @pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
    async def test_one_to_another_place_is_refused(
        self, downloader: Downloader, upstream: Upstream, status: str
    ) -> None:
        async with Upstream() as other:
            to = quote(f"{other.url}/ok/br.gif", safe="")
            failed = await failure(downloader, upstream.source("redirect", to=to, status=status))
            assert (failed.code, failed.retryable) == ("redirect_refused", False)
            assert other.connections == 0

    @pytest.mark.parametrize(
        "location",
        [
            "",
            "http://127.0.0.1/x",
            "http://flags.example:81/x",
            "http://other.example/x",
            "http://flags.example.evil.example/x",
            "//other.example/x",
            "http://user@flags.example/x",
            "http://user:password@flags.example/x",
            "https://user@flags.example/x",
            "https://flags.example:8443/x",
            "http://flags.example:443/x",
            "https://other.example/x",
            "file:///etc/passwd",
            "gopher://flags.example/",
            "javascript:alert(1)",
            "data:image/gif;base64,R0lGODlh",
            "http://[::1/x",
            "http://flags.example:99999/x",
        ],
    )
    def test_these_lead_away(self, location: str) -> None:
        with pytest.raises(FetchFailed) as caught:
            redirect_target(URL("http://flags.example/flags/br.gif"), location)
        assert caught.value.code == "redirect_refused"

    @pytest.mark.parametrize(
        ("location", "target"),
        [
            ("other.gif", "http://flags.example/flags/other.gif"),
            ("/other.gif#part", "http://flags.example/other.gif"),
            ("//flags.example/x", "http://flags.example/x"),
            ("HTTP://FLAGS.EXAMPLE:80/x", "http://flags.example/x"),
            ("https://flags.example/x", "https://flags.example/x"),
        ],
    )
    def test_these_stay(self, location: str, target: str) -> None:
        assert str(redirect_target(URL("http://flags.example/flags/br.gif"), location)) == target

    def test_never_from_https_to_http(self) -> None:
        with pytest.raises(FetchFailed):
            redirect_target(URL("https://flags.example/br.gif"), "http://flags.example/br.gif")


class TestGuard:
    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f000001", "①②⑦.0.0.1"])
    async def test_an_untrusted_source_never_reaches_this_machine(
        self, downloader: Downloader, upstream: Upstream, host: str
    ) -> None:
        template = upstream.template("ok").replace("127.0.0.1", host)
        failed = await failure(downloader, Source("public", template, False, "public"))
        assert (failed.code, failed.retryable) == ("blocked_address", False)
        assert upstream.connections == 0

    async def test_it_does_not_reach_it_on_a_trusted_source_s_connection(
        self, downloader: Downloader, upstream: Upstream
    ) -> None:
        await downloader.fetch(upstream.source("ok"), "BR", timeout_s=5)
        await downloader.fetch(upstream.source("ok"), "BR", timeout_s=5)
        assert upstream.connections == 1  # it is kept open, and ready to be used
        failed = await failure(downloader, upstream.source("ok", trusted=False))
        assert failed.code == "blocked_address"
        assert len(upstream.requests) == 2

    async def test_no_proxy_of_the_environment_gets_in_between(
        self, downloader: Downloader, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("http_proxy", upstream.url)
        monkeypatch.delenv("no_proxy", raising=False)
        source = Source("lost", "http://flags.invalid/{cc}.gif", True, "lost")
        assert (await failure(downloader, source)).code == "dns"
        assert upstream.connections == 0


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("0", 0),
            (" 2 ", 2),
            ("300", 300),
            ("301", 300),
            ("9" * 5000, 300),
            ("-1", None),
            ("1.5", None),
            ("٣", None),
            ("soon", None),
            ("", None),
            (formatdate(1_000_010, usegmt=True), 10),
            (formatdate(1_000_010), 10),
            (formatdate(999_990, usegmt=True), 0),
            (formatdate(2_000_000, usegmt=True), 300),
            ("Mon, 99 Xyz 2026 00:00:00 GMT", None),
        ],
    )
    def test_both_forms_are_read_and_capped(self, text: str, seconds: float | None) -> None:
        assert retry_after(text, 1_000_000) == seconds

    async def test_it_comes_with_the_failure(
        self, downloader: Downloader, upstream: Upstream
    ) -> None:
        assert (await failure(downloader, upstream.source("too-many"))).retry_after_s == 2
        assert (await failure(downloader, upstream.source("unavailable"))).retry_after_s == 300
        assert (await failure(downloader, upstream.source("server-error"))).retry_after_s is None


class TestDetail:
    async def test_a_reason_phrase_is_cut_and_cleaned(
        self, downloader: Downloader, upstream: Upstream
    ) -> None:
        failed = await failure(downloader, upstream.source("long-reason"))
        assert len(failed.detail) == 200
        failed = await failure(downloader, upstream.source("script-reason"))
        assert "\x1b" not in failed.detail

    def test_nothing_invisible_stays(self) -> None:
        assert safe_text("a\r\nb\0c\u202ed\u2028e\ud800f\ufefe") == "a��b�c�d�e�f\ufefe"

    def test_a_name_server_that_fails_for_now_is_worth_a_retry(self) -> None:
        for errno, retryable in ((-3, True), (-2, False)):  # EAI_AGAIN, EAI_NONAME
            key = aiohttp.client_reqrep.ConnectionKey("h", 80, False, True, None, None, None)
            error = aiohttp.ClientConnectorDNSError(key, OSError(errno, "x"))
            assert failure_of(error).retryable is retryable
