"""Names that match a pattern: the one search that reads every name, as no index can."""

import math
import re
import time
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, islice
from operator import itemgetter
from typing import Any, NamedTuple

import re2
from pyroaring import BitMap

from webapp.characters.text import words
from webapp.phrases import Phrase
from webapp.problems import InvalidRequest

# The kinds of parts: official names and formal aliases as they are; all English names as phrases
# are looked for in them.
NAME_PARTS, PHRASE_PARTS = 0, 1
# The clock is looked at between parts, and the worst patterns take some hundredths of a second for
# one: so parts are small.
NAMES_IN_A_PART = 500
LONGEST_PATTERN = 1_000
# Larger patterns take long to be made ready, which nothing can interrupt.
_MEMORY_BYTES = 2 << 20
_LITTLE_MEMORY_BYTES = 512 << 10
# Patterns match many names at once, each a line: `m` is on for all of a pattern, and with `U` a
# match is as short as can be.
_FLAGS = "(?mU)"
_OF_LINES = {r"\A": "(?m:^)", r"\z": "(?m:$)"}
# A text taken literally, the ends of the text, any other escape, flags that are turned off.
_UNLIKE_IN_LINES = re.compile(r"\\Q.*?(?:\\E|$)|\\.|\(\?([A-Za-z]*)-([A-Za-z]*)", re.DOTALL)
# After so many matches, each in a line or two, the other lines are looked at one by one.
_MANY = 16

Search = Callable[[bytes, int], Any]


class Part(NamedTuple):
    """Some names, a line each, and the row of each line; both as they are kept."""

    rows: bytes
    lines: bytes


def packed(names: Iterable[tuple[int, str]]) -> Iterator[Part]:
    """The names (row, name) as they are kept: in order, as many that match begin alike."""
    names = iter(sorted(names, key=itemgetter(1)))
    while some := list(islice(names, NAMES_IN_A_PART)):
        rows = array("I", [row for row, _ in some])
        yield Part(rows.tobytes(), zlib.compress("\n".join(name for _, name in some).encode()))


def phrase_text(name: str) -> str:
    """A name as phrases are looked for in it: its words between single spaces."""
    return f" {' '.join(words(name))} "


def phrase_pattern(phrase: Sequence[str]) -> str:
    """The pattern of the texts in which these words stand side by side."""
    return re.escape(phrase_text(" ".join(phrase)))


class Pattern:
    """A pattern, ready to be looked for in lines; InvalidRequest says what is wrong with it.

    RE2 takes time linear in the text whatever the pattern: nobody can make it hang.
    """

    def __init__(self, pattern: str) -> None:
        if len(pattern) > LONGEST_PATTERN:
            raise InvalidRequest.field(
                "q",
                "too-long",
                Phrase("a pattern has at most {most} characters.", most=LONGEST_PATTERN),
            )
        self._text = f"{_FLAGS}{_UNLIKE_IN_LINES.sub(_in_lines, pattern)}".encode(
            "utf-8", "replace"
        )
        try:
            # The first match behind an offset, or None.
            self.search: Search = re2.compile(self._text, _options()).search
        except re2.error as error:
            raise InvalidRequest.field("q", "malformed", _reason(error)) from None
        finally:
            # The library would keep the last hundred patterns, each with the memory it may take.
            re2.purge()

    @cached_property
    def is_in(self) -> Callable[[bytes], Any]:
        """Tells of one line whether it matches, sooner than a search; never of a large pattern."""
        # Sets are slow with large patterns, and get nowhere without the memory for one.
        patterns = re2.Set.SearchSet(_options(_LITTLE_MEMORY_BYTES))
        try:
            patterns.Add(self._text)
            patterns.Compile()
        except re2.error:
            return lambda line: None
        tell: Callable[[bytes], Any] = patterns.Match
        return tell


def _in_lines(found: re.Match[str]) -> str:
    """What of a pattern means the same in lines as in a text of its own."""
    if found[1] is None:
        return _OF_LINES.get(found[0], found[0])
    off = found[2].replace("m", "")
    return f"(?{found[1]}-{off}" if off else f"(?{found[1]}"


def _options(memory: int = _MEMORY_BYTES) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.never_capture = True
    options.never_nl = True
    options.max_mem = memory
    return options


def _reason(error: Exception) -> Phrase:
    said = error.args[0]
    reason = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    if "too large" in reason:
        return Phrase("the pattern is too large: leave out repetitions such as {0,99}.")
    return Phrase(
        "the pattern cannot be read: {reason}. Look-around and back-references are not known.",
        reason=reason.replace(_FLAGS, ""),
    )


class Names:
    """Names to be matched, a few bytes each: they are unpacked anew for every pattern."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self._parts = [(BitMap(array("I", part.rows)), part) for part in parts]

    def matching(
        self, pattern: str, among: BitMap | None = None, *, deadline_s: float = math.inf
    ) -> BitMap:
        """The rows with a name that matches, of all or `among` some.

        InvalidRequest for a malformed pattern, and for one that takes longer than the deadline.
        """
        until = time.monotonic() + deadline_s
        ready, found = Pattern(pattern), array("I")
        for rows, part in self._parts:
            if among is None or among.intersect(rows):
                for some in _matching(ready, part):
                    found += some
                if time.monotonic() > until:
                    raise _too_slow()
        return BitMap(found) if among is None else among & BitMap(found)


def _too_slow() -> InvalidRequest:
    return InvalidRequest.field(
        "q",
        "too-slow",
        Phrase(
            "the pattern takes too long: leave out repetitions such as {0,99}, or spell out more "
            "of the name."
        ),
    )


def _matching(pattern: Pattern, part: Part) -> Iterator["array[int]"]:
    """The rows of the lines with a match."""
    text = zlib.decompress(part.lines)
    if not (match := pattern.search(text, 0)):
        return
    rows, lines = array("I", part.rows), text.split(b"\n")
    ends = list(accumulate(len(line) + 1 for line in lines))
    runs = last = 0
    while match and last < len(lines):
        first = bisect_right(ends, match.end(), last)
        # Whether a line matches so depends on nothing but what is read until then: the match and
        # the character behind it. All lines that begin with that match too.
        begin = text[ends[first] - len(lines[first]) - 1 : match.end() + 1]
        last = first + 1
        while last < len(lines) and lines[last].startswith(begin):
            last += 1
        yield rows[first:last]
        runs += 1
        if runs > _MANY and last < 2 * runs and pattern.is_in(lines[first]):
            others = zip(rows[last:], lines[last:], strict=True)
            yield array("I", [row for row, line in others if pattern.is_in(line)])
            return
        match = pattern.search(text, ends[last - 1])
