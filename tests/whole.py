"""The largest tables as wholes, read once for all tests; their readers have tests of their own."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from webapp.characters import ucd
from webapp.characters.data_files import rows


@contextmanager
def untraced() -> Iterator[None]:
    """Without coverage in this thread: it would count the same lines a hundred thousand times."""
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)


@cache
@untraced()
def characters() -> tuple[ucd.CodePoint, ...]:
    """Every assigned character."""
    return tuple(ucd.code_points())


@cache
@untraced()
def sequences() -> tuple[ucd.Sequence, ...]:
    """Every sequence with a name."""
    return tuple(ucd.sequences())


@cache
@untraced()
def annotations() -> tuple[ucd.Annotation, ...]:
    """The words of all locales."""
    return tuple(ucd.annotations())


@cache
@untraced()
def annotation_texts() -> list[list[str]]:
    """The same as the file has them."""
    return list(rows("annotations"))


@cache
@untraced()
def readings() -> tuple[ucd.Reading, ...]:
    """Every field of an ideograph."""
    return tuple(ucd.readings())
