"""The rows of the tables that only the page of one character needs."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from webapp.characters import ucd
from webapp.characters.facts import LookAlikes
from webapp.characters.records import Row, full_decompositions

# Bidi class, combining class, mirrored, decomposition, numeric value, width and case maps of most
# characters: they are ideographs.
USUAL = ("L", 0, False, "", "", "W", "", "", "")

Rows = Mapping[Row, int]
# Its name, how many columns it has, and its rows.
Table = tuple[str, int, Iterable[tuple[Any, ...]]]


def detail_tables(
    rows: Rows, characters: Iterable[ucd.CodePoint], look_alikes: LookAlikes
) -> Iterator[Table]:
    """The tables, given all characters that are unusual; rows are numbers of `rows`."""
    known = list(characters)
    own = {each.code_point: each.decomposition for each in known if each.decomposition}
    yield "characters", 10, _characters(rows, known)
    yield "decompositions", 3, _of_code_points(rows, full_decompositions(own))
    yield "sequences", 3, ((rows[each.code_points], *each[2:]) for each in ucd.sequences())
    yield "aliases", 3, _of_code_points(rows, ucd.aliases())
    yield "notes", 3, _of_code_points(rows, ucd.notes())
    yield "readings", 3, _of_code_points(rows, ucd.readings())
    yield "entities", 2, ((rows[row], name) for name, row in ucd.entities() if row in rows)
    yield "confusables", 2, _confusables(rows, look_alikes)
    yield "blocks", 3, ucd.blocks()


def _characters(rows: Rows, characters: Iterable[ucd.CodePoint]) -> Iterator[tuple[Any, ...]]:
    """What a character's item does not say."""
    return ((rows[each.code_point,], *each[6:]) for each in characters)


def is_unusual(character: ucd.CodePoint) -> bool:
    """True when something is not as with ideographs."""
    return character[6:] != USUAL


def _of_code_points(rows: Rows, facts: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """The facts with their code point replaced by its row; some are of code points without."""
    for code_point, *rest in facts:
        if row := rows.get((code_point,)):
            yield row, *rest


def _confusables(rows: Rows, look_alikes: LookAlikes) -> Iterator[tuple[int, int]]:
    for code_points, row in rows.items():
        yield from (
            (row, rows[other]) for other in look_alikes[code_points] if other != code_points
        )
