"""Progress of a long piece of work, in a terminal or a log."""

import itertools
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
PLAIN_FRAMES = "|/-\\"
INTERVAL_S = 0.1

_HIDE_CURSOR = "\x1b[?25l"
_SHOW_CURSOR = "\x1b[?25h"
_CLEAR_LINE = "\r\x1b[2K"

Progress = Callable[[str, float | None], None]


class _Display(Protocol):
    def show(self, stage: str, done: float | None) -> None: ...

    def close(self) -> None: ...


@contextmanager
def spinning(
    title: str, stream: TextIO | None = None
) -> Iterator[tuple[Progress, threading.Event]]:
    """A `progress(stage, part done)` for the work inside, and an event that asks it to stop.

    The part is from 0 to 1, or None where nobody can tell.
    Shows nothing until the first progress; then a spinner on a terminal, one line a stage
    elsewhere. However the work ends, the event is set, the line is cleared and the cursor is back.
    """
    stream = stream or sys.stderr
    display: _Display = _Spinner(title, stream) if stream.isatty() else _Lines(title, stream)
    stop = threading.Event()
    try:
        yield display.show, stop
    finally:
        stop.set()
        display.close()


class _Lines:
    """One line for each stage: for logs, which keep whatever is written."""

    def __init__(self, title: str, stream: TextIO) -> None:
        self._title = title
        self._stream = stream
        self._stage = ""

    def show(self, stage: str, done: float | None) -> None:
        if stage != self._stage:
            self._stage = stage
            part = "" if done is None else f" ({done:.0%})"
            print(f"{self._title}: {stage}{part}", file=self._stream, flush=True)

    def close(self) -> None:
        pass


class _Spinner:
    """One line of a terminal, drawn by a thread so that it turns while the work is busy."""

    def __init__(self, title: str, stream: TextIO) -> None:
        self._title = title
        self._stream = stream
        self._text = ""
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._frames = FRAMES if _can_write(stream, FRAMES) else PLAIN_FRAMES

    def show(self, stage: str, done: float | None) -> None:
        self._text = f"{self._title} {'' if done is None else f'{done:4.0%} '}{stage}"
        if self._thread is None:
            self._begun = time.monotonic()
            self._thread = threading.Thread(target=self._turn, name="spinner", daemon=True)
            self._thread.start()

    def close(self) -> None:
        if self._thread is None:
            return
        self._closing.set()
        self._thread.join()
        self._write(f"{_CLEAR_LINE}{_SHOW_CURSOR}")
        self._write(f"{self._title}: {time.monotonic() - self._begun:.1f} s\n")

    def _turn(self) -> None:
        self._write(_HIDE_CURSOR)
        for frame in itertools.cycle(self._frames):
            self._write(f"{_CLEAR_LINE}{frame} {self._text}")
            if self._closing.wait(INTERVAL_S):
                return

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _can_write(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True
