from collections import Counter
from typing import Any, NamedTuple

import pytest
from aiohttp import ClientSession

from tests import whole
from webapp.characters import ucd
from webapp.characters.labels import CATEGORIES

LISTS = ["blocks", "scripts", "categories", "languages"]

pytestmark = pytest.mark.reads


async def items(client: ClientSession, name: str) -> list[dict[str, Any]]:
    async with client.get(f"/api/v1/{name}") as answer:
        assert answer.status == 200
        assert answer.content_type == "application/json"
        found: list[dict[str, Any]] = (await answer.json())["items"]
        return found


class Data(NamedTuple):
    """The tables that the lists are compared with."""

    characters: list[ucd.CodePoint]
    scripts: dict[str, str]
    blocks: list[str]
    locales: dict[str, str]


@pytest.fixture(scope="module")
def data() -> Data:
    return Data(
        list(whole.characters()),
        dict(ucd.scripts()),
        [row.name for row in ucd.blocks()],
        {locale: name for locale, name, _ in ucd.locale_names()},
    )


async def test_categories_are_counted_in_unicodes_order(client: ClientSession, data: Data) -> None:
    found = await items(client, "categories")
    counts = Counter(row.category for row in data.characters)
    assert {each["id"]: each["count"] for each in found} == counts
    assert [each["id"] for each in found] == [key for key in CATEGORIES if key in counts]
    assert found[0]["name"] == "Uppercase letter"


async def test_scripts_are_counted_and_have_codes(client: ClientSession, data: Data) -> None:
    found = await items(client, "scripts")
    assert {each["name"]: each["count"] for each in found} == Counter(
        row.script for row in data.characters
    )
    assert [each["name"] for each in found] == sorted(each["name"] for each in found)
    codes = {each["id"]: each["name"] for each in found}
    assert codes.items() <= data.scripts.items()
    assert codes["Aghb"] == "Caucasian Albanian"


async def test_blocks_are_counted_in_their_order(client: ClientSession, data: Data) -> None:
    found = await items(client, "blocks")
    counts = Counter(row.block for row in data.characters)
    assert {each["id"]: each["count"] for each in found} == counts
    assert [each["id"] for each in found] == [name for name in data.blocks if name in counts]
    assert found[0] == {
        "id": "Basic Latin",
        "name": "Basic Latin",
        "count": 128,
        "first": "U+0000",
        "last": "U+007F",
    }


async def test_languages_are_those_with_names_in_them(client: ClientSession, data: Data) -> None:
    found = await items(client, "languages")
    assert {each["id"]: each["name"] for each in found} == data.locales
    assert [each["name"] for each in found] == sorted(data.locales.values())
    counts = {each["id"]: each["count"] for each in found}
    assert counts["de"] > 1000
    assert 0 < counts["sv-FI"] < 10


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_that_is_known_is_not_sent_again(client: ClientSession, name: str) -> None:
    async with client.get(f"/api/v1/{name}") as answer:
        etag = answer.headers["ETag"]
        assert answer.headers["Cache-Control"] == "no-cache"
    async with client.get(f"/api/v1/{name}", headers={"If-None-Match": etag}) as answer:
        assert answer.status == 304
        assert await answer.read() == b""
    async with client.get(f"/api/v1/{name}", headers={"If-None-Match": '"other"'}) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_takes_no_parameters(client: ClientSession, name: str) -> None:
    async with client.get(f"/api/v1/{name}", params={"limit": "5"}) as answer:
        assert answer.status == 422
        assert (await answer.json())["errors"][0]["field"] == "limit"
