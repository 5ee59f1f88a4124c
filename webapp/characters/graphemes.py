"""Pasted text as the characters that people see."""

import unicodedata

import msgspec

from webapp.characters import ucd
from webapp.characters.clusters import clusters
from webapp.characters.identifier import bare, format_id
from webapp.characters.lookup import THE_CHARACTER, looked_up, offered
from webapp.characters.meaning import Group, Query, Reading
from webapp.characters.text import is_unspaced, printable, words

# With the sign that asks for it, the text must still be one that is read.
LONGEST_TEXT = 10_000
# Read now, as nothing may be read from a file once the loop runs.
_NAMED = frozenset(
    "".join(map(chr, each.code_points)) for each in ucd.sequences() if each.kind == "named"
)
# Longer ones are a letter buried in marks, which nothing is equivalent to.
_LONGEST_RELATED = 16


def literal(typed: str) -> Query | None:
    """One cluster is that character, and so are several that have a name together.

    A letter or digit of ASCII may be a word as well.
    """
    if not _is_single(typed) and typed not in _NAMED:
        return None
    code_points = tuple(map(ord, typed))
    related = _related(typed)
    readings = [
        Reading("literal", text=printable(typed), id=format_id(code_points)),
        *map(offered, related),
    ]
    wanted = [*_with_parts(code_points), *((code_point,) for code_point in related)]
    query = looked_up(wanted, readings, why=THE_CHARACTER)
    found = words(typed)
    if not found or not (typed.isascii() or is_unspaced(found[0])):
        return query
    return msgspec.structs.replace(query, name=typed, groups=(Group(tuple(found)),))


def identified(typed: str) -> Query:
    """Pasted text, cluster by cluster."""
    return spelled(typed, Reading("clusters", text=printable(typed)))


def offered_clusters(typed: str) -> list[Reading]:
    """Pasted text as a reading that is one click away."""
    reading = Reading("clusters", text=printable(typed), q=f"={printable(typed)}")
    return [reading] if len(typed) < LONGEST_TEXT else []


def spelled(text: str, reading: Reading) -> Query:
    """The query for each cluster of a text and for what those consist of."""
    wanted = [
        part
        for cluster in dict.fromkeys(clusters(text))
        for part in _with_parts(tuple(map(ord, cluster)))
    ]
    return looked_up(wanted, (reading,), why=THE_CHARACTER)


def single_id(text: str) -> str | None:
    """The identifier of a text that is one cluster."""
    return format_id(map(ord, text)) if _is_single(text) else None


def _is_single(text: str) -> bool:
    return next(clusters(text), "") == text != ""


def _with_parts(code_points: tuple[int, ...]) -> list[tuple[int, ...]]:
    parts = bare(code_points)
    return [code_points, *((part,) for part in dict.fromkeys(parts) if len(parts) > 1)]


def _related(cluster: str) -> list[int]:
    """The single characters that are equivalent to the cluster, in the strictest sense first."""
    if len(cluster) > _LONGEST_RELATED:
        return []
    forms = (unicodedata.normalize(form, cluster) for form in ("NFC", "NFKC"))
    return list(dict.fromkeys(ord(form) for form in forms if len(form) == 1 and form != cluster))
