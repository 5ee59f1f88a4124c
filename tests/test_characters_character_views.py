import json
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import ClientSession, web

from webapp.keys import DOSSIER

API = "/api/v1/characters"
LOOKUP = f"{API}/lookup"
IDENTIFY = "/api/v1/identify"
JSON = {"Content-Type": "application/json"}

pytestmark = pytest.mark.reads


async def get(client: ClientSession, url: str, **headers: str) -> Any:
    async with client.get(url, headers=headers) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def page(client: ClientSession, url: str, **headers: str) -> str:
    async with client.get(url, headers=headers) as response:
        assert response.status == 200, await response.text()
        assert response.headers["Vary"].startswith("Accept-Language")
        return await response.text()


async def post(client: ClientSession, url: str, body: object) -> Any:
    async with client.post(url, json=body) as response:
        assert response.status == 200, await response.text()
        assert response.content_type == "application/json"
        return await response.json()


async def test_the_page_says_it_in_words(client: ClientSession) -> None:
    text = await page(client, "/characters/U+00E9")
    for expected in (
        *("Left-to-right", "&amp;eacute;", "Windows-1252", "U+00C9", "Lowercase letter"),
        '<a href="/?q=block%3A%22Latin-1+Supplement%22">Latin-1 Supplement</a>',
        '<a href="/?q=sc%3ALatin">Latin script</a>',
        'rel="prev" href="/characters/U+00E8"',
    ):
        assert expected in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("U+200D", "In sequences"),
        ("U+1F469-200D-1F469-200D-1F467-200D-1F466", "Made of"),
        ("U+6C34", "Mandarin (pinyin)"),
        ("U+2318", "command key (1.0)"),
        ("U+002D", "Often confused with"),
        ("U+FB01", "NFKC"),
        ("U+0000", "NULL"),
        ("U+13A0", "Lower case"),
        ("U+16D6A", "NFD"),
    ],
)
async def test_pages_of_all_kinds(client: ClientSession, text: str, expected: str) -> None:
    assert expected in await page(client, f"/characters/{text}")


async def test_the_variants_of_an_emoji_are_buttons(client: ClientSession) -> None:
    async with client.get("/characters/U+1F44B/variants") as response:
        text = await response.text()
    assert text.count("<button") == 5
    assert 'data-id="U+1F44B-1F3FD"' in text
    async with client.get("/characters/U+2192/variants") as response:
        assert (response.status, (await response.text()).strip()) == (200, "")
    for unknown in ("U+110000", "nothing", "U+D800"):
        async with client.get(f"/characters/{unknown}/variants") as response:
            assert response.status == 404
    assert 'id="variants"' in await page(client, "/characters/U+1F44B")
    assert 'id="variants"' in await page(client, "/characters/U+1F44B-1F3FD")
    assert 'id="variants"' not in await page(client, "/characters/U+2192")


async def test_rows_say_what_is_beside_their_items(client: ClientSession) -> None:
    async with client.get("/rows?q=waving+hand+sign") as response:
        text = await response.text()
    assert "Variants<" in text
    assert text.count('href="/characters/U+') == text.count('<li class="row"'), "one link a row"
    async with client.get("/rows?q=U%2B2192") as response:
        text = await response.text()
    assert 'data-entity="rarr"' in text
    assert "Variants<" not in text


async def test_every_search_that_is_offered_finds_the_character(client: ClientSession) -> None:
    details = await get(client, f"{API}/U+00BD")
    offered = [each["q"] for each in (*details["in_words"], *details["binary_properties"])]
    offered += [f"in:{charset['id']}" for charset in details["charsets"][:3]]
    for q in filter(None, offered):
        found = await get(client, f"{API}?q={quote(f'{q} vulgar fraction one half')}&limit=5")
        assert found["items"][0]["id"] == "U+00BD", q


async def test_names_are_in_the_readers_language(client: ClientSession) -> None:
    french = {"Accept-Language": "fr-CA, en;q=0.5"}
    assert '<span lang="fr" dir="auto">chat</span>' in await page(
        client, "/characters/U+1F408", **french
    )
    assert '<span class="muted small" lang="fr">français</span>' in await page(
        client, "/characters/U+1F408", **french
    )
    assert 'lang="de" dir="auto">Katze' in await page(
        client, "/characters/U+1F408?lang=de", **french
    )
    assert "dir=" not in await page(client, "/characters/U+1F408?lang=%00")
    details = await get(client, f"{API}/U+1F408?lang=pt-BR")
    assert details["local_name"] == {"lang": "pt", "name": "gato"}
    assert (await get(client, f"{API}/U+1F408", **french))["local_name"] is None


async def test_pages_ignore_what_the_api_refuses(client: ClientSession) -> None:
    for query, field in (("nonsense=1", "nonsense"), ("lang=../etc", "lang")):
        assert "GRINNING FACE" in await page(client, f"/characters/U+1F600?{query}")
        async with client.get(f"{API}/U+1F600?{query}") as response:
            assert response.status == 422
            assert [each["field"] for each in (await response.json())["errors"]] == [field]


async def test_a_lookup_answers_items_and_what_is_unknown(client: ClientSession) -> None:
    body = await post(client, LOOKUP, {"ids": ["U+E9", "€", "U+E000", "U+e9", "\ud800"]})
    assert [item["id"] for item in body["items"]] == ["U+00E9", "U+20AC", "U+00E9"]
    assert body["unknown"] == ["U+E000", "\ufffd"]
    assert set(body["items"][0]) == {
        *("id", "char", "name", "kind", "category", "block", "script", "age"),
    }
    assert await post(client, LOOKUP, {"ids": []}) == {"items": [], "unknown": []}
    many = [f"U+{0x4E00 + number:X}" for number in range(1_000)]
    assert len((await post(client, LOOKUP, {"ids": many}))["items"]) == 1_000


async def test_a_text_is_identified_by_clusters(client: ClientSession) -> None:
    text = "👩\u200d👩\u200d👧\u200d👦❤\ufe0f🇫🇷e\u0301\ue000\u200b"
    body = await post(client, IDENTIFY, {"text": text})
    assert [cluster["name"] for cluster in body["clusters"]] == [
        "FAMILY: WOMAN, WOMAN, GIRL, BOY",
        "HEAVY BLACK HEART",
        "FLAG: FRANCE",
        "LATIN SMALL LETTER E + COMBINING ACUTE ACCENT",
        "<private-use-E000>",
        "ZERO WIDTH SPACE",
    ]
    assert "".join(cluster["char"] for cluster in body["clusters"]) == text
    assert body["clusters"][1]["id"] == "U+2764"
    assert body["clusters"][2]["code_points"][0]["name"] == "REGIONAL INDICATOR SYMBOL LETTER F"
    assert body["clusters"][3]["nfc"] == "U+00E9"
    assert body["notices"] == ["Without ink: ZERO WIDTH SPACE."]
    assert (await post(client, IDENTIFY, {"text": ""}))["clusters"] == []


async def test_halves_of_surrogate_pairs_are_no_fault(client: ClientSession) -> None:
    raw = rb'{"text": "a\ud800\ude00\ud83d\ude00\udc00"}'
    async with client.post(IDENTIFY, data=raw, headers=JSON) as response:
        assert response.status == 200
        body = json.loads(await response.read())
    assert [cluster["id"] for cluster in body["clusters"]] == [
        *("U+0061", "U+10200", "U+1F600", "U+DC00"),
    ]
    assert body["clusters"][3]["code_points"][0]["category"] == "Cs"


@pytest.mark.parametrize("text", ["水ab " * 5_000, "🇫🇷" * 5_000, "e" + "\u0301" * 20_000], ids=len)
async def test_long_texts_are_answered_whole(client: ClientSession, text: str) -> None:
    body = await post(client, IDENTIFY, {"text": text})
    assert "".join(cluster["char"] for cluster in body["clusters"]) == text
    assert body["total"]["code_points"] == len(text)


@pytest.mark.parametrize("length", [1_000, 20_000])
async def test_a_text_that_takes_too_long_is_a_problem(
    app: web.Application, client: ClientSession, length: int
) -> None:
    app[DOSSIER]._readers.deadline_s = 0.0
    text = "".join(chr(0x4E00 + number) for number in range(length))
    async with client.post(IDENTIFY, json={"text": text}) as response:
        assert response.status == 503
        assert (await response.json())["type"] == "/problems/query-timeout"


@pytest.mark.parametrize(
    ("url", "body", "status", "field"),
    [
        (LOOKUP, {}, 422, "ids"),
        (LOOKUP, {"ids": "U+41"}, 422, "ids"),
        (LOOKUP, {"ids": [1]}, 422, "ids[0]"),
        (LOOKUP, {"ids": ["U+41"] * 1_001}, 422, "ids"),
        (LOOKUP, {"ids": [], "limit": 1}, 422, "limit"),
        (LOOKUP, [], 422, "body"),
        (IDENTIFY, {}, 422, "text"),
        (IDENTIFY, {"text": 1}, 422, "text"),
        (IDENTIFY, {"text": None}, 422, "text"),
        (IDENTIFY, {"text": "a", "lang": "fr"}, 422, "lang"),
        (IDENTIFY, {"text": "a", "\ud800": 1}, 422, "\ufffd"),
        (IDENTIFY, {"text": {"\ud800": "a"}}, 422, "text"),
        (f"{IDENTIFY}?q=1", {"text": "a"}, 422, "q"),
        (f"{LOOKUP}?lang=fr", {"ids": []}, 422, "lang"),
    ],
)
async def test_what_cannot_be_is_refused_by_name(
    client: ClientSession, url: str, body: object, status: int, field: str
) -> None:
    async with client.post(url, json=body) as response:
        assert response.status == status
        assert response.content_type == "application/problem+json"
        assert [each["field"] for each in (await response.json())["errors"]] == [field]


@pytest.mark.parametrize("url", [LOOKUP, IDENTIFY])
@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"text": "\xff"}', "application/json", 400),
        (b'{"text": "\xed\xa0\x80"}', "application/json", 400),
        (b'{"text": ' + b"1" * 5_000 + b"}", "application/json", 400),
        (b'{"text": "a"}', "text/plain", 415),
        (b'{"text": "' + b"a" * (256 << 10) + b'"}', "application/json", 413),
    ],
    ids=["empty", "cut", "deep", "bytes", "surrogate", "number", "type", "long"],
)
async def test_what_is_no_json_is_refused(
    client: ClientSession, url: str, raw: bytes, kind: str, status: int
) -> None:
    async with client.post(url, data=raw, headers={"Content-Type": kind}) as response:
        assert (response.status, (await response.json())["status"]) == (status, status)


async def test_only_posts_are_taken(client: ClientSession) -> None:
    async with client.get(IDENTIFY) as response:
        assert (response.status, response.headers["Allow"]) == (405, "OPTIONS, POST")
    # The address is also that of a character, which no character is.
    async with client.get(LOOKUP) as response:
        assert response.status == 404


@pytest.mark.usefixtures("app", "unmeasured")
async def test_a_text_as_long_as_may_be(client: ClientSession) -> None:
    frame = len(json.dumps({"text": ""}))
    text = "a" * ((256 << 10) - frame)
    async with client.post(IDENTIFY, json={"text": text}) as response:
        assert response.status == 200
        size = 0
        async for piece in response.content.iter_any():
            size += len(piece)
    assert size > 200 * len(text)
