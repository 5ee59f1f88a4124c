"""The rows of the index, made from the Unicode tables: what each is and what is written of it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from html.entities import name2codepoint
from typing import NamedTuple, TypeVar

from webapp.characters import curated, ucd
from webapp.characters.facts import CharacterFacts, sequence_facts
from webapp.characters.fields import Texts
from webapp.characters.identifier import bare, format_id
from webapp.characters.model import Item
from webapp.characters.ranking import Candidate, is_tone
from webapp.characters.unihan import unihan

Row = tuple[int, ...]
Decompositions = Mapping[int, str]
Value = TypeVar("Value")

_REMARK = re.compile(r"\([^()]*\)")
_HTML_4 = frozenset(name2codepoint.values())
# Names of syllables and hieroglyphs are sounds: without their script they would pass for words.
_SOUNDS = frozenset({"Yi", "Cuneiform", "Egyptian Hieroglyphs", "Anatolian Hieroglyphs"})


class Record(NamedTuple):
    """One row to be: its item, what is written of it, what is true of it, what it ranks by."""

    code_points: Row
    item: Item
    texts: Texts
    facts: str
    candidate: Candidate


class Writings:
    """All that is written about characters and sequences in English."""

    def __init__(self) -> None:
        self.aliases = grouped(((each.code_point,), each.text) for each in ucd.aliases())
        self.entities = grouped((row, name) for name, row in ucd.entities())
        self.short_codes = grouped(ucd.shortcodes())
        self.latex = grouped(_commands())
        self.used = grouped(curated.names_people_use())
        self.notes = grouped(((note.code_point,), note) for note in ucd.notes())
        self.readings = grouped(((each.code_point,), each) for each in ucd.readings())
        self.emoji = {each.code_points for each in ucd.emoji()}
        self._english = {
            bare(each.code_points): each for each in ucd.annotations() if each.locale == "en"
        }

    def texts(self, row: Row, name: str, script: str = "") -> Texts:
        """What is written about a row; a toned one has the keywords of the one without tones."""
        english = self._english.get(bare(row) if len(row) == 1 else _untoned(row))
        notes = self.notes.get(row, ())
        readings = self.readings.get(row)
        return Texts(
            name,
            script=script,
            aliases=tuple(self.aliases.get(row, ())),
            informal=(*self.used.get(row, ()), *_informal(notes)),
            short_name=english.name if english and row == english.code_points else "",
            keywords=english.keywords if english else (),
            short_codes=tuple(self.short_codes.get(row, ())),
            latex=tuple(self.latex.get(row, ())),
            entities=tuple(self.entities.get(row, ())),
            remarks=tuple(note.text for note in notes if note.kind == "comment"),
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


def _untoned(row: Row) -> Row:
    return bare([code_point for code_point in row if not is_tone(code_point)])


def _informal(notes: Iterable[ucd.Note]) -> Iterator[str]:
    """The informal aliases of the Names List, which puts several into one line."""
    for note in notes:
        if note.kind == "alias":
            yield from filter(None, map(str.strip, _REMARK.sub("", note.text).split(",")))


def character_record(
    character: ucd.CodePoint, facts: CharacterFacts, writings: Writings, base: str
) -> Record:
    """The record of a character; one without a name goes by its first alias, or by its label."""
    row = (character.code_point,)
    script = "" if _is_sound(character) else character.script
    texts = writings.texts(row, character.name, script)
    label = f"<control-{character.code_point:04X}>"
    item = Item(
        id=format_id(row),
        char=chr(character.code_point),
        name=character.name or next(iter(texts.aliases), label),
        kind="character",
        category=character.category,
        block=character.block or None,
        script=character.script or None,
        age=character.age or None,
    )
    candidate = Candidate(
        row,
        item.name,
        character.category,
        character.script,
        character.decomposition,
        character.block,
        html=_html(texts, character.code_point),
        emoji=row in writings.emoji,
        charsets=facts.charsets.count(character.code_point),
        readings=len({each.field for each in writings.readings.get(row, ())}),
    )
    return Record(row, item, texts, " ".join(facts.of(character, base)), candidate)


def _is_sound(character: ucd.CodePoint) -> bool:
    return "SYLLABLE" in character.name or character.script in _SOUNDS


def _html(texts: Texts, code_point: int) -> int:
    """The version of HTML that brought an entity for the character, 0 if none did."""
    if code_point in _HTML_4:
        return 4
    return 5 if texts.entities else 0


def sequence_record(sequence: ucd.Sequence, writings: Writings) -> Record:
    """The record of a sequence; its age is the version of Emoji that brought it, if any."""
    row = sequence.code_points
    item = Item(
        id=format_id(row),
        char="".join(map(chr, row)),
        name=sequence.name,
        kind="sequence",
        category=None,
        block=None,
        script=None,
        age=sequence.emoji_version or None,
    )
    texts = writings.texts(row, sequence.name)
    candidate = Candidate(row, sequence.name, sequence=sequence.kind)
    return Record(row, item, texts, " ".join(sequence_facts(sequence)), candidate)


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


def by_age(record_age: str | None) -> tuple[int, int]:
    """A sort key for versions such as 6.1; unknown ones come last."""
    major, _, minor = (record_age or "999.0").partition(".")
    return int(major), int(minor)
