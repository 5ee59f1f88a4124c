"""Takes the pictures of the README from the running program: python -m tools.screenshots."""

import asyncio
import re
import shutil
import sys
import tempfile
import threading
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from tests.browser.program import ROOT, Program
from tools.checks.browser import provide
from webapp.characters.build import ensure_index

FOLDER: Final = ROOT / "docs" / "screenshots"
SIZE: Final[ViewportSize] = {"width": 1280, "height": 800}
MOST_BYTES: Final = 200_000


async def main() -> int:
    """Write both pictures; 1 when one is too heavy to be committed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    data_dir = Path(tempfile.mkdtemp(prefix="screenshots-"))
    await asyncio.to_thread(ensure_index, data_dir, lambda *_: None, threading.Event())
    program = Program(data_dir)
    await program.start()
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=await asyncio.to_thread(provide), args=["--no-sandbox"]
            )
            await search(await page_of(browser, program))
            await flags(await page_of(browser, program))
            await browser.close()
    finally:
        await program.stop()
        await asyncio.to_thread(shutil.rmtree, data_dir)
    return report()


async def page_of(browser: Browser, program: Program) -> Page:
    context = await browser.new_context(base_url=program.url, viewport=SIZE, color_scheme="light")
    return await context.new_page()


async def search(page: Page) -> None:
    """What "chess" finds."""
    await page.goto("/")
    await page.keyboard.type("chess", delay=50)
    await expect(page.get_by_role("heading", name="match “chess”")).to_be_visible()
    await page.screenshot(path=FOLDER / "search.png")


async def flags(page: Page) -> None:
    """All countries, the first of them there."""
    await page.goto("/flags")
    await page.get_by_label("Countries").select_option("all")
    await page.get_by_label("Source").select_option("delay")
    await page.get_by_label("At once").fill("40")
    await page.get_by_role("button", name=re.compile("^Start")).click()
    await expect(page.locator('.tile[data-status="ok"]').nth(13)).to_be_attached(timeout=60_000)
    await page.screenshot(path=FOLDER / "flags.png")


def report() -> int:
    """The sizes; whether each picture is light enough."""
    sizes = {path.name: path.stat().st_size for path in sorted(FOLDER.glob("*.png"))}
    for name, size in sizes.items():
        print(f"{name}: {size:,} bytes")
    return int(max(sizes.values()) > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
