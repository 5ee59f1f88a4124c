"""What a row is found by: the words of its fields, and the texts that are its name as a whole."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from webapp.characters import tokens
from webapp.characters.ranking import FAMILIAR_SCRIPTS
from webapp.characters.schema import ALIAS, CORE, ENTITY, INFORMAL, JOINED, LOOSE, NAME
from webapp.characters.text import canonical, name_key, squash, words
from webapp.characters.unihan import Unihan

# Words that say what kind of thing a character is: nobody types them.
_KINDS = {"sign", "symbol", "letter", "character", "mark", "digit", "syllable"}
LIGHT = frozenset(_KINDS | {"vulgar", "fraction", "button", "with"})
CASES = frozenset({"small", "capital"})
_NUMBERED = (
    "CJK UNIFIED IDEOGRAPH-",
    "CJK COMPATIBILITY IDEOGRAPH-",
    "TANGUT IDEOGRAPH-",
    "TANGUT COMPONENT-",
    "NUSHU CHARACTER-",
    "KHITAN SMALL SCRIPT CHARACTER-",
    "HANGUL SYLLABLE ",
)

_IDEOGRAPHS = ("CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH")
_OPERATION = re.compile(r"(?:^| )-|\b(?:AND|OR|NOT)\b|[^0-9A-Z -]")
_CLASSIC_WORD = re.compile("[0-9A-Z]+")

_canonical = lru_cache(maxsize=1 << 14)(canonical)
# The same texts are split for one purpose after the other.
_words = lru_cache(maxsize=1 << 10)(words)


class Texts(NamedTuple):
    """What is written about a row in English: names of several kinds, keywords, remarks.

    `script` is the name of its script, "" where letters cannot do without it.
    """

    name: str
    script: str = ""
    aliases: tuple[str, ...] = ()
    informal: tuple[str, ...] = ()
    short_name: str = ""
    keywords: tuple[str, ...] = ()
    short_codes: tuple[str, ...] = ()
    latex: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    unihan: Unihan | None = None

    @property
    def is_alone(self) -> bool:
        """True when there is a name and nothing else."""
        return self.unihan is None and self.has_one_name

    @property
    def has_one_name(self) -> bool:
        """True when nothing else is written but, perhaps, what Unihan says."""
        return self[2:-1] == _NOTHING


_NOTHING = Texts("")[2:-1]


class Words(NamedTuple):
    """The words of a row as they are written (folded), and what they are indexed as.

    `names` are those of its names, `others` those that stand elsewhere only.
    """

    written: set[str]
    names: set[str]
    others: set[str]


def core_key(found: Iterable[str]) -> str:
    """The words (folded) that matter, in an order of their own; "" when none does."""
    return " ".join(sorted(set(map(_canonical, found)) - LIGHT))


def is_numbered(name: str) -> bool:
    """True for names made by a rule from a code point or a sound."""
    return name.startswith(_NUMBERED)


def is_operation(name: str) -> bool:
    """True for a name in which the box would see an operator, a key or punctuation."""
    return _OPERATION.search(name) is not None


def words_of(texts: Texts) -> Words:
    """The words by which a row is found in English."""
    written = set(_words(texts.name))
    for text in (*texts.aliases, *texts.informal, texts.short_name):
        if text:
            written.update(_words(text))
    names = set(map(_canonical, written))
    others = {word for text in (*texts.keywords, *texts.short_codes) for word in _words(text)}
    others.update(entity.lower() for entity in texts.entities)
    if texts.unihan:
        others.update(texts.unihan.words, texts.unihan.readings)
    return Words(written | others, names, set(map(_canonical, others)) - names)


def text_tokens(texts: Texts, found: Words) -> Iterator[str]:
    """The tokens of all words of the row; facts told by words are not among them."""
    yield from found.names
    yield from map(tokens.other_word, found.others)
    for text in (*texts.keywords, *texts.short_codes):
        if keyword := _words(text):
            yield tokens.keyword("".join(keyword))
            yield from (tokens.keyword_word(_canonical(word)) for word in keyword)
    for text in texts.remarks:
        yield from (tokens.note_word(_canonical(word)) for word in _words(text))
    if texts.unihan:
        yield from map(tokens.definition, texts.unihan.meanings)


def text_facts(texts: Texts) -> Iterator[str]:
    """The facts that filters such as `alias:`, `entity:` and `pinyin:` ask for."""
    if texts.is_alone:
        return
    for text in (*texts.aliases, *texts.informal):
        yield from (tokens.fact("al", _canonical(word)) for word in _words(text))
    yield from (tokens.fact("en", entity) for entity in texts.entities)
    yield from (tokens.fact("sh", squash(code)) for code in texts.short_codes)
    if texts.unihan:
        yield from texts.unihan.facts


def numbered_parts(name: str) -> tuple[str, str]:
    """A name that `is_numbered` without its number, which thousands have in common, and that."""
    between = max(name.rfind("-"), name.rfind(" "))
    return name[:between], name[between + 1 :]


def unihan_words(unihan: Unihan, names: Iterable[str]) -> Words:
    """The words that Unihan adds to those (canonical) of an ideograph's name."""
    written = {*unihan.words, *unihan.readings}
    return Words(written, set(), set(map(_canonical, written)).difference(names))


def classic_tokens(name: str) -> list[str]:
    """The words of an official name as the Fluent Python programs split it."""
    found = _CLASSIC_WORD.findall(name)
    number = [tokens.classic_hex(found.pop())] if name.startswith(_IDEOGRAPHS) else []
    return [tokens.classic_word(word) for word in found] + number


def classic_number(stem: str, number: str) -> str:
    """The last of the `classic_tokens` of a name that `numbered_parts` took apart."""
    return (tokens.classic_hex if stem in _IDEOGRAPHS else tokens.classic_word)(number)


def exact_keys(texts: Texts, likelihood: float) -> Iterator[tuple[int, str]]:
    """(tier, text) of everything that is a name of the row as a whole.

    Of a row that few people want, parts of its name are not yet it.
    """
    if texts.name:
        yield NAME, name_key(texts.name)
    if is_numbered(texts.name) and texts.has_one_name:
        return
    for alias in texts.aliases:
        yield ALIAS, name_key(alias)
        yield JOINED, squash(alias)
    if texts.name and not is_numbered(texts.name):
        found = _words(texts.name)
        yield JOINED, "".join(found) or squash(texts.name)
        yield from _core_keys(set(found), texts.script, likelihood)
    if texts.short_name:
        yield CORE, squash(texts.short_name)
        yield CORE, core_key(_words(texts.short_name))
        yield CORE, squash(texts.short_name.partition(": ")[2])
    for text in (*texts.informal, *texts.short_codes, *texts.latex):
        yield INFORMAL, squash(text)
    for entity in texts.entities:
        yield ENTITY, squash(entity)


def _core_keys(found: set[str], script: str, likelihood: float) -> Iterator[tuple[int, str]]:
    """(tier, core) of a name's words with and without those of its script and its case."""
    is_familiar = script in FAMILIAR_SCRIPTS
    yield from _with_and_without_case(CORE if is_familiar or likelihood >= 0 else LOOSE, found)
    apart_from_script = found.difference(_words(script))
    if len(apart_from_script) < len(found):
        apart = CORE if is_familiar else INFORMAL if likelihood > 0 else LOOSE
        yield from _with_and_without_case(apart, apart_from_script)


def _with_and_without_case(tier: int, found: set[str]) -> Iterator[tuple[int, str]]:
    yield tier, core_key(found)
    if not found.isdisjoint(CASES):
        yield tier, core_key(found - CASES)
