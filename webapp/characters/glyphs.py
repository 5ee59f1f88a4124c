"""What stands for a character on a page: itself, an abbreviation or its code point; pure."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from webapp.characters.identifier import parse_id

INKLESS: Final = {"Cc", "Cf", "Zs", "Zl", "Zp", "Cs", "Cn", "Co"}
# Format characters and a space that do have ink.
INKED: Final = {
    0x0600, 0x0601, 0x0602, 0x0603, 0x0604, 0x0605, 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x1680,
    0x110BD, 0x110CD,
}  # fmt: skip
# Letters, marks and symbols that have none.
BLANK: Final = {
    0x034F: "CGJ", 0x115F: "HCF", 0x1160: "HJF", 0x17B4: "AQ", 0x17B5: "AA", 0x180B: "FVS1",
    0x180C: "FVS2", 0x180D: "FVS3", 0x180F: "FVS4", 0x2800: "BLANK", 0x3164: "HF", 0xFFA0: "HWHF",
    0x16FE4: "KSSF",
}  # fmt: skip
ABBREVIATIONS: Final = {
    0x0000: "NUL", 0x0001: "SOH", 0x0002: "STX", 0x0003: "ETX", 0x0004: "EOT", 0x0005: "ENQ",
    0x0006: "ACK", 0x0007: "BEL", 0x0008: "BS", 0x0009: "TAB", 0x000A: "LF", 0x000B: "VT",
    0x000C: "FF", 0x000D: "CR", 0x000E: "SO", 0x000F: "SI", 0x0010: "DLE", 0x0011: "DC1",
    0x0012: "DC2", 0x0013: "DC3", 0x0014: "DC4", 0x0015: "NAK", 0x0016: "SYN", 0x0017: "ETB",
    0x0018: "CAN", 0x0019: "EM", 0x001A: "SUB", 0x001B: "ESC", 0x001C: "FS", 0x001D: "GS",
    0x001E: "RS", 0x001F: "US", 0x0020: "SP", 0x007F: "DEL", 0x0080: "PAD", 0x0081: "HOP",
    0x0082: "BPH", 0x0083: "NBH", 0x0084: "IND", 0x0085: "NEL", 0x0086: "SSA", 0x0087: "ESA",
    0x0088: "HTS", 0x0089: "HTJ", 0x008A: "VTS", 0x008B: "PLD", 0x008C: "PLU", 0x008D: "RI",
    0x008E: "SS2", 0x008F: "SS3", 0x0090: "DCS", 0x0091: "PU1", 0x0092: "PU2", 0x0093: "STS",
    0x0094: "CCH", 0x0095: "MW", 0x0096: "SPA", 0x0097: "EPA", 0x0098: "SOS", 0x0099: "SGC",
    0x009A: "SCI", 0x009B: "CSI", 0x009C: "ST", 0x009D: "OSC", 0x009E: "PM", 0x009F: "APC",
    0x00A0: "NBSP", 0x00AD: "SHY", 0x061C: "ALM", 0x180E: "MVS", 0x2000: "NQSP", 0x2001: "MQSP",
    0x2002: "ENSP", 0x2003: "EMSP", 0x2004: "3/MSP", 0x2005: "4/MSP", 0x2006: "6/MSP",
    0x2007: "FSP", 0x2008: "PSP", 0x2009: "THSP", 0x200A: "HSP", 0x200B: "ZWSP", 0x200C: "ZWNJ",
    0x200D: "ZWJ", 0x200E: "LRM", 0x200F: "RLM", 0x2028: "LS", 0x2029: "PS", 0x202A: "LRE",
    0x202B: "RLE", 0x202C: "PDF", 0x202D: "LRO", 0x202E: "RLO", 0x202F: "NNBSP", 0x205F: "MMSP",
    0x2060: "WJ", 0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI", 0x3000: "IDSP",
    0xFEFF: "BOM",
}  # fmt: skip
DOTTED_CIRCLE: Final = "\u25cc"


class Glyph(NamedTuple):
    """What is shown.

    `text`: the text as it is; `labelled`: the text, which no font of ours has, with its code point
    beneath; `box`: an abbreviation in a dashed box; `code`: a code point in a box.
    """

    kind: Literal["text", "labelled", "box", "code"]
    text: str
    code: str = ""


class Coverage:
    """The code points that some font of ours draws, as ranges in ascending order."""

    def __init__(self, ranges: Iterable[tuple[int, int]]) -> None:
        pairs = list(ranges)
        self._firsts = [first for first, _ in pairs]
        self._lasts = [last for _, last in pairs]

    @classmethod
    def load(cls, path: Path) -> "Coverage":
        """Read a file of lines like `1F600-1F64F` or `20AC`."""
        lines = path.read_text("ascii").split()
        return cls((int(a, 16), int(b or a, 16)) for a, _, b in (x.partition("-") for x in lines))

    def __contains__(self, code_point: int) -> bool:
        at = bisect_right(self._firsts, code_point)
        return at > 0 and code_point <= self._lasts[at - 1]


def box(code_point: int, name: str, category: str) -> Glyph | None:
    """The box of a code point without ink of its own; None where it has ink."""
    if code_point in BLANK:
        return Glyph("box", BLANK[code_point])
    if name.startswith("VARIATION SELECTOR-"):
        return Glyph("box", f"VS{name[19:]}")
    if category not in INKLESS or code_point in INKED:
        return None
    if category == "Co" or (code_point not in ABBREVIATIONS and name[:1] in {"", "<"}):
        return Glyph("code", f"{code_point:04X}")
    if name.startswith("TAG "):
        return Glyph("box", f"TAG {code_point & 0xFF:02X}")
    return Glyph("box", ABBREVIATIONS.get(code_point) or initials(name))


def initials(name: str) -> str:
    """At most five of a name's words by their first letters; numbers whole."""
    words = [word for word in name.replace("-", " ").split()[:5] if word[0].isalnum()]
    return "".join(word if word.isdigit() else word[0] for word in words)


def drawn(item: Mapping[str, Any], coverage: Coverage) -> Glyph:
    """What stands for a row of the index, or for a code point that has none (`char` empty)."""
    code_points = parse_id(item["id"]) or ()
    text, category = item["char"], item["category"] or ""
    if len(code_points) == 1:
        found = box(code_points[0], item["name"], category)
        if found:
            return found
    if not text:
        return Glyph("code", item["id"][2:])
    if len(code_points) == 1 and code_points[0] not in coverage:
        return Glyph("labelled", text, item["id"][2:])
    return Glyph("text", DOTTED_CIRCLE + text if category.startswith("M") else text)
