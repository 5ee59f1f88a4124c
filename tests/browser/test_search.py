import asyncio
import re
from contextlib import suppress
from typing import Final

import pytest
from playwright.async_api import Browser, Error, Locator, Page, Route, expect

from tests.browser.conftest import Visits
from tests.browser.program import Program

SCROLL_S = 40
BOX = 'input[type="search"][name="q"]'
TOO_LOW: Final = {"y": 1.0}
CURSORS: Final = "(pages) => pages.map((page) => page.dataset.cursor)"
REFUSED: Final = {
    "too long": ("a" * 10_001, "at most 10,000 characters; this has 10,00"),
    "too many words": (" ".join(f"w{number}" for number in range(33)), "at most 32 words"),
    "too long to be sent": ("\N{PILE OF POO}" * 12_000, "too long to search for"),
}
COUNT_CHANGES: Final = """
window.changes = 0;
const change = history.replaceState;
history.replaceState = function (...details) {
  window.changes += 1;
  return change.apply(this, details);
};
"""
# Whoever presses the button is not to be overtaken.
NOTHING_LATER: Final = """
const { setTimeout } = window;
window.setTimeout = (call, ms, ...rest) => (ms >= 1000 ? 0 : setTimeout(call, ms, ...rest));
"""


async def arrows_far_down(page: Page) -> tuple[str, float]:
    """Type, scroll past 600 rows and open one; its name and where it stood in the window."""
    await page.goto("/")
    await page.locator(BOX).focus()
    await page.keyboard.type("arrow", delay=30)
    await expect(page.get_by_role("heading", name="match “arrow”")).to_be_visible()
    async with asyncio.timeout(SCROLL_S):
        while await page.locator(".row").count() <= 600:
            await page.mouse.wheel(0, 2000)
    row = page.locator(".row").nth(603).locator("a.name")
    await row.scroll_into_view_if_needed()
    stood = await still_top(page, 603)
    name = await row.inner_text()
    await page.evaluate("window.stayed = true")
    await row.click()
    await expect(page).to_have_url(re.compile(r"/characters/U\+"))
    await expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return name, stood


async def still_top(page: Page, index: int) -> float:
    """Where the row stands once it has stopped moving."""
    row = page.locator(".row").nth(index)
    before = None
    while True:
        box = await row.bounding_box()
        assert box is not None
        if box["y"] == before:
            return before
        before = box["y"]
        await page.evaluate("() => new Promise((done) => setTimeout(done, 100))")


async def back_at(page: Page, name: str, stood: float) -> None:
    # Playwright's own go_back waits for a load, which a page from the cache does not do.
    await page.evaluate("() => { setTimeout(() => history.back()); }")
    await expect(page.locator(BOX)).to_have_value("arrow")
    await expect(page.locator(".row").nth(603)).to_be_attached()
    row = page.locator(".row").nth(603).locator("a.name")
    await expect(row).to_have_text(name)
    await expect(row).to_be_in_viewport()
    await expect(row).to_be_focused()
    assert abs(await still_top(page, 603) - stood) < 3


async def test_back_from_a_character_is_the_same_place(page: Page) -> None:
    # A browser that is short of time or memory may drop a page: it then has to be loaded again.
    for _ in range(3):
        name, stood = await arrows_far_down(page)
        await back_at(page, name, stood)
        if await page.evaluate("window.stayed"):
            return
    pytest.fail("the back/forward cache was not used")


async def test_the_place_comes_back_without_the_browsers_cache(
    visits: Visits, forgetful_browser: Browser, program: Program
) -> None:
    page = await visits.page(forgetful_browser, program.url)
    name, stood = await arrows_far_down(page)
    await back_at(page, name, stood)
    assert not await page.evaluate("window.stayed"), "the back/forward cache was used"
    await page.reload()
    await expect(page.locator(".row").nth(603)).to_be_in_viewport()


async def test_back_and_forward_search_again(page: Page) -> None:
    await page.goto("/?q=rook")
    await page.locator(BOX).fill("bishop")
    await expect(page.get_by_role("heading", name="match “bishop”")).to_be_visible()
    await expect(page).to_have_title(re.compile("bishop"))
    await page.go_back()
    await expect(page.get_by_role("heading", name="match “rook”")).to_be_visible()
    await expect(page.locator(BOX)).to_have_value("rook")
    await page.go_forward()
    await expect(page.get_by_role("heading", name="match “bishop”")).to_be_visible()


async def test_typing_on_makes_one_entry_of_the_history(page: Page) -> None:
    await page.goto("/?q=rook")
    await page.locator(BOX).fill("")
    await page.keyboard.type("white bishop", delay=180)
    await expect(page).to_have_url(re.compile(r"q=white\+bishop$"))
    await page.go_back()
    await expect(page).to_have_url(re.compile("q=rook$"))


async def test_after_a_rest_another_query_is_an_entry_of_its_own(page: Page) -> None:
    await page.goto("/")
    await page.locator(BOX).press_sequentially("arrow", delay=50)
    await expect(page.get_by_role("heading", name="match “arrow”")).to_be_visible()
    # The page tells one go from the next by the clock, so the test has to let it run.
    await page.evaluate("() => new Promise((done) => setTimeout(done, 1700))")
    await page.locator(BOX).press("Control+a")
    await page.locator(BOX).press_sequentially("heart", delay=200)
    await expect(page.get_by_role("heading", name="match “heart”")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("heading", name="match “arrow”")).to_be_visible()
    await expect(page.locator(BOX)).to_have_value("arrow")
    await page.go_back()
    await expect(page).to_have_url(re.compile("/$"))


async def test_an_overtaken_answer_is_dropped(page: Page) -> None:
    overtaken, late, answered = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def delay(route: Route) -> None:
        overtaken.set()
        answer = await route.fetch()
        await late.wait()
        # The page may have given this request up; then nobody is there to take the answer.
        with suppress(Error):
            await route.fulfill(response=answer)
        answered.set()

    await page.route(re.compile(r"\?q=black$"), delay)
    await page.goto("/")
    await page.locator(BOX).fill("black")
    await overtaken.wait()
    await page.locator(BOX).fill("white rook")
    await expect(page.get_by_role("heading", name="match “white rook”")).to_be_visible()
    late.set()
    await answered.wait()
    # A frame drawn after the late answer: whatever it was to change has changed by now.
    await page.evaluate("() => new Promise(requestAnimationFrame)")
    await expect(page.get_by_role("heading", name="match “white rook”")).to_be_visible()
    await expect(page.locator("#results")).not_to_have_attribute("aria-busy", "true")


async def test_a_search_that_fails_is_said_and_can_be_repeated(visits: Visits, page: Page) -> None:
    visits.tolerate(page, "ERR_FAILED")
    await page.add_init_script(NOTHING_LATER)
    await page.goto("/?q=rook")
    await page.route(re.compile(r"\?q=bishop$"), lambda route: route.abort())
    await page.locator(BOX).fill("bishop")
    await expect(page.locator(".stuck", has_text="The search did not work")).to_be_visible()
    assert await page.locator(".row").count() > 0
    await page.unroute_all()
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("heading", name="match “bishop”")).to_be_visible()
    await expect(page.locator(".stuck", has_text="The search did not work")).to_have_count(0)
    await expect(page.locator(BOX)).to_be_focused()


@pytest.mark.parametrize(
    ("path", "box", "answer"),
    [("/", BOX, "a.name[href='/characters/U+265D']"), ("/identify", "#text", "#answer .clusters")],
)
async def test_what_did_not_come_comes_when_the_server_is_back(
    path: str, box: str, answer: str, visits: Visits, page: Page
) -> None:
    visits.tolerate(page, "ERR_FAILED")
    await page.goto(path)
    address = re.compile(r"\?q=bishop$|/identify$")
    await page.route(address, lambda route: route.abort())
    await page.locator(box).fill("bishop")
    notice = page.locator(".stuck", has_text="the server did not answer")
    await expect(notice).to_be_visible()
    # Asked again in vain, it is said once.
    async with page.expect_request(address):
        pass
    await expect(notice).to_have_count(1)
    await page.unroute_all()
    await expect(page.locator(answer).first).to_be_visible()
    await expect(notice).to_have_count(0)
    await expect(page.locator(box)).to_be_focused()


async def test_what_is_refused_is_not_asked_for_again(visits: Visits, page: Page) -> None:
    visits.tolerate(page, "ERR_FAILED")
    await page.clock.install()
    await page.goto("/?q=rook")
    await page.route(re.compile(r"\?q=bishop$"), lambda route: route.abort())
    await page.locator(BOX).fill("bishop")
    await page.clock.run_for(500)
    await expect(page.locator(".stuck")).to_be_visible()
    await page.locator(BOX).fill("\N{PILE OF POO}" * 12_000)
    await page.clock.run_for(500)
    await expect(page.locator("#query-problem")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.clock.run_for(20_000)
    await expect(page.locator("#query-problem")).to_be_visible()
    assert asked == []


@pytest.mark.parametrize(("text", "sentence"), REFUSED.values(), ids=REFUSED.keys())
async def test_a_query_that_is_refused_says_why_at_the_box(
    text: str, sentence: str, visits: Visits, page: Page
) -> None:
    visits.tolerate(page, "status of 422")
    await page.goto("/?q=rook")
    box = page.locator(BOX)
    await box.focus()
    # Like a paste, and unlike fill, this minds a maxlength.
    await page.keyboard.insert_text(text)
    await expect(page.get_by_role("alert")).to_contain_text(sentence)
    await expect(box).to_have_attribute("aria-invalid", "true")
    await expect(box).to_have_accessible_description(re.compile(re.escape(sentence)))
    assert text in await box.input_value()
    await expect(page.get_by_text("Try again")).to_have_count(0)
    await box.fill("rook")
    await expect(page.get_by_role("heading", name="match “rook”")).to_be_visible()
    await expect(box).not_to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_role("alert")).to_have_count(0)


async def test_the_reason_of_a_server_in_trouble_is_passed_on(visits: Visits, page: Page) -> None:
    visits.tolerate(page, "status of 503")
    await page.goto("/?q=rook")
    trouble = '<div class="problem"><h1>Unavailable</h1><p>The search took too long.</p></div>'
    await page.route(
        re.compile(r"\?q=bishop$"),
        lambda route: route.fulfill(status=503, content_type="text/html", body=trouble),
    )
    await page.locator(BOX).fill("bishop")
    await expect(page.locator(".stuck p")).to_have_text("The search took too long.")
    await page.unroute_all()
    await page.locator(BOX).press("Enter")
    await expect(page.get_by_role("heading", name="match “bishop”")).to_be_visible()


async def test_rows_that_fail_to_come_can_be_asked_for_again(visits: Visits, page: Page) -> None:
    visits.tolerate(page, "ERR_FAILED")
    await page.route(re.compile(r"/rows\?"), lambda route: route.abort())
    await page.goto("/?q=arrow")
    await page.locator('a[rel="next"]').scroll_into_view_if_needed()
    await expect(page.locator(".stuck", has_text="The next rows did not come")).to_be_visible()
    await page.unroute_all()
    await page.locator('a[rel="next"]').click()
    await expect(page.locator(".row").nth(200).locator("a")).to_be_focused()


async def test_hostile_text_is_only_text(page: Page) -> None:
    text = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    await page.goto("/")
    await page.locator(BOX).fill(text)
    await expect(page.locator("#results h2 bdi")).to_have_text(text)
    await page.reload()
    await expect(page.locator("#results h2 bdi")).to_have_text(text)
    await expect(page.locator(BOX)).to_have_value(text)
    assert await page.locator("#results img, #results script").count() == 0


async def test_the_page_of_a_cursor_can_be_linked_to(page: Page) -> None:
    await page.goto("/?q=arrow")
    link = await page.locator('a[rel="next"]').get_attribute("href")
    assert link is not None
    following = await page.locator(".row a.name").all_text_contents()
    await page.goto(f"{link}&utm_source=letter")
    names = await page.locator(".row a.name").all_text_contents()
    assert names[0] not in following[:200]
    assert len(names) >= 200
    await page.get_by_role("link", name="Earlier rows").click()
    assert (await page.locator(".row a.name").all_text_contents())[:200] == following[:200]


async def turned_to(page: Page, number: int) -> Locator:
    """Turn the wheel until that page of rows, from 0, is at the top of the view."""
    section = page.locator(".page").nth(number)
    async with asyncio.timeout(SCROLL_S):
        while not await section.count() or (await section.bounding_box() or TOO_LOW)["y"] > 0:
            await page.mouse.wheel(0, 2000)
            await page.evaluate("() => new Promise(requestAnimationFrame)")
    return section


async def cursor_of(section: Locator) -> str:
    """The cursor by which the page of rows was asked for."""
    cursor = await section.get_attribute("data-cursor")
    assert cursor
    return cursor


async def test_the_address_names_the_page_of_rows_in_view(page: Page) -> None:
    await page.add_init_script(COUNT_CHANGES)
    await page.goto("/?q=arrow&utm_source=letter")
    names = await page.locator(".row a.name").all_text_contents()
    link = await page.locator('a[rel="next"]').get_attribute("href")
    await page.locator("#results").hover()
    second = await turned_to(page, 1)
    assert f"cursor={await cursor_of(second)}" in (link or "")
    await expect(page).to_have_url(
        re.compile(rf"/\?q=arrow&utm_source=letter&cursor={await cursor_of(second)}$")
    )
    third = await turned_to(page, 2)
    await expect(page).to_have_url(re.compile(f"cursor={await cursor_of(third)}$"))
    before = await page.evaluate("scrollY")
    await page.evaluate("() => new Promise((done) => setTimeout(done, 700))")
    assert await page.evaluate("scrollY") == before
    await page.keyboard.press("Home")
    await expect(page).to_have_url(re.compile(r"/\?q=arrow&utm_source=letter$"))
    assert (await page.locator(".row a.name").all_text_contents())[:200] == names[:200]
    # One for the key of the entry, one for each page of rows on the way down and up again.
    assert await page.evaluate("window.changes") <= 6
    await page.locator(BOX).fill("heart")
    await expect(page).to_have_url(re.compile(r"/\?q=heart$"))


async def test_a_copied_address_opens_at_its_page_of_rows(
    visits: Visits, browser: Browser, page: Page, program: Program
) -> None:
    await page.goto("/?q=arrow")
    await page.locator("#results").hover()
    section = await turned_to(page, 2)
    await expect(page).to_have_url(re.compile(f"cursor={await cursor_of(section)}$"))
    # Rows that were not in view yet have a text content, but no inner text.
    wanted = await section.locator("a.name").all_text_contents()
    other = await visits.page(browser, program.url)
    await other.goto(page.url)
    assert (await other.locator(".row a.name").all_text_contents())[: len(wanted)] == wanted
    earlier = other.get_by_role("link", name="Earlier rows")
    await expect(earlier).to_have_attribute("href", "/?q=arrow")
    await expect(earlier).to_be_in_viewport()
    await other.locator("#results").hover()
    following = await turned_to(other, 1)
    await expect(other).to_have_url(re.compile(f"cursor={await cursor_of(following)}$"))
    await other.locator(BOX).fill("heart")
    await expect(other).to_have_url(re.compile(r"/\?q=heart$"))
    await other.go_back()
    await expect(other.locator(".page")).to_have_count(2)
    await expect(other.locator(".page").nth(0)).to_have_attribute(
        "data-cursor", await cursor_of(section)
    )
    await earlier.click()
    await expect(other).to_have_url(re.compile(r"/\?q=arrow$"))
    await expect(other.locator(".page").nth(0)).to_have_attribute("data-cursor", "")


async def test_a_cursors_entry_comes_back_with_all_its_rows(
    visits: Visits, forgetful_browser: Browser, program: Program
) -> None:
    page = await visits.page(forgetful_browser, program.url)
    await page.goto("/?q=arrow")
    await page.goto(await page.locator('a[rel="next"]').get_attribute("href") or "")
    await page.locator("#results").hover()
    await turned_to(page, 1)
    cursors = await page.locator(".page").evaluate_all(CURSORS)
    await expect(page).to_have_url(re.compile(f"cursor={cursors[1]}$"))
    row = page.locator(".row").nth(207).locator("a.name")
    await row.scroll_into_view_if_needed()
    stood = await still_top(page, 207)
    await row.click()
    await expect(page).to_have_url(re.compile(r"/characters/U\+"))
    await page.go_back()
    for leave in (None, page.reload):
        if leave:
            await leave()
        await expect(page.locator(".row").nth(207)).to_be_in_viewport()
        assert abs(await still_top(page, 207) - stood) < 3
        assert (await page.locator(".page").evaluate_all(CURSORS))[:2] == cursors[:2]
        await expect(page).to_have_url(re.compile(f"cursor={cursors[1]}$"))


async def test_without_scripts_one_goes_back_to_the_earlier_rows(
    visits: Visits, browser: Browser, program: Program
) -> None:
    page = await visits.page(browser, program.url, java_script_enabled=False)
    await page.goto("/")
    first = await page.locator(".row a.name").first.text_content()
    await expect(page.get_by_role("link", name="Earlier rows")).to_have_count(0)
    await page.locator('a[rel="next"]').click()
    await page.get_by_role("link", name="Earlier rows").click()
    await expect(page.locator(".row a.name").first).to_have_text(first or "")


async def test_a_link_within_the_page_leaves_the_rows_alone(page: Page) -> None:
    await page.goto("/?q=arrow")
    await page.locator("#results").hover()
    await turned_to(page, 1)
    rows = await page.locator(".row").count()
    await page.evaluate("document.querySelector('.row').id = 'mine'")
    await page.get_by_role("link", name="Skip to content").press("Enter")
    await expect(page).to_have_url(re.compile("#main$"))
    await expect(page.locator("#main")).to_be_focused()
    await page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
    assert await page.locator(".row").count() >= rows
    assert await page.locator("#mine").count() == 1


async def test_the_slash_key_goes_to_the_box(page: Page) -> None:
    await page.goto("/characters/U+2658")
    await page.keyboard.press("/")
    await expect(page.locator(BOX)).to_be_focused()
    await page.keyboard.type("a/b")
    await expect(page.locator(BOX)).to_have_value("a/b")


async def test_a_row_copies_its_character(
    visits: Visits, browser: Browser, program: Program
) -> None:
    page = await visits.page(
        browser, program.url, permissions=["clipboard-read", "clipboard-write"]
    )
    await page.goto("/?q=U%2B200B")
    await page.get_by_role("button", name="Copy ZERO WIDTH SPACE").click()
    await expect(page.get_by_role("status")).to_contain_text("Copied ZWSP ZERO WIDTH SPACE")
    assert await page.evaluate("navigator.clipboard.readText()") == "\u200b"


async def test_an_input_methods_unfinished_text_is_not_searched(page: Page) -> None:
    await page.goto("/?q=rook")
    session = await page.context.new_cdp_session(page)
    await page.locator(BOX).fill("")
    await expect(page).to_have_url(re.compile("/$"))
    await session.send(
        "Input.imeSetComposition", {"text": "bis", "selectionStart": 3, "selectionEnd": 3}
    )
    await page.evaluate("() => new Promise((done) => setTimeout(done, 400))")
    await expect(page).to_have_url(re.compile("/$"))
    await session.send("Input.insertText", {"text": "bishop"})
    await expect(page.get_by_role("heading", name="match “bishop”")).to_be_visible()


async def test_without_scripts_one_finds_and_turns_pages(
    visits: Visits, browser: Browser, program: Program
) -> None:
    page = await visits.page(browser, program.url, java_script_enabled=False)
    await page.goto("/")
    await page.locator(BOX).fill("arrow")
    await page.get_by_role("button", name="Search", exact=True).click()
    first = await page.locator(".row a.name").first.text_content()
    await page.locator('a[rel="next"]').click()
    await expect(page.locator(".row a.name").first).not_to_have_text(first or "")
    row = page.locator(".row a.name").nth(5)
    name = await row.inner_text()
    await row.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(name)
    assert await page.get_by_role("button", name="Copy").count() == 0
