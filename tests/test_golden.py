from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.golden.asking import Ask, index_at, server_at
from tests.golden.expectations import FILES, Answer, Expectation, Row, failures, read

ALL = [(file, expectation) for file in FILES for expectation in read(file)]
CATS = Answer(3, (Row("U+1F408", "CAT"), Row("U+1F431", "CAT FACE"), Row("U+2FCF", "RADICAL RAT")))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ask(index_file: Path) -> AsyncIterator[Ask]:
    async with index_at(index_file) as ask:
        yield ask


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    "expectation", [each for _, each in ALL], ids=[f"{file}-{each.q}" for file, each in ALL]
)
async def test_what_people_expect(expectation: Expectation, ask: Ask) -> None:
    assert failures(expectation, await ask(expectation)) == []


@pytest.mark.reads
async def test_a_server_gives_the_same_answers(server: str, index_file: Path) -> None:
    some = [
        Expectation("cat eyes"),
        Expectation("gato", "es"),
        Expectation("rook", None, "classic1"),
    ]
    async with server_at(server) as over_http, index_at(index_file) as directly:
        for each in some:
            answer = await over_http(each)
            assert answer == await directly(each)
            assert answer.total


@pytest.mark.reads
async def test_a_refusal_is_no_right_answer(server: str, index_file: Path) -> None:
    malformed = Expectation("/a(/")
    async with server_at(server) as over_http, index_at(index_file) as directly:
        assert failures(malformed, await over_http(malformed)) == ["refused: 422"]
        assert failures(malformed, await directly(malformed))


@pytest.mark.reads
async def test_the_whole_result_is_read_where_it_matters(ask_pages: Ask) -> None:
    everything = Expectation("block:arrows,dingbats", includes=("U+2190", "U+27BF"))
    assert failures(everything, await ask_pages(everything)) == []


@pytest.fixture
async def ask_pages(server: str) -> AsyncIterator[Ask]:
    async with server_at(server) as ask:
        yield ask


def test_there_are_no_two_expectations_of_one_query() -> None:
    asked = [(each.q, each.lang, each.mode) for _, each in ALL]
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("expectation", [each for _, each in ALL], ids=lambda each: each.q)
def test_every_expectation_can_fail(expectation: Expectation) -> None:
    other = Answer(-1, (Row("U+0000", f"{(expectation.absent_word or ('',))[0]} X"),))
    unwanted = (Row(each, "X") for each in (expectation.absent or ((),))[0])
    assert failures(expectation, other._replace(rows=(*unwanted, *other.rows)))


@pytest.mark.parametrize(
    "expectation",
    [
        Expectation("cat", first=("U+1F408", "U+1F431")),
        Expectation("cat", top=(("U+1F431", "U+1F408"), 2)),
        Expectation("cat", absent=(("U+2FCF",), 2)),
        Expectation("cat", absent_word=("RAT", 2)),
        Expectation("cat", exactly=("U+1F408", "U+1F431", "U+2FCF")),
        Expectation("cat", includes=("U+2FCF",)),
        Expectation("cat", total=3),
        Expectation("cat"),
    ],
)
def test_right_answers(expectation: Expectation) -> None:
    assert failures(expectation, CATS) == []


@pytest.mark.parametrize(
    ("expectation", "wrong"),
    [
        (Expectation("cat", first=("U+1F431",)), "begins U+1F408 U+1F431 U+2FCF, not U+1F431"),
        (
            Expectation("cat", top=(("U+2FCF", "U+0041"), 2)),
            "U+0041 is not there, U+2FCF is number 3, not among the first 2: "
            "U+1F408 U+1F431 U+2FCF",
        ),
        (Expectation("cat", absent=(("U+2FCF",), 3)), "U+2FCF among the first 3"),
        (
            Expectation("cat", absent_word=("RAT", 3)),
            "U+2FCF among the first 3 with RAT in the name",
        ),
        (Expectation("cat", exactly=()), "is U+1F408 U+1F431 U+2FCF, not nothing"),
        (Expectation("cat", includes=("U+0041",)), "U+0041 not in the result"),
        (Expectation("cat", total=2), "total 3, not 2"),
    ],
)
def test_wrong_answers(expectation: Expectation, wrong: str) -> None:
    assert failures(expectation, CATS) == [wrong]
