"""The largest tables as wholes, read once for all tests; their readers have tests of their own."""

from functools import cache

from webapp.characters import ucd
from webapp.characters.data_files import rows


@cache
def characters() -> tuple[ucd.CodePoint, ...]:
    """Every assigned character."""
    return tuple(ucd.code_points())


@cache
def sequences() -> tuple[ucd.Sequence, ...]:
    """Every sequence with a name."""
    return tuple(ucd.sequences())


@cache
def annotations() -> tuple[ucd.Annotation, ...]:
    """The words of all locales."""
    return tuple(ucd.annotations())


@cache
def annotation_texts() -> list[list[str]]:
    """The same as the file has them."""
    return list(rows("annotations"))


@cache
def readings() -> tuple[ucd.Reading, ...]:
    """Every field of an ideograph."""
    return tuple(ucd.readings())
