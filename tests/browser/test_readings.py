"""How the page says what a text was read as, and why each row is there."""

import re

from playwright.async_api import Page, expect

BOX = 'input[type="search"][name="q"]'


async def test_a_chip_leads_to_the_other_reading(page: Page) -> None:
    await page.goto("/?q=face&sort=cp")
    await expect(page.locator(".read")).to_have_count(0)
    await page.get_by_role("link", name="code point U+FACE").click()
    await expect(page.locator(BOX)).to_have_value("U+FACE")
    await expect(page.locator(".read")).to_have_text("Read as code point U+FACE")
    await expect(page.locator(".row").first).to_have_attribute("data-id", "U+FACE")
    await expect(page.locator("#sort")).to_have_value("cp")


async def test_typing_shows_the_other_readings_too(page: Page) -> None:
    await page.goto("/")
    await page.locator(BOX).press_sequentially("8364", delay=30)
    await expect(page.locator(".read")).to_have_text("Read as code point U+8364")
    await page.get_by_role("link", name="code point U+20AC").click()
    await expect(page.locator(".row a.name").first).to_have_text("EURO SIGN")


async def test_a_corrected_word_is_labelled(page: Page) -> None:
    await page.goto("/?q=elipsis")
    label = page.locator("#results .notice")
    await expect(label).to_have_text("Showing results for ellipsis. Nothing matches elipsis.")
    await expect(page.get_by_role("heading", name="match “ellipsis”")).to_be_visible()
    await expect(page.locator('.row[data-id="U+2026"]')).to_be_visible()
    await label.get_by_role("link", name="ellipsis").click()
    await expect(page.locator(BOX)).to_have_value("ellipsis")
    await expect(page.locator("#results .notice")).to_have_count(0)


async def test_a_notice_says_what_could_not_be_read(page: Page) -> None:
    await page.goto("/?q=colour:red")
    await expect(page.locator("#results .notice")).to_contain_text("colour")


async def test_each_row_says_why_it_is_there(page: Page) -> None:
    await page.goto("/?q=heart")
    shown = await page.locator(".row .why").all_text_contents()
    assert len(shown) == await page.locator(".row").count()
    assert all(re.search(r"\w", why) for why in shown)
    assert len(set(shown)) > 1


async def test_a_reason_that_all_rows_share_is_not_repeated(page: Page) -> None:
    await page.goto("/?q=gc:Sc")
    await expect(page.locator(".row").first).to_be_visible()
    await expect(page.locator(".row .why")).to_have_count(0)
