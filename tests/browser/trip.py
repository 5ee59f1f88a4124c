"""A journey on its way: what is done, and what is looked at wherever it comes."""

import re
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Locator, Page, Route, expect

from tests.browser.hands import Hands, Keys, Mouse, trouble_with_focus
from tests.browser.matrix import Way
from tests.browser.watched import barriers, overflow
from tests.test_translations import KNOWN, WORD
from webapp.characters.labels import BINARY_PROPERTIES

# What the page says to people, and which names stand in it as they are.
SAID: Final = """() => {
  const names = [], said = [];
  const asItIs = `script, style, template, noscript, code, kbd, bdi, [translate="no"], body [lang],
    .code, .name, .glyph, .block, .licence, .unseen, .samples, .examples`;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.data.trim();
    if (!text) continue;
    const parent = node.parentElement;
    if (parent.closest(asItIs)) names.push(text);
    else if (parent.closest("select") || parent.checkVisibility()) said.push(text);
  }
  for (const name of ["aria-label", "title", "alt", "placeholder", "aria-valuetext"]) {
    for (const element of document.querySelectorAll(`body [${name}]`)) {
      const text = element.getAttribute(name);
      if (element.closest(asItIs)) names.push(text);
      else said.push(text);
    }
  }
  return [[document.title, ...said], names];
}"""


# What is typed as it is here, codes of countries, units, and what a source says of itself.
FILTERS: Final = (
    r"\b(on|kun|jyut|hangul|viet|def|greek|[A-Z]{2}|ISO|[kM]?B|zip|flaky|Internal Server Error)\b"
)


async def in_english(page: Page) -> list[str]:
    """What a page in another language says in English, but for names and what was typed."""
    said, names = await page.evaluate(SAID)
    typed = [await field.input_value() for field in await page.locator("input[name=q]").all()]
    properties = (name for name, _ in BINARY_PROPERTIES.values())
    known = sorted(filter(WORD.search, {*names, *typed, *properties}), key=len, reverse=True)
    silent = re.compile("|".join([*map(re.escape, known), KNOWN.pattern, FILTERS]))
    return sorted({text for text in said if WORD.search(silent.sub("", text))})


class Trip:
    """One journey in one way; at its end `trouble` has all that was found, by the place."""

    def __init__(self, page: Page, way: Way, axe: Path) -> None:
        self.page = page
        self.way = way
        self.hands: Hands = Keys(page) if way.by == "keys" else Mouse(page)
        self.trouble: dict[str, object] = {}
        self._axe = axe
        self._second: Page | None = None

    @property
    def has_scripts(self) -> bool:
        """Whether the pages' scripts run."""
        return self.way.scripts == "with"

    async def go(self, path: str) -> None:
        """Type an address."""
        await self.page.goto(path)

    async def back(self) -> None:
        """As the browser's button does; Playwright's waits for a load, which may not come."""
        session = await self.page.context.new_cdp_session(self.page)
        past = await session.send("Page.getNavigationHistory")
        before = past["entries"][past["currentIndex"] - 1]
        await session.send("Page.navigateToHistoryEntry", {"entryId": before["id"]})

    async def find(self, target: str, **options: Any) -> Locator:
        """The first of these on the page, once it is to be seen."""
        found = self.page.locator(target, **options).first
        await expect(found).to_be_visible()
        return found

    async def press(self, target: str, *, backwards: bool = False, **options: Any) -> None:
        """Use what is found by this."""
        await self.hands.press(await self.find(target, **options), backwards=backwards)

    async def look(self, place: str) -> None:
        """Look about in a new place, or where something has changed."""
        found: dict[str, object] = {
            "sideways": await overflow(self.page),
            "barriers": await self._barriers(),
            "in English": await in_english(self.page) if self.way.language != "en" else [],
        }
        if await self.page.locator("html").get_attribute("lang") != self.way.language:
            found["language"] = "another"
        self._note(place, found)

    async def keeps_focus(self, place: str) -> None:
        """What was done here has left the focus somewhere, and that is seen.

        Without scripts all that is done loads a page, and one is at its beginning.
        """
        if self.way.by == "keys" and self.has_scripts:
            trouble = await trouble_with_focus(self.page)
            self._note(place, {"focus": "is lost" if trouble is None else trouble})

    def _note(self, place: str, found: dict[str, object]) -> None:
        self.trouble |= {f"{place}, {what}": it for what, it in found.items() if it}

    async def _barriers(self) -> list[Any]:
        """What axe finds; it needs scripts for itself, not those of the page."""
        page = self.page if self.has_scripts else await self._copy()
        return await barriers(page, self._axe.read_text())

    async def _copy(self) -> Page:
        """The same page where scripts run, but for its own, and as it looks where none do."""
        if self._second is None:
            assert self.page.context.browser is not None
            self._second = await self.page.context.browser.new_page(
                viewport=self.page.viewport_size,
                color_scheme=self.way.scheme,
                reduced_motion="reduce",
            )
            await self._second.route("**/*", self._serve)
        await self._second.goto(self.page.url)
        return self._second

    async def _serve(self, route: Route) -> None:
        match route.request.resource_type:
            case "document":
                await route.fulfill(body=await self.page.content(), content_type="text/html")
            case "script":
                await route.fulfill(body="", content_type="text/javascript")
            case "stylesheet":
                answer = await route.fetch()
                style = (await answer.text()).replace("(scripting: none)", "all")
                await route.fulfill(response=answer, body=style)
            case _:
                await route.continue_()

    async def close(self) -> None:
        """No more looking."""
        if self._second is not None:
            await self._second.close()
