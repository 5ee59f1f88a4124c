"""The orders of rows: by rank, by code point, name and age; and the facets they fall into."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter

from webapp.characters import labels, ucd
from webapp.characters.ranking import rank_key
from webapp.characters.records import Record, Row, by_age


def in_rank_order(records: Sequence[Record]) -> list[Record]:
    """The records, the most wanted first."""
    likelihood = {record.code_points: record.likelihood for record in records}
    # A capital is as likely as its small letter: only then does the small one come before it.
    for record in records:
        if record.category == "Lu" and (small := _small(record.code_points[0])) in likelihood:
            both = max(record.likelihood, likelihood[small])
            likelihood[record.code_points] = likelihood[small] = both
    return sorted(
        records,
        key=lambda each: rank_key(
            each.code_points,
            # The name by which emoji go is the shorter one: red heart, HEAVY BLACK HEART.
            each.texts.short_name or each.name,
            each.category,
            likelihood[each.code_points],
        ),
    )


def _small(capital: int) -> tuple[int, ...]:
    """The small letter of which this is the one capital; () if there is none."""
    small = chr(capital).lower()
    return (ord(small),) if len(small) == 1 and small.upper() == chr(capital) else ()


def orders(records: Sequence[Record], rows: Mapping[Row, int]) -> Iterator[tuple[str, bytes]]:
    """(name, row at each place) of the orders, given the records in that of code points."""
    # Among those of the same name or age, sequences stand behind the character they begin with.
    begun = sorted(records, key=attrgetter("code_points"))
    by_name = sorted(begun, key=attrgetter("name"))
    by_version = sorted(begun, key=lambda each: by_age(each.age))
    for order, found in (("cp", records), ("name", by_name), ("age", by_version)):
        yield f"order.{order}", array("I", [rows[each.code_points] for each in found]).tobytes()


def facet_values(records: Iterable[Record]) -> Iterator[tuple[str, int, str, str]]:
    """(facet, number from 1, id, name) of all values that records have."""
    codes = {name: code for code, name in ucd.scripts()}
    columns = zip(*{each[2:6] for each in records}, strict=True)
    categories, blocks, scripts, ages = (sorted({*values} - {""}) for values in columns)
    for number, category in enumerate(categories, 1):
        yield "category", number, category, labels.CATEGORIES[category]
    for number, block in enumerate(blocks, 1):
        yield "block", number, block, block
    for number, script in enumerate(scripts, 1):
        yield "script", number, codes[script], script
    for number, age in enumerate(sorted(ages, key=by_age), 1):
        yield "age", number, age, age
