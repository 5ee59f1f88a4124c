import asyncio
import hashlib
import random
from collections.abc import AsyncIterator
from itertools import product

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from webapp.flags.catalog import COUNTRIES
from webapp.flags.mirror import DELAY_S, MIRROR, Mirror, Picture, Teapot, flag, read_pictures
from webapp.middlewares import problem_details, request_ids
from webapp.problems import NotFound, Unavailable

PICTURES = {code: Picture(code.encode(), code.lower()) for code in COUNTRIES}
Seen = dict[tuple[str, str, int], tuple[float, bool]]


async def no_pause(_: float) -> None:
    """The delay, without waiting for it."""


async def fates(seed: int | None, orders: list[tuple[str, str]]) -> Seen:
    """What a mirror did to each request: (source, code, n-th) -> (delay, teapot)."""
    delays: list[float] = []

    async def pause(delay_s: float) -> None:
        delays.append(delay_s)

    mirror, seen = Mirror(PICTURES, seed, pause), Seen()
    for source, code in orders:
        try:
            await mirror.picture(source, code)
            teapot = False
        except Teapot:
            teapot = True
        nth = 1 + sum(key[:2] == (source, code) for key in seen)
        seen[source, code, nth] = (delays[-1], teapot)
    return seen


@pytest.fixture
async def session() -> AsyncIterator[TestClient[web.Request, web.Application]]:
    app = web.Application(middlewares=[request_ids, problem_details])
    app.router.add_get("/mirror/{source}/{cc}/{file}", flag)
    app[MIRROR] = await Mirror.load(seed=1, pause=no_pause)
    async with TestClient(TestServer(app)) as session:
        yield session


Session = TestClient[web.Request, web.Application]


def test_every_country_has_a_picture() -> None:
    pictures = read_pictures()
    assert list(pictures) == list(COUNTRIES)
    assert pictures["BR"].content.startswith(b"GIF8")


async def test_the_delays_are_the_books() -> None:
    orders = list(product(("delay", "error"), COUNTRIES))
    delays = [delay for delay, _ in (await fates(1, orders)).values()]
    low, high = DELAY_S
    assert (low, high) == (0.5, 5.0)
    assert all(low <= delay <= high for delay in delays)
    assert abs(sum(delays) / len(delays) - (low + high) / 2) < 0.2


async def test_one_in_four_is_a_teapot_of_error_and_none_of_delay() -> None:
    seen = await fates(1, list(product(("delay", "error"), COUNTRIES)) * 4)
    teapots = [source for (source, _, _), (_, teapot) in seen.items() if teapot]
    assert set(teapots) == {"error"}
    assert 0.2 < len(teapots) / (4 * len(COUNTRIES)) < 0.3


async def test_with_a_seed_the_order_of_arrival_changes_nothing() -> None:
    orders = list(product(("delay", "error"), ["BR", "US", "MX", "JP"])) * 5
    shuffled = random.Random(7).sample(orders, len(orders))
    assert shuffled != orders
    assert await fates(1, orders) == await fates(1, shuffled)


async def test_the_next_request_for_a_country_meets_another_fate() -> None:
    seen = await fates(1, [("error", "BR")] * 30)
    assert len({delay for delay, _ in seen.values()}) == 30
    assert {teapot for _, teapot in seen.values()} == {True, False}


async def test_another_seed_or_none_is_another_weather() -> None:
    orders = [("error", "BR")] * 20
    assert await fates(1, orders) != await fates(2, orders)
    assert await fates(None, orders) != await fates(None, orders)


async def test_builtin_answers_at_once() -> None:
    async def never(_: float) -> None:
        raise AssertionError("builtin waits for nothing")

    mirror = Mirror(PICTURES, 1, never)
    assert await mirror.picture("builtin", "BR") == PICTURES["BR"]


async def test_requests_wait_beside_each_other() -> None:
    async def together(_: float) -> None:
        await asyncio.wait_for(barrier.wait(), 5)

    barrier = asyncio.Barrier(20)
    mirror = Mirror(PICTURES, 1, together)
    codes = list(COUNTRIES)[:20]
    assert len(await asyncio.gather(*(mirror.picture("delay", code) for code in codes))) == 20


async def test_a_flag_comes_as_a_gif_with_a_tag(session: Session) -> None:
    async with session.get("/mirror/builtin/br/br.gif") as answer:
        content = await answer.read()
        assert answer.status == 200
        assert answer.content_type == "image/gif"
        assert answer.headers["Cache-Control"] == "max-age=86400"
        tag = answer.headers["ETag"]
        assert tag == f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    async with session.get("/mirror/builtin/br/br.gif", headers={"If-None-Match": tag}) as answer:
        assert (answer.status, await answer.read()) == (304, b"")
    async with session.get("/mirror/builtin/BR/BR.gif") as answer:
        assert await answer.read() == content
    async with session.get("/mirror/delay/br/br.gif") as answer:
        assert await answer.read() == content
        assert answer.headers["Cache-Control"] == "no-store"


async def test_a_teapot_is_a_problem(session: Session) -> None:
    statuses = []
    for _ in range(30):
        async with session.get("/mirror/error/br/br.gif") as answer:
            statuses.append(answer.status)
            if answer.status == 418:
                assert answer.reason == "I'm a Teapot"
                assert answer.content_type == "application/problem+json"
    assert set(statuses) == {200, 418}


@pytest.mark.parametrize(
    "path",
    [
        "builtin/bc/bc.gif",
        "builtin/aa/aa.gif",
        "delay/bc/bc.gif",
        "builtin/br/us.gif",
        "builtin/br/br.png",
        "builtin/br/BR.gif",
        "builtin/bra/bra.gif",
        "builtin/%C3%9F/%C3%9F.gif",  # ß: SS in capitals, which is South Sudan
        "builtin/%EF%BC%A2%EF%BC%B2/%EF%BC%A2%EF%BC%B2.gif",
        "builtin/..%2F/..%2F.gif",
        "builtin/br%00/br%00.gif",
        "fluentpython/br/br.gif",
        "nobody/br/br.gif",
        "%00/br/br.gif",
    ],
)
async def test_what_is_not_there_is_an_ordinary_404(session: Session, path: str) -> None:
    async with session.get(f"/mirror/{path}") as answer:
        assert answer.status == 404
        assert answer.content_type == "application/problem+json"


async def test_an_unknown_country_of_a_mirror_is_not_found() -> None:
    mirror = Mirror(PICTURES, 1, no_pause)
    with pytest.raises(NotFound):
        await mirror.picture("delay", "BC")


async def test_nobody_waits_for_a_mirror_that_is_closed() -> None:
    waiting = asyncio.Event()

    async def for_ever(_: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    mirror = Mirror(PICTURES, 1, for_ever)
    late = asyncio.create_task(mirror.picture("delay", "BR"))
    dropped = asyncio.create_task(mirror.picture("delay", "US"))
    await waiting.wait()
    dropped.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dropped
    mirror.close()
    with pytest.raises(Unavailable):
        await late
