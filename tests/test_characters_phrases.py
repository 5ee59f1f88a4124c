"""Words in quotation marks: every name is found by its words side by side."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import whole
from webapp.characters import ucd
from webapp.characters.identifier import format_id
from webapp.characters.index import CharacterIndex
from webapp.characters.model import Page
from webapp.characters.query import parse
from webapp.characters.text import words

# So many names of each source are tried.
SOME = 20


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def index(runner: asyncio.Runner, index_file: Path) -> Iterator[CharacterIndex]:
    index = runner.run(CharacterIndex.open(index_file, deadline_s=10.0))
    yield index
    runner.run(index.close())


def phrases() -> Iterator[tuple[str, str]]:
    """(row, a name of it in quotation marks), some of each kind."""
    yield "U+2764", '"red heart"'
    yield "U+0023", '"pound sign"'
    chance = random.Random(7)
    named: list[list[tuple[str, tuple[int, ...]]]] = [
        [(each.name, (each.code_point,)) for each in whole.characters() if each.name],
        [(each.text, (each.code_point,)) for each in ucd.aliases()],
        [(each.name, each.code_points) for each in whole.sequences()],
    ]
    for names in named:
        for name, row in chance.sample(names, SOME):
            yield format_id(row), f'"{" ".join(words(name))}"'


def test_a_name_is_found_by_its_words_side_by_side(
    runner: asyncio.Runner, index: CharacterIndex
) -> None:
    def found(text: str) -> Page:
        return runner.run(index.search(parse(text)))

    missed = [
        (row, phrase)
        for row, phrase in phrases()
        if row not in {item["id"] for item in found(phrase).rows()}
    ]
    assert not missed


def test_words_in_another_order_or_apart_are_no_phrase(
    runner: asyncio.Runner, index: CharacterIndex
) -> None:
    def total(text: str) -> int:
        return runner.run(index.search(parse(text))).total

    assert total('"heart black"') == total('"black ♥ face smile"') == 0
    assert 0 < total('"cat face"') < total("cat face")
    assert total('"latin small" "with acute" gc:Ll') < total('"latin small" gc:Ll')
    assert total('"black heart" | "white heart"') > total('"black heart"')
