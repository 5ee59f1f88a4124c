"""The gate: with a token set, nobody comes in without it."""

import asyncio
from collections.abc import Awaitable, Callable
from http.cookies import SimpleCookie
from pathlib import Path

import aiohttp_jinja2
import pytest
from aiohttp import ClientResponse, ClientSession, web
from yarl import URL

from webapp.auth import CLIENTS_REMEMBERED, COOKIE, Gate
from webapp.settings import Settings
from webapp.views import local_path

OPEN = {"/login", "/healthz", "/readyz", "/favicon.ico"}

TOKEN = "correct-horse-battery-staple"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
BROWSER = {"Accept": "text/html,*/*;q=0.8"}
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
# One of each kind: pages, the API, images, the built-in sources, the feed, the figures.
CLOSED = [
    "/", "/rows", "/flags", "/flags/jobs/none", "/characters/U+0041", "/api/v1/characters?q=cat",
    "/api/v1/jobs", "/api/v1/jobs/none/events", "/api/v1/events", "/api/v1/flags/BR",
    "/mirror/builtin/br/br.gif", "/metrics", "/nowhere", "/static", "/healthz/", "//healthz",
    "/login/../flags", "/%2e/flags",
]  # fmt: skip

Login = Callable[..., Awaitable[ClientResponse]]


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    """The server of these tests has a token."""
    return Settings(port=0, data_dir=data_dir, mirror_seed=1, token=TOKEN)


@pytest.fixture
def login(client: ClientSession) -> Login:
    """Sends the login form; the answer, whose body has been read."""

    async def send(token: str, target: str = "/", **headers: str) -> ClientResponse:
        form = {"token": token, "next": target}
        async with client.post(
            "/login", data=form, headers=headers, allow_redirects=False
        ) as response:
            await response.read()
            return response

    return send


async def test_every_route_is_closed_to_strangers(
    app: web.Application, client: ClientSession, server: str
) -> None:
    for resource in app.router.resources():
        path = resource.canonical
        if path.startswith("/static/") or path in OPEN:
            continue
        for method in ("GET", "POST", "HEAD", "DELETE"):
            async with client.request(method, path) as response:
                assert response.status == 401, path
                assert response.headers["WWW-Authenticate"] == "Bearer"
    for path in CLOSED:
        async with client.get(URL(server + path, encoded=True)) as response:
            assert response.status == 401, path


async def test_the_way_in_is_open(app: web.Application, client: ClientSession) -> None:
    style = f"{app[aiohttp_jinja2.static_root_key]}/css/app.css"
    for path in ("/healthz", "/readyz", "/login", style):
        async with client.get(path) as response:
            assert response.status == 200, path


async def test_the_token_opens_everything(client: ClientSession) -> None:
    for authorization in (f"Bearer {TOKEN}", f"bearer {TOKEN}", f"BEARER   {TOKEN}"):
        for path in ("/", "/api/v1/jobs", "/metrics"):
            async with client.get(path, headers={"Authorization": authorization}) as response:
                assert response.status == 200


async def test_nothing_else_does(client: ClientSession) -> None:
    for authorization in (
        "", "Bearer", "Bearer ", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN.upper()}", "Bearer \u00fc\u00fc",
        "Bearer " + "x" * 5000,
    ):  # fmt: skip
        async with client.get("/flags", headers={"Authorization": authorization}) as response:
            assert response.status == 401, authorization
    for cookie in ("", TOKEN, "0" * 64, "\u00fc", '"', Gate("another-token-of-ours").session):
        async with client.get("/flags", headers={"Cookie": f"{COOKIE}={cookie}"}) as response:
            assert response.status == 401, cookie
    async with client.get(f"/flags?token={TOKEN}") as response:
        assert response.status == 401


async def test_a_browser_is_shown_the_form(client: ClientSession) -> None:
    async with client.get("/flags?cursor=5", headers=BROWSER) as response:
        text = await response.text()
        assert response.status == 401
        assert 'name="token"' in text
        assert 'name="next" value="/flags?cursor=5"' in text
    # There is nothing to come back to after a form that was refused.
    async with client.post("/flags/jobs", headers=BROWSER) as response:
        assert 'name="next" value="/"' in await response.text()


async def test_the_form_sets_a_cookie_that_opens_everything(
    client: ClientSession, login: Login
) -> None:
    response = await login(TOKEN, "/flags?cursor=5")
    assert response.status == 303
    assert response.headers["Location"] == "/flags?cursor=5"
    cookie = SimpleCookie(response.headers["Set-Cookie"])[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/"
    assert TOKEN not in cookie.value
    headers = {"Cookie": f"{COOKIE}={cookie.value}"}
    async with client.get("/flags", headers=headers) as page:
        assert page.status == 200
    async with client.get("/api/v1/events", headers={**headers, **UPGRADE}) as socket:
        assert socket.status == 101


async def test_the_websocket_needs_the_token(client: ClientSession) -> None:
    async with client.get("/api/v1/events", headers=UPGRADE) as response:
        assert response.status == 401
    async with client.get("/api/v1/events", headers={**UPGRADE, **BEARER}) as response:
        assert response.status == 101


async def test_a_token_is_no_pass_for_another_site(client: ClientSession, login: Login) -> None:
    headers = {"Origin": "http://attacker.example"}
    async with client.post("/api/v1/jobs/none/cancel", headers={**BEARER, **headers}) as response:
        assert response.status == 403
    assert (await login(TOKEN, **headers)).status == 403


async def test_the_program_reaches_its_own_sources(client: ClientSession) -> None:
    order = {"source": "builtin", "select": {"codes": ["BR"]}}
    async with client.post("/api/v1/jobs", json=order, headers=BEARER) as response:
        job = (await response.json())["id"]
    seq = 0
    async with asyncio.timeout(10):
        while True:
            path = f"/api/v1/jobs/{job}/events?after={seq}&wait=5"
            async with client.get(path, headers=BEARER) as response:
                answer = await response.json()
            seq = answer["seq"]
            if answer["events"][-1]["type"] == "job.finished":
                break
    assert answer["events"][-1]["data"]["state"] == "succeeded"


async def test_guessing_is_slowed_down(login: Login) -> None:
    for _ in range(5):
        wrong = await login("a-guess-of-many-letters")
        assert wrong.status == 401
        assert "That is not the token." in await wrong.text()
    throttled = await login("a-guess-of-many-letters")
    assert throttled.status == 429
    assert throttled.headers["Retry-After"] == "60"
    # Else the right guess could be told from the wrong ones.
    assert (await login(TOKEN)).status == 429


def test_a_minute_later_one_may_try_again() -> None:
    gate = Gate(TOKEN)
    for at in range(5):
        assert not gate.is_throttled("a", now=float(at))
        gate.note_failure("a", now=float(at))
    assert gate.is_throttled("a", now=59.0)
    assert not gate.is_throttled("b", now=59.0)
    assert not gate.is_throttled("a", now=61.0)


def test_only_so_many_guessers_are_remembered() -> None:
    gate = Gate(TOKEN)
    for number in range(CLIENTS_REMEMBERED + 5):
        gate.note_failure(str(number), now=1.0)
    assert len(gate._failures) == CLIENTS_REMEMBERED
    assert "0" not in gate._failures


def test_without_a_token_the_gate_is_open() -> None:
    assert Gate(None).is_open
    assert not Gate(None).accepts("")
    assert not Gate(TOKEN).is_open


@pytest.mark.parametrize("target", ["/", "/flags", "/?q=a%20b", "/x//y", "/é", "/:80"])
def test_one_comes_back_to_where_one_was(target: str) -> None:
    assert local_path(target) == target


@pytest.mark.parametrize(
    "target",
    ["", "flags", "//attacker.example", "/\\attacker.example", "\\\\attacker.example", "//[",
     "http://attacker.example", "javascript:alert(1)", "/\t/attacker.example",
     "/x\r\nSet-Cookie: a", "/\udc80", "/\u2028"],
)  # fmt: skip
def test_one_is_never_sent_to_another_site(target: str) -> None:
    assert local_path(target) == "/"


async def test_the_form_sends_nobody_to_another_site(login: Login) -> None:
    for target in ("//attacker.example", "/\\attacker.example", "//[", "http://attacker.example"):
        assert (await login(TOKEN, target)).headers["Location"] == "/"
