"""The largest tables as wholes, read once for all tests; their readers have tests of their own."""

import gc
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

from webapp.characters import ucd
from webapp.characters.data_files import rows

T = TypeVar("T")


@contextmanager
def untraced() -> Iterator[None]:
    """Without coverage in this thread: it would count the same lines a hundred thousand times."""
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)


def _all(rows: Iterable[T]) -> tuple[T, ...]:
    with untraced():
        found = tuple(rows)
    # They stay: the collector need not look at a million things again after every test.
    gc.freeze()
    return found


@cache
def characters() -> tuple[ucd.CodePoint, ...]:
    """Every assigned character."""
    return _all(ucd.code_points())


@cache
def sequences() -> tuple[ucd.Sequence, ...]:
    """Every sequence with a name."""
    return _all(ucd.sequences())


@cache
def annotations() -> tuple[ucd.Annotation, ...]:
    """The words of all locales."""
    return _all(ucd.annotations())


@cache
def annotation_texts() -> tuple[list[str], ...]:
    """The same as the file has them."""
    return _all(rows("annotations"))


@cache
def readings() -> tuple[ucd.Reading, ...]:
    """Every field of an ideograph."""
    return _all(ucd.readings())
