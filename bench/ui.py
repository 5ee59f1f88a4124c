"""What people wait for in a browser: rows while they type, and more of them while they scroll.

    python -m bench.ui [--data-dir DIR] [--parts typing scrolling weight flags] [--write]

Chromium without a window, at a server of its own on the same machine. Unlike in the other
commands both have the whole machine: one person looks at one page.
"""

import argparse
import asyncio
import json
import re
import statistics
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from bench.figures import Figure, show, write
from bench.load import percentile, process
from bench.start import data_folder
from tests.browser.conftest import ARGUMENTS
from tools.checks.browser import provide

WORDS = (
    "arrow", "cat", "euro", "heart", "snowman", "check mark", "dash", "plus", "copyright", "alpha",
    "greek capital", "music", "bullet", "degree", "infinity", "star", "moon", "chess", "dragon",
)  # fmt: skip
PAUSE_BETWEEN_KEYS_MS = 120
ROWS = 50_000
PAGE_ROWS = 200
PATIENCE_S = 300.0
FRAMES_S = 5.0
# From the key to the frame in which its rows are painted: the task after the frame's callbacks.
WATCH_ROWS = """() => {
  addEventListener("keydown", () => { window.keyAt = performance.now(); }, { capture: true });
  new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => {
    const heading = document.querySelector("#results .heading");
    window.shown = { text: heading?.textContent ?? "", after: performance.now() - window.keyAt };
  }))).observe(document.querySelector("#results"), { childList: true });
}"""
SCROLL_ON = """async (wanted) => {
  const results = document.querySelector("#results");
  // In groups, but for the first; searching through all rows would be part of what is measured.
  const pages = (each) => (each.matches(".pages") ? each.childElementCount : 0);
  const count = () => [...results.children].reduce((sum, each) => sum + pages(each), 1) * 200;
  while (count() < wanted && results.lastElementChild.matches('a[rel="next"]')) {
    scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
    await new Promise(requestAnimationFrame);
  }
  return count();
}"""
FRAMES = """(ms) => new Promise((resolve) => {
  let frames = 0;
  const end = performance.now() + ms;
  const tick = (now) => {
    frames += 1;
    if (now < end) requestAnimationFrame(tick);
    else resolve(frames * 1000 / ms);
  };
  requestAnimationFrame(tick);
})"""


async def typing_part(page: Page) -> list[Figure]:
    """Words typed letter by letter: from the last key to the frame with its rows."""
    times = []
    await page.goto("/")
    await page.evaluate(WATCH_ROWS)
    for word in WORDS:
        await page.locator("#q").fill("")
        await page.locator("#q").press_sequentially(word, delay=PAUSE_BETWEEN_KEYS_MS)
        shown = await page.wait_for_function(
            "(word) => window.shown?.text.includes(`“${word}”`) && window.shown", arg=word
        )
        times.append((await shown.json_value())["after"])
    return [
        Figure("last key to rows on the screen, median", statistics.median(times), "ms"),
        Figure("the same, 95th percentile", percentile(times, 95), "ms", "≤ 100 ms"),
    ]


async def scrolling_part(page: Page) -> list[Figure]:
    """Rows without end: what each page of them costs the main thread."""
    # To the end: what the first rows of a page take is not what more of them do.
    await page.goto("/?q=gc:Lo", wait_until="networkidle")
    session = await page.context.new_cdp_session(page)
    # The thread's own time: what it waits for a core is not the page's doing.
    await session.send("Performance.enable", {"timeDomain": "threadTicks"})

    async def busy_s() -> float:
        metrics = (await session.send("Performance.getMetrics"))["metrics"]
        return sum(
            float(each["value"])
            for each in metrics
            if each["name"] in {"ScriptDuration", "LayoutDuration", "RecalcStyleDuration"}
        )

    before = await busy_s()
    browser = page.context.browser
    assert browser is not None
    await browser.start_tracing(page=page, categories=["toplevel"])
    async with asyncio.timeout(PATIENCE_S):
        rows = await page.evaluate(SCROLL_ON, ROWS)
    by_clock, own = longest_of_main_thread(await browser.stop_tracing())
    pages = rows / PAGE_ROWS
    each_ms = (await busy_s() - before) / pages * 1000
    return [
        Figure("main thread for one more page of 200 rows", each_ms, "ms", "≤ 16 ms"),
        Figure("longest task while they came", by_clock, "ms", "≤ 50 ms", f"{rows:,} rows"),
        Figure("the same, less what it waited for a core", own, "ms"),
    ]


def longest_of_main_thread(trace: bytes) -> tuple[float, float]:
    """Of a trace of Chromium, a page's longest tasks in ms: by the clock, and of their own time."""
    events = json.loads(trace)["traceEvents"]
    mains = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks = [e for e in events if "tdur" in e and (e["pid"], e["tid"]) in mains]
    by_clock, own = max(e["dur"] for e in tasks), max(e["tdur"] for e in tasks)
    return by_clock / 1000, own / 1000


async def weight_part(page: Page) -> list[Figure]:
    """What the first page takes over the wire, packed as it is sent, without fonts."""
    sizes: dict[str, int] = {}
    heads = 0

    async def add(url: str, kind: str, sizing: Awaitable[object]) -> None:
        nonlocal heads
        taken = await sizing
        assert isinstance(taken, dict)
        if kind != "font":
            sizes[url] = taken["responseBodySize"]
            heads += taken["responseHeadersSize"]

    tasks: list[asyncio.Task[None]] = []
    page.on(
        "requestfinished",
        lambda request: tasks.append(
            asyncio.create_task(add(request.url, request.resource_type, request.sizes()))
        ),
    )
    await page.goto("/", wait_until="networkidle")
    await asyncio.gather(*tasks)
    heaviest = max(sizes, key=lambda url: sizes[url])
    more = f"{len(sizes)} answers, {heads / 1000:.1f} kB of heads beside; heaviest "
    more += re.sub(r".*/", "/", heaviest)
    return [Figure("weight of the first page", sum(sizes.values()) / 1000, "kB", "≤ 60 kB", more)]


async def flags_part(page: Page) -> list[Figure]:
    """Frames a second while 249 tiles are filled."""
    order = {"source": "delay", "select": {"preset": "all"}, "concurrency": 40}
    answer = await page.request.post("/api/v1/jobs", data={**order, "existing": "replace"})
    await page.goto(f"/flags/jobs/{(await answer.json())['id']}")
    await page.locator('.tile[data-status="ok"]').first.wait_for()
    return [
        Figure("frames a second, 249 live tiles", await page.evaluate(FRAMES, FRAMES_S * 1e3), "")
    ]


PARTS: dict[str, Callable[[Page], Awaitable[list[Figure]]]] = {
    "typing": typing_part,
    "scrolling": scrolling_part,
    "weight": weight_part,
    "flags": flags_part,
}


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=await asyncio.to_thread(provide), args=ARGUMENTS
        )
        yield browser
        await browser.close()


async def main(options: argparse.Namespace, data_dir: Path) -> None:
    figures: list[Figure] = []
    serve = ("-m", "webapp", "serve", "--port", "0", "--telnet-port", "off")
    folder = ("--data-dir", str(data_dir))
    async with process(*serve, *folder, line="Serving HTTP") as (port, _), browsing() as browser:
        for name in options.parts or PARTS:
            context = await browser.new_context(
                base_url=f"http://127.0.0.1:{port}", viewport={"width": 1280, "height": 800}
            )
            found = await PARTS[name](await context.new_page())
            show(name, found)
            figures += found
            await context.close()
    if options.write and not options.parts:
        write("ui", figures)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", type=Path, help="a data folder (default: a new one)")
    parser.add_argument("--parts", nargs="+", choices=PARTS, help="which of them; all by default")
    parser.add_argument("--write", action="store_true", help="write all into docs/performance.md")
    given = parser.parse_args()
    with data_folder(given.data_dir) as folder_:
        asyncio.run(main(given, folder_))
