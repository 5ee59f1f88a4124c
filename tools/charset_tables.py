"""The legacy charsets that CPython reads: which characters each of them holds."""

import codecs
import encodings
import pkgutil
import re
from collections.abc import Collection, Iterator

from tools.ucd_tables import ranges

# They hold all of Unicode, are Python's own or the platform's, or do not name characters.
_NO_CHARSETS = """utf_7 utf_8 utf_8_sig utf_16 utf_16_be utf_16_le utf_32 utf_32_be utf_32_le
    gb18030 idna punycode raw_unicode_escape unicode_escape charmap undefined mbcs oem aliases"""
# They switch by escapes between charsets that are here by themselves.
_SWITCHING = re.compile(r"iso2022_|hz$")
LONGEST_CHARACTER = 3
_TITLES = {
    "ascii": "ASCII",
    "big5": "Big5",
    "big5hkscs": "Big5-HKSCS",
    "euc_jis_2004": "EUC-JIS-2004",
    "euc_jisx0213": "EUC-JISX0213",
    "gb2312": "GB 2312",
    "hp-roman8": "HP Roman-8",
    "johab": "Johab",
    "kz1048": "KZ-1048",
    "mac-latin2": "Mac Central European",
    "palmos": "Palm OS",
    "shift_jis": "Shift JIS",
    "shift_jis_2004": "Shift JIS-2004",
    "shift_jisx0213": "Shift JISX0213",
}


def charsets(assigned: Collection[int]) -> Iterator[list[str]]:
    """Python's name of a charset, its title, the ranges of `assigned` that it holds; by name."""
    for name in names():
        held = sorted(set(assigned).intersection(characters(name)))
        yield [name, title(name), " ".join(ranges(iter(held)))]


def names() -> list[str]:
    modules = {module.name for module in pkgutil.iter_modules(encodings.__path__)}
    found = {codecs.lookup(name).name for name in modules - set(_NO_CHARSETS.split())}
    return sorted(name for name in found if not _SWITCHING.match(name) and _is_text(name))


def _is_text(name: str) -> bool:
    # Python has codecs from bytes to bytes and from text to text too, such as hex and rot13.
    try:
        b" ".decode(name)
    except LookupError:
        return False
    return True


def title(name: str) -> str:
    """The charset's name as people write it."""
    family, _, rest = name.partition("-")
    if name in _TITLES:
        return _TITLES[name]
    if family == "iso8859":
        return f"ISO 8859-{rest}"
    if family == "mac":
        return f"Mac {rest.capitalize()}"
    if name.startswith("cp"):
        return f"Windows-{name[2:]}" if name.startswith("cp125") else f"Code page {name[2:]}"
    return name.replace("_", "-").upper()


def characters(name: str) -> Iterator[int]:
    """What single characters of the charset stand for; what stands for two together is left out."""
    for text in _decoded(name, b""):
        if len(text) == 1:
            yield ord(text)


def _decoded(name: str, begun: bytes) -> Iterator[str]:
    """The texts of all byte strings that begin so and are one character of the charset."""
    for byte in range(256):
        raw = begun + bytes([byte])
        try:
            yield raw.decode(name)
        except UnicodeDecodeError as error:
            if error.reason.startswith("incomplete") and len(raw) < LONGEST_CHARACTER:
                yield from _decoded(name, raw)
