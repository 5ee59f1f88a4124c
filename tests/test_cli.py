"""The commands, up to the point where they would listen."""

import os
import sys
import weakref
from pathlib import Path

import pytest

import webapp
from webapp import connections
from webapp.cli import EX_CANNOT_START, EX_CONFIG, INTERRUPTED, main
from webapp.data_dir import DataDirError
from webapp.settings import Settings

TOKEN = "correct-horse-battery-staple"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Without the settings of whoever runs the tests."""
    for name in os.environ:
        if name.startswith("CHARFINDER_"):
            monkeypatch.delenv(name)
    # A command ends by stopping all connections of its process; here others have some as well.
    monkeypatch.setattr(connections, "_connections", weakref.WeakSet())
    return monkeypatch


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        (["--host", "0.0.0.0"], {}, "CHARFINDER_TOKEN"),
        (["--host", "0.0.0.0"], {"TOKEN": "too-short"}, "at least 16 characters"),
        (["--port", "99999"], {}, "port"),
        (["--port", "http"], {}, "port"),
        (["--telnet-port", "x"], {}, "telnet_port"),
        (["--source", "mine"], {}, "NAME=URL_TEMPLATE"),
        (["--source", "mine=ftp://host/{cc}"], {}, "http://"),
        (["--source", "mine=http://host/flag.gif"], {}, "{cc}"),
        (["--source", "builtin=http://host/{cc}"], {}, "built-in"),
        ([], {"SOURCES": "mine=http://host/flag.gif"}, "{cc}"),
        ([], {"TYPO": "1"}, "CHARFINDER_TYPO"),
        ([], {"TYPO\nTHREE\nLINES": "1"}, "CHARFINDER_TYPO"),
    ],
)
@pytest.mark.parametrize("command", [["serve"], ["config"], []])
def test_settings_that_are_not_usable_are_refused_in_one_line(
    *,
    command: list[str],
    arguments: list[str],
    settings: dict[str, str],
    said: str,
    tmp_path: Path,
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, text in settings.items():
        environment.setenv(f"CHARFINDER_{name}", text)
    data_dir = tmp_path / "data"
    # The flag comes first where the command is left out: that is how it is told from a command.
    assert main([*command, "--data-dir", str(data_dir), *arguments]) == EX_CONFIG
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""
    assert not data_dir.exists()


def test_config_shows_every_setting_but_the_token(
    tmp_path: Path, environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("CHARFINDER_TOKEN", TOKEN)
    environment.setenv("CHARFINDER_PORT", "99")
    flags = ["--data-dir", str(tmp_path / "data"), "--telnet-port", "off", "--host", "0.0.0.0"]
    sources = ["--source", "one=http://one/{cc}", "--source", "two=http://two/{CC}?a=b"]
    assert main(["config", *flags, *sources]) == 0
    told = capsys.readouterr().out
    shown = dict(line.split(" = ", 1) for line in told.splitlines())
    assert set(shown) == set(Settings.__struct_fields__)
    assert shown["token"] == "(set)"
    assert shown["port"] == "99"
    assert shown["telnet_port"] == "off"
    assert shown["sources"] == "one=http://one/{cc} two=http://two/{CC}?a=b"
    assert TOKEN not in told
    assert not (tmp_path / "data").exists()


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert webapp.__version__ in capsys.readouterr().out


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["fnid", "cat"])
    assert ended.value.code == 2
    assert "fnid" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (KeyboardInterrupt(), INTERRUPTED),
        (DataDirError("two\nlines"), EX_CANNOT_START),
    ],
)
def test_how_a_command_ends(
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fault: BaseException,
    code: int,
) -> None:
    class Output:
        """Somebody stops the program while it writes."""

        def write(self, _text: str) -> int:
            raise fault

        def flush(self) -> None:
            pass

    environment.setattr(sys, "stdout", Output())
    assert main(["config"]) == code
    assert capsys.readouterr().err.count("\n") == 1
