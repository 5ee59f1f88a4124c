"""What in a text may deceive who reads it, or a program that does; pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Final

import msgspec

from webapp.characters.identify import Row, misread
from webapp.characters.mixed_scripts import mixture, scripts_of
from webapp.characters.text import printable
from webapp.characters.traits import Traits
from webapp.phrases import Phrase

MOST_WORDS: Final = 20
NAMED_AT_MOST: Final = 8
MARKS_AT_MOST: Final = 8
QUOTED_AT_MOST: Final = 60

# One letter for each code point of the text, so that patterns can be told of kinds.
_LETTER, _MARK, _SYMBOL, _OTHER = "l", "m", "o", " "
_BIDI, _JOINER, _UNSEEN = "b", "j", "i"
_PRIVATE, _UNASSIGNED, _NONCHARACTER, _SURROGATE, _REPLACED = "p", "u", "n", "s", "r"
# By general category, or by the first letter of it.
_KINDS: Final = {
    "L": _LETTER,
    "N": _LETTER,
    "M": _MARK,
    "S": _SYMBOL,
    "Pc": _LETTER,
    "Co": _PRIVATE,
    "Cn": _UNASSIGNED,
    "Cs": _SURROGATE,
}
_WORD: Final = re.compile("[lm](?:[lmijb]*[lm])?")
_WITHIN: Final = re.compile("(?<=[lm])[ijb]+(?=[lm])")
_UNSEEN_RUN: Final = re.compile("[ijb]+")
_LAYOUT: Final = frozenset("\t\n\r")
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS: Final = frozenset("\u200c\u200d")
_ANNOTATING: Final = frozenset("\ufff9\ufffa\ufffb")
# The last two are letters by category, of which compatibility makes marks.
_SPECIAL: Final = {"\ufffd": _REPLACED, "\uff9e": _MARK, "\uff9f": _MARK}
# Scripts whose letters never need a joiner between them.
_UNJOINED: Final = frozenset(
    {"Latin", "Greek", "Cyrillic", "Armenian", "Georgian", "Hebrew", "Han", "Hiragana", "Katakana"}
)
# Tags make flags of regions when a black flag is before them; elsewhere they only hide.
_TAGS: Final = re.compile("(\U0001f3f4)?([\U000e0020-\U000e007e]+)\U000e007f?")
_SELECTORS: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}")
_SINGLE: Final[Mapping[str, tuple[str, Callable[[str], Phrase]]]] = {
    _PRIVATE: (
        "private-use",
        lambda names: Phrase(
            "For private use, without a meaning in Unicode: {names}.", names=names
        ),
    ),
    _UNASSIGNED: (
        "unassigned",
        lambda names: Phrase("No characters in this version of Unicode: {names}.", names=names),
    ),
    _NONCHARACTER: (
        "noncharacter",
        lambda names: Phrase(
            "Noncharacters, which no text should be sent with: {names}.", names=names
        ),
    ),
    _SURROGATE: (
        "surrogate",
        lambda names: Phrase(
            "Halves of surrogate pairs, which no text can be sent with: {names}.", names=names
        ),
    ),
    _REPLACED: (
        "replacement",
        lambda names: Phrase(
            "Something was lost before the text came here; it is now: {names}.", names=names
        ),
    ),
}


class Warned(msgspec.Struct, frozen=True):
    """One thing to be wary of; `at` is the number of the first code point of it, from 0."""

    code: str
    detail: Phrase
    at: int


class Text:
    """A text with what is known of each of its code points; `rows` has one for each."""

    def __init__(
        self, text: str, rows: Mapping[str, Row], traits: Traits, alike: Mapping[str, str]
    ) -> None:
        self.text = text
        self._rows = rows
        self._traits = traits
        self._alike = alike
        self._kind_of = {char: self._kind(char) for char in rows}
        self._kinds = text.translate({ord(char): kind for char, kind in self._kind_of.items()})
        self._scripts: dict[str, frozenset[str]] = {}

    def warnings(self) -> list[Warned]:
        """What to be wary of, in the order of its kinds; bounded, however long the text."""
        found: list[Warned] = []
        for look in (self._turned, self._mixed, self._hidden, self._within, self._single):
            found.extend(look())
        if meant := misread(self.text):
            detail = Phrase(
                "Looks like UTF-8 that was read as Windows-1252. It may have been: {text}",
                text=_cut(meant),
            )
            found.append(Warned("misread", detail, 0))
        return found

    def without_invisible(self) -> str:
        """The text without what nobody sees; joiners stay where they make a difference."""

        def kept(run: re.Match[str]) -> str:
            return self.text[run.start() : run.end()] if self._is_needed(run) else ""

        pieces, end = [], 0
        for run in _UNSEEN_RUN.finditer(self._kinds):
            pieces += [self.text[end : run.start()], kept(run)]
            end = run.end()
        return "".join(pieces) + self.text[end:]

    def has_long_run_of_marks(self, length: int) -> bool:
        """Whether so many marks follow each other: normalising those takes quadratic time."""
        return _MARK * length in self._kinds

    def _kind(self, char: str) -> str:
        if unseen := self._unseen(char):
            return unseen
        category = self._rows[char].category or ""
        if self._rows[char].name.startswith("<noncharacter"):
            return _NONCHARACTER
        kinds = (_SPECIAL.get(char), _KINDS.get(category), _KINDS.get(category[:1]))
        return next(filter(None, kinds), _OTHER)

    def _unseen(self, char: str) -> str | None:
        """The kind of what has no ink and is no layout; None for the rest."""
        category, code_point = self._rows[char].category or "", ord(char)
        if char in _TURNING or char in _JOINERS:
            return _BIDI if char in _TURNING else _JOINER
        if category == "Cn" or self._traits.has("VS", code_point):
            return None
        is_control = category == "Cc" and char not in _LAYOUT
        is_unseen = is_control or char in _ANNOTATING or self._traits.has("DI", code_point)
        return _UNSEEN if is_unseen else None

    def _is_needed(self, run: re.Match[str]) -> bool:
        """Whether a run of invisible characters is joiners that letters or emoji need."""
        if run[0].strip(_JOINER):
            return False
        before, after = self._base_before(run.start()), self._kinds[run.end() : run.end() + 1]
        if before is None:
            return False
        if self._kinds[before] == _SYMBOL:
            return after == _SYMBOL
        scripts = self._scripts_of(self.text[before])
        return self._kinds[before] == _LETTER and bool(scripts) and not scripts & _UNJOINED

    def _base_before(self, at: int) -> int | None:
        """The place of what the marks before this place belong to; None behind many of them."""
        places = range(at - 1, max(-1, at - 1 - MARKS_AT_MOST), -1)
        return next((each for each in places if self._kinds[each] != _MARK), None)

    def _scripts_of(self, char: str) -> frozenset[str]:
        if char not in self._scripts:
            extensions = self._traits.scripts(ord(char))
            self._scripts[char] = scripts_of(self._rows[char].script, extensions)
        return self._scripts[char]

    def _turned(self) -> Iterator[Warned]:
        names = self._named(_BIDI)
        if names:
            detail = Phrase(
                "Changes the direction of what follows: {names}. "
                "What is read may be in another order than what a program takes.",
                names=names,
            )
            yield Warned("bidi-control", detail, self._kinds.index(_BIDI))

    def _mixed(self) -> Iterator[Warned]:
        told: dict[str, None] = {}
        for found in _WORD.finditer(self._kinds):
            word = self.text[found.start() : found.end()]
            if word in told or word.isascii():
                continue
            if scripts := mixture(map(self._scripts_of, dict.fromkeys(word))):
                if len(told) == MOST_WORDS:
                    more = Phrase("More words mix scripts.")
                    yield Warned("mixed-scripts", more, found.start())
                    return
                told[word] = None
                yield Warned("mixed-scripts", self._mixture(word, scripts), found.start())

    def _mixture(self, word: str, scripts: list[str]) -> Phrase:
        shown = "".join(char for char in word if self._kind_of[char] in _LETTER + _MARK)
        detail = Phrase("“{word}” mixes {scripts}.", word=_cut(shown), scripts=_listed(scripts))
        lookalikes = [
            Phrase("{id} looks like {text}", id=self._rows[char].id, text=self._alike[char])
            for char in dict.fromkeys(word)
            if char in self._alike
        ]
        if not lookalikes:
            return detail
        told = reduce(_one_after_the_other, lookalikes[:NAMED_AT_MOST])
        return Phrase("{detail} {lookalikes}.", detail=detail, lookalikes=told)

    def _hidden(self) -> Iterator[Warned]:
        for found in _TAGS.finditer(self.text):
            if found[1] is None:
                spelt = "".join(chr(ord(char) - 0xE0000) for char in found[2][:QUOTED_AT_MOST])
                detail = Phrase("Invisible tags spell “{text}”.", text=spelt)
                yield Warned("hidden-text", detail, found.start())
                break
        if run := _SELECTORS.search(self.text):
            detail = Phrase(
                "{count} variation selectors in a row; one is all that has a use.",
                count=len(run[0]),
            )
            yield Warned("hidden-text", detail, run.start())

    def _within(self) -> Iterator[Warned]:
        told: dict[str, None] = {}
        for found in _WITHIN.finditer(self._kinds):
            if self._is_needed(found):
                continue
            # Of those that turn the direction somebody was told before.
            run = self.text[found.start() : found.end()].strip("".join(_TURNING))
            char = run[:1]
            if char and char not in told and len(told) < NAMED_AT_MOST:
                told[char] = None
                detail = Phrase(
                    "Not to be seen, and within a word: {name}.", name=self._label(char)
                )
                yield Warned("invisible", detail, found.start())

    def _single(self) -> Iterator[Warned]:
        for kind, (code, detail) in _SINGLE.items():
            if names := self._named(kind):
                yield Warned(code, detail(names), self._kinds.index(kind))

    def _named(self, kind: str) -> str:
        """The distinct characters of this kind, the first ones by name."""
        found = [char for char, each in self._kind_of.items() if each == kind]
        names = ", ".join(map(self._label, found[:NAMED_AT_MOST]))
        more = len(found) - NAMED_AT_MOST
        if more <= 0:
            return names
        return Phrase.counted(
            "{names} and {count} more", "{names} and {count} more", more, names=names
        )

    def _label(self, char: str) -> str:
        row = self._rows[char]
        return row.id if row.name.startswith("<") and row.category != "Cc" else row.name


def _listed(names: list[str]) -> Phrase:
    return Phrase("{names} and {last}", names=", ".join(names[:-1]), last=names[-1])


def _one_after_the_other(first: Phrase, second: Phrase) -> Phrase:
    return Phrase("{first}; {second}", first=first, second=second)


def _cut(text: str) -> str:
    shown = printable(text[:QUOTED_AT_MOST])
    return shown if len(text) <= QUOTED_AT_MOST else f"{shown}…"
