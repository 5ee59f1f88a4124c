"""The rows of the index, made from the Unicode tables: what each is and what is written of it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from html.entities import name2codepoint
from itertools import groupby
from typing import NamedTuple, TypeVar

import msgspec

from webapp.characters import curated, ucd
from webapp.characters.facts import CharacterFacts, LookAlikes, sequence_facts
from webapp.characters.fields import Texts, is_numbered
from webapp.characters.identifier import bare, format_id
from webapp.characters.ranking import FAMILIAR_SCRIPTS, Candidate, is_tone, prior
from webapp.characters.tokens import fact
from webapp.characters.unihan import Unihan, unihan

Row = tuple[int, ...]
Decompositions = Mapping[int, str]
Value = TypeVar("Value")

_encode = msgspec.json.encode
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
    facts: str
    likelihood: float

    @property
    def head(self) -> str:
        """The row as searches give it, up to the end of its name."""
        char = "".join(map(chr, self.code_points))
        head = _Head(format_id(self.code_points), char, self.name)
        return _encode(head)[:-1].decode()

    @property
    def tail(self) -> str:
        """What follows, without `why` and the closing brace."""
        kind = "character" if len(self.code_points) == 1 else "sequence"
        return _tail(kind, *self[2:6])


class _Head(msgspec.Struct):
    id: str
    char: str
    name: str


@cache
def _tail(kind: str, category: str, block: str, script: str, age: str) -> str:
    about = {"category": category, "block": block, "script": script, "age": age}
    item = {"kind": kind} | {key: value or None for key, value in about.items()}
    return f",{_encode(item).decode()[1:-1]}"


class Writings:
    """All that is known of characters and sequences beside the facts; most of it in English."""

    def __init__(self, english: Iterable[ucd.Annotation], radicals: Iterable[Row]) -> None:
        self.emoji = {each.code_points: each.emoji_version for each in ucd.emoji()}
        self.radicals = set(radicals)
        self._unihan = dict(_unihan())
        self._english = {bare(each.code_points): each for each in english}
        self._aliases = grouped(((each.code_point,), each.text) for each in ucd.aliases())
        self._entities = grouped((row, name) for name, row in ucd.entities())
        self._short_codes = grouped(ucd.shortcodes())
        self._latex = grouped(_commands())
        self._informal = grouped((*curated.names_people_use(), *_informal_aliases()))
        self._remarks = grouped(_remarks())
        self._known = set().union(
            self.emoji,
            self.radicals,
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
            return Texts(name, script, unihan=self._unihan.get(row))
        english = self._english.get(row if len(row) == 1 else _untoned(row))
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
            unihan=self._unihan.get(row),
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


def _radicals(characters: Iterable[ucd.CodePoint]) -> Iterator[Row]:
    """The ideographs that are a radical of dictionaries by themselves."""
    for character in characters:
        if character.block == "Kangxi Radicals":
            yield (int(character.decomposition.removeprefix("<compat> "), 16),)


def _unihan() -> Iterator[tuple[Row, Unihan]]:
    for code_point, fields in groupby(ucd.readings(), lambda each: each.code_point):
        yield (code_point,), unihan(fields)


def _untoned(row: Row) -> Row:
    return bare([code_point for code_point in row if not is_tone(code_point)])


class Records:
    """Makes the records of rows, given all that there are."""

    def __init__(
        self,
        characters: Sequence[ucd.CodePoint],
        sequences: Sequence[ucd.Sequence],
        english: Iterable[ucd.Annotation],
    ) -> None:
        self.characters = characters
        self._sequences = sequences
        self._own = {each.code_point: each.decomposition for each in characters}
        self._facts = CharacterFacts()
        self._writings = Writings(english, _radicals(characters))
        self._likelihoods: dict[tuple[str, int, bool], float] = {}
        rows = {(each.code_point,) for each in characters}
        self.look_alikes = LookAlikes(rows | {each.code_points for each in sequences})

    def __iter__(self) -> Iterator[Record]:
        """In the order of code points, the sequences after the characters."""
        yield from map(self.character, self.characters)
        yield from map(self.sequence, self._sequences)

    def character(self, each: ucd.CodePoint) -> Record:
        """The record of a character; without a name it goes by its first alias, or its label."""
        row = (each.code_point,)
        base = expand(each.code_point, self._own, False)[0] if each.decomposition else ""
        facts = self._facts.of(each, base)
        if is_numbered(each.name):
            return self._numbered(each, facts)
        charsets = self._facts.charsets(each.code_point)
        # Letters that few people know are called by sounds, which would pass for words: MANDAIC
        # LETTER AT is found by the name of its script only.
        is_known = charsets > 0 or each.script in FAMILIAR_SCRIPTS
        texts = self._writings.texts(row, each.name, each.script if is_known else "")
        name = each.name or next(iter(texts.aliases), f"<control-{each.code_point:04X}>")
        likelihood = prior(_candidate(each, name, texts, charsets, self._writings))
        return Record(row, name, *each[2:6], texts, self._completed(facts, row), likelihood)

    def _numbered(self, each: ucd.CodePoint, facts: str) -> Record:
        """One whose name is made by a rule: its facts and readings tell how likely it is wanted."""
        row = (each.code_point,)
        texts = self._writings.texts(row, each.name)
        readings = texts.unihan.fields if texts.unihan else 0
        about = (facts, readings, row in self._writings.radicals)
        likelihood = self._likelihoods.get(about)
        if likelihood is None:
            charsets = self._facts.charsets(each.code_point)
            likelihood = prior(_candidate(each, each.name, texts, charsets, self._writings))
            self._likelihoods[about] = likelihood
        return Record(row, each.name, *each[2:6], texts, self._completed(facts, row), likelihood)

    def sequence(self, each: ucd.Sequence) -> Record:
        """The record of a sequence; its age is the version of Emoji that brought it, if any."""
        row, name = each.code_points, each.name
        facts = self._completed(" ".join(sequence_facts(each)), row)
        likelihood = prior(Candidate(row, name, sequence=each.kind))
        texts = self._writings.texts(row, name)
        return Record(row, name, "", "", "", each.emoji_version, texts, facts, likelihood)

    def _completed(self, facts: str, row: Row) -> str:
        if row in self._writings.emoji:
            facts = f"{facts} {fact('is', 'Emoji')}"
        if alike := self.look_alikes.tokens(row):
            facts = " ".join((facts, *alike))
        return facts


def _candidate(
    each: ucd.CodePoint, name: str, texts: Texts, charsets: int, writings: Writings
) -> Candidate:
    row = (each.code_point,)
    return Candidate(
        row,
        name,
        each.category,
        each.script,
        each.decomposition,
        each.block,
        html=_html(texts, each.code_point),
        emoji=float(writings.emoji.get(row, 0)),
        radical=row in writings.radicals,
        charsets=charsets,
        readings=texts.unihan.fields if texts.unihan else 0,
    )


def _html(texts: Texts, code_point: int) -> int:
    """The version of HTML that brought an entity for the character, 0 if none did."""
    if code_point in _HTML_4:
        return 4
    return 5 if texts.entities else 0


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


@cache
def by_age(age: str) -> tuple[int, int]:
    """A sort key for versions such as 6.1; unknown ones ("") come last."""
    major, _, minor = (age or "999.0").partition(".")
    return int(major), int(minor)
