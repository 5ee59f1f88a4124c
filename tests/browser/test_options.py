"""The language, order and mode of a search: chosen once, kept from then on."""

import re

from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Visits
from tests.browser.program import Program

BOX = 'input[type="search"][name="q"]'
CHICKEN = "U+1F414"


async def choose(page: Page, label: str, value: str) -> None:
    await page.locator("#options summary").click()
    await page.get_by_label(label).select_option(value)
    await page.keyboard.press("Escape")
    await expect(page.get_by_label(label)).to_be_hidden()


async def back(page: Page) -> None:
    # Playwright's own go_back waits for a load, which a page from the cache does not do.
    await page.evaluate("() => { setTimeout(() => history.back()); }")


async def test_the_language_is_kept_over_typing_and_back(page: Page) -> None:
    await page.goto("/?q=arrow")
    await choose(page, "Also search in", "fr")
    await expect(page).to_have_url(re.compile(r"/\?q=arrow&lang=fr$"))
    await expect(page.locator("#chosen")).to_have_text(re.compile("fran[cç]ais|French"))
    await page.locator(BOX).fill("poulet")
    await expect(page).to_have_url(re.compile(r"/\?q=poulet&lang=fr$"))
    row = page.locator(f'.row[data-id="{CHICKEN}"] a.name')
    await row.click()
    await expect(page).to_have_url(re.compile(r"/characters/U\+1F414"))
    await back(page)
    await expect(row).to_be_visible()
    await expect(page.locator("#lang")).to_have_value("fr")
    await back(page)
    await expect(page.locator(BOX)).to_have_value("arrow")
    await expect(page.locator("#lang")).to_have_value("fr")
    await back(page)
    await expect(page).to_have_url(re.compile(r"/\?q=arrow$"))
    await expect(page.locator("#lang")).to_have_value("")
    await expect(page.locator("#chosen")).to_have_text("")


async def test_without_a_choice_the_browsers_language_counts(
    visits: Visits, browser: Browser, program: Program
) -> None:
    page = await visits.page(browser, program.url, locale="fr-FR")
    await page.goto("/?q=poulet")
    await expect(page.locator(f'.row[data-id="{CHICKEN}"]')).to_be_visible()
    await expect(page.locator("#lang")).to_have_value("")


async def test_the_order_holds_for_all_pages_of_rows(page: Page) -> None:
    await page.goto("/?q=arrow")
    await choose(page, "Order", "cp")
    await expect(page).to_have_url(re.compile(r"/\?q=arrow&sort=cp$"))
    await expect(page.locator("#results")).not_to_have_attribute("aria-busy", "true")
    await page.locator('a[rel="next"]').click()
    await expect(page.locator(".row").nth(399)).to_be_attached()
    ids = await page.locator(".row").evaluate_all("(rows) => rows.map((row) => row.dataset.id)")
    characters = [(len(key), key) for key in ids if "-" not in key]
    assert characters == sorted(characters)


async def test_the_books_way_to_search_is_there(page: Page) -> None:
    await page.goto("/?q=registered")
    await choose(page, "Look at", "classic1")
    await expect(page).to_have_url(re.compile(r"/\?q=registered&mode=classic1$"))
    await expect(page.get_by_role("heading", name="1 character matches")).to_be_visible()


async def test_without_scripts_options_go_with_the_form(
    visits: Visits, browser: Browser, program: Program
) -> None:
    page = await visits.page(browser, program.url, java_script_enabled=False)
    await page.goto("/")
    await page.locator(BOX).fill("poulet")
    await page.locator("#options summary").click()
    await page.get_by_label("Also search in").select_option("fr")
    await page.get_by_role("button", name="Apply").click()
    await expect(page.locator(f'.row[data-id="{CHICKEN}"]')).to_be_visible()
    await expect(page.locator("#lang")).to_have_value("fr")
    await expect(page.locator("#chosen")).not_to_be_empty()
    await page.locator(BOX).fill("fleche")
    await page.get_by_role("button", name="Search", exact=True).click()
    await expect(page).to_have_url(re.compile("lang=fr"))
    await expect(page.locator(".row").first).to_be_visible()


async def test_a_press_on_the_words_of_a_menu_leaves_it_open(page: Page) -> None:
    await page.goto("/?q=arrow")
    await page.locator("#copy-as > summary").click()
    await page.locator("#copy-as legend").click()
    await page.locator("#copy-as").get_by_text("HTML", exact=True).click()
    await expect(page.get_by_role("radio", name="HTML &#x2192;")).to_be_checked()
    await expect(page.locator("#copy-as")).to_have_attribute("open", "")
    await page.locator("main").click(position={"x": 2, "y": 400})
    await expect(page.locator("#copy-as")).not_to_have_attribute("open", "")
