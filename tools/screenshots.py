"""Takes a picture of every page and state from the running program.

    python -m tools.screenshots [name …]

Names pick among them; that of a phone's picture has -phone behind it, of a Chinese one -chinese.
"""

import asyncio
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from playwright.async_api import Browser, Page, WebSocketRoute, async_playwright, expect

from tests.browser.program import ROOT, Program
from tools.checks.browser import provide
from webapp.characters.build import ensure_index

FOLDER: Final = ROOT / "docs" / "screenshots"
WIDE: Final = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"}
PHONE: Final = {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"}
MOST_BYTES: Final = 200_000
DECEPTIVE: Final = "p%D0%B0ypal%E2%80%8B.com%E2%80%AEmoc"

TO_THE_TOP: Final = "(element) => element.scrollIntoView({ behavior: 'instant' })"

Prepare = Callable[[Page], Awaitable[None]]


class Scene(NamedTuple):
    """A page, and what is done there before the picture is taken."""

    path: str
    prepare: Prepare | None = None


async def typed(page: Page) -> None:
    """What "chess" finds."""
    await page.keyboard.type("chess", delay=50)
    await expect(page.get_by_role("heading", name="match “chess”")).to_be_visible()


async def collected(page: Page) -> None:
    """The first three rows in the basket."""
    for row in range(3):
        await page.locator(".row .collect").nth(row).click()


async def keys(page: Page) -> None:
    """The list of keys."""
    await page.get_by_role("button", name="Shortcuts").first.click()
    await expect(page.get_by_role("dialog")).to_be_visible()


async def job(page: Page, source: str, preset: str, **options: object) -> str:
    """The page of a new job."""
    order = {"source": source, "select": {"preset": preset}, "existing": "replace", **options}
    answer = await page.request.post("/api/v1/jobs", data=order)
    return f"/flags/jobs/{(await answer.json())['id']}"


async def flags_arriving(page: Page) -> None:
    """All countries, the first of them there."""
    await page.goto(await job(page, "delay", "all", concurrency=40))
    await expect(page.locator('.tile[data-status="ok"]').nth(13)).to_be_attached(timeout=60_000)


async def flags_over(page: Page) -> None:
    """A job from the source that fails, when it is over."""
    await page.goto(await job(page, "error", "pop20", concurrency=5, retries=1))
    badge = page.locator(".badge").filter(has_text=re.compile("Finished|Failed|failed"))
    await expect(badge.first).to_be_visible(timeout=60_000)


async def timeline(page: Page) -> None:
    """The requests of that job over time."""
    await flags_over(page)
    await page.locator("#timeline-title").evaluate(TO_THE_TOP)


async def replayed(page: Page) -> None:
    """That job again, some way into it."""
    await flags_over(page)
    await page.get_by_role("button", name="Replay").click()
    await page.get_by_role("slider").fill("40")
    await page.locator("#timeline-title").evaluate(TO_THE_TOP)


async def waiting(page: Page) -> None:
    """A job that nobody has started yet."""
    await page.goto(await job(page, "builtin", "pop20", start=False))
    await expect(page.locator('[data-action="start"]')).to_be_visible()


async def bulk(page: Page) -> None:
    """What came of retrying all jobs on the page."""
    await page.get_by_role("checkbox", name="Select all shown").check()
    await page.get_by_role("button", name="Retry what failed").click()
    await expect(page.locator("[data-outcome]")).to_be_visible()


async def unreachable(page: Page) -> None:
    """A job whose server cannot be reached any more."""
    sockets: list[WebSocketRoute] = []

    async def connect(socket: WebSocketRoute) -> None:
        if sockets:
            await socket.close()
        else:
            socket.connect_to_server()
        sockets.append(socket)

    await page.route_web_socket(re.compile("/events"), connect)
    await page.goto(await job(page, "delay", "all", concurrency=2))
    await expect(page.locator('.tile[data-status="ok"]').nth(2)).to_be_attached(timeout=60_000)
    await page.context.set_offline(True)
    await sockets[0].close()
    await expect(page.get_by_text("as of")).to_be_visible(timeout=60_000)


async def offline(page: Page) -> None:
    """A search without a connection: the rows stay."""
    await expect(page.locator(".row").first).to_be_visible()
    await page.context.set_offline(True)
    await page.locator("#q").fill("arrow right")
    await expect(page.get_by_text("You are offline.").first).to_be_visible()


async def options(page: Page) -> None:
    """In which language to search, and in which order to show."""
    await page.locator("#options summary").click()


async def forms(page: Page) -> None:
    """What can be copied of a character."""
    await page.locator("#copy-as summary").click()


async def variants(page: Page) -> None:
    """The skin tones of one emoji, within its row."""
    await page.locator(".vary").first.click()
    await expect(page.locator(".tone").first).to_be_visible()


async def laboratory(page: Page) -> None:
    """Four runs side by side, all over."""
    await page.get_by_role("button", name=re.compile("^Start")).click()
    await expect(page.locator('.run[data-state="succeeded"]')).to_have_count(4, timeout=120_000)
    await page.locator("#chart").scroll_into_view_if_needed()


SCENES: Final = {
    "search": Scene("/", typed),
    "welcome": Scene("/"),
    "readings": Scene("/?q=8364"),
    "narrowed": Scene("/?q=arrow+gc:Sm&facets=true"),
    "corrected": Scene("/?q=elipsis"),
    "nothing": Scene("/?q=mac+command+key"),
    "mistake": Scene("/?q=U%2B110000"),
    "basket": Scene("/?q=greek+capital", collected),
    "keys": Scene("/", keys),
    "emoji": Scene("/?q=thumbs"),
    "variants": Scene("/?q=thumbs", variants),
    "options": Scene("/?q=arrow", options),
    "forms": Scene("/?q=arrow", forms),
    "offline": Scene("/?q=arrow", offline),
    "character": Scene("/characters/U+2658"),
    "letter": Scene("/characters/U+00E9"),
    "ideograph": Scene("/characters/U+9F8D"),
    "mark": Scene("/characters/U+0301"),
    "invisible": Scene("/characters/U+200B"),
    "identify": Scene(f"/identify?text={DECEPTIVE}"),
    "blocks": Scene("/blocks"),
    "block": Scene("/blocks/Arrows"),
    "no-block": Scene("/blocks/Grek"),
    "scripts": Scene("/scripts"),
    "api": Scene("/api"),
    "about": Scene("/about"),
    "flags": Scene("/flags", flags_arriving),
    "failures": Scene("/flags", flags_over),
    "timeline": Scene("/flags", timeline),
    "replay": Scene("/flags", replayed),
    "waiting": Scene("/flags", waiting),
    "unreachable": Scene("/flags", unreachable),
    "lab": Scene("/flags/lab", laboratory),
    "dashboard": Scene("/flags"),
    "history": Scene("/flags/history"),
    "bulk": Scene("/flags/history", bulk),
    "gallery": Scene("/flags/gallery"),
    "flag": Scene("/characters/U+1F1E7-1F1F7"),
    "login": Scene("/login"),
    "missing": Scene("/nowhere"),
}
IN_CHINESE: Final = ("narrowed", "history")
ON_A_PHONE: Final = (
    *("search", "basket", "character", "identify", "block"),
    *("flags", "timeline", "lab", "history"),
)


async def main(names: list[str]) -> int:
    """Write the pictures named, or all; 1 when one is too heavy to be committed."""
    every = {name: (scene, WIDE) for name, scene in SCENES.items()}
    every |= {f"{name}-phone": (SCENES[name], PHONE) for name in ON_A_PHONE}
    every |= {f"{name}-chinese": (SCENES[name], WIDE | {"locale": "zh-CN"}) for name in IN_CHINESE}
    wanted = {name: every[name] for name in names} if names else every
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
            for name, (scene, options) in wanted.items():
                await take(browser, program, name, scene, options)
            await browser.close()
    finally:
        await program.stop()
        await asyncio.to_thread(shutil.rmtree, data_dir)
    return report()


async def take(
    browser: Browser, program: Program, name: str, scene: Scene, options: dict[str, Any]
) -> None:
    """One picture."""
    context = await browser.new_context(base_url=program.url, reduced_motion="reduce", **options)
    page = await context.new_page()
    await page.goto(scene.path)
    if scene.prepare:
        await scene.prepare(page)
    await page.evaluate("document.fonts.ready")
    await page.screenshot(path=FOLDER / f"{name}.png")
    await context.close()


def report() -> int:
    """The sizes; whether each picture is light enough."""
    sizes = {path.name: path.stat().st_size for path in sorted(FOLDER.glob("*.png"))}
    for name, size in sizes.items():
        print(f"{name}: {size:,} bytes")
    return int(max(sizes.values()) > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
