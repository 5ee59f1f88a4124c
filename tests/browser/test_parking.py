"""Rows far from view leave the document or are not laid out, and nobody is the worse for it."""

import asyncio
from typing import Final

from playwright.async_api import Locator, Page, Route, expect

NEAR: Final = '"150000px 0px"'
# Fewer rows than people would have to scroll through.
NEARER: Final = '"4000px 0px"'
SCROLL_S: Final = 40
ROWS: Final = "(pages) => pages.map((page) => page.querySelectorAll('.row').length)"
FOCUSED_ROW: Final = "document.activeElement.closest('.row')?.dataset.id"


async def short_sighted(route: Route) -> None:
    """The script as it is, but for the distance at which it takes rows out."""
    response = await route.fetch()
    text = await response.text()
    assert text.count(NEAR) == 1
    await route.fulfill(response=response, body=text.replace(NEAR, NEARER))


async def scrolled_down(page: Page, pages: int) -> None:
    """Turn the wheel until there are so many pages of rows, and the last is in view."""
    await page.locator("#results").hover()
    async with asyncio.timeout(SCROLL_S):
        while await page.locator(".page").count() < pages:
            await page.mouse.wheel(0, 3000)
            await page.evaluate("() => new Promise(requestAnimationFrame)")


async def height_of(section: Locator) -> float:
    """In CSS pixels."""
    box = await section.bounding_box()
    assert box is not None
    return box["height"]


async def test_rows_far_away_are_taken_out_and_come_back_as_they_were(page: Page) -> None:
    await page.route("**/parking.js", short_sighted)
    await page.goto("/?q=gc:So")
    await scrolled_down(page, 2)
    second = page.locator(".page").nth(1)
    row = second.locator(".row").nth(3)
    await row.scroll_into_view_if_needed()
    name = await row.locator(".name").text_content()
    collect = page.get_by_role("button", name=f"Add {name} to basket", exact=True)
    await collect.dispatch_event("click")
    await expect(collect).to_have_attribute("aria-pressed", "true")
    height = await height_of(second)
    await scrolled_down(page, 6)
    await expect(second.locator(".row")).to_have_count(0)
    assert abs(await height_of(second) - height) < height / 10
    # The first page has the row at which Tab stops.
    await expect(page.locator(".page").first.locator(".row")).to_have_count(200)
    await page.get_by_role("button", name=f"Remove {name}", exact=True).click()
    await second.scroll_into_view_if_needed()
    await expect(second.locator(".row")).to_have_count(200)
    await expect(collect).to_have_attribute("aria-pressed", "false")
    assert await second.locator('.row :is(a, button):not([tabindex="-1"])').count() == 0


async def test_keys_and_the_browsers_own_search_reach_rows_that_were_taken_out(page: Page) -> None:
    await page.route("**/parking.js", short_sighted)
    await page.goto("/?q=gc:So")
    await scrolled_down(page, 6)
    pages = page.locator(".page")
    await expect(pages.nth(1).locator(".row")).to_have_count(0)
    await page.keyboard.press("Control+f")
    assert set(await pages.evaluate_all(ROWS)) == {200}
    last = await pages.last.locator(".row").last.get_attribute("data-id")
    await page.evaluate("() => { dispatchEvent(new Event('focus')); scrollTo(0, 0); }")
    await expect(pages.last.locator(".row")).to_have_count(0)
    await page.locator(".row > .copy").first.focus()
    await page.keyboard.press("End")
    assert await page.evaluate(FOCUSED_ROW) == last
    await expect(page.locator(":focus")).to_be_in_viewport()


async def test_rows_that_come_into_view_do_not_push_the_focus_out_of_it(
    page: Page,
) -> None:
    await page.set_viewport_size({"width": 360, "height": 800})
    await page.goto("/?q=arrow")
    await page.locator(".row .copy").first.focus()
    await page.keyboard.press("Tab")
    following = page.locator('a[rel="next"]')
    await expect(following).to_be_focused()
    # The last rows have their height by then, and stay as they are.
    await expect(page.locator(".rows").last).not_to_have_css("height", "2300px")
    await expect(following).to_be_in_viewport(ratio=1)


async def test_on_a_tablet_a_row_has_few_lines(page: Page) -> None:
    await page.set_viewport_size({"width": 768, "height": 1000})
    # Long code points, long names, and buttons for variants.
    await page.goto("/?q=family")
    rows = await page.locator(".row").all()
    heights = [box["height"] for row in rows[:8] if (box := await row.bounding_box())]
    assert len(heights) == 8
    assert max(heights) < 100
