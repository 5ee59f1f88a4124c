"""Where a reader's fonts are no help, ours are fetched: those that are needed and no others."""

from pathlib import PurePosixPath
from typing import Final

from playwright.async_api import Browser, Page, Request, expect

from tests.browser.conftest import Visits
from tests.browser.program import Program

# As on a machine without a single font that is named.
USELESS: Final = "document.documentElement.style.setProperty('--theirs', 'no-such-font')"
SETTLED: Final = "document.fonts.ready.then(() => document.fonts.status)"
LABEL: Final = "(element) => getComputedStyle(element, '::after').content"
BORDER: Final = "(element) => getComputedStyle(element).borderTopStyle"


def fetched(page: Page) -> list[str]:
    """The fonts that the page has asked for, as it goes on."""
    files: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type == "font":
            files.append(PurePosixPath(request.url).name)

    page.on("request", note)
    return files


async def is_ours(page: Page, selector: str) -> bool:
    """Whether all that an element shows is drawn by fonts that the page brought."""
    session = await page.context.new_cdp_session(page)
    await session.send("DOM.enable")
    await session.send("CSS.enable")
    root = await session.send("DOM.getDocument")
    ask = {"nodeId": root["root"]["nodeId"], "selector": selector}
    node = await session.send("DOM.querySelector", ask)
    answer = await session.send("CSS.getPlatformFontsForNode", {"nodeId": node["nodeId"]})
    await session.detach()
    return bool(answer["fonts"]) and all(font["isCustomFont"] for font in answer["fonts"])


async def test_only_the_slices_on_screen_are_fetched_and_used(
    visits: Visits, browser: Browser, program: Program
) -> None:
    page = await visits.page(browser, program.url)
    files = fetched(page)
    for path, expected in {
        # The second is of the Ethiopic syllable that is said to be like it.
        "/characters/U+10A60": {"unifont-upper-10000.woff2", "unifont-1000.woff2"},
        "/characters/U+12000": {"cuneiform-12000.woff2"},
    }.items():
        files.clear()
        await page.goto(path)
        await page.evaluate(USELESS)
        assert await page.evaluate(SETTLED) == "loaded"
        assert set(files) == expected
        assert await is_ours(page, ".plate .glyph")


async def test_marks_blanks_and_rare_ideographs_are_shown_for_what_they_are(
    visits: Visits, browser: Browser, program: Program
) -> None:
    page = await visits.page(browser, program.url)
    await page.goto("/characters/U+0301")
    await expect(page.locator(".plate .glyph")).to_have_text("\u25cc\u0301")
    await page.goto("/characters/U+200B")
    await expect(page.locator(".plate .unseen")).to_have_text("ZWSP")
    assert await page.locator(".plate .unseen").evaluate(BORDER) == "dashed"
    files = fetched(page)
    await page.goto("/characters/U+31000")
    await page.evaluate(USELESS)
    assert await page.evaluate(SETTLED) == "loaded"
    rare = page.locator(".plate .labelled")
    await expect(rare).to_have_text("\U00031000")
    assert await rare.evaluate(LABEL) == '"31000"'
    assert files == ["last-resort.woff2"]
    assert await is_ours(page, ".plate .labelled")
