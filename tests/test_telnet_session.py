"""A conversation by lines, held to the rules of the book's programs by an oracle of its own."""

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests import whole
from webapp.characters.index import CharacterIndex
from webapp.phrases import Phrase
from webapp.problems import QueryTimeout
from webapp.telnet import wording
from webapp.telnet.lines import Sign
from webapp.telnet.session import GOODBYE, ROWS_AT_ONCE, Said, Session

# The words that the first edition's page offers as examples, and what its rules make odd.
QUERIES = """bismillah;chess;cat;circled;Malayalam;digit;Roman;face;Ethiopic;black mark;symbol dot
    operator;Braille;hexagram;registered;CAT eyes;eyes cat cat;heart-shaped;rook.;café;4e00;cjk 4e00
    unified ideograph-4e00;hangul ga;tangut 17000;letter -a;_;it's;a_b;null;line feed;U+41;é;½
    x x x;-;zero width joiner;override;ᚠ;sign"""


@pytest.fixture
async def index(index_file: Path) -> AsyncIterator[CharacterIndex]:
    index = await CharacterIndex.open(index_file, deadline_s=10.0)
    yield index
    await index.close()


@pytest.fixture
def session(index: CharacterIndex) -> Session:
    return Session(index, lambda: None)


async def ask(session: Session, line: str) -> list[str]:
    said = await session.answer(line.encode())
    assert not said.is_last
    return list(said.lines)


def words_of(edition: int, text: str) -> list[str]:
    """The words as the edition cuts them."""
    if edition == 1:
        return re.findall(r"\w+", text.upper())
    return text.upper().replace("-", " ").split()


def indexed(edition: int, name: str) -> set[str]:
    """The words under which the edition finds a name."""
    for ideograph in ("CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH"):
        if edition == 1 and name.startswith(ideograph):
            return set(ideograph.split())
    return set(words_of(edition, name))


Oracle = Callable[[str], "list[tuple[str, str, str]]"]


@pytest.fixture(scope="module", params=[1, 2])
def edition(request: pytest.FixtureRequest) -> int:
    number: int = request.param
    return number


@pytest.fixture(scope="module")
def oracle(edition: int) -> Oracle:
    """Code, character and name of all hits of a query, by code point."""
    with whole.untraced():
        # Controls have no name.
        named = [(each, indexed(edition, each.name)) for each in whole.characters() if each.name]

    def expected(query: str) -> list[tuple[str, str, str]]:
        wanted = set(words_of(edition, query))
        hits = [each for each, words in named if wanted and wanted <= words]
        return [(f"U+{hit.code_point:04X}", chr(hit.code_point), hit.name) for hit in hits]

    return expected


@pytest.mark.usefixtures("unmeasured")
async def test_each_edition_finds_what_its_program_finds(
    session: Session, edition: int, oracle: Oracle
) -> None:
    await ask(session, f":mode classic{edition}")
    for query in (text.strip() for line in QUERIES.splitlines() for text in line.split(";")):
        hits = oracle(query)
        *lines, last = await ask(session, query)
        if len(hits) > ROWS_AT_ONCE:
            lines, last = lines[:-1], lines[-1]
            while (more := await ask(session, ":more"))[-1].endswith(":more shows the next."):
                lines += more[:-1]
            lines += more[:-1]
        layout = "{:7}\t{}\t{}" if edition == 1 else "{}\t{}\t{}"
        assert lines == [layout.format(code, wording.harmless(c), n) for code, c, n in hits], query
        assert last == wording.status("classic1" if edition == 1 else "classic2", query, len(hits))


async def test_a_huge_result_comes_in_parts(session: Session) -> None:
    first = await ask(session, "cjk")
    assert first[-2:] == [
        "103204 matches for 'cjk'",
        f"Rows 1 to {ROWS_AT_ONCE} of 103204; :more shows the next.",
    ]
    second = await ask(session, ":more")
    assert second[-1] == f"Rows 257 to {2 * ROWS_AT_ONCE} of 103204; :more shows the next."
    assert len(first) == ROWS_AT_ONCE + 2
    assert not set(first) & set(second)


async def test_there_is_no_more_behind_the_end_nor_behind_another_mode(session: Session) -> None:
    assert await ask(session, ":more") == [wording.NO_MORE]
    await ask(session, "cjk")
    await ask(session, "registered")
    assert await ask(session, ":more") == [wording.NO_MORE]
    await ask(session, "cjk")
    await ask(session, ":mode classic2")
    assert await ask(session, ":more") == [wording.NO_MORE]


async def test_a_block_of_256_is_whole(session: Session) -> None:
    assert len(await ask(session, "braille")) == 256 + 1


@pytest.mark.parametrize("line", [b"", b"  ", b"\t", b"\x1c\x1d"])
async def test_an_empty_line_has_an_empty_answer(session: Session, line: bytes) -> None:
    assert await session.answer(line) == Said()


@pytest.mark.parametrize("line", [b"\x03", b"\x04", b" \x03cat", b"\0", b"\x1b[A", b":quit"])
async def test_whoever_wants_to_leave_may(session: Session, line: bytes) -> None:
    assert await session.answer(line) is GOODBYE
    assert await session.answer(Sign.LEAVE) is GOODBYE


@pytest.mark.parametrize("line", [b"\xff", b"caf\xe9", b"\xed\xa0\x80", b"\xc3"])
async def test_what_is_not_utf_8_is_told(session: Session, line: bytes) -> None:
    assert await session.answer(line) == Said([wording.NOT_UTF_8])
    assert len(await ask(session, "registered")) == 2


@pytest.mark.parametrize(
    "line", [b"GET / HTTP/1.1", b"POST /registered HTTP/1.0", b"OPTIONS * HTTP/1.1"]
)
async def test_a_browser_is_sent_away(session: Session, line: bytes) -> None:
    assert await session.answer(line) == Said([wording.NOT_HTTP], is_last=True)


async def test_a_line_too_long_is_told(session: Session) -> None:
    assert await session.answer(Sign.TOO_LONG) == Said([wording.TOO_LONG])


async def test_modes_are_told_and_switched(session: Session) -> None:
    assert await ask(session, ":mode") == ["Mode is classic1."]
    assert await ask(session, "null") == [
        "U+2400 \t␀\tSYMBOL FOR NULL",
        *(await ask(session, "null"))[1:],
    ]
    assert await ask(session, ":mode  smart ") == ["Mode is smart."]
    assert (await ask(session, "null"))[0] == "U+0000 \t␀\tNULL"
    assert await ask(session, ":mode x\x1b") == [
        "There is no mode x␛. Modes: smart, classic1, classic2."
    ]
    assert await ask(session, ":mode") == ["Mode is smart."]


async def test_smart_searches_say_what_they_made_of_a_text(session: Session) -> None:
    await ask(session, ":mode smart")
    assert (await ask(session, "elipsis"))[-2:] == [
        "Nothing matches elipsis; these are for ellipsis.",
        "12 matches for 'elipsis'",
    ]
    assert (await ask(session, "U+D800"))[-1] == "No match for 'U+D800'"
    assert len(await ask(session, "U+D800")) == 2
    assert (await ask(session, ":snowman:"))[0].endswith("SNOWMAN")


HOSTILE = (
    "\u202e", "a\x1b]0;title\x07", "\x9b2J", "x\x00y", "/(a+)+$/", "/[/", "\\ud83d", "%ED%A0%80",
    "&#xd800;", "U+0..U+FFFF", "gc:Cc", "gc:Zl", "bidi:RLO", ":mode \u2028", ":more :more", "=\x1b",
    "a" * 1000, "\u0301" * 400, "'\"", "name:\x1b", "age:>\x9b", "é" * 300, '"', "in:\u2066",
)  # fmt: skip


@pytest.mark.parametrize("mode", wording.MODES)
async def test_whatever_is_typed_nothing_acts_on_the_terminal(session: Session, mode: str) -> None:
    await ask(session, f":mode {mode}")
    for text in HOSTILE:
        for line in await ask(session, f"q{text}") + await ask(session, f"{text}"):
            assert line == "\t".join(map(wording.harmless, line.split("\t"))), text
            assert line != wording.FAULT
            line.encode()


async def test_too_many_words_are_refused_with_the_limit(session: Session) -> None:
    (line,) = await ask(session, " ".join(map(str, range(40))))
    assert line.startswith("A search has at most 32 words")
    assert len(await ask(session, "registered")) == 2


async def test_help_names_every_command(session: Session) -> None:
    text = "\n".join(await ask(session, ":help"))
    assert all(command in text for command in (":mode", ":more", ":quit"))


async def test_each_search_is_counted(index: CharacterIndex) -> None:
    counted: list[None] = []
    session = Session(index, lambda: counted.append(None))
    for line in ("", "cjk", ":more", ":mode", "qqq", ":help"):
        await ask(session, line)
    assert len(counted) == 3


async def test_a_fault_is_told_and_ends_nothing(
    session: Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for error, said in (
        (QueryTimeout(Phrase("The query was stopped.")), "The query was stopped."),
        (RuntimeError("secret"), wording.FAULT),
    ):

        async def fail(*_: object, error: Exception = error, **__: object) -> None:
            raise error

        with monkeypatch.context() as patched:
            patched.setattr(CharacterIndex, "search", fail)
            assert await ask(session, "cat") == [said]
    assert "secret" in caplog.text
    assert len(await ask(session, "registered")) == 2


class TestToken:
    @pytest.fixture
    def locked(self, index: CharacterIndex) -> Session:
        return Session(index, lambda: None, lambda token: None if token == "right" else "wrong")

    async def test_nothing_is_found_before_it(self, locked: Session) -> None:
        assert locked.prompt == wording.TOKEN_PROMPT
        assert await locked.answer(b"") == Said()
        assert await locked.answer(b"registered") == Said(["wrong"], is_last=True)

    async def test_behind_it_all_is_as_without(self, locked: Session) -> None:
        assert await ask(locked, "right") == []
        assert locked.prompt == wording.PROMPT
        assert len(await ask(locked, "registered")) == 2
