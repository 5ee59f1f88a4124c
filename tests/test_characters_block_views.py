import re
from urllib.parse import unquote

import pytest
from aiohttp import ClientSession

from webapp.characters import ucd

BLOCKS = [row.name for row in ucd.blocks()]

pytestmark = pytest.mark.reads


async def page(client: ClientSession, path: str, status: int = 200) -> str:
    async with client.get(path, headers={"Accept": "text/html"}) as answer:
        assert answer.status == status, path
        return await answer.text()


async def test_all_blocks_stand_there_by_plane(client: ClientSession) -> None:
    text = await page(client, "/blocks")
    names = [unquote(slug).replace("_", " ") for slug in re.findall(r'"/blocks/([^"]+)"', text)]
    assert names == BLOCKS
    assert "Basic Multilingual Plane" in text


async def test_a_chart_has_a_cell_for_each_character(client: ClientSession) -> None:
    text = await page(client, "/blocks/Greek_and_Coptic")
    cells = re.findall(r'class="cell" id="(U\+[0-9A-F]+)" href="/characters/(\S+)"', text)
    assigned = [row for row in range(0x370, 0x400) if f"U+{row:04X}" in text]
    assert cells[0] == ("U+0370", "U+0370")
    assert text.count('class="cell none"') == 0x90 - len(cells)
    assert "U+0378" not in dict(cells)
    assert len(assigned) >= len(cells) == 135
    assert 'title="GREEK SMALL LETTER ALPHA"' in text
    assert 'rel="next"' not in text
    assert 'href="/blocks/Combining_Diacritical_Marks"' in text
    assert 'href="/blocks/Cyrillic"' in text


async def test_a_large_block_is_paged(client: ClientSession) -> None:
    seen: list[str] = []
    path = "/blocks/Hangul_Syllables"
    while path:
        text = await page(client, path)
        seen += re.findall(r'class="cell" id="(\S+)"', text)
        assert len(text) < 600_000
        following = re.search(r'rel="next" href="([^"]+)"', text)
        path = following[1] if following else ""
    assert seen == [f"U+{number:04X}" for number in range(0xAC00, 0xD7A4)]
    text = await page(client, "/blocks/CJK_Unified_Ideographs?from=U+9F99")
    assert 'id="U+9F99"' in text


@pytest.mark.parametrize(
    "name", ["latin-1-supplement", "LATIN_1%20SUPPLEMENT", "Latin-1%20Supplement"]
)
async def test_other_spellings_lead_to_the_one_address(client: ClientSession, name: str) -> None:
    async with client.get(f"/blocks/{name}?from=U%2B00E9", allow_redirects=False) as answer:
        assert answer.status == 308
        assert answer.headers["Location"] == "/blocks/Latin-1_Supplement?from=U%2B00E9"


async def test_an_unknown_block_is_told_with_those_near_to_it(client: ClientSession) -> None:
    text = await page(client, "/blocks/Basik_Latin", 404)
    assert '<a href="/blocks/Basic_Latin" translate="no">Basic Latin</a>' in text
    for name in ("%00", "%ED%A0%80", "%FF", "x" * 3_000, "%3Cscript%3E", "_"):
        assert "<script>" not in await page(client, f"/blocks/{name}", 404)


@pytest.mark.parametrize("start", ["U+0041", "x", "U+110000", "U+D800", "U+4E00-4E01", "%00"])
async def test_a_place_outside_the_block_is_a_problem(client: ClientSession, start: str) -> None:
    async with client.get(f"/blocks/CJK_Unified_Ideographs?from={start}") as answer:
        assert answer.status == 422
        assert "U+4E00 to U+9FFF" in await answer.text()


async def test_blocks_without_characters_have_their_chart(client: ClientSession) -> None:
    for name in ("High_Surrogates", "Private_Use_Area", "Supplementary_Private_Use_Area-B"):
        assert "No characters" in await page(client, f"/blocks/{name}")


async def test_scripts_lead_to_their_characters(client: ClientSession) -> None:
    text = await page(client, "/scripts")
    assert '<a href="/?q=script%3AGrek" translate="no">Greek</a>' in text
    assert "Old Italic" in text


async def test_a_character_leads_to_its_chart(client: ClientSession) -> None:
    text = await page(client, "/characters/U+00E9")
    assert 'href="/blocks/Latin-1_Supplement?from=U%2B00E9#U+00E9"' in text
    assert 'aria-keyshortcuts="ArrowLeft k"' in text
