"""Normalising and tokenising text, the same way for the index and for the query."""

import re
import unicodedata
from collections.abc import Iterable

import regex

# Letters that people type without their stroke or ligature, and that have no decomposition.
_PLAIN = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
# Whoever types いぬ and whoever types イヌ means a dog.
_HIRAGANA = re.compile("[\u3041-\u3096]")
_KATAKANA = {hiragana: hiragana + 0x60 for hiragana in range(0x3041, 0x3097)}
_MARKS = regex.compile(r"(?<=[\p{Latin}\p{Greek}\p{Cyrillic}])\p{M}+")
_ASCII_WORD = re.compile(r"[0-9a-z]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORD = regex.compile(r"[\p{L}\p{N}\p{M}]+")
_SIGNED = re.compile(r"[+-][0-9]+")
_ROUNDS = 8


def fold(text: str) -> str:
    """The text without case, compatibility forms and the marks of Latin, Greek and Cyrillic.

    Hiragana becomes katakana.

    Total on any str (NUL and lone surrogates pass through) and idempotent. Marks of other
    scripts stay: in Hindi or Thai they are vowels, and dropping them would join unlike words.
    """
    if text.isascii():
        return text.lower()
    for _ in range(_ROUNDS):  # a fold can expose another mark or capital; two rounds do nearly all
        folded = _fold_once(text)
        if folded == text:
            break
        text = folded
    return text


def _fold_once(text: str) -> str:
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()
    for letter, plain in _PLAIN.items():  # much faster than str.translate in a long text
        bare = bare.replace(letter, plain)
    if _HIRAGANA.search(bare):
        bare = bare.translate(_KATAKANA)
    return unicodedata.normalize("NFKC", bare)


def words(text: str) -> list[str]:
    """The folded words of a text in order: runs of letters, numbers and marks.

    Everything else separates, so `E-ACUTE` gives `e` and `acute`, `IDEOGRAPH-4E00` keeps `4e00`.
    """
    folded = fold(text)
    if folded.isascii():
        return _ASCII_WORD.findall(folded)
    return [str(word) for word in _WORD.findall(folded)]


def name_key(text: str) -> str:
    """The key under which a full name is found: case and spacing do not count, hyphens do.

    TIBETAN LETTER A and TIBETAN LETTER -A differ by their hyphen alone.
    """
    return " ".join(fold(text).split())


def join_surrogates(text: str) -> str:
    """The text with each pair of surrogates made the one character it stands for."""
    if text.isprintable():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def printable(text: str) -> str:
    """The text with lone surrogates replaced, which neither JSON nor SQLite can hold."""
    return _SURROGATE.sub("\ufffd", text)


_NUMBERS = """zero one two three four five six seven eight nine ten eleven twelve thirteen
    fourteen fifteen sixteen seventeen eighteen nineteen twenty"""
# Names say RIGHTWARDS where people say right; both become one word, in the index and in the query.
SYNONYMS = {
    "rightwards": "right",
    "rightward": "right",
    "leftwards": "left",
    "leftward": "left",
    "upwards": "up",
    "upward": "up",
    "downwards": "down",
    "downward": "down",
    "lowercase": "small",
    "lower": "small",
    "uppercase": "capital",
    "upper": "capital",
    "gray": "grey",
    "colour": "color",
    "centre": "center",
    "lamda": "lambda",
    "aleph": "alef",
    "hacek": "caron",
    "umlaut": "diaeresis",
    **{str(number): word for number, word in enumerate(_NUMBERS.split())},
}
_NO_PLURAL = ("ss", "us", "is")
_UNSPACED = regex.compile(
    r"[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}ー]"
)


def canonical(word: str) -> str:
    """The word under which a folded word is indexed: synonyms are one, and so are plurals."""
    word = SYNONYMS.get(word, word)
    if len(word) < 4 or not word.endswith("s") or word.endswith(_NO_PLURAL) or not word.isascii():
        return word
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1]


def squash(text: str) -> str:
    """The words of a text as one: `newline` is NEW LINE.

    Text without words is just folded, and so is a number with a sign, which is a short code: +1.
    """
    return squashed(text, words(text))


def squashed(text: str, found: Iterable[str]) -> str:
    """What `squash` makes of a text whose words were found before."""
    if _SIGNED.fullmatch(text):
        return text
    return "".join(found) or fold(text).strip()


def is_unspaced(word: str) -> bool:
    """True for a word of a script that puts no spaces between words."""
    return _UNSPACED.match(word) is not None


def suffixes(word: str) -> list[str]:
    """What a word of an unspaced script ends with, itself first: any part of it begins one."""
    starts = [0, *(m.start() for m in regex.finditer(r"(?<=.)\P{M}", word))]
    return [word[start:] for start in starts]
