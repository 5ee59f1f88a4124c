import re

from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Visits
from tests.browser.program import Program


async def test_a_line_is_copied_and_the_server_at_hand_is_asked(
    page: Page, program: Program
) -> None:
    await page.goto("/about")
    await page.get_by_role("link", name="API").click()
    search = page.locator("#searchCharacters")
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await search.get_by_role("button", name="Copy the line for GET /api/v1/characters").click()
    await expect(page.locator("#status")).to_contain_text("Copied curl")
    line = f"curl '{program.url}/api/v1/characters?q=cat+eyes&limit=2'"
    assert await page.evaluate("navigator.clipboard.readText()") == line
    answer = search.get_by_role("region", name="What the server says")
    await expect(answer).to_be_hidden()
    await search.get_by_role("link", name="Ask this server").click()
    await expect(answer).to_contain_text('"total": 7')
    await expect(page.locator("#status")).to_have_text("The server answered 200")
    await expect(page).to_have_url(re.compile("/api$"))


async def test_without_scripts_the_answer_is_a_page_away(
    visits: Visits, browser: Browser, program: Program
) -> None:
    page = await visits.page(browser, program.url, java_script_enabled=False)
    await page.goto("/api")
    await expect(page.get_by_role("button", name="Copy the line").first).to_be_hidden()
    await page.get_by_text("Example answer").first.click()
    await expect(page.locator("#searchCharacters pre").nth(1)).to_contain_text("unicode_version")
    link = page.locator("#searchCharacters").get_by_role("link", name="Ask this server")
    await expect(link).to_have_attribute("href", "/api/v1/characters?q=cat+eyes&limit=2")
