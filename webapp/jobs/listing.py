"""Which jobs a list has and in which order: its parameters, its SQL and its page markers; pure."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple, Self

import msgspec

from webapp.jobs import cursors
from webapp.jobs.model import Job, JobState
from webapp.phrases import Phrase
from webapp.problems import InvalidRequest
from webapp.validation import one_of

PARAMETERS: Final = frozenset({"state", "source", "since", "until", "sort"})
SOURCE: Final = re.compile(r"[a-z0-9_-]{1,32}")
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z", re.ASCII)
FIRST_MS: Final = "00:00:00.000"
LAST_MS: Final = "23:59:59.999"
TOOK_MS: Final = (
    "coalesce(max(0, CAST(round((julianday(finished_at) - julianday(started_at)) * 86400000) "
    "AS INTEGER)), 0)"
)

Place = tuple[int, ...]


class Sort(StrEnum):
    """The orders of a list; jobs that are alike in it come newest first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LONGEST = "longest"
    LARGEST = "largest"
    FAILURES = "failures"


# What is larger comes first. A job that is not over has taken no time yet.
MEASURES: Final = {Sort.LONGEST: TOOK_MS, Sort.LARGEST: "bytes", Sort.FAILURES: "error"}


class JobsPage(NamedTuple):
    """Some jobs of a list, and the marker of the page after."""

    jobs: list[Job]
    following: str | None


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """The jobs of a state, of a source, made between two moments (both included)."""

    state: JobState | None = None
    source: str | None = None
    since: str | None = None
    until: str | None = None
    sort: Sort = Sort.NEWEST

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """The list that parameters ask for; InvalidRequest names the one that cannot be."""
        return cls(
            state=one_of(query.get("state"), JobState, "state"),
            source=_source(query.get("source")),
            since=_moment("since", query.get("since"), FIRST_MS),
            until=_moment("until", query.get("until"), LAST_MS),
            sort=one_of(query.get("sort"), Sort, "sort") or Sort.NEWEST,
        )

    def place(self, cursor: str | None) -> Place | None:
        """Where the page of this marker begins; CursorMismatch for one of another list."""
        form = cursors.MEASURED if self.sort in MEASURES else cursors.NUMBER
        text = cursors.read(cursor, self._name, form)
        return tuple(int(number) for number in text.split("_")) if text else None

    def marker(self, place: Place) -> str:
        """The cursor of a page that begins behind this place."""
        return f"{self._name or cursors.ALL}-{'_'.join(map(str, place))}"

    @property
    def _name(self) -> str | None:
        """What tells this list from others; that of a state alone is the state."""
        if self == Listing(state=self.state):
            return self.state
        return f"{self.sort}-{hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:12]}"

    def statement(self, columns: str, limit: int, after: Place | None) -> tuple[str, list[Any]]:
        """The SQL of a page, and its values: rows are the place, then the columns."""
        conditions, values = self._conditions()
        measure = MEASURES.get(self.sort)
        place = "number" if measure is None else f"{measure}, number"
        if after is not None:
            sign = ">" if self.sort is Sort.OLDEST else "<"
            conditions.append(f"({place}) {sign} ({', '.join('?' * len(after))})")
            values += after
        falling = "" if self.sort is Sort.OLDEST else " DESC"
        order = ", ".join(f"{each}{falling}" for each in (measure, "number") if each)
        sql = (
            f"SELECT {place}, {columns} FROM jobs{_where(conditions)} "  # noqa: S608 - our names
            f"ORDER BY {order} LIMIT ?"
        )
        return sql, [*values, limit]

    def count(self) -> tuple[str, list[Any]]:
        """The SQL of how many jobs the whole list has, and its values."""
        conditions, values = self._conditions()
        return f"SELECT count(*) FROM jobs{_where(conditions)}", values  # noqa: S608 - our names

    def _conditions(self) -> tuple[list[str], list[Any]]:
        named = {
            "state = ?": self.state,
            "source = ?": self.source,
            "created_at >= ?": self.since,
            "created_at <= ?": self.until,
        }
        given = {sql: value for sql, value in named.items() if value is not None}
        return list(given), list(given.values())

    @property
    def width(self) -> int:
        """How many columns of a row are its place."""
        return 2 if self.sort in MEASURES else 1


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _source(text: str | None) -> str | None:
    if text is not None and not SOURCE.fullmatch(text):
        raise InvalidRequest.field(
            "source", "invalid", Phrase("The name of a source, such as builtin.")
        )
    return text


def _moment(name: str, text: str | None, time: str) -> str | None:
    """The moment as it is stored; a day alone means its beginning or its end, in UTC."""
    if text is None:
        return None
    full = f"{text}T{time}Z" if DAY.fullmatch(text) else text
    try:
        if MOMENT.fullmatch(full):
            moment = datetime.fromisoformat(full).astimezone(UTC).replace(tzinfo=None)
            return f"{moment.isoformat(timespec='milliseconds')}Z"
    except ValueError:
        pass
    raise InvalidRequest.field(
        name, "invalid", Phrase("A day such as 2026-11-28, or a moment in UTC.")
    )
