"""The tokens of rows: which field of a row a word stands in, and what the row is.

The builder writes them and the search asks for them; both spell them here.
"""

import re

_NUMERIC = str.maketrans({"/": "==", ".": "=", "-": "m"})
_NOT_VALUE = re.compile(r"[^0-9a-z=]+")

_PROPERTY_KEYS = [
    *("gc", "sc", "sx", "bk", "pl", "ag", "bc", "ea", "nv"),
    *("cc", "dt", "is", "in", "lk", "sq", "tn", "ba"),
]
_PROPERTIES = tuple(f"_{key}_" for key in _PROPERTY_KEYS)
# A locale's tokens begin with a character for private use: no word can be mistaken for one.
FIRST_LOCALE = 0xE000


def name_word(word: str) -> str:
    """A word of a name: official name, alias of any kind, CLDR's English name."""
    return word


def other_word(word: str) -> str:
    """A word that stands in no name of the row, but in a keyword, definition, entity or reading."""
    return f"={word}"


def keyword_word(word: str) -> str:
    """A word of an English keyword or short code."""
    return f"_k_{word}"


def keyword(squashed: str) -> str:
    """A whole English keyword or short code."""
    return f"_e_{squashed}"


def definition(squashed: str) -> str:
    """One whole meaning of an ideograph, such as `dragon`."""
    return f"_l_{squashed}"


def note_word(word: str) -> str:
    """A word of a remark of the Names List."""
    return f"_t_{word}"


def longer(word: str) -> str:
    """What is in names and other fields, is longer than the word, and begins like it."""
    return f"_b_{word}"


def locale_word(locale: int, word: str) -> str:
    """A word of a name or keyword of several words in the locale of this number."""
    return f"{chr(FIRST_LOCALE + locale)}{word}"


def locale_keyword(locale: int, word: str) -> str:
    """A name or keyword of one word in the locale of this number."""
    return f"{chr(FIRST_LOCALE + locale)}={word}"


def is_local(token: str) -> bool:
    """True for a token of a locale other than English."""
    return ord(token[0]) >= FIRST_LOCALE


def fact(key: str, value: str) -> str:
    """Something true of the row: `fact("gc", "Lu")`; case, spaces and punctuation do not count."""
    return f"_{key}_{_NOT_VALUE.sub('', value.lower())}"


def number(value: str) -> str:
    """A number such as `1/2` or `-1`, or a version such as `15.1`, told from all others."""
    return value.translate(_NUMERIC)


def is_property(token: str) -> bool:
    """True for a fact about what the row is, False for a word or reading it is found by."""
    return token.startswith(_PROPERTIES)


def classic_word(word: str) -> str:
    """A word of the official name, as both editions of the book index it."""
    return f"_c_{word.lower()}"


def classic_hex(word: str) -> str:
    """The number at the end of an ideograph's name, which the second edition alone indexes."""
    return f"_h_{word.lower()}"
