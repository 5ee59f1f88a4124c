"""The panel that narrows a search down, with and without scripts."""

import asyncio
import re
from contextlib import suppress

from playwright.async_api import Browser, Error, Page, Route, expect

from tests.browser.conftest import Visits
from tests.browser.program import Program

BOX = 'input[type="search"][name="q"]'
MATH = re.compile(r"^Math symbol [\d,]+$")


async def total(page: Page) -> int:
    return int(await page.locator("#results").get_attribute("data-total") or -1)


async def narrow(page: Page) -> None:
    """Open the panel, take one category, and take it back."""
    await page.goto("/?q=arrow&sort=cp")
    all_of_them = await total(page)
    panel = page.get_by_role("region", name="Narrow down")
    await expect(panel).to_be_hidden()
    await page.get_by_role("link", name="Narrow down").click()
    for facet in ("Category", "Block", "Script", "Since version"):
        await expect(panel.get_by_role("heading", name=facet)).to_be_visible()
    link = panel.get_by_role("link", name=MATH)
    counted = int(re.sub(r"\D", "", await link.inner_text()))
    await link.click()
    await expect(page.locator("#results")).to_have_attribute("data-total", str(counted))
    assert counted < all_of_them
    await expect(page.locator(BOX)).to_have_value(re.compile(r"^arrow \w+:Sm$"))
    await expect(page.locator("#sort")).to_have_value("cp")
    await expect(panel.get_by_text("Narrowed to")).to_be_visible()
    await panel.get_by_role("link", name="remove").click()
    await expect(page.locator("#results")).to_have_attribute("data-total", str(all_of_them))
    await expect(page.locator(BOX)).to_have_value("arrow")
    await expect(panel.get_by_role("link", name=MATH)).to_be_visible()
    await page.get_by_role("link", name="Narrow down").click()
    await expect(panel).to_be_hidden()


async def test_the_panel_narrows_a_search_down(page: Page) -> None:
    await narrow(page)


async def test_the_panel_needs_no_scripts(
    visits: Visits, browser: Browser, program: Program
) -> None:
    await narrow(await visits.page(browser, program.url, java_script_enabled=False))


async def test_a_search_taken_further_stays_in_place(page: Page) -> None:
    await page.goto("/?q=arrow&facets=true")
    await page.evaluate("window.stayed = true")
    await page.get_by_role("link", name=MATH).press("Enter")
    await expect(page).to_have_url(re.compile(r"/\?q=arrow\+\w+%3ASm$"))
    await expect(page.locator("#facets")).to_be_focused()
    assert await page.evaluate("window.stayed")
    await page.go_back()
    await expect(page.locator(BOX)).to_have_value("arrow")
    await expect(page.get_by_role("link", name=MATH)).to_be_visible()


async def test_the_counts_follow_what_is_typed(page: Page) -> None:
    await page.goto("/?q=arrow&facets=true")
    await expect(page.get_by_role("link", name=MATH)).to_be_visible()
    await page.locator(BOX).fill("lady beetle")
    await expect(page.locator(".facets")).to_have_text(re.compile(r"Emoji|Symbol"))
    await expect(page.get_by_role("link", name=MATH)).to_have_count(0)
    await page.locator(BOX).fill("zzzzzzzz")
    await expect(page.get_by_text("There is nothing to narrow down.")).to_be_visible()


async def test_counts_that_were_overtaken_are_dropped(page: Page) -> None:
    overtaken, late, answered = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def delay(route: Route) -> None:
        overtaken.set()
        answer = await route.fetch()
        await late.wait()
        # The page may have given this request up; then nobody is there to take the answer.
        with suppress(Error):
            await route.fulfill(response=answer)
        answered.set()

    await page.route(re.compile(r"/facets\?q=arrow$"), delay)
    await page.goto("/?q=lady+beetle&facets=true")
    await page.locator(BOX).fill("arrow")
    await overtaken.wait()
    await page.locator(BOX).fill("gc:Sc")
    currency = page.locator(".facets", has_text="Currency symbol")
    await expect(currency).to_be_visible()
    late.set()
    await answered.wait()
    # A frame drawn after the late answer: whatever it was to change has changed by now.
    await page.evaluate("() => new Promise(requestAnimationFrame)")
    await expect(currency).to_be_visible()
    await expect(page.get_by_role("link", name=MATH)).to_have_count(0)
    await expect(page.locator("#facets")).not_to_have_attribute("aria-busy", "true")


async def test_counts_that_fail_to_come_can_be_asked_for_again(visits: Visits, page: Page) -> None:
    visits.tolerate(page, "ERR_FAILED")
    await page.goto("/?q=arrow")
    await page.route(re.compile("/facets"), lambda route: route.abort())
    await page.get_by_role("link", name="Narrow down").click()
    await expect(page.locator("#facets")).to_contain_text("The counts did not come.")
    await page.unroute_all()
    await page.locator("#facets").get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("link", name=MATH)).to_be_visible()


async def test_a_refused_search_has_no_counts(visits: Visits, page: Page) -> None:
    visits.tolerate(page, "status of 422")
    await page.goto("/?q=arrow&facets=true")
    await page.locator(BOX).fill("a" * 10_001)
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.locator("#facets")).to_be_empty()


async def test_what_is_not_made_of_words_cannot_be_narrowed_down(page: Page) -> None:
    await page.goto("/?q=U%2B2192&facets=true")
    link = page.get_by_role("link", name="Narrow down")
    await expect(page.locator(".read")).to_be_visible()
    await expect(link).to_be_hidden()
    await expect(page.locator("#facets")).to_be_hidden()
    await page.locator(BOX).fill("arrow")
    await expect(page.get_by_role("link", name=MATH)).to_be_visible()
    await page.locator(BOX).fill("U+2192")
    await expect(link).to_be_hidden()
    await expect(page.locator("#facets")).to_be_hidden()
