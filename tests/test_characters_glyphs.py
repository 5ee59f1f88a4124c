"""Every assigned character is shown as something; the fonts are those that were made."""

import gzip
import hashlib
import json
import re
from collections import Counter
from typing import Any, Final

import aiohttp_jinja2
import pytest
from aiohttp import ClientSession, web
from hypothesis import given
from hypothesis import strategies as st

from tests import whole
from webapp.characters.glyphs import Coverage, Glyph, box, drawn
from webapp.characters.identifier import format_id
from webapp.settings import ROOT

FONTS: Final = ROOT / "static" / "fonts"
STYLES: Final = ROOT / "static" / "css" / "glyphs.css"
COVERAGE: Final = Coverage.load(FONTS / "coverage.txt")
# Also in docs/decisions/0020-fonts-for-what-readers-lack.md.
COUNTS: Final = {"text": 78_809, "labelled": 93_555, "box": 509}
LAST_RESORT: Final = "last-resort.woff2"
BUDGET_BYTES: Final = 4_000_000
PAGE_BUDGET_BYTES: Final = 60_000
FACES: Final = re.compile(
    r'font-family:"([^"]+)".*?url\(\.\./fonts/([^)]+)\).*?unicode-range:([^}]+)}'
)


def item(code_point: int, name: str = "", category: str = "Lo") -> dict[str, Any]:
    return {
        "id": format_id([code_point]),
        "char": chr(code_point),
        "name": name,
        "category": category,
    }


def faces() -> dict[str, list[tuple[int, int]]]:
    """The files that the style sheet names, each with its ranges."""
    return {
        file: [
            (int(first, 16), int(last or first, 16))
            for first, last in re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", ranges.upper())
        ]
        for _, file, ranges in FACES.findall(STYLES.read_text())
    }


@pytest.mark.usefixtures("unmeasured")
def test_every_assigned_character_is_drawn_labelled_or_boxed() -> None:
    kinds = Counter(
        drawn(item(row.code_point, row.name, row.category), COVERAGE).kind
        for row in whole.characters()
    )
    assert kinds == COUNTS
    assert kinds.total() == 172_873


@pytest.mark.usefixtures("unmeasured")
def test_what_no_font_of_ours_has_is_rare_script_or_ideograph() -> None:
    lacking = Counter(
        row.block
        for row in whole.characters()
        if not box(row.code_point, row.name, row.category) and row.code_point not in COVERAGE
    )
    assert not {"Basic Latin", "Arabic", "Hangul Syllables", "CJK Unified Ideographs"} & set(
        lacking
    )
    assert {"Seal", "Tangut", "CJK Unified Ideographs Extension J"} < set(lacking)


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        (item(0x41, "LATIN CAPITAL LETTER A", "Lu"), Glyph("text", "A")),
        (item(0x301, "COMBINING ACUTE ACCENT", "Mn"), Glyph("text", "\u25cc\u0301")),
        (item(0x200B, "ZERO WIDTH SPACE", "Cf"), Glyph("box", "ZWSP")),
        (item(0x9B, "", "Cc"), Glyph("box", "CSI")),
        (item(0x600, "ARABIC NUMBER SIGN", "Cf"), Glyph("text", "\u0600")),
        (item(0xE0041, "TAG LATIN CAPITAL LETTER A", "Cf"), Glyph("box", "TAG 41")),
        (item(0x1D173, "MUSICAL SYMBOL BEGIN BEAM", "Cf"), Glyph("box", "MSBB")),
        (item(0xE000, "", "Co"), Glyph("code", "E000")),
        (item(0x10FFFF, "<noncharacter>", "Cn"), Glyph("code", "10FFFF")),
        ({"id": "U+D800", "char": "", "name": "", "category": "Cs"}, Glyph("code", "D800")),
        (item(0x1ACF, "COMBINING DOUBLE CARON", "Mn"), Glyph("labelled", "\u1acf", "1ACF")),
        (item(0x323B0, "CJK UNIFIED IDEOGRAPH-323B0"), Glyph("labelled", "\U000323b0", "323B0")),
        (
            {"id": "U+0031-FE0F-20E3", "char": "1\ufe0f\u20e3", "name": "KEYCAP", "category": None},
            Glyph("text", "1\ufe0f\u20e3"),
        ),
    ],
    ids=lambda value: value["id"] if isinstance(value, dict) else "",
)
def test_a_character_is_shown_as_what_it_is(row: dict[str, Any], shown: Glyph) -> None:
    assert drawn(row, COVERAGE) == shown


@given(st.sets(st.integers(0, 60)))
def test_a_coverage_holds_its_ranges_and_nothing_else(members: set[int]) -> None:
    coverage = Coverage((member, member) for member in sorted(members))
    assert {n for n in range(-1, 62) if n in coverage} == members


@pytest.mark.usefixtures("unmeasured")
def test_the_style_sheet_asks_a_font_for_everything_that_is_covered() -> None:
    asked = {
        code_point
        for file, ranges in faces().items()
        if file != LAST_RESORT
        for first, last in ranges
        for code_point in range(first, last + 1)
    }
    covered = {
        row.code_point
        for row in whole.characters()
        if row.code_point in COVERAGE and not box(row.code_point, row.name, row.category)
    }
    assert len(covered) > 75_000
    assert covered <= asked


def test_the_inventory_the_style_sheet_and_the_folder_name_the_same_files() -> None:
    inventory = json.loads((FONTS / "fonts.json").read_text())
    assert all(
        {"name", "version", "licence", "source", "files"} <= font.keys() for font in inventory
    )
    listed = [file for font in inventory for file in font["files"]]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(faces()) == {path.name for path in FONTS.glob("*.woff2")}


def test_the_files_are_those_that_were_made_and_light() -> None:
    lines = (FONTS / "SHA256SUMS").read_text().splitlines()
    sums = {line[66:]: line[:64] for line in lines}
    found = {name: (ROOT / "static" / name).read_bytes() for name in sums}
    assert {name: hashlib.sha256(content).hexdigest() for name, content in found.items()} == sums
    assert {path.name for path in FONTS.glob("*.woff2")} < {name.split("/")[1] for name in sums}
    assert sum(map(len, found.values())) < BUDGET_BYTES
    assert all(content[:4] == b"wOF2" for name, content in found.items() if name.endswith("woff2"))


@pytest.mark.reads
async def test_a_font_is_kept_for_ever_and_is_for_this_site(
    client: ClientSession, app: web.Application
) -> None:
    prefix = app[aiohttp_jinja2.static_root_key]
    async with client.get(f"{prefix}/fonts/unifont-2400.woff2") as response:
        assert response.content_type == "font/woff2"
        assert "immutable" in response.headers["Cache-Control"]
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "font-src 'self'" in response.headers["Content-Security-Policy"]


@pytest.mark.reads
async def test_the_first_page_without_fonts_is_light(client: ClientSession) -> None:
    headers = {"Accept-Encoding": "gzip"}
    async with client.get("/", headers=headers) as response:
        page = await response.text()
    total = len(gzip.compress(page.encode()))
    linked = set(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|svg))"', page))
    assert any(path.endswith("glyphs.css") for path in linked)
    for path in linked:
        async with client.get(path, headers=headers) as response:
            total += len(gzip.compress(await response.read()))
    assert total < PAGE_BUDGET_BYTES
