"""Copying, collecting and keeping characters, and the keys for it."""

import json
import re
from typing import Any, Final, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Visits
from tests.browser.program import Program
from tests.browser.watched import barriers, overflow
from webapp.characters.escapes import escapes

BOX: Final = 'input[type="search"][name="q"]'
CLIPBOARD: Final = "navigator.clipboard.readText()"
NO_CLIPBOARD: Final = "Object.defineProperty(navigator, 'clipboard', {value: undefined})"
NO_STORAGE: Final = """
Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("no", "SecurityError"); },
});
"""
TEXTS: Final = ("→", "é", "A", "\n", '"', "\\", "😀", "👋🏽", "\u200b", "\x80", "～", "\U0010fffd")
FORMATS: Final = ("html", "css", "javascript", "json", "python", "rust", "go", "java", "c", "url")
VIEWS: Final[tuple[tuple[int, Literal["dark", "light"]], ...]] = ((360, "dark"), (1280, "light"))
WRITE_ALL: Final = """async ([base, texts, formats]) => {
  const { formatted, idOf } = await import(`${base}/js/formats.js`);
  const write = (text) => (format) => formatted({ id: idOf(text), name: "" }, format);
  return texts.map((text) => formats.map(write(text)));
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def picking(visits: Visits, browser: Browser, program: Program) -> Page:
    """A page that may use the clipboard."""
    allowed = ["clipboard-read", "clipboard-write"]
    return await visits.page(browser, program.url, permissions=allowed)


async def stored(page: Page, name: str) -> Any:
    return json.loads(await page.evaluate(f"localStorage.getItem('charfinder.{name}')"))


async def test_browser_and_server_write_the_same(page: Page) -> None:
    await page.goto("/?q=rook")
    sheet = await page.locator('link[href$="/css/app.css"]').get_attribute("href")
    base = (sheet or "").removesuffix("/css/app.css")
    written = await page.evaluate(WRITE_ALL, [base, TEXTS, FORMATS])
    assert written == [[escapes(text)[each] for each in FORMATS] for text in TEXTS]


async def test_what_is_copied_is_chosen_once(picking: Page) -> None:
    page = picking
    await page.goto("/?q=U%2B2764")
    await page.get_by_text("Copy as").first.click()
    await page.get_by_role("radio", name="Code point U+2192").check()
    await page.get_by_label("copy symbols in").select_option("emoji")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Copy HEAVY BLACK HEART").click()
    await expect(page.get_by_role("status")).to_have_text("Copied U+2764-FE0F HEAVY BLACK HEART")
    assert await page.evaluate(CLIPBOARD) == "U+2764-FE0F"
    await page.goto("/?q=rook")
    await expect(page.locator("#format-chosen")).to_have_text("Code point")
    await page.locator(".row .glyph").first.click()
    await expect(page.get_by_role("status")).to_contain_text("Copied U+")
    await page.goto("/characters/U+2656")
    await page.get_by_role("button", name="Copy character").click()
    await expect(page.get_by_role("status")).to_contain_text("Copied ♖")


async def test_without_a_clipboard_the_text_is_there_to_copy(page: Page) -> None:
    await page.add_init_script(NO_CLIPBOARD)
    await page.goto("/?q=U%2B2656")
    await page.get_by_role("button", name="Copy WHITE CHESS ROOK").click()
    field = page.get_by_label("Text to copy")
    await expect(field).to_be_focused()
    await expect(page.get_by_role("status")).to_have_text("Press Ctrl+C to copy")
    assert await page.evaluate("getSelection().toString()") == "♖"
    await field.press("Escape")
    await expect(field).to_have_count(0)
    await expect(page.get_by_role("button", name="Copy WHITE CHESS ROOK")).to_be_focused()


async def test_a_basket_goes_over_pages_and_tabs(picking: Page) -> None:
    page = picking
    await page.goto("/?q=chess+rook")
    other = await page.context.new_page()
    await other.goto("/characters/U+2658")
    await page.get_by_role("button", name="Add WHITE CHESS ROOK to basket").click()
    await page.locator(".row .glyph").nth(1).click(modifiers=["Control"])
    await expect(other.locator(".basket .piece")).to_have_text(["♖", "♜"])
    await other.keyboard.press("b")
    await expect(page.locator("#collected")).to_have_text("3")
    await expect(other.locator(".basket .piece")).to_have_text(["♖", "♜", "♘"])
    await other.get_by_role("button", name="Remove BLACK CHESS ROOK").click()
    await expect(page.locator(".basket .piece")).to_have_count(2)
    await page.get_by_role("button", name="Copy all").click()
    await expect(page.get_by_role("status")).to_have_text("Copied 2 characters: ♖♘")
    assert await page.evaluate(CLIPBOARD) == "♖♘"
    pressed = page.get_by_role("button", name="Add WHITE CHESS ROOK to basket")
    await expect(pressed).to_have_attribute("aria-pressed", "true")
    await page.get_by_role("button", name="Clear", exact=True).click()
    await expect(page.locator("#basket")).to_be_hidden()
    await expect(pressed).to_have_attribute("aria-pressed", "false")
    await expect(page.locator(BOX)).to_be_focused()


async def test_the_basket_never_covers_what_has_the_focus(page: Page) -> None:
    await page.set_viewport_size({"width": 360, "height": 640})
    await page.goto("/?q=chess")
    await page.get_by_role("button", name="to basket").first.click()
    bar = await page.locator("#basket").bounding_box()
    assert bar is not None
    await page.locator(BOX).focus()
    for _ in range(12):
        await page.keyboard.press("ArrowDown")
        focused = await page.locator(":focus").bounding_box()
        assert focused is not None
        assert focused["y"] + focused["height"] <= bar["y"]


async def test_favourites_and_what_was_used_stand_on_the_first_page(picking: Page) -> None:
    page = picking
    await page.goto("/")
    await expect(page.locator(".shelf")).to_have_count(2)
    await expect(page.get_by_role("heading", name="Favourites")).to_be_hidden()
    await page.goto("/characters/U+2658")
    await page.keyboard.press("f")
    await expect(page.get_by_role("button", name="Favourite")).to_have_attribute(
        "aria-pressed", "true"
    )
    await page.goto("/?q=U%2B200B")
    await page.get_by_role("button", name="Copy ZERO WIDTH SPACE").click()
    await page.locator(BOX).fill("")
    await expect(page.get_by_role("heading", name="Favourites")).to_be_visible()
    lately = page.locator('[data-shelf="recent"]')
    await expect(lately.get_by_role("link")).to_have_text(["200B", "♘"])
    await lately.get_by_role("button", name="Copy WHITE CHESS KNIGHT").click()
    assert await page.evaluate(CLIPBOARD) == "♘"
    await lately.get_by_role("button", name="Forget these").click()
    await expect(lately).to_be_hidden()
    assert await stored(page, "recent") == []
    assert [each["id"] for each in await stored(page, "favourites")] == ["U+2658"]
    await page.locator('[data-shelf="favourites"] a').click()
    await expect(page).to_have_url(re.compile(r"/characters/U\+2658$"))


@pytest.mark.parametrize("trouble", ["garbage", "forbidden"])
async def test_bad_storage_leaves_the_page_working(trouble: str, page: Page) -> None:
    names = ("basket", "favourites", "recent", "format", "style", "shortcuts")
    garbage = "".join(
        f"localStorage.setItem('charfinder.{each}', '[{{\"id\":<b>');" for each in names
    )
    await page.add_init_script(NO_STORAGE if trouble == "forbidden" else garbage)
    await page.goto("/?q=chess+rook")
    await page.get_by_role("button", name="Add WHITE CHESS ROOK to basket").click()
    await expect(page.locator(".basket .piece")).to_have_text(["♖"])
    await page.locator(BOX).fill("chess bishop")
    await expect(page.get_by_role("heading", name="match “chess bishop”")).to_be_visible()


async def test_the_tones_of_a_hand_open_within_its_row(picking: Page) -> None:
    page = picking
    await page.goto("/?q=waving+hand+sign")
    opener = page.get_by_role("button", name="Variants of WAVING HAND SIGN")
    await expect(opener).to_have_attribute("aria-expanded", "false")
    await opener.press("Space")
    await expect(opener).to_have_attribute("aria-expanded", "true")
    tones = page.get_by_role("group", name="Variants of WAVING HAND SIGN")
    await expect(tones.get_by_role("button")).to_have_count(5)
    await tones.get_by_role("button").nth(2).click()
    assert await page.evaluate(CLIPBOARD) in {f"👋{chr(tone)}" for tone in range(0x1F3FB, 0x1F400)}
    await page.keyboard.press("Escape")
    await expect(tones).to_be_hidden()
    await expect(opener).to_be_focused()


async def test_without_scripts_the_variants_stand_on_the_characters_page(
    visits: Visits, browser: Browser, program: Program
) -> None:
    page = await visits.page(browser, program.url, java_script_enabled=False)
    await page.goto("/?q=waving+hand+sign")
    assert await page.locator(".pick:visible, .copy:visible, .scripted:visible").count() == 0
    await page.get_by_role("link", name="WAVING HAND SIGN", exact=True).click()
    await expect(page.get_by_role("heading", name="Variants")).to_be_visible()


async def test_rows_are_walked_through_by_keys(picking: Page) -> None:
    page = picking
    await page.goto("/?q=arrow")
    await page.locator(BOX).focus()
    await page.keyboard.press("ArrowDown")
    copies = page.locator(".row > .copy")
    await expect(copies.nth(0)).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Shift+Enter")
    second = await page.locator(".row").nth(1).get_attribute("data-id")
    await expect(page.get_by_role("status")).to_contain_text(f"Copied {second}")
    assert await page.evaluate(CLIPBOARD) == second
    await page.keyboard.press("b")
    await page.keyboard.press("f")
    assert [each["id"] for each in await stored(page, "basket")] == [second]
    assert [each["id"] for each in await stored(page, "favourites")] == [second]
    await page.keyboard.press("End")
    await expect(copies.nth(199)).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(copies.nth(200)).to_be_focused()
    await page.keyboard.press("Home")
    await expect(copies.nth(0)).to_be_focused()
    stops = await page.locator('.row > .copy:not([tabindex="-1"])').count()
    assert stops == 1
    await page.keyboard.press("ArrowUp")
    await expect(page.locator(BOX)).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator(BOX)).to_have_value("")
    await expect(page).to_have_url(re.compile("/$"))
    await page.go_back()
    await expect(page.locator(BOX)).to_have_value("arrow")
    await page.locator(".row .name").nth(1).focus()
    await page.keyboard.press("ArrowRight")
    await expect(page).to_have_url(re.compile(r"/characters/U\+"))


async def test_shortcuts_are_listed_and_can_be_switched_off(page: Page) -> None:
    await page.goto("/?q=rook")
    await page.locator(".row .name").first.focus()
    await page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Shortcuts")
    await expect(dialog).to_be_visible()
    await expect(dialog.get_by_role("heading", name="Shortcuts")).to_be_focused()
    await page.keyboard.press("b")
    await dialog.get_by_role("switch").uncheck()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    for key in ("b", "f", "/", "?", "ArrowDown"):
        await page.locator(".row .name").first.press(key)
        await expect(page.locator(".row .name").first).to_be_focused()
    await expect(dialog).to_be_hidden()
    assert await page.evaluate("localStorage.getItem('charfinder.basket')") is None
    assert await page.locator('.row [tabindex="-1"]').count() == 0
    await page.reload()
    await page.get_by_role("button", name="Shortcuts").last.click()
    await dialog.get_by_role("switch").check()
    await dialog.get_by_role("button", name="Close").click()
    await page.locator(".row .name").first.press("/")
    await expect(page.locator(BOX)).to_be_focused()


async def test_the_end_of_the_page_stays_within_reach(page: Page) -> None:
    await page.goto("/?q=arrow")
    await page.get_by_role("link", name="Skip to the end of the page").press("Enter")
    end = page.locator("#end")
    await expect(end).to_be_focused()
    await page.evaluate("() => new Promise((done) => setTimeout(done, 600))")
    await expect(end).to_be_in_viewport()
    assert await page.locator(".page").count() == 1
    await page.get_by_role("link", name="Back to the top").press("Enter")
    await page.locator('a[rel="next"]').scroll_into_view_if_needed()
    await expect(page.locator(".page")).not_to_have_count(1)


async def test_what_opens_is_open_to_all(
    axe: Any, visits: Visits, browser: Browser, program: Program
) -> None:
    page = await visits.page(browser, program.url)
    await page.goto("/?q=waving+hand")
    await page.get_by_role("button", name="to basket").first.click()
    await page.locator(".star").first.click()
    await page.get_by_role("button", name="Variants of").first.click()
    await expect(page.locator(".tones")).to_be_visible()
    script = axe.read_text()
    for width, scheme in VIEWS:
        await page.set_viewport_size({"width": width, "height": 800})
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await page.goto("/?q=waving+hand")
        await page.get_by_role("button", name="Variants of").first.click()
        await expect(page.locator(".tones")).to_be_visible()
        await page.get_by_text("Copy as").first.click()
        assert (await barriers(page, script), await overflow(page)) == ([], 0)
        await page.goto("/")
        await expect(page.locator(".shelf a").first).to_be_visible()
        assert (await barriers(page, script), await overflow(page)) == ([], 0)
        await page.get_by_role("button", name="Shortcuts").last.click()
        assert (await barriers(page, script), await overflow(page)) == ([], 0)


async def test_all_that_was_found_is_copied_at_once(picking: Page) -> None:
    await picking.goto("/?q=sc:greek+gc:Lu")
    await picking.get_by_role("button", name="Copy the whole list").click()
    await expect(picking.locator("#status")).to_have_text(re.compile(r"^Copied 1\d\d characters: "))
    copied = await picking.evaluate("navigator.clipboard.readText()")
    assert {"Α", "Ω", "Ἀ"} <= set(copied)


async def test_a_full_basket_is_not_cleared_by_one_press(page: Page) -> None:
    await page.goto("/?q=arrow")
    clear = page.get_by_role("button", name="Clear", exact=True)
    for row in range(4):
        await page.locator(".row .collect").nth(row).click()
    page.once("dialog", lambda dialog: dialog.dismiss())
    await clear.click()
    await expect(page.locator("#collected")).to_have_text("4")
    page.once("dialog", lambda dialog: dialog.accept())
    await clear.click()
    await expect(page.locator(".basket")).to_be_hidden()
    await expect(page.locator(BOX)).to_be_focused()
    # Few are soon collected again.
    await page.locator(".row .collect").first.click()
    await clear.click()
    await expect(page.locator(".basket")).to_be_hidden()
