"""The values that properties can have, under each of the names that people know them by."""

import difflib
import re
from collections.abc import Iterable, Mapping
from encodings.aliases import aliases as codec_aliases
from typing import Final, NamedTuple

from webapp.characters import ucd
from webapp.characters.data_files import rows
from webapp.characters.labels import BINARY_PROPERTIES, CATEGORIES, PLANES
from webapp.characters.tokens import fact

MOST_NEAR = 4
_LONGEST = 60

# Each value of the tables, then its other names.
_CATEGORIES: Final = """
    L Letter|LC Cased_Letter|Lu Uppercase_Letter|Ll Lowercase_Letter|Lt Titlecase_Letter
    |Lm Modifier_Letter|Lo Other_Letter|M Mark Combining_Mark|Mn Nonspacing_Mark|Mc Spacing_Mark
    |Me Enclosing_Mark|N Number|Nd Decimal_Number Digit|Nl Letter_Number|No Other_Number
    |P Punctuation Punct|Pc Connector_Punctuation|Pd Dash_Punctuation|Ps Open_Punctuation
    |Pe Close_Punctuation|Pi Initial_Punctuation|Pf Final_Punctuation|Po Other_Punctuation
    |S Symbol|Sm Math_Symbol|Sc Currency_Symbol Currency|Sk Modifier_Symbol|So Other_Symbol
    |Z Separator|Zs Space_Separator|Zl Line_Separator|Zp Paragraph_Separator
    |C Other|Cc Control Cntrl|Cf Format"""
_BIDI_CLASSES: Final = """
    L Left_To_Right LTR|R Right_To_Left RTL|AL Arabic_Letter|EN European_Number
    |ES European_Separator|ET European_Terminator|AN Arabic_Number|CS Common_Separator
    |NSM Nonspacing_Mark|BN Boundary_Neutral|B Paragraph_Separator|S Segment_Separator
    |WS White_Space|ON Other_Neutral|LRE Left_To_Right_Embedding|LRO Left_To_Right_Override
    |RLE Right_To_Left_Embedding|RLO Right_To_Left_Override|PDF Pop_Directional_Format
    |LRI Left_To_Right_Isolate|RLI Right_To_Left_Isolate|FSI First_Strong_Isolate
    |PDI Pop_Directional_Isolate"""
_WIDTHS: Final = "A Ambiguous|F Fullwidth|H Halfwidth|N Neutral|Na Narrow|W Wide"
_COMBINING_CLASSES: Final = """
    0 Not_Reordered NR|1 Overlay OV|6 Han_Reading HANR|7 Nukta NK|8 Kana_Voicing KV|9 Virama VR
    |200 Attached_Below_Left ATBL|202 Attached_Below ATB|214 Attached_Above ATA
    |216 Attached_Above_Right ATAR|218 Below_Left BL|220 Below B|222 Below_Right BR|224 Left L
    |226 Right R|228 Above_Left AL|230 Above A|232 Above_Right AR|233 Double_Below DB
    |234 Double_Above DA|240 Iota_Subscript IS"""
_DECOMPOSITIONS: Final = """
    canonical can|compat com|circle enc|final fin|font|fraction fra|initial init|isolated iso
    |medial med|narrow nar|noBreak nb|small sml|square sqr|sub subscript|super sup superscript
    |vertical vert|wide"""
_SEQUENCES: Final = "any all yes|zwj joined|flag|keycap|tone skin|tag subdivision|named"
_TONES: Final = "light 1|medium-light 2|medium 3|medium-dark 4|dark 5"
_PLANES: Final = {"bmp": "0", "smp": "1", "sip": "2", "tip": "3", "ssp": "14"}
_BLOCKS: Final = {"ascii": "Basic Latin", "latin1": "Latin-1 Supplement"}
_TRAITS: Final = {
    "combining": [fact("gc", "M")],
    "emoji": [fact("is", "Emoji")],
    "invisible": [fact("is", "DI"), *(fact("gc", each) for each in ("Cf", "Cc", "Z"))],
    "lower": [fact("is", "Lower")],
    "sequence": [fact("sq", "any")],
    "space": [fact("is", "WSpace")],
    "upper": [fact("is", "Upper")],
}


def loose(name: str) -> str:
    """A name as UAX44-LM3 compares it: without case, spaces, hyphens and underscores."""
    return re.sub(r"[\s_-]+", "", name.lower())


class Values(NamedTuple):
    """Tokens by loose name, and the names as people write them."""

    tokens: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]

    @classmethod
    def of(cls, named: Iterable[tuple[str, Iterable[str]]]) -> "Values":
        """From (name, tokens); the first of names that are loosely equal stays."""
        tokens: dict[str, tuple[str, ...]] = {}
        names: dict[str, str] = {}
        for name, found in named:
            tokens.setdefault(loose(name), tuple(found))
            names.setdefault(loose(name), name)
        return cls(tokens, names)

    def get(self, name: str) -> tuple[str, ...] | None:
        """The tokens of a value, None when it is unknown; `is` before it does not count."""
        key = loose(name)
        return self.tokens.get(key) or self.tokens.get(key.removeprefix("is"))

    def near(self, name: str) -> list[str]:
        """Some values whose names are like this one, or that there are at all."""
        key = loose(name[:_LONGEST])
        near = difflib.get_close_matches(key, self.names, MOST_NEAR)
        if len(key) > 1 and not near:
            near = [each for each in self.names if key in each][:MOST_NEAR]
        return [self.names[each] for each in near or list(self.names)[:MOST_NEAR]]


def _listed(key: str, text: str) -> Iterable[tuple[str, Iterable[str]]]:
    for names in text.split("|"):
        value, *others = names.split()
        yield from ((name, [fact(key, value)]) for name in (value, *others))


def _scripts(key: str) -> Iterable[tuple[str, Iterable[str]]]:
    for code, name in ucd.scripts():
        yield from ((each, [fact(key, name)]) for each in (name, code))


def _charsets() -> Iterable[tuple[str, Iterable[str]]]:
    modules = {}
    for name, title, _ in rows("charsets"):
        modules[loose(name)] = name
        yield from ((each, [fact("in", name)]) for each in (name, title))
    modules["latin1"] = "iso8859-1"
    for alias, module in codec_aliases.items():
        if charset := modules.get(loose(module)):
            yield from ((each, [fact("in", charset)]) for each in (alias, module))


def _blocks() -> Iterable[tuple[str, Iterable[str]]]:
    yield from ((block.name, [fact("bk", block.name)]) for block in ucd.blocks())
    yield from ((other, [fact("bk", name)]) for other, name in _BLOCKS.items())


def _planes() -> Iterable[tuple[str, Iterable[str]]]:
    for number in range(17):
        yield str(number), [fact("pl", str(number))]
    yield from ((name, [fact("pl", str(number))]) for number, name in PLANES.items())
    yield from ((name, [fact("pl", number)]) for name, number in _PLANES.items())


def _properties() -> Iterable[tuple[str, Iterable[str]]]:
    yield from _TRAITS.items()
    for name, long_name in ucd.property_names():
        yield from ((each, [fact("is", name)]) for each in (long_name, name))
    yield from ((names[0], [fact("is", name)]) for name, names in BINARY_PROPERTIES.items())
    yield from _listed("gc", _CATEGORIES)
    yield from _scripts("sc")


# Read when the module is, which is before the first request: files must not be waited for later.
VALUES: Final[Mapping[str, Values]] = {
    "gc": Values.of(
        (*_listed("gc", _CATEGORIES), *((each, [fact("gc", each)]) for each in CATEGORIES))
    ),
    "sc": Values.of(_scripts("sc")),
    "scx": Values.of(_scripts("sx")),
    "block": Values.of(_blocks()),
    "plane": Values.of(_planes()),
    "bidi": Values.of(_listed("bc", _BIDI_CLASSES)),
    "ea": Values.of(_listed("ea", _WIDTHS)),
    "ccc": Values.of(
        (*((str(n), [fact("cc", str(n))]) for n in range(255)), *_listed("cc", _COMBINING_CLASSES))
    ),
    "dt": Values.of(_listed("dt", _DECOMPOSITIONS)),
    "is": Values.of(_properties()),
    "in": Values.of(_charsets()),
    "seq": Values.of(_listed("sq", _SEQUENCES)),
    "tone": Values.of(_listed("tn", _TONES)),
}
