"""What people may expect of a search, read from the files beside, and judged."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

FILES = ("agreed", "own")

_WORD = re.compile(r"[A-Z0-9]+")


class Expectation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A query and what its answer must be like; ids stand for rows.

    `first` is how the result begins, in this order. Of `top` all, of `absent` none is among the
    first n. `absent_word` stands in no name among the first n. `exactly` is the whole result in
    its order; `includes` may be anywhere in it.
    """

    q: str
    lang: str | None = None
    mode: str | None = None
    first: tuple[str, ...] = ()
    top: tuple[tuple[str, ...], int] | None = None
    absent: tuple[tuple[str, ...], int] | None = None
    absent_word: tuple[str, int] | None = None
    exactly: tuple[str, ...] | None = None
    includes: tuple[str, ...] = ()
    total: int | None = None
    note: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the search."""
        given = {"q": self.q, "lang": self.lang, "mode": self.mode}
        return {name: value for name, value in given.items() if value is not None}

    @property
    def needs_all(self) -> bool:
        """True when it takes more than the first page to judge."""
        return bool(self.includes or self.exactly)


class Row(NamedTuple):
    """A hit."""

    id: str
    name: str


class Answer(NamedTuple):
    """A result: its total and its rows, at least the first page; or why there is none."""

    total: int
    rows: tuple[Row, ...]
    refused: str = ""


def read(file: str) -> list[Expectation]:
    """The expectations of agreed.jsonl or own.jsonl, in their order."""
    lines = Path(__file__).with_name(f"{file}.jsonl").read_text("utf-8").splitlines()
    return [msgspec.json.decode(line, type=Expectation) for line in lines]


def failures(expectation: Expectation, answer: Answer) -> list[str]:
    """What is wrong with the answer, each in a few words; nothing if it is right."""
    return [answer.refused] if answer.refused else list(_failures(expectation, answer))


def _failures(expected: Expectation, answer: Answer) -> Iterator[str]:
    ids = tuple(row.id for row in answer.rows)
    if ids[: len(expected.first)] != expected.first:
        yield f"begins {_list(ids[: max(3, len(expected.first))])}, not {_list(expected.first)}"
    if expected.top and (missing := set(expected.top[0]) - set(ids[: expected.top[1]])):
        places = ", ".join(_place(ids, each) for each in sorted(missing))
        yield f"{places}, not among the first {expected.top[1]}: {_list(ids[:6])}"
    if expected.absent and (found := set(expected.absent[0]) & set(ids[: expected.absent[1]])):
        yield f"{_list(sorted(found))} among the first {expected.absent[1]}"
    if expected.absent_word:
        word, n = expected.absent_word
        named = [row.id for row in answer.rows[:n] if word in _WORD.findall(row.name.upper())]
        if named:
            yield f"{_list(named)} among the first {n} with {word} in the name"
    if missing := set(expected.includes) - set(ids):
        yield f"{_list(sorted(missing))} not in the result"
    if expected.exactly is not None and ids != expected.exactly:
        yield f"is {_list(ids[:10])}, not {_list(expected.exactly)}"
    if expected.total not in {None, answer.total}:
        yield f"total {answer.total}, not {expected.total}"


def _list(ids: tuple[str, ...] | list[str]) -> str:
    return " ".join(ids) or "nothing"


def _place(ids: tuple[str, ...], wanted: str) -> str:
    return f"{wanted} is {f'number {ids.index(wanted) + 1}' if wanted in ids else 'not there'}"
