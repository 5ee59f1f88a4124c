"""The addresses of the book's programs answer as these did."""

import json
from typing import Any

import pytest
from aiohttp import ClientSession

pytestmark = pytest.mark.reads

HOSTILE = [
    "%00", "%ff%fe", "%ED%A0%80", "%E2%80%AE", "<script>", "'", "%22", "%0d%0a", "a" * 9_000,
    "+", "%20", "-", "NEAR(", "/(a%2b)%2b$/", "U%2B0..U%2BFFFF", "+".join("abcdefgh" * 9),
]  # fmt: skip


async def found(client: ClientSession, path: str) -> Any:
    async with client.get(path) as response:
        assert response.status == 200
        return json.loads(await response.text())


async def test_search_gives_characters_and_names_by_code_point(client: ClientSession) -> None:
    async with client.get("/search?q=cat+eyes") as response:
        assert response.content_type == "application/json"
        assert await response.text() == (
            '[{"char":"😸","name":"GRINNING CAT FACE WITH SMILING EYES"},'
            '{"char":"😻","name":"SMILING CAT FACE WITH HEART-SHAPED EYES"},'
            '{"char":"😽","name":"KISSING CAT FACE WITH CLOSED EYES"}]'
        )
    assert await found(client, "/search?q=rook.") == await found(client, "/search?q=") == []
    assert [each["char"] for each in await found(client, "/search?q=4e00")] == ["一", "🈩"]


@pytest.mark.parametrize(("q", "total"), [("braille", 256), ("cjk", 103_204)])
@pytest.mark.usefixtures("unmeasured")
async def test_search_gives_all_of_them(client: ClientSession, q: str, total: int) -> None:
    everything = await found(client, f"/search?q={q}")
    assert len(everything) == len({each["char"] for each in everything}) == total
    assert everything == sorted(everything, key=lambda each: ord(each["char"]))


async def test_search_needs_words(client: ClientSession) -> None:
    async with client.get("/search") as response:
        problem = await response.json()
    assert (response.status, problem["errors"][0]["field"]) == (422, "q")


async def test_what_one_has_is_not_sent_again(client: ClientSession) -> None:
    for q in ("cat", "letter"):
        async with client.get(f"/search?q={q}") as response:
            known = {"If-None-Match": response.headers["ETag"]}
        async with client.get(f"/search?q={q}", headers=known) as response:
            assert (response.status, await response.read()) == (304, b"")
        async with client.head(f"/search?q={q}") as response:
            assert (response.status, await response.read()) == (200, b"")


async def test_chars_gives_a_few_by_their_places(client: ClientSession) -> None:
    async with client.get("/chars?query=CHESS+white&start=0&stop=3") as response:
        assert response.content_type == "text/plain"
        text = await response.text()
    answer = json.loads(text)
    assert text.isascii()
    assert list(answer) == ["total", "start", "stop", "chars"]
    assert (answer["start"], answer["stop"], answer["chars"]) == (0, 3, "♔♕♖")
    following = await found(client, "/chars?query=CHESS+white&start=3")
    assert (following["stop"], following["total"]) == (18, answer["total"])
    assert following["chars"].startswith("♗♘♙")


async def test_chars_gives_fifteen_at_most(client: ClientSession) -> None:
    for stop in ("", "&stop=9999", f"&stop={'9' * 18}"):
        answer = await found(client, f"/chars?query=letter&start=5{stop}")
        assert (answer["stop"], len(answer["chars"])) == (20, 15)


@pytest.mark.parametrize("place", ["start=9999&stop=10000", "start=5&stop=3", f"start={'9' * 18}"])
async def test_there_is_nothing_behind_the_end(client: ClientSession, place: str) -> None:
    answer = await found(client, f"/chars?query=chess&{place}")
    assert answer["chars"] == ""
    assert answer["total"] > 0


@pytest.mark.parametrize(
    "parameters",
    [
        "",
        "query=",
        "query=a&start=x",
        "query=a&stop=-1",
        "query=a&start=",
        "query=a&start=٣",
        f"query=a&start={'9' * 5000}",
        "query=a&start=1.5",
        "query=a&stop=1e3",
    ],
)
async def test_chars_refuses_what_is_no_place(client: ClientSession, parameters: str) -> None:
    async with client.get(f"/chars?{parameters}") as response:
        assert response.status == 400
        assert response.content_type == "application/problem+json"


async def test_too_many_words_are_refused_by_the_name_they_came_under(
    client: ClientSession,
) -> None:
    words = "+".join(f"w{number}" for number in range(40))
    for path, name in (("/search?q", "q"), ("/chars?query", "query")):
        async with client.get(f"{path}={words}") as response:
            assert response.status == 422
            assert [error["field"] for error in (await response.json())["errors"]] == [name]


async def test_chars_is_not_open_to_other_sites(client: ClientSession) -> None:
    async with client.get("/chars?query=a", headers={"Origin": "http://o.example"}) as response:
        assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_is_no_fault(client: ClientSession, text: str) -> None:
    for path in (f"/search?q={text}", f"/chars?query={text}", f"/?query={text}"):
        async with client.get(path) as response:
            assert response.status in {200, 422}, path
            assert "<script>alert" not in await response.text()


async def test_the_page_of_the_first_edition_is_ours(client: ClientSession) -> None:
    async with client.get("/?query=%3Cb%3E+registered&utm_source=book") as response:
        text = await response.text()
    assert response.status == 200
    assert "<b>" not in text
    async with client.get("/?query=registered") as response:
        assert "/characters/U+00AE" in await response.text()
