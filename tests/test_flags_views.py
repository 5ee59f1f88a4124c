"""Images over HTTP, and the dashboard as a browser without JavaScript uses it."""

import re
from pathlib import Path

import pytest
from aiohttp import ClientSession, FormData

from tests.jobs_client import JobsClient
from tests.upstream import GIF, PNG, Upstream
from webapp.flags.views import order_from_form
from webapp.problems import InvalidRequest
from webapp.settings import Settings

HTML = {"Accept": "text/html"}


@pytest.fixture
def settings(data_dir: Path, upstream: Upstream) -> Settings:
    sources = {name: upstream.template(name) for name in ("ok", "png", "hold", "script-reason")}
    return Settings(port=0, data_dir=data_dir, sources=sources)


async def page(client: ClientSession, path: str, status: int = 200) -> str:
    async with client.get(path, headers=HTML) as response:
        assert response.status == status
        assert response.content_type == "text/html"
        return await response.text()


async def send(client: ClientSession, path: str, **fields: str) -> tuple[int, str]:
    """Send a form; the status, and where it leads or what it shows."""
    async with client.post(
        path, data=FormData(fields), headers=HTML, allow_redirects=False
    ) as response:
        return response.status, response.headers.get("Location") or await response.text()


async def test_the_newest_image_of_a_country_is_shown_and_older_ones_stay(
    jobs: JobsClient,
) -> None:
    first = await jobs.finished((await jobs.submit("ok", ["BR"]))["id"])
    await jobs.finished((await jobs.submit("png", ["BR"]))["id"])
    async with jobs.session.get("/api/v1/flags/br") as response:
        assert (await response.read(), response.content_type) == (PNG, "image/png")
        assert response.headers["Content-Security-Policy"] == (
            "default-src 'none'; sandbox; frame-ancestors 'none'"
        )
        known = {"If-None-Match": response.headers["ETag"]}
    async with jobs.session.get("/api/v1/flags/BR", headers=known) as response:
        assert response.status == 304
    (item,) = await jobs.items(first["id"])
    async with jobs.session.get(item["image_url"]) as response:
        assert (await response.read(), response.content_type) == (GIF, "image/gif")
    listed = (await jobs.get("/api/v1/flags"))["items"]
    assert [(flag["code"], flag["source"], flag["bytes"]) for flag in listed] == [
        ("BR", "png", len(PNG))
    ]


@pytest.mark.reads
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/flags/BR", 404),
        ("/api/v1/flags/B", 422),
        ("/api/v1/flags/%EF%BC%A2%EF%BC%B2", 422),
        ("/api/v1/flags/..%2F..", 422),
        (f"/api/v1/flags/BR?sha256={'0' * 64}", 404),
        ("/api/v1/flags/BR?sha256=../../x", 404),
        ("/api/v1/flags/BR?size=2", 422),
    ],
)
async def test_an_image_that_is_not_there(jobs: JobsClient, path: str, status: int) -> None:
    await jobs.get(path, status)


async def test_an_image_belongs_to_its_own_country_only(jobs: JobsClient) -> None:
    await jobs.finished((await jobs.submit("builtin", ["BR", "FR"]))["id"])
    brazil, _ = await jobs.items((await jobs.get("/api/v1/jobs"))["items"][0]["id"])
    await jobs.get(f"/api/v1/flags/FR?sha256={brazil['sha256']}", 404)


async def test_an_image_lost_from_the_disk_is_said_to_be(jobs: JobsClient, data_dir: Path) -> None:
    await jobs.finished((await jobs.submit("ok", ["BR"]))["id"])
    for path in (data_dir / "images" / ".objects").iterdir():
        path.write_bytes(b"GIF89a, but not what it was")
    problem = await jobs.get("/api/v1/flags/BR", 404)
    assert "download it again" in problem["detail"]


async def test_a_form_starts_a_job_and_its_page_shows_the_flags(jobs: JobsClient) -> None:
    status, target = await send(
        jobs.session, "/flags/jobs", source="ok", preset="pop20", codes="", concurrency="4"
    )
    assert status == 303
    job = await jobs.finished(target.rpartition("/")[2])
    assert job["counters"]["ok"] == 20
    shown = await page(jobs.session, target)
    assert len(re.findall(r'<img[^>]+src="/api/v1/flags/[A-Z]{2}\?sha256=', shown)) == 20
    assert f'href="{target}"' in await page(jobs.session, "/flags")


async def test_a_form_that_cannot_be_is_shown_again_with_what_was_typed(
    jobs: JobsClient,
) -> None:
    for fields, words in (
        ({"source": "nowhere", "preset": "pop20"}, "sources are"),
        ({"source": "ok", "codes": "BR <b>"}, "&lt;b&gt;"),
        ({"source": "ok", "preset": "pop20", "concurrency": "0"}, "concurrency"),
        ({"source": "ok", "preset": "pop20", "concurrency": "many"}, "number"),
        ({}, "source"),
    ):
        status, text = await send(jobs.session, "/flags/jobs", **fields)
        assert status == 422
        assert words in text
        assert "<b>" not in text
    assert (await jobs.get("/api/v1/jobs"))["items"] == []


async def test_the_buttons_of_a_job_work_as_forms(jobs: JobsClient, upstream: Upstream) -> None:
    waiting = await jobs.submit("hold", ["A"], start=False)
    path = f"/flags/jobs/{waiting['id']}"
    assert await send(jobs.session, f"{path}/start") == (303, path)
    await upstream.arrived(1)
    assert "Cancel" in await page(jobs.session, path)
    assert await send(jobs.session, f"{path}/cancel") == (303, path)
    assert (await jobs.job(waiting["id"]))["state"] == "cancelled"
    status, text = await send(jobs.session, f"{path}/start")
    assert status == 409
    assert "cancelled" in text


async def test_what_an_upstream_says_is_text_and_nothing_else(jobs: JobsClient) -> None:
    job = await jobs.finished((await jobs.submit("script-reason", ["BR"], retries=0))["id"])
    shown = await page(jobs.session, f"/flags/jobs/{job['id']}")
    assert "<img src=x" not in shown
    assert "\x1b" not in shown


async def test_earlier_jobs_are_reached_page_by_page(jobs: JobsClient) -> None:
    made = [(await jobs.submit("ok", ["BR"], start=False))["id"] for _ in range(25)]
    path: str | None = "/flags"
    seen: list[str] = []
    while path is not None:
        shown = await page(jobs.session, path)
        seen += re.findall(r'href="/flags/jobs/([0-9a-f]{16})"', shown)
        following = re.search(r'rel="next" href="(/flags/history\?cursor=all-\d+)"', shown)
        path = following[1] if following else None
    assert list(dict.fromkeys(seen)) == made[::-1]


@pytest.mark.reads
async def test_pages_ignore_what_shared_links_carry(client: ClientSession) -> None:
    for path in ("/flags?utm_source=mail&cursor=nonsense", "/flags?cursor=٣"):
        assert "Start" in await page(client, path)


@pytest.mark.reads
async def test_a_body_that_is_no_form_is_refused(client: ClientSession) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=nonsense"}
    async with client.post("/flags/jobs", data=b"source=%FF", headers=headers) as response:
        assert response.status == 400


def test_typed_codes_win_over_a_preset_and_numbers_are_read() -> None:
    form = {
        "source": "builtin", "preset": "all", "codes": "br, CN  b", "concurrency": " 7 ",
        "timeout_s": "2.5", "existing": "replace", "limit": "",
    }  # fmt: skip
    assert order_from_form(form) == {
        "source": "builtin",
        "select": {"codes": ["br", "CN", "b"]},
        "concurrency": 7,
        "timeout_s": 2.5,
        "existing": "replace",
    }
    with pytest.raises(InvalidRequest, match="retries"):
        order_from_form({"retries": "x"})
