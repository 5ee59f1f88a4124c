"""Standard output of a command: whoever reads it may stop reading, or be a person."""

import contextlib
import os
import sys
from typing import Final, TextIO

import regex

# What moves the cursor, turns the direction of writing, or is not there to be seen.
_UNSEEN: Final = regex.compile(r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]")
_CONTROLS: Final = regex.compile(r"[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]")
_SHORT: Final = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


class CannotWrite(Exception):
    """Standard output takes nothing more; one line says why."""


class Output:
    """Writes whole lines at once, and nothing more once nobody reads them.

    What goes wrong otherwise is kept for the end: a job must not suffer from a full disk here.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self.is_open = self._stream is not None
        self._fault: str | None = None
        # A character that the terminal's charset lacks is no reason to fail.
        reconfigure = getattr(self._stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")

    @property
    def is_terminal(self) -> bool:
        """True when a person looks at it."""
        return self.is_open and self._stream.isatty()

    def write(self, text: str) -> None:
        """Write the text, which ends with a line's end."""
        if not self.is_open:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError as error:
            self.is_open = False
            self._fault = None if isinstance(error, BrokenPipeError) else error.strerror
            self._forget()

    def check(self) -> None:
        """Raise CannotWrite if something got lost that somebody waits for."""
        if self._fault is not None:
            raise CannotWrite(f"Standard output cannot be written: {self._fault}.")

    def _forget(self) -> None:
        """Let what is still buffered go nowhere: the interpreter would complain at its end."""
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


def visible(text: str) -> str:
    """The text for a terminal: what would act on it, or hide, is written as an escape."""
    return text if text.isprintable() else _UNSEEN.sub(_escape, text)


def on_one_line(text: str) -> str:
    """The text for a column of a file: no control character in it, all else as it is."""
    return text if text.isprintable() else _CONTROLS.sub(_escape, text)


def _escape(found: regex.Match[str]) -> str:
    char = found[0]
    if char in _SHORT:
        return _SHORT[char]
    number = ord(char)
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
