"""What the box means: any text is read as words, code points, a name or pasted characters."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable

import msgspec
import regex

from webapp.characters.identifier import bare, format_id, parse_id, why_not
from webapp.characters.text import join_surrogates, name_key, printable, words
from webapp.problems import InvalidRequest

MAX_LENGTH = 10_000
MAX_WORDS = 32
MAX_RANGE = 5_000
MAX_NOTICES = 5

_HEX = re.compile(r"[0-9A-Fa-f]{4,6}")
_RANGE = re.compile(
    r"([^\s.]+)\s*\.\.\s*([^\s.]+)|(u\+[0-9a-f]+)\s*-\s*(u\+[0-9a-f]+)", re.IGNORECASE
)
_SEPARATOR = re.compile(r"[\s,;]+")
_CLUSTER = regex.compile(r"\X")
_UNASSIGNED = regex.compile(r"\p{Cn}")


class Reading(msgspec.Struct, frozen=True, omit_defaults=True):
    """One way to read the text; `q` is what to type to get just this reading."""

    kind: str
    text: str | None = None
    id: str | None = None
    q: str | None = None


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A text as it was read: what to look up, in which order, and what to say about it.

    `keys` are identifiers whose rows come first, in this order, because of `why`; `name` is the
    key of a full name ("" when it cannot be one); `words` must all be in a row, the last one
    also as the beginning of a word. A query without any of the three is for all characters.
    """

    text: str = ""
    interpretation: tuple[Reading, ...]
    keys: tuple[str, ...] = ()
    why: str = ""
    name: str = ""
    words: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def asks_for_everything(self) -> bool:
        """True for the empty query."""
        return not self.text

    @property
    def fingerprint(self) -> str:
        """Equal for queries that have the same hits in the same order; 32 characters."""
        # Of fixed size, because ranges make long queries and caches keep thousands of these.
        meaning = (self.asks_for_everything, self.keys, self.why, self.name, self.words)
        return hashlib.blake2b(repr(meaning).encode(), digest_size=16).hexdigest()


def parse(text: str) -> Query:
    """The query that a text means. Total but for `InvalidRequest` on a text beyond the limits."""
    if len(text) > MAX_LENGTH:
        raise InvalidRequest.field(
            "q",
            "too-long",
            f"a search has at most {MAX_LENGTH:,} characters; this has {len(text):,}.",
        )
    text = join_surrogates(text)
    if not text:
        return Query(text="", interpretation=(Reading("words", text=""),))
    typed = text.strip() or text
    for read in _READINGS:
        if query := read(typed):
            break
    else:
        query = _words(typed)
    return msgspec.structs.replace(query, text=printable(text))


def _identifier(typed: str) -> Query | None:
    code_points = parse_id(typed)
    if code_points is None:
        return None
    reading = Reading("codepoint", id=format_id(code_points))
    return _direct("codepoint", [code_points], (reading,))


def _range(typed: str) -> Query | None:
    found = _RANGE.fullmatch(typed)
    ends = [parse_id(end) for end in found.groups() if end] if found else []
    if not ends or any(end is None or len(end) != 1 for end in ends):
        return None
    first, last = sorted(end[0] for end in ends if end)
    if last - first >= MAX_RANGE:
        raise InvalidRequest.field(
            "q", "too-wide", f"a range holds at most {MAX_RANGE:,} characters."
        )
    reading = Reading("range", text=f"{format_id([first])}..{format_id([last])}")
    return _direct("codepoint", [(each,) for each in range(first, last + 1)], (reading,))


def _list(typed: str) -> Query | None:
    parts = [parse_id(part) for part in _SEPARATOR.split(typed) if part]
    wanted = [part for part in parts if part]
    if len(wanted) < 2 or len(wanted) < len(parts):
        return None
    return _direct("codepoint", wanted, (Reading("codepoints", text=printable(typed)),))


def _bare_hex(typed: str) -> Query | None:
    """Hex with a digit in it is a code point first; `face` and `dead` are words first."""
    if not _HEX.fullmatch(typed) or typed.isalpha() or why_not(int(typed, 16)):
        return None
    numbers = [int(typed, 16)]
    if typed.isdecimal() and not why_not(int(typed)):
        numbers.append(int(typed))
    readings = (_alternative(number) for number in numbers)
    query = _direct("codepoint", [(number,) for number in numbers], readings)
    return msgspec.structs.replace(query, words=tuple(words(typed)))


def _literal(typed: str) -> Query | None:
    """One grapheme cluster is that character; a letter or digit of ASCII may be a word as well."""
    if not _CLUSTER.fullmatch(typed):
        return None
    code_points = tuple(map(ord, typed))
    readings = [Reading("literal", text=printable(typed), id=format_id(code_points))]
    composed = unicodedata.normalize("NFC", typed)
    if len(composed) == 1 and composed != typed:
        readings.append(_alternative(ord(composed)))
    query = _direct("literal", _with_parts(code_points), readings)
    return msgspec.structs.replace(query, words=tuple(words(typed)) if typed.isascii() else ())


def _clusters(typed: str) -> Query | None:
    """Pasted text without a single word in it is looked up cluster by cluster."""
    if words(typed):
        return None
    clusters = [tuple(map(ord, cluster)) for cluster in _CLUSTER.findall(typed)]
    wanted = [part for cluster in clusters for part in _with_parts(cluster)]
    return _direct("literal", wanted, (Reading("clusters", text=printable(typed)),))


_READINGS: tuple[Callable[[str], Query | None], ...] = (
    _identifier,
    _range,
    _list,
    _bare_hex,
    _literal,
    _clusters,
)


def _words(typed: str) -> Query:
    found = words(typed)
    distinct = (*(word for word in dict.fromkeys(found) if word != found[-1]), found[-1])
    if len(distinct) > MAX_WORDS:
        raise InvalidRequest.field(
            "q",
            "too-many-words",
            f"a search has at most {MAX_WORDS} words; this has {len(distinct):,}.",
        )
    readings, notices = [Reading("words", text=printable(typed))], []
    if _HEX.fullmatch(typed):
        number = int(typed, 16)
        if reason := why_not(number):
            notices = [reason] if not typed.isalpha() else []
        elif not _UNASSIGNED.match(chr(number)):
            readings.append(_alternative(number))
    return Query(
        interpretation=tuple(readings),
        name=name_key(printable(typed)),
        words=distinct,
        notices=tuple(notices),
    )


def _direct(kind: str, wanted: Iterable[tuple[int, ...]], readings: Iterable[Reading]) -> Query:
    """A query for these code points and sequences, each also by its other spellings."""
    wanted = list(wanted)
    reasons = [why for each in wanted for c in each if (why := why_not(c))]
    spellings = (format_id(spelling) for each in wanted for spelling in (each, bare(each)))
    return Query(
        interpretation=tuple(readings),
        keys=tuple(dict.fromkeys(spellings)),
        why="code point" if kind == "codepoint" else "the character itself",
        notices=tuple(dict.fromkeys(reasons))[:MAX_NOTICES],
    )


def _with_parts(code_points: tuple[int, ...]) -> list[tuple[int, ...]]:
    parts = bare(code_points)
    return [code_points] + ([(part,) for part in parts] if len(parts) > 1 else [])


def _alternative(code_point: int) -> Reading:
    key = format_id([code_point])
    return Reading("codepoint", id=key, q=key)
