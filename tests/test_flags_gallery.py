"""The gallery, and the image on the page of the character that it is a flag of."""

import io
import json
import re
import zipfile
from pathlib import Path
from string import ascii_uppercase

import pytest
from aiohttp import ClientSession

from tests.jobs_client import JobsClient
from webapp.flags.catalog import COUNTRIES
from webapp.flags.gallery import code_of, folded, hung, sequence_of
from webapp.flags.library import Flag

HTML = {"Accept": "text/html"}
SHOWN = re.compile(r'<li class="picture" id="([A-Z]{2})" [^>]*?( hidden)?>')


async def page(client: ClientSession, path: str) -> str:
    async with client.get(path, headers=HTML) as response:
        assert response.status == 200
        return await response.text()


def flag(code: str) -> Flag:
    return Flag(code, COUNTRIES.get(code, code), "builtin", "0" * 64, "image/gif", 1, "at", "url")


def found(text: str) -> list[str]:
    """The codes of the countries that the text finds, by name."""
    return [it["code"] for it in hung(map(flag, [*COUNTRIES, "AA"]), text) if it["found"]]


def test_flags_and_characters_are_each_others() -> None:
    assert sequence_of("BR") == "U+1F1E7-1F1F7"
    assert {code_of(sequence_of(code) or "") for code in COUNTRIES} == set(COUNTRIES)
    pairs = [first + second for first in ascii_uppercase for second in ascii_uppercase]
    assert {code for code in pairs if sequence_of(code)} == set(COUNTRIES)
    for other in ("U+1F1E7", "U+1F1E7-1F1F7-200D", "U+1F1E6-1F1E6", "U+1F100-1F1FF", "U+2192"):
        assert code_of(other) is None


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("brazil", ["BR"]),
        ("br", ["BR", "IO", "GI", "VG"]),
        ("COTE D'IVOIRE", ["CI"]),
        ("curacao", ["CW"]),
        ("aa", ["AA", "SX"]),
        ("nowhere", []),
    ],
)
def test_countries_are_found_by_name_and_code(text: str, codes: list[str]) -> None:
    assert set(codes) <= set(found(text))
    assert bool(found(text)) is bool(codes)


def test_all_are_there_by_name() -> None:
    names = [it["folded"] for it in hung(map(flag, COUNTRIES), "")]
    assert names == sorted(names)
    assert len(found("")) == 250
    assert folded("Åland  Islands") == "aland islands"


async def test_the_gallery_shows_what_is_on_disk(jobs: JobsClient) -> None:
    assert "No flags on disk yet" in await page(jobs.session, "/flags/gallery")
    await jobs.finished((await jobs.submit("builtin", ["BR", "CI", "FR"]))["id"])
    shown = await page(jobs.session, "/flags/gallery")
    assert [code for code, _ in SHOWN.findall(shown)] == ["BR", "CI", "FR"]
    assert shown.count('<img src="/api/v1/flags/') == 3
    assert '<a href="/characters/U+1F1E7-1F1F7">Brazil</a>' in shown
    shown = await page(jobs.session, "/flags/gallery?q=ivoire&utm_source=mail")
    assert [code for code, hidden in SHOWN.findall(shown) if not hidden] == ["CI"]
    assert "1 of 3 flags" in shown
    assert "&lt;b&gt;" in await page(jobs.session, "/flags/gallery?q=<b>")


async def test_the_page_of_a_flag_shows_the_downloaded_image(
    jobs: JobsClient, data_dir: Path
) -> None:
    path = "/characters/U+1F1E7-1F1F7"
    assert "Downloaded flag" not in await page(jobs.session, path)
    await jobs.finished((await jobs.submit("builtin", ["BR"]))["id"])
    shown = await page(jobs.session, path)
    assert 'alt="Downloaded flag of Brazil"' in shown
    assert 'href="/flags/gallery?q=BR"' in shown
    assert "Downloaded flag" not in await page(jobs.session, "/characters/U+1F1EB-1F1F7")
    for image in (data_dir / "images" / ".objects").iterdir():
        image.unlink()
    assert "Downloaded flag" not in await page(jobs.session, path), "the image is lost"


async def test_all_flags_come_as_one_archive(jobs: JobsClient) -> None:
    await jobs.finished((await jobs.submit("builtin", ["BR", "FR"]))["id"])
    async with jobs.session.get("/api/v1/flags.zip") as response:
        assert response.headers["Content-Disposition"] == 'attachment; filename="flags.zip"'
        content = await response.read()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["BR.gif", "FR.gif", "manifest.json"]
        manifest = json.loads(archive.read("manifest.json"))
    assert [file["code"] for file in manifest["files"]] == ["BR", "FR"]
    assert manifest["missing"] == []
    await jobs.get("/api/v1/flags.zip?all=1", 422)
