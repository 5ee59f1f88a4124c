"""The parameters of a search, checked."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote_plus, urlencode

import msgspec

from webapp.characters.classic import Edition, parse_classic
from webapp.characters.lru import LRU
from webapp.characters.meaning import Query
from webapp.characters.model import ITEM_KEYS, MAX_LIMIT
from webapp.characters.query import parse
from webapp.phrases import Phrase
from webapp.problems import FieldError, InvalidRequest

SORTS = ("relevance", "cp", "name", "age")
MODES: Mapping[str, Edition | None] = {"smart": None, "classic1": 1, "classic2": 2}

_LANGUAGE = re.compile(r"[A-Za-z]{1,8}([-_][A-Za-z0-9]{1,8}){0,8}")
_DIGITS = re.compile(r"[0-9]{1,100}")

QUERIES_KEPT_BYTES = 1 << 20
# Longer texts than people type can take a while to be read, and are seldom read twice.
READ_AT_ONCE = 300

_queries: LRU[tuple[str, Edition | None], Query] = LRU(QUERIES_KEPT_BYTES)


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """One page that somebody asks for; an empty parameter counts as one that is not there."""

    query: Query
    limit: int = MAX_LIMIT
    cursor: str | None = None
    sort: str | None = None
    lang: str | None = None
    fields: tuple[str, ...] = ()
    given: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, str]) -> "Search":
        """The search that the parameters of a URL ask for; InvalidRequest names what is wrong."""
        given = {name: value for name, value in parameters.items() if value}
        text, cursor = given.pop("q", ""), given.pop("cursor", None)
        if not given:
            query = _query(text, None)
            return cls(query=query, cursor=cursor, given=(("q", query.text),))
        mode, sort = given.get("mode", "smart"), given.get("sort")
        _check_choice("mode", mode, MODES)
        _check_choice("sort", sort or "relevance", SORTS)
        lang = checked_language(given.get("lang", ""))
        query = _query(text, MODES[mode])
        return cls(
            query=query,
            limit=_limit(given.get("limit")),
            cursor=cursor,
            sort=sort,
            lang=lang,
            fields=_fields(given.get("fields", "")),
            given=(("q", query.text), *given.items()),
        )

    def whole_url(self, path: str, lang: str | None) -> str:
        """The URL of all rows of the same search, in the language that counted beside English."""
        given = {**dict(self.given), "lang": lang or ""}
        return f"{path}?{urlencode({name: value for name, value in given.items() if value})}"

    def url(self, path: str, cursor: str) -> str:
        """The URL of another page of the same search."""
        given = "".join([f"{name}={_quoted(value)}&" for name, value in self.given])
        return f"{path}?{given}cursor={cursor}"


async def read_search(parameters: Mapping[str, str]) -> Search:
    """`Search.from_parameters`, a long text beside the loop."""
    if len(parameters.get("q", "")) > READ_AT_ONCE:
        return await asyncio.to_thread(Search.from_parameters, parameters)
    return Search.from_parameters(parameters)


def _quoted(value: str) -> str:
    # Most values are a word, in which there is nothing to be looked for.
    return value if value.isascii() and value.isalnum() else quote_plus(value)


def _query(text: str, edition: Edition | None) -> Query:
    """What the text means; of a short one it is kept, as its next page is soon asked for."""
    if len(text) > READ_AT_ONCE:
        return _read(text, edition)
    query = _queries.get((text, edition))
    if query is None:
        query = _read(text, edition)
        _queries.put((text, edition), query, _weight(query))
    return query


def _read(text: str, edition: Edition | None) -> Query:
    return parse_classic(text, edition) if edition else parse(text)


def _weight(query: Query) -> int:
    """About how many bytes a query takes: a range of code points has thousands of keys."""
    other = _weight(query.otherwise) if query.otherwise else 0
    tokens = len(query.keys) + sum(len(each.tokens) for each in query.filters)
    return 4_000 + 100 * tokens + other


def checked_language(text: str) -> str | None:
    """The language tag, None for ""; InvalidRequest when it is no tag."""
    if text and not _LANGUAGE.fullmatch(text):
        raise InvalidRequest.field(
            "lang", "malformed", Phrase("must be a language tag such as fr or pt-BR.")
        )
    return text or None


def _check_choice(field: str, value: str, choices: Iterable[str]) -> None:
    if value not in choices:
        known = ", ".join(choices)
        raise InvalidRequest.field(field, "unknown", Phrase("must be one of {known}.", known=known))


def _limit(text: str | None) -> int:
    if text is None:
        return MAX_LIMIT
    if not _DIGITS.fullmatch(text) or int(text) < 1:
        raise InvalidRequest.field(
            "limit", "invalid", Phrase("must be a number from 1 to {most}.", most=MAX_LIMIT)
        )
    return min(int(text), MAX_LIMIT)


def _fields(text: str) -> tuple[str, ...]:
    if not text:
        return ()
    fields = tuple(dict.fromkeys(field for field in text.split(",") if field))
    unknown = [field[:100] for field in fields if field not in ITEM_KEYS][:20]
    if unknown:
        raise InvalidRequest(
            Phrase(
                "fields: unknown: {unknown}. Known: {known}.",
                unknown=", ".join(unknown),
                known=", ".join(ITEM_KEYS),
            ),
            errors=[
                FieldError("fields", "unknown", Phrase("{key} is not a key", key=field))
                for field in unknown
            ],
        )
    return fields
