import json
import tomllib
from pathlib import Path

import pytest
from aiohttp import ClientSession

import webapp
from webapp.about import PROJECT, About, fonts, packages
from webapp.characters.data_files import SOURCES
from webapp.settings import ROOT


def test_every_source_of_data_is_named_with_its_licence() -> None:
    named = {(f"{part.name} {part.version}", part.licence) for part in About.read().data}
    assert named == {(s.package, s.licence) for file in SOURCES.values() for s in file.sources}
    assert {part.name for part in About.read().flags} == {"flag-icons", "cldr-localenames-full"}


def test_every_package_that_runs_is_named_with_its_licence() -> None:
    found = {part.name.lower().replace("_", "-"): part for part in packages(PROJECT)}
    asked = tomllib.loads(PROJECT.read_text())["project"]["dependencies"]
    assert {each.partition(">")[0] for each in asked} <= found.keys()
    assert {"multidict", "markupsafe"} <= found.keys()
    assert not {"pytest", "ruff", "twisted"} & found.keys()
    assert not [part for part in found.values() if part.licence == "not stated"]


def test_fonts_are_named_where_there_are_some(tmp_path: Path) -> None:
    assert list(fonts(tmp_path / "none.json")) == []
    font = {"name": "A", "version": "1", "licence": "OFL-1.1", "source": "there", "files": []}
    (tmp_path / "fonts.json").write_text(json.dumps([font]))
    assert list(fonts(tmp_path / "fonts.json")) == [("A", "1", "OFL-1.1", "there")]


@pytest.mark.reads
async def test_the_page_tells_versions_licences_and_places(client: ClientSession) -> None:
    async with client.get("/about") as answer:
        assert answer.status == 200
        text = await answer.text()
    for expected in (webapp.__version__, "18.0.0", "48.2", "Unicode-3.0", "index.db", "msgspec"):
        assert expected in text


@pytest.mark.reads
async def test_robots_may_read_everything(client: ClientSession) -> None:
    async with client.get("/robots.txt") as answer:
        assert answer.content_type == "text/plain"
        assert await answer.text() == "User-agent: *\nAllow: /\n"


@pytest.mark.reads
async def test_what_names_no_icon_has_one_nevertheless(client: ClientSession) -> None:
    async with client.get("/favicon.ico") as answer:
        assert answer.status == 200
        assert answer.content_type == "image/svg+xml"


def test_every_page_has_a_title_and_a_description_of_its_own() -> None:
    pages = {path.name: path.read_text() for path in (ROOT / "templates").glob("[a-z]*.html")}
    pages.pop("base.html")
    assert not [name for name, text in pages.items() if "{%- block title" not in text]
    # Nobody searches for these.
    described = pages.keys() - {"problem.html", "no_block.html", "login.html"}
    assert not [name for name in described if "{%- block description" not in pages[name]]
