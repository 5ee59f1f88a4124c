"""Filters that compare: `age:>=15`, `nv:<1/2`, `age:6..9`."""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

from webapp.characters.tokens import fact, number

# All versions of Unicode and of Emoji that brought a row, and all numbers that a character means.
_AGES = """
    0.6 1.0 1.1 2.0 2.1 3.0 3.1 3.2 4.0 4.1 5.0 5.1 5.2 6.0 6.1 6.2 6.3 7.0 8.0 9.0 10.0 11.0 12.0
    12.1 13.0 13.1 14.0 15.0 15.1 16.0 17.0 18.0"""
_NUMBERS = """
    -1/2 0 1/320 1/160 1/80 1/64 1/40 1/32 3/80 3/64 1/20 1/16 1/12 1/10 1/9 1/8 1/7 3/20 1/6 2/12
    3/16 1/5 1/4 3/12 1/3 4/12 3/8 2/5 5/12 1/2 6/12 7/12 3/5 5/8 2/3 8/12 3/4 9/12 4/5 10/12 5/6
    7/8 11/12 3/2 5/2 7/2 9/2 11/2 13/2 15/2 17/2
    1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35
    36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 60 70 80 90 100 200 300 400 500 600 700 800 900
    1000 2000 3000 4000 5000 6000 7000 8000 9000 10000 20000 30000 40000 50000 60000 70000 80000
    90000 100000 200000 216000 300000 400000 432000 500000 600000 700000 800000 900000 1000000
    10000000 20000000 100000000 1000000000 10000000000 1000000000000 10000000000000000"""
AGES: Final = tuple(_AGES.split())
NUMBERS: Final = tuple(_NUMBERS.split())

_COMPARED = re.compile(r"(>=|<=|>|<|=|≥|≤)?(.*)", re.DOTALL)
_VERSION = re.compile(r"[ev]?([0-9]{1,3})(?:\.([0-9]{1,3}))?(?:\.0)?", re.IGNORECASE)
_NUMERAL = re.compile(r"[-\u2212]?(?:[0-9]{1,20}(?:/0{0,9}[1-9][0-9]{0,9}|\.[0-9]{1,9})?)")
_OPERATORS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge,
    "≥": operator.ge,
    "<=": operator.le,
    "≤": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}


def ages(value: str) -> tuple[str, ...] | None:
    """The tokens of the versions that are meant, None when the value is no comparison."""
    return _compared(value, "ag", {age: _version(age) for age in AGES}, _version)


def numeric_values(value: str) -> tuple[str, ...] | None:
    """The tokens of the numbers that are meant, None when the value is no comparison."""
    return _compared(value, "nv", {each: Fraction(each) for each in NUMBERS}, _numeral)


def _compared(
    value: str, key: str, known: Mapping[str, Any], read: Callable[[str], Any]
) -> tuple[str, ...] | None:
    limits = list(_limits(value, read))
    if any(limit is None for _, limit in limits):
        return None
    return tuple(
        fact(key, number(name))
        for name, each in known.items()
        if all(compare(each, limit) for compare, limit in limits)
    )


def _limits(
    value: str, read: Callable[[str], Any]
) -> Iterable[tuple[Callable[[Any, Any], bool], Any]]:
    first, is_range, last = value.partition("..")
    if is_range:
        return [(operator.ge, read(first)), (operator.le, read(last))]
    found = _COMPARED.fullmatch(value.strip())
    sign, limit = found.groups() if found else (None, value)
    return [(_OPERATORS[sign or "="], read(limit))]


def _version(text: str) -> tuple[int, int] | None:
    found = _VERSION.fullmatch(text.strip())
    return (int(found[1]), int(found[2] or 0)) if found else None


def _numeral(text: str) -> Fraction | None:
    found = _NUMERAL.fullmatch(text.strip())
    return Fraction(found[0].replace("\u2212", "-")) if found else None
