import io
import os
import pty
import threading
from collections.abc import Iterator
from typing import TextIO

import pytest

from webapp.spinner import FRAMES, PLAIN_FRAMES, spinning


@pytest.fixture
def terminal() -> Iterator[tuple[TextIO, int]]:
    """A stream that is a terminal, and the descriptor of who watches it."""
    watcher, shown = pty.openpty()
    with os.fdopen(shown, "w", encoding="utf-8") as stream:
        yield stream, watcher
    os.close(watcher)


def test_a_log_gets_one_line_a_stage() -> None:
    log = io.StringIO()
    with spinning("Building", log) as (progress, _stop):
        for stage, done in (("Characters", 0.0), ("Characters", 0.5), ("Words", 0.8)):
            progress(stage, done)
    assert log.getvalue() == "Building: Characters (0%)\nBuilding: Words (80%)\n"


def test_work_without_progress_shows_nothing(terminal: tuple[TextIO, int]) -> None:
    stream, watcher = terminal
    log = io.StringIO()
    for target in (stream, log):
        with spinning("Building", target) as (_progress, stop):
            assert not stop.is_set()
        assert stop.is_set()
    os.set_blocking(watcher, False)
    with pytest.raises(BlockingIOError):
        os.read(watcher, 100)
    assert log.getvalue() == ""


def test_a_terminal_turns_and_gets_its_cursor_back(terminal: tuple[TextIO, int]) -> None:
    stream, watcher = terminal
    seen = b""

    def interrupted_work() -> None:
        nonlocal seen
        with spinning("Building", stream) as (progress, _stop):
            progress("Characters", 0.25)
            while not all(frame.encode() in seen for frame in FRAMES[:3]):
                seen += os.read(watcher, 1000)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted_work()
    assert b"Building  25% Characters" in seen
    seen += os.read(watcher, 1000)
    assert seen.index(b"\x1b[?25l") < seen.index(b"\x1b[?25h")
    assert "spinner" not in {thread.name for thread in threading.enumerate()}


def test_a_terminal_without_unicode_gets_plain_frames() -> None:
    watcher, shown = pty.openpty()
    seen = b""
    with (
        os.fdopen(shown, "w", encoding="ascii") as stream,
        spinning("Building", stream) as (progress, _stop),
    ):
        progress("Words", 0.5)
        while not all(frame.encode() in seen for frame in PLAIN_FRAMES[:2]):
            seen += os.read(watcher, 1000)
    os.close(watcher)
