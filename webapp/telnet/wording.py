"""What is written to a terminal: rows and statuses in the words of the book's programs; pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from webapp.characters.model import Page
from webapp.problems import Problem

Mode = Literal["smart", "classic1", "classic2"]
MODES: Final[tuple[Mode, ...]] = ("smart", "classic1", "classic2")

PROMPT: Final = "?> "
TOKEN_PROMPT: Final = "Token: "  # noqa: S105 - asks for one
RULER: Final = "─" * 66
TOO_LONG: Final = "A line has at most 1,000 bytes; this one is not read."
NOT_UTF_8: Final = "This line is not UTF-8; it is not read."
NOT_HTTP: Final = "This port takes words, a line at a time. HTTP is served on another one."
WRONG_TOKEN: Final = "That is not the token. Goodbye."  # noqa: S105 - says that it is none
THROTTLED: Final = "Too many wrong tokens. Wait a minute before the next try. Goodbye."
FULL: Final = "As many clients as there are places for are here. Come back in a moment. Goodbye."
IDLE: Final = "Nothing has come for {:g} s. Goodbye."
ENDLESS: Final = "This line does not end. Goodbye."
STOPPING: Final = "The server is stopping. Goodbye."
FAULT: Final = "Something went wrong on our side. Nothing is lost; try again."
NO_MORE: Final = "There is no more."
HELP: Final = (
    "Type words of a character's name, or one of these:",
    f":mode {'|'.join(MODES)}   how to search",
    ":more   the next rows",
    ":quit   leave; Ctrl-C and Ctrl-D do so too",
)

# What would do something to a terminal, or to the order of what stands on a line.
_ACTS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_PICTURES: Final = {**{code: chr(0x2400 + code) for code in range(0x20)}, 0x7F: "\u2421"}


def harmless(text: str) -> str:
    """The text with a picture, or U+FFFD, for whatever would act rather than be shown."""
    return _ACTS.sub(lambda found: _PICTURES.get(ord(found[0]), "\ufffd"), text)


def row(mode: Mode, item: Mapping[str, Any]) -> str:
    """One hit: the first edition pads the code, the second does not."""
    code = item["id"] if mode == "classic2" else f"{item['id']:7}"
    return f"{code}\t{harmless(item['char'])}\t{item['name']}"


def status(mode: Mode, text: str, total: int) -> str:
    """How many there are, in the words of the edition; smart searches have those of the first."""
    if mode == "classic2":
        return f"{RULER} {total} found"
    # repr escapes whatever is not to be shown as it is.
    match total:
        case 0:
            return f"No match for {text!r}"
        case 1:
            return f"1 match for {text!r}"
        case _:
            return f"{total} matches for {text!r}"


def place(first: int, rows: int, total: int) -> str:
    """Which of many rows stand above."""
    last = first + rows - 1
    more = "; :more shows the next" if last < total else ""
    return f"Rows {first} to {last} of {total}{more}."


def remarks(page: Page) -> Iterator[str]:
    """What there is to say about how a text was read."""
    if page.corrected is not None:
        typed, to = harmless(page.corrected.typed), harmless(page.corrected.to)
        yield f"Nothing matches {typed}; these are for {to}."
    yield from map(harmless, page.notices)


def mode_is(mode: Mode) -> str:
    """How it searches now."""
    return f"Mode is {mode}."


def no_mode(name: str) -> str:
    """That there is no such mode, and which there are."""
    return f"There is no mode {harmless(name)}. Modes: {', '.join(MODES)}."


def refusal(problem: Problem) -> str:
    """Why a line has no answer."""
    detail = problem.errors[0].detail if problem.errors else problem.detail
    return harmless(detail[:1].upper() + detail[1:])
