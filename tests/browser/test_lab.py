"""History, lab and gallery in a real browser."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Visits
from tests.browser.program import Program, data_folder
from tests.browser.test_pages import inspect
from tests.upstream import Upstream


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stocked(
    index_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Program]:
    """A program with a few jobs and flags: one that failed in part, two that wait."""
    async with Upstream() as upstream:
        folder = data_folder(index_file, tmp_path_factory.mktemp("stocked") / "data")
        running = Program(folder, (f"teapot={upstream.template('teapot')}",))
        await running.start()
        yield running
        await running.stop()


async def order(page: Page, source: str, codes: list[str], **options: Any) -> str:
    """Submit an order and wait until it is over or waits for its start; the job's id."""
    body = {"source": source, "select": {"codes": codes}, "retries": 0, **options}
    answer = await page.request.post("/api/v1/jobs", data=body)
    job = json.loads(await answer.body())
    if options.get("start", True):
        await page.goto(f"/flags/jobs/{job['id']}")
        await expect(page.locator(".badge")).to_have_text(re.compile("Finished|Failed"))
    return str(job["id"])


async def test_the_lab_shows_four_jobs_side_by_side(
    stocked: Program, visits: Visits, browser: Browser, axe: Path
) -> None:
    page = await visits.page(browser, stocked.url)
    await page.goto("/flags/lab")
    await page.get_by_label("Codes").fill("BR CN FR")
    await page.get_by_label("Source", exact=True).select_option("builtin")
    await page.get_by_role("button", name=re.compile("^Start")).click()
    await expect(page).to_have_url(re.compile(r"/flags/lab\?jobs=\w+,\w+,\w+,\w+$"))
    # Drawn anew while they run, by the page itself.
    await expect(page.locator('.run[data-state="succeeded"]')).to_have_count(4)
    await expect(page.locator(".run .span.ok")).to_have_count(12)
    await expect(page.locator(".figures tbody tr")).to_have_count(4)
    await expect(
        page.get_by_role("img", name=re.compile("^100 at once: Finished, "))
    ).to_be_visible()
    await expect(page.locator(".live span")).to_have_text("Live")
    await expect(page.get_by_role("button", name="Cancel what is left")).to_have_count(0)
    await inspect(visits, browser, stocked, page.url.removeprefix(stocked.url), axe)
    await page.get_by_role("link", name="Lab").click()
    await page.get_by_role("link", name="3 flags from the built-in source").click()
    await expect(page.locator(".run")).to_have_count(4)


async def test_without_scripts_the_lab_is_seen_too(
    stocked: Program, visits: Visits, browser: Browser
) -> None:
    page = await visits.page(browser, stocked.url, java_script_enabled=False)
    await page.goto("/flags/lab")
    await page.get_by_label("Codes").fill("BR")
    await page.get_by_label("Source", exact=True).select_option("builtin")
    await page.get_by_role("button", name=re.compile("^Start")).click()
    await expect(page.locator('.run[data-state="succeeded"]')).to_have_count(4)


async def test_flags_are_found_while_one_types_and_lead_to_their_characters(
    stocked: Program, visits: Visits, browser: Browser, axe: Path
) -> None:
    page = await visits.page(browser, stocked.url)
    await order(page, "builtin", ["BR", "CI", "FR"])
    await page.goto("/flags/gallery")
    box, found = page.get_by_label("Country or code"), page.locator(".picture:visible")
    await box.fill("cote d'i")
    await expect(found).to_have_count(1)
    await expect(page.locator("#found")).to_have_text(re.compile(r"^1 of \d+ flags$"))
    await page.reload()
    await expect(box).to_have_value("cote d'i")
    await expect(found).to_have_count(1)
    await box.fill("zzz")
    await expect(page.get_by_text("No flag on disk")).to_be_visible()
    await box.fill("br")
    await page.get_by_role("link", name="Brazil").click()
    image = page.get_by_role("img", name="Downloaded flag of Brazil")
    await expect(image).to_be_visible()
    assert await image.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    await inspect(visits, browser, stocked, page.url.removeprefix(stocked.url), axe)
    await page.get_by_role("link", name="See it in the gallery").click()
    await expect(page.locator(".picture:visible h2").first).to_contain_text("Brazil")
    await inspect(visits, browser, stocked, "/flags/gallery", axe)


async def test_without_scripts_history_is_filtered_and_acted_upon(
    stocked: Program, visits: Visits, browser: Browser
) -> None:
    page = await visits.page(browser, stocked.url, java_script_enabled=False)
    failed = await order(page, "teapot", ["BR"])
    waiting = await order(page, "teapot", ["CN"], start=False)
    await page.goto("/flags")
    await page.get_by_role("link", name="All jobs").click()
    await page.get_by_label("State").select_option("failed")
    await page.get_by_label("Source", exact=True).select_option("teapot")
    await page.get_by_label("Order").select_option("failures")
    await page.get_by_role("button", name="Show").click()
    lines = page.locator(".history tbody tr")
    await expect(lines).to_have_count(1)
    await expect(lines).to_have_attribute("data-id", failed)
    await page.get_by_label("State").select_option("queued")
    await page.get_by_role("button", name="Show").click()
    await expect(lines).to_have_attribute("data-id", waiting)
    await lines.get_by_role("checkbox").check()
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.locator("[data-outcome]")).to_contain_text("1 of 1 job cancelled")
    await expect(lines).to_have_count(0)


async def test_many_jobs_are_chosen_with_one_box(
    stocked: Program, visits: Visits, browser: Browser, axe: Path
) -> None:
    page = await visits.page(browser, stocked.url)
    for code in ("BR", "CN"):
        await order(page, "delay", [code], start=False)
    await page.goto("/flags/history?source=delay")
    every = page.get_by_label("Select all shown")
    await every.check()
    await expect(page.get_by_text("2 selected")).to_be_visible()
    await page.get_by_label(re.compile("^Select 1 flag")).first.uncheck()
    await expect(page.get_by_text("1 selected")).to_be_visible()
    await expect(every).not_to_be_checked()
    await every.check()
    await inspect(visits, browser, stocked, "/flags/history?sort=largest", axe)
    page.once("dialog", lambda dialog: dialog.dismiss())
    await page.get_by_role("button", name="Delete").click()
    await expect(page.locator(".history tbody tr")).to_have_count(2)
    page.once("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="Delete").click()
    await expect(page.locator("[data-outcome]")).to_contain_text("2 of 2 jobs deleted")
    await inspect(visits, browser, stocked, "/flags/history?state=failed", axe)


async def test_the_form_knows_what_was_chosen_the_last_time(
    stocked: Program, visits: Visits, browser: Browser
) -> None:
    page = await visits.page(browser, stocked.url)
    visits.tolerate(page, "status of 422")
    await page.goto("/flags")
    await page.get_by_text("More options").click()
    await page.get_by_role("combobox", name="Countries").select_option("")
    await page.get_by_label("Codes").fill("BR")
    await page.get_by_label("At once").fill("3")
    await page.get_by_label("Images that are here").select_option("replace")
    await page.get_by_label("Tries after").fill("99")
    await page.get_by_text("More options").click()
    await page.get_by_role("button", name=re.compile("^Start")).click()
    tries = page.get_by_label("Tries after")
    await expect(tries).to_be_focused()
    await expect(tries).to_have_accessible_description(re.compile("10"))
    await tries.fill("4")
    await page.get_by_role("button", name=re.compile("^Start")).click()
    await expect(page).to_have_url(re.compile("/flags/jobs/"))
    job = json.loads(
        await (await page.request.get(f"/api/v1/jobs/{page.url.rpartition('/')[2]}")).body()
    )
    assert (job["options"]["existing"], job["options"]["retries"]) == ("replace", 4)
    await page.goto("/flags")
    await expect(page.get_by_label("Codes")).to_have_value("BR")
    await expect(page.get_by_label("At once")).to_have_value("3")
    await expect(tries).to_have_value("4")


async def test_a_server_that_stops_is_said_to_and_comes_back(
    own_program: Program, visits: Visits, browser: Browser
) -> None:
    page = await visits.page(browser, own_program.url)
    visits.tolerate(
        page, "ERR_CONNECTION|ERR_SOCKET|WebSocket connection|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE"
    )
    await page.goto("/flags")
    live = page.locator(".live span")
    await expect(live).to_have_text("Live")
    await own_program.stop()
    stopped = r"^The server has stopped\. .*, as of \d\d:\d\d:\d\d$"
    await expect(live).to_have_text(re.compile(stopped))
    await page.context.set_offline(True)
    await expect(live).to_have_text(re.compile(r"^Offline, as of \d\d:\d\d:\d\d$"))
    await page.context.set_offline(False)
    await own_program.start()
    await expect(live).to_have_text("Live")
