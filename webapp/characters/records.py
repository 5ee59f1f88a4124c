"""The rows of the index, made from the Unicode tables."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from webapp.characters import ucd
from webapp.characters.identifier import format_id
from webapp.characters.model import Item, row_json
from webapp.characters.schema import ALIAS, OFFICIAL
from webapp.characters.text import name_key, words

Aliases = Mapping[int, Sequence[ucd.Alias]]
Decompositions = Mapping[int, str]


class Record(NamedTuple):
    """One row to be: its item, the full names that find it, and the words it is searched by."""

    code_points: tuple[int, ...]
    item: Item
    names: tuple[tuple[str, int], ...]
    words: tuple[str, ...]

    @property
    def json(self) -> str:
        """The item as it is kept in the row."""
        return row_json(self.item)


def aliases_by_code_point() -> Aliases:
    """The formal aliases in the order of the standard."""
    grouped: dict[int, list[ucd.Alias]] = defaultdict(list)
    for alias in ucd.aliases():
        grouped[alias.code_point].append(alias)
    return grouped


def character_record(character: ucd.CodePoint, aliases: Sequence[ucd.Alias]) -> Record:
    """The record of a character; one without a name goes by its first alias, or by its label."""
    called = [alias.text for alias in aliases]
    label = f"<control-{character.code_point:04X}>"
    item = Item(
        id=format_id([character.code_point]),
        char=chr(character.code_point),
        name=character.name or next(iter(called), label),
        kind="character",
        category=character.category,
        block=character.block or None,
        script=character.script or None,
        age=character.age or None,
    )
    return _record((character.code_point,), item, character.name, called)


def sequence_record(sequence: ucd.Sequence) -> Record:
    """The record of a sequence; its age is the version of Emoji that brought it, if any."""
    item = Item(
        id=format_id(sequence.code_points),
        char="".join(map(chr, sequence.code_points)),
        name=sequence.name,
        kind="sequence",
        category=None,
        block=None,
        script=None,
        age=sequence.emoji_version or None,
    )
    return _record(sequence.code_points, item, sequence.name, ())


def _record(code_points: tuple[int, ...], item: Item, name: str, aliases: Sequence[str]) -> Record:
    names = [(name_key(name), OFFICIAL)] if name else []
    names += [(name_key(alias), ALIAS) for alias in aliases]
    found = [word for text in (name, *aliases) for word in words(text)]
    return Record(code_points, item, tuple(names), tuple(dict.fromkeys(found)))


def full_decompositions(own: Decompositions) -> Iterator[tuple[int, str, str]]:
    """(code point, NFD, NFKD) of each character, given what each decomposes to in one step."""
    for code_point in own:
        yield code_point, _expand(code_point, own, False), _expand(code_point, own, True)


def _expand(code_point: int, own: Decompositions, compatibility: bool) -> str:
    decomposition = own.get(code_point, "")
    if not decomposition or (decomposition.startswith("<") and not compatibility):
        return chr(code_point)
    parts = (part for part in decomposition.split() if not part.startswith("<"))
    return "".join(_expand(int(part, 16), own, compatibility) for part in parts)


def by_age(record_age: str | None) -> tuple[int, int]:
    """A sort key for versions such as 6.1; unknown ones come last."""
    major, _, minor = (record_age or "999.0").partition(".")
    return int(major), int(minor)
