"""Where a reader's fonts are no help, ours are fetched: those that are needed and no others."""

import re
from pathlib import PurePosixPath
from typing import Final

import pytest
from playwright.async_api import Browser, Page, Request, Route, expect

from tests.browser.conftest import Visits
from tests.browser.program import Program

# As on a machine without any of the fonts that are named.
NAMED: Final = re.compile(r'(--theirs: "[^"]+", system-ui|--rare: "SimSun-ExtB"),[^;]+;')
SETTLED: Final = "document.fonts.ready.then(() => document.fonts.status)"
LABEL: Final = "(element) => getComputedStyle(element, '::after').content"
BORDER: Final = "(element) => getComputedStyle(element).borderTopStyle"
# Accents and vowel signs of scripts from left and from right, within the BMP and beyond.
MARKS: Final = "\u059c\u0954\u1dc0\U00010a01\U00011080\U0001e130"
# Each glyph with its width in em: the circle has one, and a box beside it would have some more.
WIDTHS: Final = """(glyphs) => glyphs.map((glyph) => {
  const range = document.createRange();
  range.selectNodeContents(glyph);
  const em = parseFloat(getComputedStyle(glyph).fontSize);
  return [glyph.textContent, range.getBoundingClientRect().width / em];
})"""
MOST_EM: Final = 1.05
CIRCLE_ALONE: Final = """(glyph) => {
  glyph.style.fontFamily = '"Charfinder Marks"';
  glyph.textContent = "\u25cc";
}"""

# As where no font has a letter, and where one has.
DRAWS_ALIKE: Final = "CanvasRenderingContext2D.prototype.fillText = () => {};"
DRAWS_OTHERWISE: Final = """
CanvasRenderingContext2D.prototype.fillText = function (letter) {
  this.fillRect(0, 0, 1 + letter.codePointAt(0) % 30, 1);
};
"""

ARE_ALIKE: Final = """(text) => {
  const drawings = [...text].map((letter) => {
    const context = new OffscreenCanvas(32, 32).getContext("2d");
    context.font = "16px sans-serif";
    context.fillText(letter, 8, 24);
    return context.getImageData(0, 0, 32, 32).data.join();
  });
  return new Set(drawings).size === 1;
}"""


def fetched(page: Page) -> list[str]:
    """The fonts that the page has asked for, as it goes on."""
    files: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type == "font":
            files.append(PurePosixPath(request.url).name)

    page.on("request", note)
    return files


async def bare(route: Route) -> None:
    """The style sheet, less the names of fonts that this machine may have."""
    response = await route.fetch()
    text, changed = NAMED.subn(r"\1;", await response.text())
    assert changed == 2
    await route.fulfill(response=response, body=text)


async def drawn(page: Page, selector: str) -> tuple[int, int]:
    """How many letters of the first such element fonts of the page draw, and how many others do."""
    session = await page.context.new_cdp_session(page)
    await session.send("DOM.enable")
    await session.send("CSS.enable")
    root = await session.send("DOM.getDocument")
    ask = {"nodeId": root["root"]["nodeId"], "selector": selector}
    node = await session.send("DOM.querySelector", ask)
    answer = await session.send("CSS.getPlatformFontsForNode", {"nodeId": node["nodeId"]})
    await session.detach()
    theirs = sum(font["glyphCount"] for font in answer["fonts"] if not font["isCustomFont"])
    ours = sum(font["glyphCount"] for font in answer["fonts"] if font["isCustomFont"])
    return ours, theirs


async def is_ours(page: Page) -> bool:
    """Whether a font that the page brought draws the first character on it."""
    # The code point beneath, in five digits, is drawn by a font of the reader's.
    counts = await drawn(page, ".labelled, .plate .glyph:not(:has(*))")
    return counts in {(1, 0), (1, 5)}


@pytest.mark.parametrize(
    ("path", "slices"),
    [
        # The second is of the Ethiopic syllable that is said to be like it.
        ("/characters/U+10A60", {"unifont-upper-10000.woff2", "unifont-1000.woff2"}),
        ("/characters/U+13010", {"egyptian-13000.woff2"}),
        ("/characters/U+31000", {"last-resort.woff2"}),
    ],
)
async def test_only_the_slices_on_screen_are_fetched_and_they_are_used(
    visits: Visits, browser: Browser, program: Program, path: str, slices: set[str]
) -> None:
    page = await visits.page(browser, program.url)
    await page.route("**/app.css", bare)
    files = fetched(page)
    async with page.expect_request_finished(lambda request: request.resource_type == "font"):
        await page.goto(path)
    assert await page.evaluate(SETTLED) == "loaded"
    assert set(files) == slices
    assert await is_ours(page)


async def test_marks_blanks_and_rare_ideographs_are_shown_for_what_they_are(
    visits: Visits, browser: Browser, program: Program
) -> None:
    page = await visits.page(browser, program.url)
    await page.goto("/characters/U+0301")
    await expect(page.locator(".plate .glyph")).to_have_text("\u25cc\u0301")
    await page.goto("/characters/U+200B")
    await expect(page.locator(".plate .unseen")).to_have_text("ZWSP")
    assert await page.locator(".plate .unseen").evaluate(BORDER) == "dashed"
    await page.goto("/characters/U+31000")
    rare = page.locator(".plate .labelled")
    await expect(rare).to_have_text("\U00031000")
    assert await rare.evaluate(LABEL) == '"31000"'


async def test_marks_stand_on_their_circle_with_no_empty_box_beside(
    visits: Visits, browser: Browser, program: Program
) -> None:
    page = await visits.page(browser, program.url)
    await page.route("**/app.css", bare)
    files = fetched(page)
    await page.goto(f"/?q={'+'.join(f'U%2B{ord(mark):04X}' for mark in MARKS)}")
    glyphs = page.locator("#results .row > .glyph")
    await expect(glyphs).to_have_count(6)
    assert await page.evaluate(SETTLED) == "loaded"
    widths = dict(await glyphs.evaluate_all(WIDTHS))
    assert set(widths) == {f"\u25cc{mark}" for mark in MARKS}
    assert max(widths.values()) < MOST_EM
    for glyph in await glyphs.all():
        with_mark = await glyph.screenshot()
        await glyph.evaluate(CIRCLE_ALONE)
        assert await glyph.screenshot() != with_mark
    assert set(files) == {"marks.woff2"}


@pytest.mark.parametrize("has_boxes", [True, False])
async def test_a_language_that_no_font_here_can_draw_is_lent_one(
    visits: Visits, browser: Browser, program: Program, has_boxes: bool
) -> None:
    page = await visits.page(browser, program.url, locale="zh-CN")
    await page.add_init_script(DRAWS_ALIKE if has_boxes else DRAWS_OTHERWISE)
    await page.goto("/about")
    link = '.bar a[href="/flags"]'
    await expect(page.locator(link)).to_have_text("国旗")
    await expect(page.locator("html.borrowing")).to_have_count(int(has_boxes))
    assert await page.evaluate(SETTLED) == "loaded"
    # Our own come last: where this machine has a font for them, it goes on drawing them.
    are_missing = await page.evaluate(ARE_ALIKE, "国旗")
    assert await drawn(page, link) == ((2, 0) if has_boxes and are_missing else (0, 2))
