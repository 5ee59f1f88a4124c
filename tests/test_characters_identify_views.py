import io
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import ClientSession

from webapp.answers import TEXT_BODY_LIMIT
from webapp.characters.identify_views import CLUSTERS_SHOWN

HTML = {"Accept": "text/html"}

pytestmark = pytest.mark.reads


async def page(client: ClientSession, text: str) -> str:
    async with client.get(f"/identify?text={quote(text)}", headers=HTML) as answer:
        assert answer.status == 200
        return await answer.text()


async def sent(client: ClientSession, text: str) -> tuple[int, str]:
    body = io.BytesIO(f"text={quote(text)}".encode())
    headers = HTML | {"Content-Type": "application/x-www-form-urlencoded"}
    async with client.post("/identify", data=body, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_the_page_names_what_a_text_consists_of(client: ClientSession) -> None:
    text = await page(client, "p\u0430y👩\u200d👩\u200d👧e\u0301\u202e\u0378")
    for expected in (
        *("FAMILY: WOMAN, WOMAN, GIRL", "COMBINING ACUTE ACCENT", "mixes Cyrillic and Latin"),
        *('<a class="code" href="/characters/U+200D">', "Looks like <bdi>a</bdi>", "RLO"),
        *("Copy without invisible characters", "Copy composed (NFC)", "Not possible: it has no"),
        *("bidi-control", "unassigned", '<span class="code">U+0378</span>'),
    ):
        assert expected in text
    assert 'href="/characters/U+0378"' not in text


async def test_without_a_text_there_is_something_to_try(client: ClientSession) -> None:
    for path in ("/identify", "/identify?text=", "/identify?utm_source=x"):
        async with client.get(path) as answer:
            assert answer.status == 200
            assert "Try one of these" in await answer.text()


async def test_text_is_shown_as_text(client: ClientSession) -> None:
    text = await page(client, '</textarea><script>alert("x")</script>')
    assert "<script>alert" not in text
    assert "&lt;/textarea&gt;" in text


async def test_a_long_text_comes_by_form_and_is_shown_in_part(client: ClientSession) -> None:
    status, text = await sent(client, "€" * (TEXT_BODY_LIMIT // 3))
    assert status == 200
    assert f"The first {CLUSTERS_SHOWN} are shown; 87,081 more are counted" in text
    assert text.count('class="cluster"') == CLUSTERS_SHOWN
    status, text = await sent(client, "e" + "\u0301" * 100_000)
    assert status == 200
    assert "and 99,985 more" in text
    assert len(text) < 500_000


async def test_too_long_a_text_is_refused_with_the_limit(client: ClientSession) -> None:
    for text in ("a" * (TEXT_BODY_LIMIT + 1), "a" * 4 * TEXT_BODY_LIMIT):
        status, told = await sent(client, text)
        assert status == 413
        assert "bytes at most" in told


async def test_the_lines_of_a_form_are_those_that_were_typed(client: ClientSession) -> None:
    _, text = await sent(client, "a\r\nb")
    assert "CARRIAGE RETURN" not in text
    assert "CARRIAGE RETURN" in await page(client, "a\r\nb")


@pytest.mark.parametrize("text", ["%00", "%ED%A0%80", "%FF", "%F3%A0%81%81", "%0D", "%F4%8F%BF%BF"])
async def test_no_text_is_a_fault_of_ours(client: ClientSession, text: str) -> None:
    async with client.get(f"/identify?text={text}") as answer:
        assert answer.status == 200
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with client.post("/identify", data=f"text={text}", headers=headers) as answer:
        assert answer.status in {200, 400}


async def test_the_api_tells_the_same(client: ClientSession) -> None:
    async with client.post("/api/v1/identify", json={"text": "p\u0430\ud800"}) as answer:
        body: dict[str, Any] = await answer.json()
    assert [each["code"] for each in body["warnings"]] == ["mixed-scripts", "surrogate"]
    assert body["counts"] == {"clusters": 3, "code_points": 3, "utf-8": 6, "utf-16": 3, "lines": 1}
    assert body["looks_like"][0]["id"] == "U+0430"
    assert body["normal_forms"]["nfc"] is True
    assert {each["id"]: each["lacks"] for each in body["encodings"]}["utf-8"] == 2


async def test_the_search_page_leads_to_it(client: ClientSession) -> None:
    async with client.get(f"/?q={quote('👍🏽é€')}", headers=HTML) as answer:
        text = await answer.text()
    assert f'href="/identify?text={quote("👍🏽é€")}"' in text
    async with client.get("/?q=arrow", headers=HTML) as answer:
        text = await answer.text()
    assert '<a class="tool" href="/identify">Identify text</a>' in text
    assert "/identify?text" not in text
