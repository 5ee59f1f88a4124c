import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import Visits
from tests.browser.program import Program
from tests.browser.watched import barriers, overflow

PAGES: Final = {
    "welcome": "/",
    "results": "/?q=arrow",
    "one result": "/?q=U%2B2658",
    "nothing found": "/?q=zzzzzzzz",
    "corrected": "/?q=elipsis",
    "readings": "/?q=8364&lang=fr&sort=cp",
    "narrowed down": "/?q=arrow+gc:Sm&facets=true",
    "character": "/characters/U+2658",
    "letter": "/characters/U+00E9",
    "invisible": "/characters/U+200B",
    "mark": "/characters/U+0301",
    "in no font of ours": "/?q=block:seal",
    "sequence": "/characters/U+1F468-200D-1F469-200D-1F467",
    "identify": "/identify",
    "identified": "/identify?text=p%D0%B0y%E2%80%8Bpal%20e%CC%81%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9",
    "blocks": "/blocks",
    "block": "/blocks/Greek_and_Coptic",
    "invisible block": "/blocks/General_Punctuation",
    "page of a block": "/blocks/Hangul_Syllables?from=U%2BD7A3",
    "no such block": "/blocks/Grek",
    "scripts": "/scripts",
    "about": "/about",
    "API": "/api",
    "no such page": "/nowhere",
    "dashboard": "/flags",
    "history": "/flags/history",
    "lab": "/flags/lab",
    "gallery": "/flags/gallery",
}
UNSEEN: Final = {
    "200B": "ZWSP",
    "0000": "NUL",
    "00A0": "NBSP",
    "FE0F": "VS16",
    "E0041": "TAG 41",
    "3164": "HF",
}
Views = tuple[tuple[int, Literal["light", "dark"]], ...]

# Each width and each scheme once; all pairs of them are tried when that is asked for.
PAIRS: Final[Views] = ((360, "dark"), (1280, "light"))
EVERY_PAIR: Final[Views] = (*PAIRS, (360, "light"), (1280, "dark"))
VIEWS: Final = EVERY_PAIR if os.environ.get("PAGE_VIEWS") == "all" else PAIRS
LOCALES: Final = ("en-GB", "zh-CN")


def pages_and_locales() -> Iterator[object]:
    """Every second page in the other language; all in both, where that is asked for."""
    for number, (name, path) in enumerate(PAGES.items()):
        for locale in LOCALES if VIEWS == EVERY_PAIR else (LOCALES[number % 2],):
            yield pytest.param(path, locale, id=f"{name}, {locale}")


async def inspect(
    visits: Visits, browser: Browser, program: Program, path: str, axe: Path, locale: str = "en-GB"
) -> None:
    """The page in both colour schemes and widths: no barrier, nothing to scroll sideways."""
    page = await visits.page(browser, program.url, locale=locale)
    visits.tolerate(page, "status of 404")
    await page.goto(path)
    found: dict[str, object] = {}
    for width, scheme in VIEWS:
        await page.set_viewport_size({"width": width, "height": 800})
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found[f"{width} px, sideways"] = await overflow(page)
        found[f"{width} px, {scheme}"] = await barriers(page, axe.read_text())
    assert {view: trouble for view, trouble in found.items() if trouble} == {}


@pytest.mark.parametrize(("path", "locale"), list(pages_and_locales()))
async def test_the_page_is_open_to_all(
    path: str, locale: str, visits: Visits, browser: Browser, program: Program, axe: Path
) -> None:
    await inspect(visits, browser, program, path, axe, locale)


async def test_the_page_of_a_job_is_open_to_all(
    visits: Visits, browser: Browser, program: Program, axe: Path
) -> None:
    page = await visits.page(browser, program.url)
    order = {"source": "builtin", "select": {"codes": ["B", "AA", "GS"]}}
    answer = await page.request.post(f"{program.url}/api/v1/jobs", data=order)
    job = json.loads(await answer.body())
    await page.goto(f"/flags/jobs/{job['id']}")
    await expect(page.locator(".badge")).to_have_text("Finished")
    await inspect(visits, browser, program, f"/flags/jobs/{job['id']}", axe)
    await inspect(visits, browser, program, "/flags", axe)


async def test_what_has_no_ink_is_named(visits: Visits, browser: Browser, program: Program) -> None:
    page = await visits.page(browser, program.url)
    for code_point, drawn in UNSEEN.items():
        await page.goto(f"/characters/U+{code_point}")
        await expect(page.locator(".plate .unseen")).to_have_text(drawn)
    await page.goto("/characters/U+0301")
    await expect(page.locator(".plate .glyph")).to_have_text("◌\u0301")


async def test_every_sample_of_the_first_page_finds_something(
    visits: Visits, browser: Browser, program: Program
) -> None:
    page = await visits.page(browser, program.url)
    await page.goto("/")
    links = page.locator(".welcome a")
    queries = [await link.get_attribute("href") for link in await links.all()]
    assert len(queries) >= 22
    for query in queries:
        await page.goto(query or "")
        await expect(page.locator(".heading h2")).to_have_text(
            re.compile(r"^[\d,]+ characters? match")
        )
