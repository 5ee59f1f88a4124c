"""What Unihan says of an ideograph, as it is searched: meanings, readings as people type them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from webapp.characters import tokens
from webapp.characters.text import canonical, fold, squash, words
from webapp.characters.ucd import Reading

_TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
_NEUTRAL = "5"
_REMARK = re.compile(r"\([^()]*\)")
# What the first, middle and last letter of a syllable add to its name.
_HANGUL = (
    "g,gg,n,d,dd,r,m,b,bb,s,ss,,j,jj,c,k,t,p,h",
    "a,ae,ya,yae,eo,e,yeo,ye,o,wa,wae,oe,yo,u,weo,we,wi,yu,eu,yi,i",
    ",g,gg,gs,n,nj,nh,d,l,lg,lm,lb,ls,lt,lp,lh,m,b,bs,s,ss,ng,j,c,k,t,p,h",
)
_INITIALS, _VOWELS, _FINALS = (letters.split(",") for letters in _HANGUL)
_FACTS = {
    "kMandarin": "py",
    "kCantonese": "jy",
    "kJapaneseOn": "on",
    "kJapaneseKun": "ku",
    "kHangul": "ha",
    "kVietnamese": "vi",
}

_squash = lru_cache(maxsize=1 << 12)(squash)


class Unihan(NamedTuple):
    """The fields of one ideograph: words of its definition, whole meanings, readings, facts.

    `fields` is how many it has.
    """

    fields: int
    words: tuple[str, ...]
    meanings: tuple[str, ...]
    readings: tuple[str, ...]
    facts: tuple[str, ...]


def unihan(fields: Iterable[Reading]) -> Unihan:
    """The fields of one ideograph as they are searched; words are folded but not canonical."""
    defined: list[str] = []
    meanings: list[str] = []
    sounds: list[str] = []
    facts: list[str] = []
    known = list(fields)
    for reading in known:
        if reading.field == "kDefinition":
            defined += map(intern, words(reading.text))
            meanings += _meanings(reading.text)
        else:
            found = _spelled(reading.field, reading.text)
            facts += found.facts
            sounds += found.with_tone
    facts += map(_defined, defined)
    several = (defined, meanings, sounds, facts)
    return Unihan(len(known), *(tuple(dict.fromkeys(each)) for each in several))


@lru_cache(maxsize=1 << 15)
def _defined(word: str) -> str:
    return tokens.fact("def", canonical(word))


def _meanings(definition: str) -> Iterable[str]:
    bare = _REMARK.sub("", definition) if "(" in definition else definition
    return filter(None, map(_squash, bare.replace(";", ",").split(",")))


class _Spelled(NamedTuple):
    facts: tuple[str, ...]
    with_tone: tuple[str, ...]


@lru_cache(maxsize=1 << 15)
def _spelled(field: str, readings: str) -> _Spelled:
    """The ways to type the readings of a field, in ASCII."""
    ways = [way for text in readings.split() for way in _ways(field, text)]
    facts = tuple(tokens.fact(_FACTS[field], way) for way in ways)
    return _Spelled(facts, tuple(way for way in ways if way[-1:].isdigit()))


@lru_cache(maxsize=1 << 14)
def _ways(field: str, text: str) -> Sequence[str]:
    match field:
        case "kMandarin":
            return tuple(_pinyin(text))
        case "kCantonese":
            return text.lower(), text.lower().rstrip("123456")
        case "kHangul":
            return (_romanised(text[0]),)
        case _:
            return (fold(text),)


def _pinyin(text: str) -> Iterator[str]:
    """`shuǐ` as shui3 and shui; `lǜ` as lu and as lv, which keyboards have for it."""
    marks = unicodedata.normalize("NFD", text)
    tone = next((_TONES[mark] for mark in marks if mark in _TONES), _NEUTRAL)
    plain = fold(text)
    for sound in (plain, plain.replace("u", "v")) if "\u0308" in marks else (plain,):
        yield f"{sound}{tone}"
        yield sound


def _romanised(syllable: str) -> str:
    """The short name of a Hangul syllable in small letters, by the arithmetic of the standard."""
    index = ord(syllable) - 0xAC00
    initial, rest = divmod(index, 21 * 28)
    vowel, final = divmod(rest, 28)
    return _INITIALS[initial] + _VOWELS[vowel] + _FINALS[final]
