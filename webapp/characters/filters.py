"""The keys of filters, and what each asks of a row."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from webapp.characters import tokens
from webapp.characters.comparisons import AGES, ages, numeric_values
from webapp.characters.notations import notation
from webapp.characters.property_values import VALUES
from webapp.characters.text import canonical, fold, squash, words

Tokens = tuple[str, ...]

_ALIASES: Final = """
    gc cat category|sc script|scx scriptextensions|block blk|plane|age version|bidi bc
    |ea eaw width|nv numeric|ccc|dt|is|in charset|like|base|seq sequence|tone|def definition
    |pinyin|on|kun|jyut jyutping cantonese|hangul korean|viet vietnamese|name|alias|kw keyword
    |note|entity|code shortcode|sort|lang"""
KEYS: Final[Mapping[str, str]] = {
    name: names.split()[0] for names in _ALIASES.split("|") for name in names.split()
}
_TONES: Final = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
_SYLLABLES: Final = range(0xAC00, 0xD7A4)
_SEPARATOR = re.compile(r"[,|]")


def values_of(text: str, *, quoted: bool) -> list[str]:
    """The values that one filter lists; in quotes, and where there is nothing else, it is one."""
    listed = [] if quoted else [value for value in _SEPARATOR.split(text) if value]
    return listed or [text]


def tokens_of(key: str, value: str) -> Tokens | None:
    """The tokens one of which a row has when it has this value; None for an unknown value."""
    if key in VALUES:
        return VALUES[key].get(value)
    return _READERS[key](value)


def word_tokens(key: str, value: str) -> list[Tokens]:
    """The tokens of each word of the value, for a key whose value is words."""
    token = _WORDS[key]
    return [(token(canonical(word)),) for word in words(value)]


def is_of_words(key: str) -> bool:
    """True for a key whose value is words that must all be there."""
    return key in _WORDS


def near(key: str, value: str) -> list[str]:
    """Values of the key that somebody may have meant; none for a key that takes any text."""
    if key == "age":
        return list(AGES[-3:])
    return VALUES[key].near(value) if key in VALUES else []


def _look_alikes(value: str) -> Tokens:
    spelled = notation(value)
    code_points = spelled.code_points if spelled else tuple(map(ord, value))
    return (tokens.fact("lk", "".join(f"{each:04X}" for each in code_points)),)


def _base(value: str) -> Tokens | None:
    spelled = notation(value)
    code_points = spelled.code_points if spelled else tuple(map(ord, value))
    return (tokens.fact("ba", f"{code_points[0]:04X}"),) if len(code_points) == 1 else None


def _pinyin(value: str) -> Tokens | None:
    """`shuǐ` and `shui3` are the same; without a tone, any will do."""
    marks = [_TONES[mark] for mark in unicodedata.normalize("NFD", value) if mark in _TONES]
    return _told("py", squash(value) + "".join(marks[:1]))


def _hangul(value: str) -> Tokens | None:
    if len(value) == 1 and ord(value) in _SYLLABLES:
        value = unicodedata.name(value).rpartition(" ")[2]
    return _told("ha", squash(value))


def _reading(key: str, value: str) -> Tokens | None:
    return _told(key, fold(value))


def _entity(value: str) -> Tokens | None:
    return _told("en", value.strip("&;"))


def _short_code(value: str) -> Tokens | None:
    return _told("sh", squash(value))


def _told(key: str, value: str) -> Tokens | None:
    """A fact, unless nothing is left of its value."""
    token = tokens.fact(key, value)
    return (token,) if token != tokens.fact(key, "") else None


_READERS: Final[Mapping[str, Callable[[str], Tokens | None]]] = {
    "age": ages,
    "nv": numeric_values,
    "like": _look_alikes,
    "base": _base,
    "pinyin": _pinyin,
    "on": partial(_reading, "on"),
    "kun": partial(_reading, "ku"),
    "jyut": partial(_reading, "jy"),
    "hangul": _hangul,
    "viet": partial(_reading, "vi"),
    "entity": _entity,
    "code": _short_code,
}
_WORDS: Final[Mapping[str, Callable[[str], str]]] = {
    "name": tokens.name_word,
    "alias": partial(tokens.fact, "al"),
    "kw": tokens.keyword_word,
    "note": tokens.note_word,
    "def": partial(tokens.fact, "def"),
}
