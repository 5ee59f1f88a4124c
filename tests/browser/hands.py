"""The two ways to work a page: with a mouse, or with the keyboard alone."""

from contextlib import suppress
from typing import Final, Protocol

from playwright.async_api import Locator, Page, expect
from playwright.async_api import TimeoutError as OutOfTimeError

MOST_STOPS: Final = 400
MOST_CHOICES: Final = 100
SETTLED_WITHIN_MS: Final = 1000

# What is wrong with the focus where it is, "" for nothing, null where the page has none. A box that
# is hidden within its label shows the focus by that.
SEEN: Final = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const told = it.outerHTML.slice(0, 120);
  const [box] = it.getClientRects();
  if (!box || !box.width || !box.height) return `has no size: ${told}`;
  const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
  const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
  if (right <= left || bottom <= top) return `is out of sight: ${told}`;
  const label = it.closest("label");
  const isShown = (x, y) => {
    const hit = document.elementFromPoint(x, y);
    return hit && (it.contains(hit) || label?.contains(hit));
  };
  const places = [0.5, 0.1, 0.9].flatMap((x) => [0.5, 0.1, 0.9].map((y) => [x, y]));
  if (!places.some(([x, y]) => isShown(left + x * (right - left), top + y * (bottom - top)))) {
    return `is covered: ${told}`;
  }
  const isOutlined = (element) => {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
    const isInk = !/, 0\\)$/.test(outlineColor);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && isInk;
  };
  return isOutlined(it) || (label && isOutlined(label)) ? "" : `shows no outline: ${told}`;
}"""
# Whether it has the focus, "yes"; else the key that leads there within a list of which Tab stops at
# one element only, else "".
WAY_THERE: Final = """(target) => {
  const at = document.activeElement;
  if (at === target) return "yes";
  if (target.tabIndex >= 0 || !at) return "";
  if (at.closest(".row") && target.closest(".row")) return "ArrowDown";
  return at.matches(".cell") && target.matches(".cell") ? "ArrowRight" : "";
}"""


async def trouble_with_focus(page: Page) -> str | None:
    """What `SEEN` says once the page is at rest: what comes into view may move all else first."""
    trouble: str | None = await page.evaluate(SEEN)
    if trouble:
        with suppress(OutOfTimeError):
            await page.wait_for_function(f"() => !({SEEN})()", timeout=SETTLED_WITHIN_MS)
        trouble = await page.evaluate(SEEN)
    return trouble


class Hands(Protocol):
    """What people do with a page."""

    async def press(self, target: Locator, *, backwards: bool = False) -> None:
        """Use a link or a button; by the keyboard, going backwards to it."""

    async def go_to_the_end(self) -> None:
        """To what stands at the foot of the page."""

    async def tick(self, target: Locator) -> None:
        """Check a box."""

    async def write(self, target: Locator, text: str) -> None:
        """Write into a field, instead of what is there."""

    async def choose(self, target: Locator, value: str) -> None:
        """Choose from a list."""


class Mouse:
    """Clicks; only text is typed."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def press(self, target: Locator, *, backwards: bool = False) -> None:
        """Click it."""
        await target.click()

    async def go_to_the_end(self) -> None:
        """By the link that is there for it: while one scrolls, more rows come."""
        await self._page.locator('.bar a[href="#end"]').click()

    async def tick(self, target: Locator) -> None:
        """Click it."""
        await target.click()
        await expect(target).to_be_checked()

    async def write(self, target: Locator, text: str) -> None:
        """Mark what is there, then type."""
        await target.click(click_count=3)
        await self._page.keyboard.type(text)

    async def choose(self, target: Locator, value: str) -> None:
        """The list opens in a window of the browser's own, where no test can click."""
        await target.select_option(value)


class Keys:
    """The keyboard alone; wherever it brings the focus, that must be seen."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def press(self, target: Locator, *, backwards: bool = False) -> None:
        """Go there and press Enter."""
        await self.reach(target, "Shift+Tab" if backwards else "Tab")
        await self._page.keyboard.press("Enter")

    async def go_to_the_end(self) -> None:
        """By the link that is there for it."""
        await self.press(self._page.locator('a.skip[href="#end"]'))

    async def tick(self, target: Locator) -> None:
        """Go there and press Space."""
        await self.reach(target)
        await self._page.keyboard.press("Space")
        await expect(target).to_be_checked()

    async def write(self, target: Locator, text: str) -> None:
        """Go there and type."""
        await self.reach(target)
        await self._page.keyboard.type(text)

    async def choose(self, target: Locator, value: str) -> None:
        """Go there, to the first choice, and down to the one."""
        await self.reach(target)
        await self._page.keyboard.press("Home")
        for _ in range(MOST_CHOICES):
            if await target.input_value() == value:
                return
            await self._page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} cannot be chosen")

    async def reach(self, target: Locator, key: str = "Tab") -> None:
        """Tab until it has the focus: from the end of the page once more from its beginning."""
        await expect(target).to_be_visible()
        rounds = 0
        for _ in range(MOST_STOPS):
            way = await target.evaluate(WAY_THERE)
            if way == "yes":
                return
            await self._page.keyboard.press(way or key)
            trouble = await trouble_with_focus(self._page)
            rounds += trouble is None
            assert not trouble, f"the focus {trouble}"
            assert rounds < 2, f"{target} is never reached"
        raise AssertionError(f"{target} is too far away")
