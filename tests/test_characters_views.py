import html
import re
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import ClientSession

API = "/api/v1/characters"

pytestmark = pytest.mark.reads


async def get(client: ClientSession, url: str, **params: str) -> Any:
    async with client.get(url, params=params) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def test_a_search_has_the_shape_of_the_contract(client: ClientSession) -> None:
    async with client.get(f"{API}?q=face") as response:
        body = await response.json()
        assert response.headers["Link"] == f'<{body["next_url"]}>; rel="next"'
    assert set(body) == {
        *("query", "interpretation", "corrected", "notices", "total", "items"),
        *("next", "next_url", "unicode_version", "index"),
    }
    assert body["interpretation"] == [
        {"kind": "words", "text": "face"},
        {"kind": "codepoint", "id": "U+FACE", "q": "U+FACE"},
    ]
    assert set(body["items"][0]) == {
        *("id", "char", "name", "kind", "category", "block", "script", "age", "why"),
    }
    assert len(body["items"]) == 200 < body["total"]


async def test_following_next_url_gives_every_hit_once(client: ClientSession) -> None:
    url: str | None = f"{API}?q=arrow&limit=90&sort=name&fields=id,name&lang=fr"
    items: list[dict[str, str]] = []
    total = 0
    while url:
        body = await get(client, url)
        items += body["items"]
        total, url = body["total"], body["next_url"]
    assert len({item["id"] for item in items}) == len(items) == total
    assert [item["name"] for item in items] == sorted(item["name"] for item in items)
    assert set(items[0]) == {"id", "name"}


async def test_empty_parameters_are_as_good_as_none(client: ClientSession) -> None:
    body = await get(client, f"{API}?q=&limit=&cursor=&lang=&sort=&mode=&fields=")
    assert (body["total"], body["query"], len(body["items"])) == (172_873, "", 200)


@pytest.mark.parametrize("limit", ["201", "999999999999999999999999"])
async def test_more_than_two_hundred_gives_two_hundred(client: ClientSession, limit: str) -> None:
    assert len((await get(client, API, limit=limit))["items"]) == 200


@pytest.mark.parametrize(
    ("parameters", "status", "field"),
    [
        ({"limit": "0"}, 422, "limit"),
        ({"limit": "-1"}, 422, "limit"),
        ({"limit": "ten"}, 422, "limit"),
        ({"limit": "٣"}, 422, "limit"),
        ({"limit": "9" * 5000}, 422, "limit"),
        ({"sort": "random"}, 422, "sort"),
        ({"mode": "classic3"}, 422, "mode"),
        ({"fields": "id,nonsense"}, 422, "fields"),
        ({"lang": "../etc"}, 422, "lang"),
        ({"nonsense": "1"}, 422, "nonsense"),
        ({"q": "U+0..U+FFFF"}, 422, "q"),
        ({"cursor": "nonsense"}, 400, None),
        ({"cursor": "A" * 28}, 400, None),
    ],
)
async def test_what_cannot_be_is_refused_by_name(
    client: ClientSession, parameters: dict[str, str], status: int, field: str | None
) -> None:
    async with client.get(API, params=parameters) as response:
        problem = await response.json()
    assert (response.status, problem["status"]) == (status, status)
    assert response.content_type == "application/problem+json"
    assert [error["field"] for error in problem.get("errors", [])] == ([field] if field else [])
    if status == 400:
        assert problem["type"] == "/problems/cursor-mismatch"


async def test_a_query_that_is_too_long_is_refused(client: ClientSession) -> None:
    async with client.get(API, params={"q": "x" * 7_000}) as response:
        assert response.status == 200
    async with client.get(API, params={"q": "é" * 20_000}) as response:
        assert 400 <= response.status < 500


@pytest.mark.parametrize(
    "q", ['"', "';--", "%00", "%ff%fe", "%ED%A0%80", "%E2%80%AE", "<script>", "NEAR(", "a%00b"]
)
async def test_hostile_text_has_an_answer(client: ClientSession, q: str) -> None:
    for path in (API, "/", "/rows"):
        async with client.get(f"{path}?q={q}") as response:
            assert response.status == 200
            assert "<script>alert" not in await response.text()


@pytest.mark.parametrize("url", [f"{API}?q=cat", f"{API}/U+1F408"])
async def test_an_answer_one_has_is_not_sent_again(client: ClientSession, url: str) -> None:
    async with client.get(url) as response:
        etag = response.headers["ETag"]
        assert response.headers["Cache-Control"] == "no-cache"
    for known in (etag, f'"other", W/{etag.removeprefix("W/")}', "*"):
        async with client.get(url, headers={"If-None-Match": known}) as response:
            assert (response.status, await response.read()) == (304, b"")
    async with client.get(url, headers={"If-None-Match": '"other"'}) as response:
        assert response.status == 200


async def test_a_kept_page_is_the_same_page(client: ClientSession) -> None:
    first = await get(client, f"{API}?q=snowman")
    assert await get(client, f"{API}?q=snowman") == first
    assert (await get(client, f"{API}?q=snow"))["total"] > first["total"]


async def test_head_has_the_headers_of_get(client: ClientSession) -> None:
    for url in ("/", "/rows", "/characters/U+41", API, f"{API}/U+41"):
        async with client.head(url) as response:
            assert (response.status, await response.read()) == (200, b"")


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("u+e9", "U+00E9"),
        ("U%2B1f1eb-1f1f7", "U+1F1EB-1F1F7"),
        ("%C3%A9", "U+00E9"),
        ("%2F", "U+002F"),
        ("%3F", "U+003F"),
        ("%00", "U+0000"),
        (quote("👁‍🗨"), "U+1F441-FE0F-200D-1F5E8-FE0F"),
        (quote("❤️"), "U+2764"),
    ],
)
async def test_a_character_has_an_address(client: ClientSession, text: str, id_: str) -> None:
    assert (await get(client, f"{API}/{text}"))["id"] == id_
    async with client.get(f"/characters/{text}") as response:
        assert response.status == 200
        assert id_ in await response.text()


@pytest.mark.parametrize("text", ["U+0378", "U+D800", "U+E000", "U+110000", "nonsense", "%ff"])
async def test_what_is_no_character_is_not_found(client: ClientSession, text: str) -> None:
    for path in ("/characters", API):
        async with client.get(f"{path}/{text}") as response:
            assert response.status == 404


async def test_the_pages_lead_on_without_scripts(client: ClientSession) -> None:
    async with client.get("/?query=arrow&utm_source=x") as response:
        page = await response.text()
    assert 'value="arrow"' in page
    assert 'rel="next" href="/?q=arrow&amp;cursor=' in page
    assert 'href="/characters/U+2190"' in page or 'href="/characters/U+02FF"' in page
    async with client.get("/rows?q=arrow") as response:
        rows = await response.text()
    assert rows.count("<li") == 200
    assert "<html" not in rows


@pytest.mark.parametrize(
    ("typed", "is_told"),
    [("pass\u200bword", True), ("soft\u00adhyphen", True), ("word", False),
     ("می\u200cخواهم", False), ("café", False)],
)  # fmt: skip
async def test_what_cannot_be_seen_in_a_text_is_told(
    client: ClientSession, typed: str, is_told: bool
) -> None:
    async with client.get("/", params={"q": typed}) as response:
        text = await response.text()
    assert ("There is something in it that cannot be seen." in text) is is_told


async def test_pasted_text_is_looked_into_as_it_was_pasted(client: ClientSession) -> None:
    async with client.get("/", params={"q": "=pass\u200bword"}) as response:
        text = await response.text()
    assert 'href="/identify?text=pass%E2%80%8Bword"' in text


async def test_the_page_shows_what_is_wrong_with_a_query(client: ClientSession) -> None:
    async with client.get("/?q=arrow&cursor=nonsense") as response:
        assert response.status == 400
        page = await response.text()
        assert "The cursor is malformed" in page
        assert 'href="/?q=arrow">Show from the first' in page
    async with client.get("/?q=U%2B0..U%2BFFFF") as response:
        assert response.status == 422
        assert "A range holds at most" in await response.text()
    async with client.get("/rows?q=arrow&cursor=nonsense") as response:
        assert response.status == 400


async def test_a_search_without_hits_says_which_word_is_too_many(client: ClientSession) -> None:
    async with client.get("/?q=zzzz+command+key&lang=de") as response:
        page = await response.text()
    assert re.findall(r'<a href="(/\?q=[^"]+)">(.+ without .+)</a>', page) == [
        ("/?q=command+key&amp;lang=de", "1 character without “<bdi>zzzz</bdi>”")
    ]
    # As many as behind the link: the book's program looks for words in another way.
    async with client.get("/?q=zzzz+key&mode=classic1") as response:
        (link, count) = re.findall(r'href="([^"]+)">(\d+) .+ without', await response.text())[0]
    async with client.get(html.unescape(link)) as response:
        assert f">{count} characters match" in (await response.text()).replace("<h2>", ">")
    # Of two such words neither alone is to blame; what has signs is not taken apart.
    for query in ("zzzz+qqqq+key", "zzzz+gc:Lu", "zzzz", "zzzz+" * 7):
        async with client.get(f"/?q={query}") as response:
            page = await response.text()
            assert response.status == 200
            assert " without " not in page
