"""The filters among the parts of a text, and what else is said with a key."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, get_args

import msgspec

from webapp.characters import filters
from webapp.characters.filters import KEYS, values_of
from webapp.characters.meaning import Filter, Sort
from webapp.characters.terms import Term, word
from webapp.characters.text import printable
from webapp.phrases import Phrase
from webapp.problems import InvalidRequest

MAX_VALUES = 32
MAX_FILTERS = 32
_SHOWN = 40
_SORTS: Final[tuple[Sort, ...]] = get_args(Sort)
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}([-_][A-Za-z0-9]{1,8}){0,8}")


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """What the keys of a text ask for; `rest` are the other parts, unknown keys among them."""

    rest: tuple[Term, ...]
    filters: tuple[Filter, ...] = ()
    sort: Sort | None = None
    lang: str | None = None
    notices: tuple[Phrase, ...] = ()
    are_there: bool = False


def has_conditions(parts: Sequence[Term]) -> bool:
    """True when one of the parts has a known key."""
    return any(_key(part) for part in parts)


def conditions(parts: Sequence[Term]) -> Conditions:
    """The conditions that stand among the parts. InvalidRequest when there are too many."""
    found = [part for part in parts if _key(part)]
    made = [each for part in found for each in _filters(part)]
    if len(made) > MAX_FILTERS:
        raise InvalidRequest.field(
            "q",
            "too-many-filters",
            Phrase("a search has at most {most} filters.", most=MAX_FILTERS),
        )
    return Conditions(
        rest=tuple(_as_word(part) for part in parts if not _key(part)),
        filters=tuple(dict.fromkeys(made)),
        sort=_sort(found),
        lang=_lang(found),
        notices=tuple(dict.fromkeys(notice for part in parts for notice in _notices(part))),
        are_there=bool(found),
    )


def _key(part: Term) -> str | None:
    return KEYS.get(part.key.lower()) if part.kind == "filter" else None


def _values(part: Term) -> list[str]:
    values = values_of(part.text, quoted=part.quoted)
    if len(values) > MAX_VALUES:
        raise InvalidRequest.field(
            "q", "too-many-values", Phrase("a filter has at most {most} values.", most=MAX_VALUES)
        )
    return values


def _filters(part: Term) -> Iterator[Filter]:
    key = _key(part)
    if key is None or key in {"sort", "lang"}:
        return
    values = _values(part)
    if filters.is_of_words(key):
        yield from _word_filters(key, values, part)
        return
    found = (filters.tokens_of(key, value) or () for value in values)
    yield Filter(tuple(dict.fromkeys(token for each in found for token in each)), part.negated)


def _word_filters(key: str, values: Sequence[str], part: Term) -> Iterator[Filter]:
    """Of several values one must be there, of one value every word."""
    found = [each for value in values for each in filters.word_tokens(key, value)]
    if len(values) > 1 or not found:
        found = [tuple(dict.fromkeys(token for each in found for token in each))]
    yield from (Filter(each, part.negated) for each in found)


def _last(found: Sequence[Term], key: str) -> str:
    return next((part.text for part in reversed(found) if _key(part) == key), "")


def _sort(found: Sequence[Term]) -> Sort | None:
    wanted = _last(found, "sort").lower()
    return next((each for each in _SORTS if each == wanted), None)


def _lang(found: Sequence[Term]) -> str | None:
    wanted = _last(found, "lang")
    return wanted if _LANGUAGE.fullmatch(wanted) else None


def _notices(part: Term) -> Iterator[Phrase]:
    """What is wrong with the keys and values of a part."""
    if part.kind != "filter":
        return
    key, shown = _key(part), f"{printable(part.key)}:{_short(part.text)}"
    if key is None:
        yield Phrase(
            "“{key}:” is not a filter, so “{typed}” was taken for words.",
            key=part.key,
            typed=shown,
        )
    elif key == "sort" and not _sort([part]):
        yield Phrase("“{typed}”: the orders are {known}.", typed=shown, known=", ".join(_SORTS))
    elif key == "lang" and not _lang([part]):
        yield Phrase("“{typed}”: a language is a tag such as fr or pt-BR.", typed=shown)
    elif key not in {"sort", "lang"} and not filters.is_of_words(key):
        unknown = (value for value in _values(part) if filters.tokens_of(key, value) is None)
        yield from (_unknown(key, value) for value in unknown)


def _unknown(key: str, value: str) -> Phrase:
    shown = _short(value)
    near = (f'"{each}"' if " " in each else each for each in filters.near(key, value))
    known = ", ".join(near)
    if not known:
        return Phrase(
            "“{value}” is unknown to {key}:, so no character has it.", value=shown, key=key
        )
    return Phrase(
        "“{value}” is unknown to {key}:, so no character has it. Known are, for example, {known}.",
        value=shown,
        key=key,
        known=known,
    )


def _short(text: str) -> str:
    text = printable(text)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _as_word(part: Term) -> Term:
    if part.kind != "filter":
        return part
    return word(f"{part.key}:{part.text}", negated=part.negated)
