"""Pages in the language of whoever reads them."""

import pytest
from aiohttp import ClientSession

HTML = {"Accept": "text/html"}
CHINESE = HTML | {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}
GERMAN = HTML | {"Accept-Language": "de"}
CHOSEN = {"Cookie": "language=zh-Hans"}


async def language(client: ClientSession, headers: dict[str, str], path: str = "/about") -> str:
    async with client.get(path, headers=headers) as answer:
        said = answer.headers["Content-Language"]
        assert f'<html lang="{said}">' in await answer.text()
        assert {"Accept-Language", "Cookie"} <= set(answer.headers["Vary"].split(", "))
        return said


@pytest.mark.reads
async def test_the_language_is_the_browsers_until_one_is_chosen(client: ClientSession) -> None:
    assert await language(client, HTML) == "en"
    assert await language(client, GERMAN) == "en"
    assert await language(client, CHINESE) == "zh-Hans"
    assert await language(client, GERMAN | CHOSEN) == "zh-Hans"
    assert await language(client, CHINESE | {"Cookie": "language=en"}) == "en"
    assert await language(client, CHINESE | {"Cookie": "language=../../x"}) == "zh-Hans"
    # What goes wrong is said in it too.
    assert await language(client, CHINESE, "/nowhere") == "zh-Hans"


@pytest.mark.reads
async def test_a_choice_is_kept_and_leads_back(client: ClientSession) -> None:
    form = {"language": "zh-Hans", "next": "/?q=arrow"}
    async with client.post("/language", data=form, allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"] == "/?q=arrow"
        cookie = answer.cookies["language"]
        assert cookie.value == "zh-Hans"
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert int(cookie["max-age"]) > 24 * 3600


@pytest.mark.reads
@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
async def test_a_choice_leads_nowhere_else(client: ClientSession, target: str) -> None:
    form = {"language": "en", "next": target}
    async with client.post("/language", data=form, allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/"


@pytest.mark.reads
async def test_a_language_that_there_is_not_is_refused(client: ClientSession) -> None:
    headers = {"Accept": "application/json"}
    async with client.post("/language", data={"language": "xx"}, headers=headers) as answer:
        assert answer.status == 422
        assert "language" not in answer.cookies
        body = await answer.json(content_type=None)
        assert body["detail"] == "language: One of en, zh-Hans."


@pytest.mark.reads
async def test_names_are_unicodes_and_those_of_the_language(client: ClientSession) -> None:
    async with client.get("/characters/U+2192", headers=GERMAN | CHOSEN) as answer:
        text = await answer.text()
    assert "RIGHTWARDS ARROW" in text
    assert "向右的箭头" in text
    # The language of the pages is searched, too.
    async with client.get("/?q=向右的箭头", headers=GERMAN | CHOSEN) as answer:
        assert 'data-id="U+2192"' in (await answer.text()).partition("</li>")[0]


@pytest.mark.reads
async def test_countries_are_called_as_cldr_calls_them(client: ClientSession) -> None:
    async with client.get("/characters/U+1F1E7-1F1F7", headers=CHINESE) as answer:
        assert "巴西" in await answer.text()


@pytest.mark.reads
async def test_scripts_are_given_their_texts_where_these_are_not_english(
    client: ClientSession,
) -> None:
    async with client.get("/about", headers=CHINESE) as answer:
        assert '<script type="application/json" id="texts">{' in await answer.text()
    async with client.get("/about", headers=HTML) as answer:
        assert 'id="texts"' not in await answer.text()


@pytest.mark.reads
async def test_the_api_speaks_english_to_everybody(client: ClientSession) -> None:
    headers = {"Accept-Language": "zh", **CHOSEN}
    async with client.get("/api/v1/characters?q=U%2B110000", headers=headers) as answer:
        body = await answer.json(content_type=None)
    assert body["notices"] == ["U+110000 is beyond U+10FFFF, the last code point."]
    async with client.get("/?q=U%2B110000", headers=CHINESE) as answer:
        assert body["notices"][0] not in await answer.text()
