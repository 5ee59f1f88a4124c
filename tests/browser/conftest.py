"""A browser, and the program it visits."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser.program import Program, data_folder
from tests.browser.watched import VIOLATIONS, Watch

ARGUMENTS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS: Final = 15_000

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a browser, time, and one event loop for the browser's whole life."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(180))
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def program(
    index_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Program]:
    """One program for all tests that leave it running."""
    running = Program(data_folder(index_file, tmp_path_factory.mktemp("shared") / "data"))
    await running.start()
    yield running
    await running.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def own_program(index_file: Path, tmp_path: Path) -> AsyncIterator[Program]:
    """A program that the test may kill."""
    running = Program(data_folder(index_file, tmp_path / "data"))
    await running.start()
    yield running
    await running.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    """Chromium as it comes, with its back/forward cache."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(
            executable_path=chromium,
            args=ARGUMENTS,
            # Playwright turns the back/forward cache off; people have it on.
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield running
        await running.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def forgetful_browser(chromium: Path) -> AsyncIterator[Browser]:
    """Chromium without its back/forward cache."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        await running.close()


class Visits:
    """Pages of one test; at its end each must be without complaint."""

    def __init__(self) -> None:
        self._watches: dict[Page, Watch] = {}
        self._closers: list[Callable[[], Awaitable[None]]] = []

    async def page(self, browser: Browser, base_url: str, **options: Any) -> Page:
        """A page in a context of its own; `options` as Playwright's new_context takes them."""
        context = await browser.new_context(
            base_url=base_url, **{"viewport": {"width": 1280, "height": 800}, **options}
        )
        context.set_default_timeout(PATIENCE_MS)
        self._closers.append(context.close)
        page = await context.new_page()
        if options.get("java_script_enabled", True):
            await page.add_init_script(VIOLATIONS)
        self._watches[page] = Watch(page)
        return page

    def tolerate(self, page: Page, pattern: str) -> None:
        """What a test provokes by itself is no complaint."""
        self._watches[page].tolerate(pattern)

    async def close(self) -> list[str]:
        """Close the pages; what they complained of."""
        for close in self._closers:
            await close()
        return [line for watch in self._watches.values() for line in watch.complaints()]


@pytest_asyncio.fixture(loop_scope="session")
async def visits() -> AsyncIterator[Visits]:
    """Pages without a console error, page error or policy violation at the end."""
    visiting = Visits()
    yield visiting
    assert await visiting.close() == []


@pytest_asyncio.fixture(loop_scope="session")
async def page(visits: Visits, browser: Browser, program: Program) -> Page:
    """A page of 1280 by 800 pixels at the shared program."""
    return await visits.page(browser, program.url)
