"""The rows of the tables of names that are more than a key of their own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from webapp.characters import curated
from webapp.characters.fields import is_operation
from webapp.characters.identifier import bare, format_id
from webapp.characters.names import NAME_PARTS, PHRASE_PARTS, packed, phrase_text
from webapp.characters.records import Record, Row
from webapp.characters.schema import key_hash
from webapp.characters.text import name_key, squash, words

Rows = Mapping[Row, int]


def best_bets(rows: Rows) -> Iterator[tuple[int, int, int]]:
    """(hash of a term, place, row) of what editors put first."""
    for term, wanted in curated.best_bets():
        hashed = key_hash(squash(term))
        yield from ((hashed, place, rows[row]) for place, row in enumerate(wanted, 1))


def operator_names(records: Iterable[Record]) -> set[str]:
    """The keys of names that the box would take for something else."""
    names = {
        name
        for record in records
        for name in (record.texts.name, *record.texts.aliases)
        if is_operation(name)
    }
    # People write -> for an arrow.
    names |= {name for _, name in curated.names_people_use() if not words(name)}
    return set(map(name_key, names))


def keys(rows: Rows) -> list[tuple[str, int]]:
    """(identifier, row) by identifier; a sequence also by the one without selectors."""
    spelled = {format_id(bare(row)): number for row, number in rows.items() if len(row) > 1}
    spelled |= {format_id(row): number for row, number in rows.items()}
    return sorted(spelled.items())


def name_parts(records: Sequence[Record], rows: Rows) -> Iterator[tuple[int, bytes, bytes]]:
    """(kind, rows, names) of the parts in which patterns and phrases are looked for."""
    for kind, found in ((NAME_PARTS, _official(records)), (PHRASE_PARTS, _english(records))):
        named = ((rows[row], name) for row, name in found if name)
        yield from ((kind, *part) for part in packed(named))


def _official(records: Iterable[Record]) -> Iterator[tuple[Row, str]]:
    for record in records:
        texts = record.texts
        yield from ((record.code_points, name) for name in (texts.name, *texts.aliases))


def _english(records: Iterable[Record]) -> Iterator[tuple[Row, str]]:
    for record in records:
        texts = record.texts
        if texts.has_one_name:
            yield record.code_points, phrase_text(texts.name) if texts.name else ""
            continue
        names = dict.fromkeys((texts.name, *texts.aliases, *texts.informal, texts.short_name))
        yield from ((record.code_points, phrase_text(name)) for name in names if name)
