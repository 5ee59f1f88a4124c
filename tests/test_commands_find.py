"""`find` and `identify` print what the API answers, in the form that was asked for."""

import contextlib
import io
import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import ClientSession

from webapp.commands.find import EX_USAGE, FOUND, NOTHING_FOUND, ROWS_ON_A_TERMINAL
from webapp.commands.table import width
from webapp.data_dir import held

Command = Callable[..., int]
Captured = pytest.CaptureFixture[str]


def given(monkeypatch: pytest.MonkeyPatch, standard_input: bytes) -> None:
    """Let the command read this."""
    stdin = SimpleNamespace(buffer=io.BytesIO(standard_input), isatty=lambda: False)
    monkeypatch.setattr(sys, "stdin", stdin)


class Terminal(io.StringIO):
    """Standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Person:
    """Runs commands in a terminal; `saw` is all that it was sent."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self._terminal = Terminal()

    def runs(self, *arguments: str) -> int:
        with contextlib.redirect_stdout(self._terminal):
            return self._command(*arguments)

    @property
    def saw(self) -> str:
        return self._terminal.getvalue()


@pytest.fixture
def person(command: Command, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Somebody with a terminal of 100 columns."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Person(command)


def test_a_pipe_gets_code_character_and_name(command: Command, capsys: Captured) -> None:
    assert command("find", "cat", "eyes", "--limit", "all") == FOUND
    told = capsys.readouterr()
    rows = [line.split("\t") for line in told.out.splitlines()]
    assert ["U+1F638", "😸", "GRINNING CAT FACE WITH SMILING EYES"] in rows
    assert {len(row) for row in rows} == {3}
    assert told.err == ""


def test_nothing_found_is_said_and_is_an_exit_code(command: Command, capsys: Captured) -> None:
    assert command("find", "nothingiscalledthis") == NOTHING_FOUND
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "Nothing found for 'nothingiscalledthis'.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["x", "--lang", "no language"], "language tag"),
        (["x", "--format", "{nope}"], "no field 'nope'"),
        (["x" * 20_000], "10,000"),
        ([], "Say what to look for"),
    ],
)
def test_what_is_not_understood_is_said_in_one_line(
    command: Command,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    given(monkeypatch, b"")
    assert command("find", *arguments) == EX_USAGE
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1e3", "٣"])
def test_a_limit_is_a_number_or_all(command: Command, capsys: Captured, limit: str) -> None:
    with pytest.raises(SystemExit) as ended:
        command("find", "cat", f"--limit={limit}")
    assert ended.value.code == EX_USAGE
    assert "neither a number from 1 up nor all" in capsys.readouterr().err


@pytest.mark.reads
@pytest.mark.parametrize(
    ("arguments", "query"),
    [
        (["face"], "q=face"),
        (["chat", "--lang", "fr", "--sort", "name"], "q=chat&lang=fr&sort=name"),
        (["rook", "--mode", "classic1", "-n", "3"], "q=rook&mode=classic1&limit=3"),
        (["elipsis"], "q=elipsis"),
    ],
)
async def test_json_is_the_answer_of_the_api(
    client: ClientSession, command: Command, capsys: Captured, arguments: list[str], query: str
) -> None:
    async with client.get(f"/api/v1/characters?{query}") as response:
        expected = await response.json()
    capsys.readouterr()
    in_thread(command, "find", *arguments, "--json")
    assert json.loads(capsys.readouterr().out) == expected | {"next_url": None}


def in_thread(command: Command, *arguments: str) -> None:
    """Run the command where no loop runs."""
    thread = threading.Thread(target=command, args=arguments)
    thread.start()
    thread.join()


def test_all_rows_are_one_document(command: Command, capsys: Captured) -> None:
    assert command("find", "arrow", "--json", "--limit", "all") == FOUND
    document = json.loads(capsys.readouterr().out)
    ids = [item["id"] for item in document["items"]]
    assert len(ids) == len(set(ids)) == document["total"] > 200
    assert document["next"] is None


def test_ndjson_has_a_row_a_line(command: Command, capsys: Captured) -> None:
    assert command("find", "snowman", "--ndjson", "-n", "2") == FOUND
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows[0]["name"] == "SNOWMAN"
    assert len(rows) == 2


def test_each_line_of_standard_input_is_searched_for(
    command: Command, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch, b"snowman\r\n\nnothingiscalledthis\nU+2603")
    assert command("find", "-", "-n", "1", "--format", "{id}") == FOUND
    told = capsys.readouterr()
    assert told.out == "U+2603\nU+2603\n"
    assert "Nothing found" in told.err
    given(monkeypatch, b"snowman\n" + b"x" * 20_000)
    assert command("find", "-n", "1") == EX_USAGE


def test_bytes_that_are_no_text_do_no_harm(
    command: Command, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch, b"\xff\n")
    assert command("identify", "--format", "{id}") == FOUND
    assert capsys.readouterr().out == "U+FFFD\n"


def test_control_characters_never_reach_a_column(command: Command, capsys: Captured) -> None:
    assert command("find", "U+0000..U+001F", "--tsv") == FOUND
    out = capsys.readouterr().out
    assert out.count("\n") == 32
    assert all(line.replace("\t", "").isprintable() for line in out.splitlines())


def test_a_text_is_told_code_point_by_code_point(command: Command, capsys: Captured) -> None:
    assert command("identify", "e\u0301\u200bа", "--format", "{id} {cluster}") == FOUND
    told = capsys.readouterr()
    assert told.out == "U+0065 U+0065-0301\nU+0301 U+0065-0301\nU+200B U+200B\nU+0430 U+0430\n"
    assert "Without ink: ZERO WIDTH SPACE." in told.err
    assert command("find", "--identify", "e\u0301", "--json") == FOUND
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert [cluster["id"] for cluster in answer["clusters"]] == ["U+0065-0301"]
    assert command("identify", "") == NOTHING_FOUND


def test_a_terminal_gets_a_table_that_fits(person: Person, capsys: Captured) -> None:
    assert person.runs("find", "arrow") == FOUND
    lines = person.saw.splitlines()
    assert lines[0].split("\x1b")[1].endswith("char")
    assert len(lines) == ROWS_ON_A_TERMINAL + 1
    assert "LEFTWARDS ARROW" in person.saw
    assert "25 of 699 shown; --limit all shows all." in capsys.readouterr().err


def test_a_terminal_without_colours_gets_none(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    assert person.runs("find", "family:", "-n", "3") == FOUND
    text = person.saw
    assert "\x1b" not in text
    assert "why" not in text
    assert all(width(line) <= 40 for line in text.splitlines())


def test_a_terminal_is_sent_nothing_that_acts_on_it(person: Person) -> None:
    assert person.runs("find", "U+202A..U+202E", "--format", "{char}") == FOUND
    assert person.runs("find", "\\x1b") == FOUND
    assert person.runs("identify", "a\x1b[31m\u202e") == FOUND
    text = person.saw
    assert "\u202e" not in text
    assert r"\u202e" in text
    assert r"\x1b" in text


def test_marks_stand_on_a_circle_and_clusters_above_their_parts(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert person.runs("identify", "🏳️‍🌈\u0303") == FOUND
    lines = person.saw.splitlines()
    assert lines[1].split()[:2] == ["🏳️‍🌈\u0303", "U+1F3F3-FE0F-200D-1F308-0303"]
    assert "  U+1F3F3" in lines[2]
    assert "◌\u0303" in person.saw


def test_searching_needs_no_lock(command: Command, data_dir: Path, capsys: Captured) -> None:
    with held(data_dir):
        assert command("find", "snowman", "-n", "1") == FOUND


def test_a_folder_that_is_none_is_said(command: Command, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "file").touch()
    assert command("find", "cat", "--data-dir", str(tmp_path / "file")) == 69
    assert "is not usable" in capsys.readouterr().err
