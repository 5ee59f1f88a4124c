import re

from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Visits
from tests.browser.program import Program


async def test_a_text_is_looked_into_while_one_types(page: Page) -> None:
    await page.goto("/")
    await page.get_by_role("link", name="Identify text").first.click()
    await page.get_by_label("Text to look into").fill("pass\u200bword")
    await expect(page.get_by_role("heading", name="9 characters, 1 thing")).to_be_visible()
    await expect(page.locator("#status")).to_contain_text("9 characters")
    await expect(page.locator(".cluster .unseen")).to_have_text("ZWSP")
    await expect(page).to_have_url(re.compile("text=pass"))
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.get_by_role("button", name="Copy without invisible characters").click()
    await expect(page.locator("#status")).to_contain_text("Copied 8")
    assert await page.evaluate("navigator.clipboard.readText()") == "password"
    await page.reload()
    await expect(page.locator(".cluster")).to_have_count(9)


async def test_a_text_is_looked_into_without_scripts(
    visits: Visits, browser: Browser, program: Program
) -> None:
    page = await visits.page(browser, program.url, java_script_enabled=False)
    await page.goto("/identify")
    await page.get_by_label("Text to look into").fill("e\u0301\na")
    await page.get_by_role("button", name="Identify").click()
    await expect(page.locator(".cluster")).to_have_count(3)
    await expect(page.get_by_label("Text to look into")).to_have_value("e\u0301\na")
    await page.goto("/blocks")
    await expect(page.get_by_label("Show blocks with")).to_be_hidden()


async def test_arrows_move_in_a_chart_and_past_what_is_unassigned(page: Page) -> None:
    await page.goto("/characters/U+03A1")
    await page.get_by_role("link", name="Greek and Coptic").first.click()
    await expect(page.locator("[id='U+03A1']")).to_be_focused()
    # No character is assigned at U+03A2.
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("[id='U+03A3']")).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(page.locator("[id='U+0393']")).to_be_focused()
    await page.keyboard.press("Home")
    await expect(page.locator("[id='U+0390']")).to_be_focused()
    await page.set_viewport_size({"width": 360, "height": 800})
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("[id='U+0398']")).to_be_focused()
    assert await page.locator("#chart a[tabindex='0']").count() == 1
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("GREEK CAPITAL LETTER THETA")


async def test_blocks_are_narrowed_by_typing(page: Page) -> None:
    await page.goto("/blocks")
    await page.get_by_label("Show blocks with").fill("greek ext")
    await expect(page.locator("[data-entry]:visible")).to_have_count(1)
    await expect(page.locator("[data-group]:visible")).to_have_count(1)
    await page.get_by_label("Show blocks with").fill("klingon")
    await expect(page.locator("#none")).to_be_visible()


async def test_keys_lead_to_the_neighbours_unless_they_are_switched_off(page: Page) -> None:
    await page.goto("/characters/U+0041")
    for key, name in (("ArrowRight", "B"), ("j", "C"), ("k", "B"), ("ArrowLeft", "A")):
        await page.keyboard.press(key)
        await expect(page.get_by_role("heading", level=1)).to_have_text(
            f"LATIN CAPITAL LETTER {name}"
        )
        # The heading is there before the scripts of the page have run.
        await page.wait_for_load_state()
    await page.locator("#q").focus()
    await page.keyboard.press("j")
    await expect(page.locator("#q")).to_have_value("j")
    await page.evaluate("localStorage.setItem('charfinder.shortcuts', 'off')")
    await page.reload()
    await page.keyboard.press("j")
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("#q")).to_have_value("")
    await expect(page).to_have_url(re.compile(r"U\+0041$"))


async def test_the_footer_is_within_reach_while_rows_are_to_come(page: Page) -> None:
    await page.goto("/?q=arrow")
    about = page.get_by_role("contentinfo").get_by_role("link", name="About")
    await page.mouse.wheel(0, 3000)
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="More").click()
    await expect(about).to_be_in_viewport()
    await about.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("About Charfinder")
