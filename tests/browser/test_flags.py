import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Visits
from tests.browser.program import Program, data_folder
from tests.upstream import Upstream

BRAZIL = re.compile("brazil", re.IGNORECASE)
LONG_MS = 60_000
IMAGES_S = 20
DECODED = """async () => (await Promise.all([...document.querySelectorAll(".wall img")]
    .map((image) => image.decode().then(() => 1, () => 0)))).reduce((a, b) => a + b, 0)"""
KEEP_ARRIVALS = """
window.arrived = [];
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const line of addedNodes) window.arrived.push(line.dataset.failure);
  }
}).observe(document.querySelector(".failures ul"), { childList: true });
"""
# What the console says of a server that was killed.
GONE = "ERR_CONNECTION|ERR_SOCKET|WebSocket connection|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE"


async def start(page: Page, *, countries: str, source: str = "builtin", at_once: int = 5) -> None:
    """Fill in the form on the dashboard and start."""
    await page.goto("/flags")
    await page.get_by_label("Countries").select_option(countries)
    await page.get_by_label("Source", exact=True).select_option(source)
    await page.get_by_label("At once").fill(str(at_once))
    await page.get_by_role("button", name=re.compile("^Start")).click()
    await expect(page).to_have_url(re.compile("/flags/jobs/[A-Za-z0-9_-]+$"))


async def finished(page: Page, ok: int) -> None:
    """The page says that all is there, and it is, if perhaps a little later."""
    await expect(page.locator(".badge")).to_have_text("Finished", timeout=LONG_MS)
    await expect(page.locator('[data-count="ok"]')).to_have_text(str(ok))
    await expect(page.locator('.tile[data-status="ok"]')).to_have_count(ok)
    await expect(page.locator('.wall img[src*="/flags/"]')).to_have_count(ok)
    await expect(page.locator(".wall")).to_be_visible()
    async with asyncio.timeout(IMAGES_S):
        while await page.evaluate(DECODED) != ok:  # noqa: ASYNC110 - the page's state
            await asyncio.sleep(0.05)


async def agrees_with_the_api(page: Page) -> None:
    """What the page has folded is what the server has stored."""
    job = page.url.rpartition("/")[2]
    answer = await page.request.get(f"/api/v1/jobs/{job}")
    stored = json.loads(await answer.body())
    assert await page.locator("#job").get_attribute("data-seq") == str(stored["seq"])
    for name in ("ok", "skipped", "not_found", "error", "running"):
        shown = await page.locator(f'[data-count="{name}"]').inner_text()
        assert int(shown) == stored["counters"][name], name


async def test_all_countries_arrive(own_program: Program, visits: Visits, browser: Browser) -> None:
    page = await visits.page(browser, own_program.url)
    await start(page, countries="all", at_once=20)
    await expect(page.locator(".tile")).to_have_count(249)
    await finished(page, 249)
    await agrees_with_the_api(page)
    await page.get_by_role("link", name="Brazil").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(
        re.compile("brazil", re.IGNORECASE)
    )


async def test_a_reload_in_the_middle_loses_nothing(
    own_program: Program, visits: Visits, browser: Browser
) -> None:
    page = await visits.page(browser, own_program.url)
    await start(page, countries="all", source="delay", at_once=150)
    await expect(page.locator('.tile[data-status="ok"]').nth(20)).to_be_attached()
    await page.reload()
    assert await page.locator('.tile[data-status="ok"]').count() > 20
    await expect(page.locator(".live span")).to_have_text("Live")
    await finished(page, 249)
    await agrees_with_the_api(page)


async def test_a_killed_server_comes_back_and_the_job_ends(
    own_program: Program, visits: Visits, browser: Browser
) -> None:
    page = await visits.page(browser, own_program.url)
    visits.tolerate(page, GONE)
    await start(page, countries="all", source="delay", at_once=150)
    await expect(page.locator('.tile[data-status="ok"]').nth(20)).to_be_attached()
    await own_program.kill()
    await expect(page.locator(".live span")).to_contain_text(
        re.compile(r"(Reconnecting in \d+ s|Connecting), as of \d\d:\d\d:\d\d")
    )
    await own_program.start()
    await finished(page, 249)
    await expect(page.locator(".live span")).to_have_text("Live")
    await agrees_with_the_api(page)


@pytest_asyncio.fixture(loop_scope="session")
async def upstream() -> AsyncIterator[Upstream]:
    async with Upstream() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def holding(index_file: Path, tmp_path: Path, upstream: Upstream) -> AsyncIterator[Program]:
    """A program with a source that answers only when released, and one that means ill."""
    behaviours = {"held": "hold", "hostile": "script-reason"}
    sources = [f"{name}={upstream.template(it)}" for name, it in behaviours.items()]
    running = Program(data_folder(index_file, tmp_path / "holding"), tuple(sources))
    await running.start()
    yield running
    upstream.release()
    await running.stop()


async def test_cancel_ends_the_job(holding: Program, visits: Visits, browser: Browser) -> None:
    page = await visits.page(browser, holding.url)
    await start(page, countries="pop20", source="held", at_once=5)
    await expect(page.locator('.tile[data-status="running"]')).to_have_count(5)
    await page.get_by_role("button", name="Cancel job").click()
    await expect(page.locator(".badge")).to_have_text("Cancelled")
    await expect(page.locator('.tile[data-status="cancelled"]')).to_have_count(20)
    await expect(page.get_by_role("button", name="Cancel job")).to_have_count(0)


async def test_the_dashboard_shows_jobs_that_others_start(
    holding: Program, visits: Visits, browser: Browser
) -> None:
    page = await visits.page(browser, holding.url)
    await page.goto("/flags")
    await expect(page.get_by_text("None yet")).to_be_visible()
    await expect(page.locator(".live span")).to_have_text("Live")
    order = {"source": "held", "select": {"codes": ["BR", "CN"]}}
    await page.request.post("/api/v1/jobs", data=order)
    line = page.locator(".jobline")
    await expect(line).to_contain_text("2 flags from held")
    await expect(line.locator(".badge")).to_have_text("Downloading")
    await page.reload()
    await expect(page.locator(".job .tile")).to_have_count(2)
    await page.get_by_role("button", name="Cancel job").click()
    await expect(line.locator(".badge")).to_have_text("Cancelled")


async def test_what_fails_says_why(holding: Program, visits: Visits, browser: Browser) -> None:
    page = await visits.page(browser, holding.url)
    order = {"source": "hostile", "select": {"codes": ["BR"]}, "retries": 0}
    answer = await page.request.post("/api/v1/jobs", data=order)
    job = json.loads(await answer.body())
    await page.goto(f"/flags/jobs/{job['id']}")
    await expect(page.locator(".badge")).to_have_text("Failed")
    await expect(page.locator(".failures li")).to_contain_text(re.compile("BR Brazil: .*418"))
    shown = await page.locator(".failures li").text_content() or ""
    assert await page.locator(".failures img").count() == 0
    await page.reload()
    await expect(page.locator(".failures li")).to_have_text(shown)


async def test_failures_stand_in_the_order_of_their_codes(
    own_program: Program, visits: Visits, browser: Browser
) -> None:
    page = await visits.page(browser, own_program.url)
    select = {"codes": ["A", "B", "C", "G", "M", "S"]}
    order = {"source": "error", "select": select, "retries": 0, "concurrency": 150}
    answer = await page.request.post("/api/v1/jobs", data=order)
    job = json.loads(await answer.body())
    await page.goto(f"/flags/jobs/{job['id']}")
    await page.evaluate(KEEP_ARRIVALS)
    await expect(page.locator(".badge")).to_have_text("Finished with errors")
    lines = page.locator(".failures li")
    shown = await lines.all_text_contents()
    assert shown == sorted(shown)
    arrived = await page.evaluate("window.arrived")
    assert arrived != sorted(arrived), "they came in order by themselves"
    await expect(page.locator('[data-field="failed"]')).to_have_text(str(len(shown)))
    await page.reload()
    await expect(lines).to_have_text(shown)


async def test_mistakes_are_told_by_their_fields(visits: Visits, page: Page) -> None:
    visits.tolerate(page, "status of 422")
    await page.goto("/flags")
    await page.get_by_label("Codes").fill("BR, B1")
    await page.get_by_label("At once").fill("0")
    await page.get_by_role("button", name=re.compile("^Start")).click()
    concurrency = page.get_by_label("At once")
    await expect(concurrency).to_have_attribute("aria-invalid", "true")
    await expect(concurrency).to_have_accessible_description(re.compile("1"))
    await concurrency.fill("3")
    await page.get_by_role("button", name=re.compile("^Start")).click()
    codes = page.get_by_label("Codes")
    await expect(codes).to_have_attribute("aria-invalid", "true")
    await expect(codes).to_have_accessible_description(re.compile("AA to ZZ"))
    await expect(codes).to_be_focused()
    await expect(concurrency).not_to_have_attribute("aria-invalid", "true")
    await expect(page).to_have_url(re.compile("/flags$"))


async def test_without_scripts_one_downloads_and_sees(
    visits: Visits, browser: Browser, program: Program
) -> None:
    page = await visits.page(browser, program.url, java_script_enabled=False)
    await start(page, countries="pop20")
    # The page refreshes itself while the job runs.
    await expect(page.locator(".badge")).to_have_text("Finished")
    await expect(page.locator('.wall img[src*="/flags/"]')).to_have_count(20)
    await page.get_by_role("link", name="Downloads").click()
    await expect(page.locator(".jobline").first).to_contain_text("20 of 20 done")


async def test_without_scripts_mistakes_are_told_by_their_fields(
    visits: Visits, browser: Browser, program: Program
) -> None:
    page = await visits.page(browser, program.url, java_script_enabled=False)
    visits.tolerate(page, "status of 422")
    await page.goto("/flags")
    await page.get_by_label("Codes").fill("B1")
    await page.get_by_role("button", name=re.compile("^Start")).click()
    await expect(page.get_by_label("Codes")).to_have_accessible_description(re.compile("AA to ZZ"))
    await expect(page.get_by_label("Codes")).to_have_value("B1")


NO_SOCKETS = """
window.WebSocket = class extends EventTarget {
  static OPEN = 1;
  readyState = 0;
  constructor() {
    super();
    setTimeout(() => { this.readyState = 3; this.dispatchEvent(new Event("close")); }, 5);
  }
  close() {}
};
"""


async def test_where_no_socket_gets_through_streams_do(
    own_program: Program, visits: Visits, browser: Browser
) -> None:
    page = await visits.page(browser, own_program.url)
    await page.add_init_script(NO_SOCKETS)
    await start(page, countries="all", source="delay", at_once=150)
    await expect(page.locator(".live span")).to_have_text("Live")
    await expect(page.locator('.tile[data-status="ok"]').nth(20)).to_be_attached()
    await finished(page, 249)
    await agrees_with_the_api(page)
    await page.goto("/flags")
    order = {"source": "builtin", "select": {"codes": ["BR"]}}
    await page.request.post("/api/v1/jobs", data=order)
    await expect(page.locator(".jobline").first).to_contain_text("1 flag")


async def test_two_tabs_show_the_same(
    own_program: Program, visits: Visits, browser: Browser
) -> None:
    pages = [await visits.page(browser, own_program.url) for _ in range(2)]
    await start(pages[0], countries="all", source="delay", at_once=150)
    await pages[1].goto(pages[0].url)
    for page in pages:
        await finished(page, 249)
        await agrees_with_the_api(page)


async def test_a_page_that_was_cut_off_for_a_while_is_right_when_it_is_back(
    own_program: Program, visits: Visits, browser: Browser
) -> None:
    page = await visits.page(browser, own_program.url)
    visits.tolerate(page, f"{GONE}|ERR_INTERNET_DISCONNECTED|ERR_NETWORK")
    await start(page, countries="all", source="delay", at_once=150)
    await expect(page.locator('.tile[data-status="ok"]').nth(20)).to_be_attached()
    job = page.url.rpartition("/")[2]
    # Sockets that are open stay so in a browser that is offline: their answers do not come.
    await page.context.set_offline(True)
    await page.evaluate("window.dispatchEvent(new Event('offline'))")
    jobs = f"{own_program.url}/api/v1/jobs/{job}"
    async with ClientSession() as session:
        seq = 0
        while True:
            async with session.get(f"{jobs}/events?after={seq}&wait=20") as answer:
                news = await answer.json()
            seq = news["seq"]
            if news["events"] and news["events"][-1]["type"] == "job.finished":
                break
    await page.context.set_offline(False)
    await finished(page, 249)
    await agrees_with_the_api(page)


async def test_a_job_is_paused_resumed_retried_and_deleted_by_its_buttons(
    holding: Program, upstream: Upstream, visits: Visits, browser: Browser
) -> None:
    page = await visits.page(browser, holding.url)
    page.on("dialog", lambda dialog: dialog.accept())
    await start(page, countries="pop20", source="held", at_once=3)
    await expect(page.locator('.tile[data-status="running"]')).to_have_count(3)
    await page.get_by_role("button", name="Pause").click()
    await expect(page.locator(".badge")).to_have_text("Paused")
    upstream.release()
    await expect(page.locator('.tile[data-status="ok"]')).to_have_count(3)
    await page.get_by_role("button", name="Resume").click()
    await expect(page.locator(".badge")).to_have_text("Finished")
    await expect(page.get_by_role("button", name="Retry")).to_be_hidden()
    await page.get_by_role("button", name="Delete").click()
    await expect(page).to_have_url(re.compile("/flags$"))
    await expect(page.locator(".jobline")).to_have_count(0)


async def test_without_scripts_the_buttons_are_forms(
    holding: Program, visits: Visits, browser: Browser
) -> None:
    page = await visits.page(browser, holding.url, java_script_enabled=False)
    order = {"source": "hostile", "select": {"codes": ["BR"]}, "retries": 0, "start": False}
    answer = await page.request.post("/api/v1/jobs", data=order)
    job = json.loads(await answer.body())
    await page.goto(f"/flags/jobs/{job['id']}")
    await page.get_by_role("button", name="Begin now").click()
    await expect(page.locator(".badge")).to_have_text("Failed")
    await page.get_by_role("button", name="Retry what failed").click()
    await expect(page.locator(".badge")).to_have_text("Failed")
    await page.get_by_role("button", name="Delete").click()
    await expect(page).to_have_url(re.compile("/flags$"))
