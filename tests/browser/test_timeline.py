"""The page of one job: its requests over time, its replay, and its failures by their causes."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Visits
from tests.browser.program import Program, data_folder
from tests.browser.watched import barriers, overflow
from tests.upstream import Upstream

SOURCES = {"held": "hold", "shaky": "flaky", "refusing": "teapot"}
NOTIFICATIONS = """
window.asked = 0;
window.Notification = class {
  static permission = "default";
  static async requestPermission() {
    window.asked += 1;
    return (window.Notification.permission = "granted");
  }
};
"""
BARS = ".bars .attempt"
MOMENT = re.compile(r"^as of \d\d:\d\d:\d\d\.\d, event (\d+) of (\d+)$")


@pytest_asyncio.fixture(loop_scope="session")
async def upstream() -> AsyncIterator[Upstream]:
    async with Upstream() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def sourced(index_file: Path, tmp_path: Path, upstream: Upstream) -> AsyncIterator[Program]:
    """A program with sources that hold, fail once, and refuse."""
    sources = tuple(f"{name}={upstream.template(it)}" for name, it in SOURCES.items())
    running = Program(data_folder(index_file, tmp_path / "sourced"), sources)
    await running.start()
    yield running
    upstream.release()
    await running.stop()


async def ordered(page: Page, base_url: str, **order: Any) -> str:
    """Give the order; the path of the job's page."""
    answer = await page.request.post(f"{base_url}/api/v1/jobs", data=order)
    return f"/flags/jobs/{json.loads(await answer.body())['id']}"


async def test_requests_are_bars_while_they_run(
    sourced: Program, upstream: Upstream, visits: Visits, browser: Browser
) -> None:
    page = await visits.page(browser, sourced.url)
    order = {"source": "held", "select": {"codes": ["B"]}, "concurrency": 3}
    await page.goto(await ordered(page, sourced.url, **order))
    running = page.locator(f'{BARS}[fill="url(#fill-running)"]')
    await expect(running).to_have_count(3)
    await expect(running.first.locator("title")).to_have_text(
        re.compile("^B. .*, attempt 1: fetch")
    )
    await expect(page).to_have_title(re.compile(r"^0 % · \d+ flags$"))
    ends = await running.first.get_attribute("width")
    await expect(running.first).not_to_have_attribute("width", ends or "")
    upstream.release()
    await expect(page.locator(".badge")).to_have_text("Finished")
    total = await page.locator(".tile").count()
    await expect(page.locator(f'{BARS}[fill="url(#fill-ok)"]')).to_have_count(total)
    await expect(page.locator('[data-key="ok"] b')).to_have_text(str(total))
    await expect(page.locator('[data-key="running"]')).to_be_hidden()
    await expect(page).to_have_title(re.compile("^Finished"))
    await page.get_by_text("Show as table").click()
    row = page.locator('[data-row="BR"]')
    await expect(row).to_contain_text(re.compile(r"Brazil\s*1\s*\+\d.* s.*Saved", re.DOTALL))


async def test_a_reload_draws_what_happened_before(
    sourced: Program, visits: Visits, browser: Browser, axe: Path
) -> None:
    page = await visits.page(browser, sourced.url)
    order = {"source": "shaky", "select": {"codes": ["B"]}, "concurrency": 9}
    await page.goto(await ordered(page, sourced.url, **order))
    await expect(page.locator(".badge")).to_have_text("Finished")
    total = await page.locator(".tile").count()
    await page.reload()
    await expect(page.get_by_role("button", name="Replay")).to_be_visible()
    await expect(page.locator(f'{BARS}[fill="url(#fill-retried)"]')).to_have_count(total)
    await expect(page.locator(BARS)).to_have_count(2 * total)
    await page.get_by_text("Show as table").click()
    await page.get_by_role("button", name="Replay").click()
    for width in (360, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await overflow(page) == 0
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert await barriers(page, axe.read_text()) == []


async def test_a_job_is_replayed_with_the_keyboard(
    sourced: Program, visits: Visits, browser: Browser
) -> None:
    page = await visits.page(browser, sourced.url)
    order = {
        "source": "refusing",
        "select": {"codes": ["BR", "CN"]},
        "concurrency": 1,
        "retries": 0,
    }
    await page.goto(await ordered(page, sourced.url, **order))
    await expect(page.locator(".badge")).to_have_text("Failed")
    await page.get_by_role("button", name="Replay").focus()
    await page.keyboard.press("Enter")
    moment = page.get_by_role("slider", name="Moment of the job")
    await expect(moment).to_be_focused()
    await expect(moment).to_have_attribute("aria-valuetext", MOMENT)
    # Created, started, both begun and ended, finished.
    said = page.locator('[data-replay="said"]')
    await expect(said).to_have_text(re.compile("event 7 of 7$"))
    await page.keyboard.press("Home")
    await expect(said).to_have_text(re.compile("event 1 of 7$"))
    await expect(page.locator('.tile[data-status="pending"]')).to_have_count(2)
    await expect(page.locator(".badge")).to_have_text("Queued")
    for _ in range(2):
        await page.keyboard.press("ArrowRight")
    await expect(page.locator('.tile[data-code="BR"]')).to_have_attribute("data-status", "running")
    await expect(page.locator('[data-count="running"]')).to_have_text("1")
    await page.keyboard.press("ArrowRight")
    await expect(page.locator('[data-count="error"]')).to_have_text("1")
    await expect(page.locator(".cursor:not([hidden])")).to_have_count(1)
    await page.keyboard.press("Home")
    await page.get_by_label("Speed").select_option("16")
    await page.get_by_role("button", name="Play", exact=True).press("Enter")
    await expect(said).to_have_text(re.compile("event 7 of 7$"))
    await expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Replay")).to_be_focused()
    await expect(page.locator(".badge")).to_have_text("Failed")
    await expect(page.locator('[data-count="error"]')).to_have_text("2")
    await expect(page.locator(".cursor:not([hidden])")).to_have_count(0)


async def test_what_failed_by_one_cause_is_retried_alone(
    sourced: Program, upstream: Upstream, visits: Visits, browser: Browser
) -> None:
    page = await visits.page(browser, sourced.url)
    order = {"source": "refusing", "select": {"codes": ["BR", "CN"]}, "retries": 0}
    path = await ordered(page, sourced.url, **order)
    await page.goto(path)
    cause = page.locator(".cause")
    await expect(cause).to_contain_text(
        re.compile("The source refused, HTTP 418.*2 flags: BR, CN", re.DOTALL)
    )
    await expect(page.locator(".badge")).to_have_text("Failed")
    # As if CN had failed by another cause.
    await page.locator('.cause input[name="codes"]').evaluate("(input) => { input.value = 'BR'; }")
    before = len(upstream.requests)
    run = page.locator('[data-field="run"]')
    await expect(run).to_be_hidden()
    await page.get_by_role("button", name="Retry these").click()
    await expect(page.locator("#job")).to_have_attribute("data-seq", "13")
    await expect(page.locator(".badge")).to_have_text("Failed")
    await expect(page.get_by_role("button", name="Retry these")).to_be_visible()
    assert len(upstream.requests) == before + 1
    # The latest run is what the bars are of.
    await expect(page.locator(BARS)).to_have_count(1)
    await expect(run).to_contain_text("Run 2:")
    await page.reload()
    await expect(run).to_contain_text("Run 2:")


async def test_without_scripts_there_are_bars_and_a_table(
    sourced: Program, visits: Visits, browser: Browser
) -> None:
    page = await visits.page(browser, sourced.url, java_script_enabled=False)
    order = {"source": "shaky", "select": {"codes": ["BR", "CN"]}, "concurrency": 2}
    await page.goto(await ordered(page, sourced.url, **order))
    await expect(page.locator(".badge")).to_have_text("Finished")
    await expect(page.locator(BARS)).to_have_count(4)
    box = await page.locator(BARS).last.bounding_box()
    assert box is not None
    assert box["width"] >= 2
    await page.get_by_text("Show as table").click()
    await expect(page.get_by_role("row", name=re.compile("^BR Brazil 2 .* Saved$"))).to_be_visible()
    await expect(page.get_by_role("button", name="Replay")).to_be_hidden()


async def test_who_wants_to_be_told_is_asked_only_then(
    sourced: Program, visits: Visits, browser: Browser
) -> None:
    page = await visits.page(browser, sourced.url)
    await page.add_init_script(NOTIFICATIONS)
    order = {"source": "held", "select": {"codes": ["BR"]}}
    await page.goto(await ordered(page, sourced.url, **order))
    button = page.get_by_role("button", name="Tell me when it is done")
    await expect(button).to_have_attribute("aria-pressed", "false")
    assert await page.evaluate("window.asked") == 0
    await button.click()
    await expect(button).to_have_attribute("aria-pressed", "true")
    assert await page.evaluate("[window.asked, localStorage['charfinder.notify']]") == [1, "on"]
    await button.click()
    await expect(button).to_have_attribute("aria-pressed", "false")
    assert await page.evaluate("localStorage['charfinder.notify']") == "off"
