"""What people come for, from beginning to end: by mouse and by keys, with and without scripts."""

import itertools
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.conftest import Visits
from tests.browser.matrix import EVERY, HALF, Way, ways
from tests.browser.program import Program, data_folder
from tests.browser.trip import Trip
from tests.upstream import Upstream
from webapp.flags.catalog import COUNTRIES

ZERO_WIDTH_SPACE: Final = "\u200b"
COUNTRY: Final = iter(sorted(COUNTRIES))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sourced(
    index_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Program]:
    """A program with a source that refuses the first request for each flag."""
    async with Upstream() as upstream:
        folder = data_folder(index_file, tmp_path_factory.mktemp("journeys") / "data")
        running = Program(folder, (f"flaky={upstream.template('flaky')}",))
        await running.start()
        yield running
        await running.stop()


async def find_and_copy(trip: Trip) -> None:
    """A character by what one remembers of it, its page, and back to where one was."""
    page = trip.page
    await trip.go("/")
    await trip.look("welcome")
    await trip.hands.write(await trip.find("#q"), "chess knight")
    if not trip.has_scripts:
        await trip.press("form#search .primary")
    row = 'a.name[href="/characters/U+265E"]'
    await trip.find(row)
    await trip.keeps_focus("results")
    await trip.look("results")
    await trip.press(row)
    await expect(page.locator("h1")).to_have_text("BLACK CHESS KNIGHT")
    await expect(page.locator(".ways").filter(has_text="&#x265E;")).to_be_visible()
    if trip.has_scripts:
        await trip.press(".actions .copy")
        await expect(page.locator("#status")).to_contain_text("CHESS KNIGHT")
        await trip.keeps_focus("copied")
    await trip.look("character")
    await trip.back()
    await trip.find(row)
    await expect(page.locator("#q")).to_have_value("chess knight")
    if trip.has_scripts:
        await expect(page.locator(row)).to_be_focused()


async def narrow_down(trip: Trip) -> None:
    """From many to few by a facet, and further down the list."""
    page = trip.page
    results = page.locator("#results")
    await trip.go("/?q=arrow")
    total = await results.get_attribute("data-total")
    await trip.press("#narrow")
    await trip.find("#facets h3")
    await trip.look("facets")
    await trip.press('#facets a[href*="Sm"]')
    await expect(results).not_to_have_attribute("data-total", total or "")
    await trip.find("#facets .chip")
    await trip.keeps_focus("narrowed down")
    await trip.press("#facets .chip")
    await expect(results).to_have_attribute("data-total", total or "")
    if trip.has_scripts:
        await expect(page.locator("#facets")).not_to_have_attribute("aria-busy", "true")
        await trip.keeps_focus("chip taken away")
    await trip.hands.go_to_the_end()
    await trip.press('a.more[rel="next"]', backwards=True)
    if trip.has_scripts:
        await expect(page.locator(".page").nth(1)).to_be_attached()
        await trip.keeps_focus("more rows")
    else:
        await expect(page).to_have_url(re.compile("cursor|from|after"))
    await trip.look("more rows")


async def identify(trip: Trip) -> None:
    """What cannot be seen in a text is told of, and leads to its character."""
    await trip.go("/identify")
    await trip.look("identify")
    await trip.hands.write(await trip.find("#text"), f"pass{ZERO_WIDTH_SPACE}word")
    if not trip.has_scripts:
        await trip.press("#identify .primary")
    await expect(trip.page.locator(".wary li")).to_have_count(1)
    await trip.look("identified")
    await trip.press('#answer a[href="/characters/U+200B"]')
    await expect(trip.page.locator("h1")).to_have_text("ZERO WIDTH SPACE")
    await trip.look("invisible character")


async def browse(trip: Trip) -> None:
    """From the blocks to a chart, to a character, to the next one."""
    page = trip.page
    await trip.go("/")
    await trip.hands.go_to_the_end()
    await trip.press('footer a[href="/blocks"]')
    await trip.find("#plane-0")
    if trip.has_scripts:
        await trip.hands.write(await trip.find("#filter"), "greek")
        await expect(page.locator("[data-entry]:visible")).to_have_count(4)
    await trip.look("blocks")
    await trip.press('a[href^="/blocks/Greek_and_Coptic"]')
    await trip.find("#chart")
    await trip.look("chart")
    await trip.press("a.cell")
    await expect(page.locator("h1")).to_have_text("GREEK CAPITAL LETTER HETA")
    await trip.hands.go_to_the_end()
    await trip.press("a.following", backwards=True)
    await expect(page.locator("h1")).to_have_text("GREEK SMALL LETTER HETA")
    await trip.look("next character")


async def download(trip: Trip) -> None:
    """A download that fails at first, by its cause, and is tried again until all is there."""
    page = trip.page
    codes = f"{next(COUNTRY)} {next(COUNTRY)}"
    await trip.go("/flags")
    await trip.look("dashboard")
    await trip.hands.choose(await trip.find("#preset"), "")
    await trip.hands.write(await trip.find("#codes"), codes)
    await trip.hands.choose(await trip.find("#source"), "flaky")
    await trip.press("#further summary")
    await trip.hands.write(await trip.find("#retries"), "0")
    await trip.press("#start .primary")
    badge = page.locator("#job .badge")
    await expect(badge).to_have_attribute("data-state", "failed")
    await expect(page.locator(".cause")).to_contain_text("HTTP 500")
    await trip.press(".failures summary")
    await expect(page.locator(".failures li")).to_have_count(2)
    await trip.look("failed job")
    await trip.press(".cause button")
    await expect(badge).to_have_attribute("data-state", "succeeded")
    await expect(page.locator(".causes")).to_be_hidden()
    await trip.keeps_focus("retried")
    await trip.look("finished job")


async def look_back(trip: Trip) -> None:
    """An earlier job, found and deleted; its flag stays, and leads to its character."""
    page = trip.page
    order = {"source": "builtin", "select": {"codes": ["BR"]}}
    job = json.loads(await (await page.request.post("/api/v1/jobs", data=order)).body())
    await trip.go("/flags")
    await trip.press('.sections a[href="/flags/history"]')
    await trip.hands.choose(await trip.find("select#source"), "builtin")
    await trip.hands.choose(await trip.find("#state"), "succeeded")
    await trip.press(".filters .primary")
    line = f'tr[data-id="{job["id"]}"] input'
    await trip.hands.tick(await trip.find(line))
    await trip.look("history")
    page.on("dialog", lambda dialog: dialog.accept())
    await trip.press('button[value="delete"]')
    await trip.find("[data-outcome]")
    await expect(page.locator(line)).to_have_count(0)
    await trip.look("deleted")
    await trip.press('.sections a[href="/flags/gallery"]')
    await trip.hands.write(await trip.find("#q"), "br")
    if not trip.has_scripts:
        await trip.press("#find button")
    # Others may be there by now whose names match as well.
    brazil = '.picture:visible a[href*="1F1E7-1F1F7"]'
    await expect(page.locator(brazil)).to_have_count(1)
    await trip.look("gallery")
    await trip.press(brazil)
    await trip.find(".downloaded")
    await trip.look("flag")
    await trip.back()
    await expect(page.locator(brazil)).to_have_count(1)
    await trip.keeps_focus("back in the gallery")


async def change_language(trip: Trip) -> None:
    """To the other language and back, on the page where one is."""
    page = trip.page
    address = "/?q=arrow&sort=cp"
    await trip.go(address)
    there = page.url
    own = trip.way.language
    (other,) = {each.language for each in EVERY} - {own}
    for language in (other, own):
        await trip.hands.go_to_the_end()
        await trip.press(f'.languages button[value="{language}"]')
        await expect(page.locator(f'html[lang="{language}"]')).to_be_attached()
        await expect(page).to_have_url(there)
        trip.way = trip.way._replace(language=language)
        await trip.look(f"in {language}")


async def compare(trip: Trip) -> None:
    """A lab from its start to its picture."""
    page = trip.page
    await trip.go("/flags/lab")
    await trip.hands.write(await trip.find("#codes"), "BR")
    await trip.hands.choose(await trip.find("select#source"), "builtin")
    await trip.press("form.lab .primary")
    await expect(page.locator('.run[data-state="succeeded"]')).to_have_count(4)
    await trip.look("lab")


JOURNEYS: Final[dict[str, Callable[[Trip], Awaitable[None]]]] = {
    "find": find_and_copy,
    "narrow down": narrow_down,
    "browse": browse,
    "identify": identify,
    "download": download,
    "look back": look_back,
    "compare": compare,
    "change language": change_language,
}


def trips() -> Iterator[object]:
    """Each journey in each of its ways."""
    for number, (name, journey) in enumerate(JOURNEYS.items()):
        for way in ways(number):
            yield pytest.param(journey, way, id=f"{name}: {way}")


@pytest.mark.parametrize(("journey", "way"), list(trips()))
async def test_a_journey_comes_to_its_end(
    journey: Callable[[Trip], Awaitable[None]],
    way: Way,
    visits: Visits,
    browser: Browser,
    sourced: Program,
    axe: Path,
) -> None:
    page = await visits.page(
        browser,
        sourced.url,
        viewport={"width": way.width, "height": 800},
        color_scheme=way.scheme,
        reduced_motion="reduce",
        java_script_enabled=way.scripts == "with",
        permissions=["clipboard-read", "clipboard-write"],
    )
    await page.context.add_cookies(
        [{"name": "language", "value": way.language, "url": sourced.url}]
    )
    trip = Trip(page, way, axe)
    try:
        await journey(trip)
    finally:
        await trip.close()
    assert trip.trouble == {}


async def test_any_two_values_of_two_factors_meet_in_some_way() -> None:
    tried = {*HALF, *(way.opposite for way in HALF)}
    for first, second in itertools.combinations(range(len(Way._fields)), 2):
        met = {(way[first], way[second]) for way in tried}
        assert met == {(way[first], way[second]) for way in EVERY}
    assert len(JOURNEYS) >= len(HALF)
