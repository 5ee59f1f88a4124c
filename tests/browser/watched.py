"""A page whose console, errors and policy violations are held against it."""

import re
from typing import Any, Final

from playwright.async_api import ConsoleMessage, Page

VIOLATIONS: Final = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI || "inline"}`);
});
"""
WIDTH: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
AXE: Final = """async () => {
  const { violations } = await axe.run({ resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => [id, ...nodes.slice(0, 3).map((node) => node.html)]);
}"""


# Chromium's remark on a page that is left, or closed by its test, while its socket still opens.
LEFT_EARLY: Final = "WebSocket is closed before the connection is established"


class Watch:
    """What went wrong in a page; `tolerate` names what a test provokes by itself."""

    def __init__(self, page: Page) -> None:
        self._complaints: list[str] = []
        self._tolerated = [LEFT_EARLY]
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._complaints.append(f"page error: {error}"))

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._complaints.append(f"{message.type}: {message.text}")

    def tolerate(self, pattern: str) -> None:
        """Complaints that match are expected in this test."""
        self._tolerated.append(pattern)

    def complaints(self) -> list[str]:
        """What nobody expected."""
        return [
            text
            for text in self._complaints
            if not any(re.search(pattern, text) for pattern in self._tolerated)
        ]


async def overflow(page: Page) -> int:
    """CSS pixels that the page is wider than its window."""
    return int(await page.evaluate(WIDTH))


async def barriers(page: Page, axe: str) -> list[Any]:
    """What axe finds: rules broken, and where."""
    await page.evaluate(axe)
    return list(await page.evaluate(AXE))
