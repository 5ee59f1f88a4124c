"""The rows of the index, made from the Unicode tables: what each is and what is written of it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from html.entities import name2codepoint
from typing import NamedTuple, TypeVar

from webapp.characters import curated, ucd
from webapp.characters.facts import CharacterFacts, sequence_facts
from webapp.characters.fields import Texts, text_facts
from webapp.characters.identifier import bare, format_id
from webapp.characters.model import Item
from webapp.characters.ranking import FAMILIAR_SCRIPTS, Candidate, is_tone, prior
from webapp.characters.tokens import fact
from webapp.characters.unihan import unihan

Row = tuple[int, ...]
Decompositions = Mapping[int, str]
Value = TypeVar("Value")

_REMARK = re.compile(r"\([^()]*\)")
_HTML_4 = frozenset(name2codepoint.values())


class Record(NamedTuple):
    """One row to be: what it is, what is written of it, what is true of it, how wanted it is.

    `name` is what it goes by; category, block, script and age are "" where it has none.
    """

    code_points: Row
    name: str
    category: str
    block: str
    script: str
    age: str
    texts: Texts
    facts: list[str]
    likelihood: float

    @property
    def item(self) -> Item:
        """The row as searches give it."""
        return Item(
            id=format_id(self.code_points),
            char="".join(map(chr, self.code_points)),
            name=self.name,
            kind="character" if len(self.code_points) == 1 else "sequence",
            category=self.category or None,
            block=self.block or None,
            script=self.script or None,
            age=self.age or None,
        )


class Writings:
    """All that is written about characters and sequences in English."""

    def __init__(self, english: Iterable[ucd.Annotation]) -> None:
        self.emoji = {each.code_points: each.emoji_version for each in ucd.emoji()}
        self.radicals = set(_radicals())
        self.readings = grouped(((each.code_point,), each) for each in ucd.readings())
        self._english = {bare(each.code_points): each for each in english}
        self._aliases = grouped(((each.code_point,), each.text) for each in ucd.aliases())
        self._entities = grouped((row, name) for name, row in ucd.entities())
        self._short_codes = grouped(ucd.shortcodes())
        self._latex = grouped(_commands())
        self._informal = grouped((*curated.names_people_use(), *_informal_aliases()))
        self._remarks = grouped(_remarks())
        self._known = set().union(
            self.readings,
            self._english,
            self._aliases,
            self._entities,
            self._short_codes,
            self._latex,
            self._informal,
            self._remarks,
        )

    def texts(self, row: Row, name: str, script: str = "") -> Texts:
        """What is written about a row; a toned one has the keywords of the one without tones."""
        if row not in self._known and len(row) == 1:
            return Texts(name, script)
        english = self._english.get(row if len(row) == 1 else _untoned(row))
        readings = self.readings.get(row)
        return Texts(
            name,
            script,
            aliases=tuple(self._aliases.get(row, ())),
            informal=tuple(self._informal.get(row, ())),
            short_name=english.name if english and row == english.code_points else "",
            keywords=english.keywords if english else (),
            short_codes=tuple(self._short_codes.get(row, ())),
            latex=tuple(self._latex.get(row, ())),
            entities=tuple(self._entities.get(row, ())),
            remarks=tuple(self._remarks.get(row, ())),
            unihan=unihan(readings) if readings else None,
        )


def grouped(pairs: Iterable[tuple[Row, Value]]) -> dict[Row, list[Value]]:
    """The values of each row in their order."""
    groups: dict[Row, list[Value]] = defaultdict(list)
    for row, value in pairs:
        groups[row].append(value)
    return dict(groups)


def _commands() -> Iterator[tuple[Row, str]]:
    r"""The commands of LaTeX that are words: \alpha, but not \'{e}."""
    for code_point, command in ucd.latex():
        if command[1:].isalpha():
            yield (code_point,), command[1:]


def _informal_aliases() -> Iterator[tuple[Row, str]]:
    """The informal aliases of the Names List, which puts several into one line."""
    for note in ucd.notes():
        if note.kind == "alias":
            for alias in _REMARK.sub("", note.text).split(","):
                if alias := alias.strip():
                    yield (note.code_point,), alias


def _remarks() -> Iterator[tuple[Row, str]]:
    return (((note.code_point,), note.text) for note in ucd.notes() if note.kind == "comment")


def _radicals() -> Iterator[int]:
    """The ideographs that are a radical of dictionaries by themselves."""
    for character in ucd.code_points():
        if character.block == "Kangxi Radicals":
            yield int(character.decomposition.removeprefix("<compat> "), 16)


def _emoji_facts(row: Row, writings: Writings) -> list[str]:
    return [fact("is", "Emoji")] if row in writings.emoji else []


def _untoned(row: Row) -> Row:
    return bare([code_point for code_point in row if not is_tone(code_point)])


def character_record(
    character: ucd.CodePoint, facts: CharacterFacts, writings: Writings, base: str
) -> Record:
    """The record of a character; one without a name goes by its first alias, or by its label."""
    row = (character.code_point,)
    charsets = facts.charsets.count(character.code_point)
    # Letters that few people know are called by sounds, which would pass for words: MANDAIC
    # LETTER AT is found by the name of its script only.
    is_known = charsets > 0 or character.script in FAMILIAR_SCRIPTS
    texts = writings.texts(row, character.name, character.script if is_known else "")
    label = f"<control-{character.code_point:04X}>"
    name = character.name or next(iter(texts.aliases), label)
    candidate = Candidate(
        row,
        name,
        character.category,
        character.script,
        character.decomposition,
        character.block,
        html=_html(texts, character.code_point),
        emoji=float(writings.emoji.get(row, 0)),
        radical=character.code_point in writings.radicals,
        charsets=charsets,
        readings=len({each.field for each in writings.readings.get(row, ())}),
    )
    return Record(
        row,
        name,
        *character[2:6],
        texts,
        [*facts.of(character, base), *_emoji_facts(row, writings), *text_facts(texts)],
        prior(candidate),
    )


def _html(texts: Texts, code_point: int) -> int:
    """The version of HTML that brought an entity for the character, 0 if none did."""
    if code_point in _HTML_4:
        return 4
    return 5 if texts.entities else 0


def sequence_record(sequence: ucd.Sequence, writings: Writings) -> Record:
    """The record of a sequence; its age is the version of Emoji that brought it, if any."""
    row, name = sequence.code_points, sequence.name
    texts = writings.texts(row, name)
    likelihood = prior(Candidate(row, name, sequence=sequence.kind))
    facts = [*sequence_facts(sequence), *_emoji_facts(row, writings), *text_facts(texts)]
    return Record(row, name, "", "", "", sequence.emoji_version, texts, facts, likelihood)


def full_decompositions(own: Decompositions) -> Iterator[tuple[int, str, str]]:
    """(code point, NFD, NFKD) of each character, given what each decomposes to in one step."""
    for code_point in own:
        yield code_point, expand(code_point, own, False), expand(code_point, own, True)


def expand(code_point: int, own: Decompositions, compatibility: bool) -> str:
    """The full decomposition of a character."""
    decomposition = own.get(code_point, "")
    if not decomposition or (decomposition.startswith("<") and not compatibility):
        return chr(code_point)
    parts = (part for part in decomposition.split() if not part.startswith("<"))
    return "".join(expand(int(part, 16), own, compatibility) for part in parts)


def by_age(age: str) -> tuple[int, int]:
    """A sort key for versions such as 6.1; unknown ones ("") come last."""
    major, _, minor = (age or "999.0").partition(".")
    return int(major), int(minor)
