"""What is true of a character or sequence by the tables of Unicode, as tokens."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from webapp.characters import ucd
from webapp.characters.ranking import is_tone
from webapp.characters.tokens import fact, number

_CASED = frozenset({"Lu", "Ll", "Lt"})
_TONES = ("light", "mediumlight", "medium", "mediumdark", "dark")
_HANGUL = range(0xAC00, 0xD7A4)

Sets = Iterable[tuple[str, Iterable[range]]]


class Memberships:
    """Which of many sets of code points each one is in: the tokens of the sets, joined."""

    def __init__(self, sets: Sets) -> None:
        masks: dict[int, int] = defaultdict(int)
        self._tokens: list[str] = []
        for place, (token, ranges) in enumerate(sets):
            self._tokens.append(token)
            for span in ranges:
                for code_point in span:
                    masks[code_point] |= 1 << place
        self._masks = dict(masks)
        self._joined: dict[int, str] = {0: ""}

    def __getitem__(self, code_point: int) -> str:
        mask = self._masks.get(code_point, 0)
        if (joined := self._joined.get(mask)) is None:
            joined = self._joined[mask] = " ".join(self._of(mask))
        return joined

    def count(self, code_point: int) -> int:
        """In how many of the sets the code point is."""
        return self._masks.get(code_point, 0).bit_count()

    def _of(self, mask: int) -> Iterator[str]:
        return (token for place, token in enumerate(self._tokens) if mask >> place & 1)


def properties() -> Memberships:
    """The binary properties by their short names."""
    return Memberships((fact("is", each.name), each.ranges) for each in ucd.properties())


def charsets() -> Memberships:
    """The legacy charsets."""
    return Memberships((fact("in", each.name), each.ranges) for each in ucd.charsets())


def script_extensions() -> Memberships:
    """The scripts in which characters are used beside their own."""
    ranges: dict[str, list[range]] = defaultdict(list)
    for each in ucd.script_extensions():
        for script in each.scripts:
            ranges[script].append(range(each.first, each.last + 1))
    return Memberships((fact("sx", script), spans) for script, spans in ranges.items())


class LookAlikes:
    """Groups of rows that look the same."""

    def __init__(self, rows: AbstractSet[tuple[int, ...]]) -> None:
        groups: dict[tuple[int, ...], set[tuple[int, ...]]] = defaultdict(set)
        for each, prototype in ucd.confusables():
            groups[prototype] |= {each, prototype} & rows
        several = (sorted(group) for group in groups.values() if len(group) > 1)
        self._groups = {each: group for group in several for each in group}

    def __getitem__(self, code_points: tuple[int, ...]) -> list[tuple[int, ...]]:
        """The group of a row, itself included; empty when nothing looks like it."""
        return self._groups.get(code_points, [])

    def tokens(self, code_points: tuple[int, ...]) -> list[str]:
        """A token for each member of the group: whoever asks for one finds them all."""
        group = self._groups.get(code_points, ())
        return [fact("lk", "".join(f"{c:04X}" for c in member)) for member in group]


class CharacterFacts:
    """The facts of characters; most characters share theirs with their neighbours."""

    def __init__(self) -> None:
        self.properties = properties()
        self.charsets = charsets()
        self._extensions = script_extensions()
        self._shared: dict[tuple[str | int, ...], str] = {}

    def of(self, character: ucd.CodePoint, base: str) -> list[str]:
        """The tokens of a character, which decomposes to `base` and marks ("" if it does not)."""
        code_point = character.code_point
        found = [
            self._of_neighbours(character),
            self.properties[code_point],
            self.charsets[code_point],
            self._extensions[code_point],
        ]
        if character.numeric_value:
            found.append(fact("nv", number(character.numeric_value)))
        if character.decomposition or code_point in _HANGUL:
            found.append(fact("dt", _kind(character.decomposition)))
        if base:
            found.append(fact("ba", f"{ord(base):04X}"))
        return found

    def _of_neighbours(self, each: ucd.CodePoint) -> str:
        key = (
            each.category,
            each.script,
            each.block,
            each.age,
            each.bidi_class,
            each.east_asian_width,
            each.combining_class,
            each.code_point >> 16,
        )
        if (joined := self._shared.get(key)) is None:
            joined = self._shared[key] = " ".join(_common(each))
        return joined


def _common(each: ucd.CodePoint) -> Iterator[str]:
    yield fact("gc", each.category)
    yield fact("gc", each.category[0])
    if each.category in _CASED:
        yield fact("gc", "LC")
    yield fact("sc", each.script)
    yield fact("sx", each.script)
    yield fact("bk", each.block)
    yield fact("ag", number(each.age))
    yield fact("bc", each.bidi_class)
    yield fact("ea", each.east_asian_width)
    yield fact("cc", str(each.combining_class))
    yield fact("pl", str(each.code_point >> 16))


def _kind(decomposition: str) -> str:
    return decomposition[1 : decomposition.index(">")] if "<" in decomposition else "canonical"


def sequence_facts(sequence: ucd.Sequence) -> Iterator[str]:
    """The tokens of a sequence: its kind, and the tones of skin in it."""
    yield fact("sq", "any")
    yield fact("sq", sequence.kind)
    if sequence.emoji_version:
        yield fact("ag", number(sequence.emoji_version))
    for code_point in dict.fromkeys(filter(is_tone, sequence.code_points)):
        yield fact("tn", _TONES[code_point - 0x1F3FB])
