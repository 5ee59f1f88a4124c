"""Names that match a pattern: the one search that reads every name, as no index can."""

import re
import time
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import re2

from webapp.characters.text import words
from webapp.problems import InvalidRequest, QueryTimeout

# The kinds of parts: official names and formal aliases as they are; all English names as phrases
# are looked for in them.
NAME_PARTS, PHRASE_PARTS = 0, 1
# A part none of whose names match is dismissed at once, so parts are small.
NAMES_IN_A_PART = 500
LONGEST_PATTERN = 1_000
DEADLINE_S = 2.0
_MEMORY_BYTES = 8 << 20
# With these a pattern can match a name by itself that it does not match among others.
_ENDS_OF_TEXT = re.compile(r"\\[Az]")


class Part(NamedTuple):
    """Some names, a line each, and the row of each line; both as they are kept."""

    rows: bytes
    lines: bytes


def packed(names: Iterable[tuple[int, str]]) -> Iterator[Part]:
    """The names (row, name) as they are kept."""
    names = iter(names)
    while some := list(islice(names, NAMES_IN_A_PART)):
        rows = array("I", [row for row, _ in some])
        yield Part(rows.tobytes(), zlib.compress("\n".join(name for _, name in some).encode()))


def phrase_text(name: str) -> str:
    """A name as phrases are looked for in it: its words between single spaces."""
    return f" {' '.join(words(name))} "


def phrase_pattern(phrase: Sequence[str]) -> str:
    """The pattern of the texts in which these words stand side by side."""
    return re.escape(phrase_text(" ".join(phrase)))


def compiled(pattern: str) -> "re2.Set":
    """A pattern, ready; InvalidRequest says what is wrong with it.

    RE2 takes time linear in the text whatever the pattern: nobody can make it hang. A set of
    patterns is used because, unlike single ones, the library does not keep those for ever.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise InvalidRequest.field(
            "q", "too-long", f"a pattern has at most {LONGEST_PATTERN:,} characters."
        )
    options = _options()
    ready = re2.Set.SearchSet(options)
    text = f"(?m){pattern}".encode("utf-8", "replace")
    try:
        ready.Add(text)
        ready.Compile()
    except re2.error:
        raise InvalidRequest.field("q", "malformed", _reason(text, options)) from None
    return ready


def _options() -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.never_nl = True
    options.max_mem = _MEMORY_BYTES
    return options


def _reason(pattern: bytes, options: Any) -> str:
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        said = error.args[0]
        reason = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return (
            f"the pattern cannot be read: {reason.replace('(?m)', '')}. "
            "Look-around and back-references are not known."
        )
    return "the pattern is too large."


def matching(parts: Iterable[Part], pattern: str) -> list[int]:
    """The rows with a name that matches, in the order of the names.

    InvalidRequest for a malformed pattern, QueryTimeout when it takes more than two seconds.
    """
    ready = compiled(pattern)
    alone = _ENDS_OF_TEXT.search(pattern) is not None
    until = time.monotonic() + DEADLINE_S
    found: dict[int, None] = {}
    for part in parts:
        text = zlib.decompress(part.lines)
        if alone or ready.Match(text):
            rows = array("I", part.rows)
            lines = zip(rows, text.split(b"\n"), strict=True)
            found.update((row, None) for row, line in lines if ready.Match(line))
        if time.monotonic() > until:
            raise QueryTimeout("The pattern takes too long. Try one with more letters in it.")
    return list(found)
