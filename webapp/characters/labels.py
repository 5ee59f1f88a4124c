"""What the codes of Unicode's properties mean, in words."""

from collections.abc import Mapping
from typing import Final

from webapp.phrases import Phrase

CATEGORIES: Final[Mapping[str, str]] = {
    "Lu": "Uppercase letter",
    "Ll": "Lowercase letter",
    "Lt": "Titlecase letter",
    "Lm": "Modifier letter",
    "Lo": "Letter without case",
    "Mn": "Nonspacing mark",
    "Mc": "Spacing mark",
    "Me": "Enclosing mark",
    "Nd": "Decimal digit",
    "Nl": "Letterlike number",
    "No": "Other number",
    "Pc": "Connector",
    "Pd": "Dash",
    "Ps": "Opening bracket",
    "Pe": "Closing bracket",
    "Pi": "Opening quotation mark",
    "Pf": "Closing quotation mark",
    "Po": "Other punctuation",
    "Sm": "Math symbol",
    "Sc": "Currency symbol",
    "Sk": "Modifier symbol",
    "So": "Other symbol",
    "Zs": "Space",
    "Zl": "Line separator",
    "Zp": "Paragraph separator",
    "Cc": "Control character",
    "Cf": "Format character, without ink",
    "Cs": "Surrogate",
    "Co": "Private use",
    "Cn": "Unassigned",
}
BIDI_CLASSES: Final[Mapping[str, str]] = {
    "L": "Left-to-right",
    "R": "Right-to-left",
    "AL": "Right-to-left, Arabic letter",
    "EN": "European digit",
    "ES": "Separator within European numbers",
    "ET": "Beside European numbers, such as a currency sign",
    "AN": "Arabic digit",
    "CS": "Separator common to numbers",
    "NSM": "As the character it stands on",
    "BN": "None: ignored when the direction is found",
    "B": "Paragraph separator",
    "S": "Segment separator, such as a tab",
    "WS": "White space, neutral",
    "ON": "Neutral: as the text around it",
    "LRE": "Begins left-to-right text",
    "LRO": "Forces left-to-right text",
    "RLE": "Begins right-to-left text",
    "RLO": "Forces right-to-left text",
    "PDF": "Ends an embedding or override",
    "LRI": "Begins isolated left-to-right text",
    "RLI": "Begins isolated right-to-left text",
    "FSI": "Begins isolated text, its direction found by itself",
    "PDI": "Ends an isolate",
}
WIDTHS: Final[Mapping[str, str]] = {
    "A": "Ambiguous: wide in East Asian text, else narrow",
    "F": "Fullwidth",
    "H": "Halfwidth",
    "N": "Neutral: not of East Asian typography",
    "Na": "Narrow",
    "W": "Wide",
}
DECOMPOSITION_TYPES: Final[Mapping[str, str]] = {
    "canonical": "Canonical: the same text spelled otherwise",
    "font": "A variant in another typeface",
    "noBreak": "A variant without line breaks",
    "initial": "The form at the beginning of a word",
    "medial": "The form within a word",
    "final": "The form at the end of a word",
    "isolated": "The form that stands alone",
    "circle": "In a circle",
    "super": "Superscript",
    "sub": "Subscript",
    "vertical": "The form for vertical text",
    "wide": "The fullwidth form",
    "narrow": "The halfwidth form",
    "small": "The small form",
    "square": "Set in a square",
    "fraction": "A fraction",
    "compat": "Compatible, of another look or meaning",
}
COMBINING_CLASSES: Final[Mapping[int, str]] = {
    1: "Over the base",
    6: "Beside a Vietnamese ideograph",
    7: "Nukta",
    8: "Kana voicing mark",
    9: "Virama",
    200: "Attached below left",
    202: "Attached below",
    204: "Attached below right",
    208: "Attached at the left",
    210: "Attached at the right",
    212: "Attached above left",
    214: "Attached above",
    216: "Attached above right",
    218: "Below left",
    220: "Below",
    222: "Below right",
    224: "At the left",
    226: "At the right",
    228: "Above left",
    230: "Above",
    232: "Above right",
    233: "Below, across two letters",
    234: "Above, across two letters",
    240: "Below, iota subscript",
}
# By the names that the tables use: Unicode's long name, and what it says of a character.
BINARY_PROPERTIES: Final[Mapping[str, tuple[str, str]]] = {
    "AHex": ("ASCII_Hex_Digit", "ASCII digit of hexadecimal numbers"),
    "Alpha": ("Alphabetic", "Alphabetic"),
    "Bidi_C": ("Bidi_Control", "Controls the direction of text"),
    "Bidi_M": ("Bidi_Mirrored", "Mirrored in right-to-left text"),
    "CE": ("Composition_Exclusion", "Never made by composing"),
    "CI": ("Case_Ignorable", "Ignored where case is found"),
    "CWCF": ("Changes_When_Casefolded", "Changes when case is folded"),
    "CWCM": ("Changes_When_Casemapped", "Changes when its case is changed"),
    "CWKCF": ("Changes_When_NFKC_Casefolded", "Changes when folded for comparing"),
    "CWL": ("Changes_When_Lowercased", "Changes when lowercased"),
    "CWT": ("Changes_When_Titlecased", "Changes when titlecased"),
    "CWU": ("Changes_When_Uppercased", "Changes when uppercased"),
    "Cased": ("Cased", "Has case"),
    "Comp_Ex": ("Full_Composition_Exclusion", "Gone after normalizing"),
    "DI": ("Default_Ignorable_Code_Point", "Not shown where it is not supported"),
    "Dash": ("Dash", "Dash"),
    "Dep": ("Deprecated", "Deprecated"),
    "Dia": ("Diacritic", "Diacritic"),
    "EBase": ("Emoji_Modifier_Base", "Emoji that takes a skin tone"),
    "EComp": ("Emoji_Component", "Part of emoji sequences"),
    "EMod": ("Emoji_Modifier", "Skin tone of emoji"),
    "EPres": ("Emoji_Presentation", "Shown as emoji unless asked otherwise"),
    "Emoji": ("Emoji", "Emoji"),
    "Ext": ("Extender", "Lengthens or repeats what is before it"),
    "ExtPict": ("Extended_Pictographic", "Pictograph"),
    "Gr_Base": ("Grapheme_Base", "Begins a user-perceived character"),
    "Gr_Ext": ("Grapheme_Extend", "Goes on with a user-perceived character"),
    "Gr_Link": ("Grapheme_Link", "Joins consonants"),
    "Hex": ("Hex_Digit", "Digit of hexadecimal numbers"),
    "Hyphen": ("Hyphen", "Hyphen"),
    "IDC": ("ID_Continue", "Allowed in identifiers"),
    "IDS": ("ID_Start", "May begin an identifier"),
    "IDSB": ("IDS_Binary_Operator", "Describes ideographs of two parts"),
    "IDST": ("IDS_Trinary_Operator", "Describes ideographs of three parts"),
    "IDSU": ("IDS_Unary_Operator", "Describes ideographs of one part"),
    "ID_Compat_Math_Continue": ("ID_Compat_Math_Continue", "Allowed in identifiers of formulas"),
    "ID_Compat_Math_Start": ("ID_Compat_Math_Start", "May begin an identifier of formulas"),
    "Ideo": ("Ideographic", "Ideograph"),
    "InCB": ("Indic_Conjunct_Break", "Takes part in conjuncts"),
    "Join_C": ("Join_Control", "Joins or parts letters"),
    "LOE": ("Logical_Order_Exception", "Written before the consonant it follows in speech"),
    "Lower": ("Lowercase", "Lowercase"),
    "MCM": ("Modifier_Combining_Mark", "Mark that modifies the letter, in Arabic"),
    "Math": ("Math", "Used in mathematics"),
    "NChar": ("Noncharacter_Code_Point", "Noncharacter"),
    "PCM": ("Prepended_Concatenation_Mark", "Stands before the digits it encloses"),
    "Pat_Syn": ("Pattern_Syntax", "Reserved for the syntax of patterns"),
    "Pat_WS": ("Pattern_White_Space", "White space in patterns"),
    "QMark": ("Quotation_Mark", "Quotation mark"),
    "RI": ("Regional_Indicator", "Half of a flag"),
    "Radical": ("Radical", "Radical of ideographs"),
    "SD": ("Soft_Dotted", "Loses its dot under an accent"),
    "STerm": ("Sentence_Terminal", "Ends a sentence"),
    "Term": ("Terminal_Punctuation", "Ends a part of a text"),
    "UIdeo": ("Unified_Ideograph", "Unified ideograph"),
    "Upper": ("Uppercase", "Uppercase"),
    "VS": ("Variation_Selector", "Variation selector"),
    "WSpace": ("White_Space", "White space"),
    "XIDC": ("XID_Continue", "Allowed in identifiers that are normalized"),
    "XIDS": ("XID_Start", "May begin an identifier that is normalized"),
}
SEQUENCES: Final[Mapping[str, str]] = {
    "zwj": "Emoji joined by zero width joiners",
    "flag": "Flag: two regional indicators",
    "keycap": "Keycap",
    "tone": "Emoji with a skin tone",
    "tag": "Flag of a part of a country, in tags",
    "named": "Named sequence of the standard",
}
READINGS: Final[Mapping[str, str]] = {
    "kDefinition": "Meaning",
    "kMandarin": "Mandarin (pinyin)",
    "kCantonese": "Cantonese (jyutping)",
    "kJapaneseOn": "Japanese (on)",
    "kJapaneseKun": "Japanese (kun)",
    "kHangul": "Korean (hangul)",
    "kVietnamese": "Vietnamese",
}
PLANES: Final[Mapping[int, str]] = {
    0: "Basic Multilingual Plane",
    1: "Supplementary Multilingual Plane",
    2: "Supplementary Ideographic Plane",
    3: "Tertiary Ideographic Plane",
    14: "Supplementary Special-purpose Plane",
    15: "Supplementary Private Use Area-A",
    16: "Supplementary Private Use Area-B",
}


def combining_class(value: int) -> str:
    """Where a mark of this canonical combining class goes."""
    if 10 <= value < 200:
        return Phrase("A fixed place of its script")
    return COMBINING_CLASSES.get(value, Phrase("Not reordered"))


def decomposition_type(decomposition: str) -> str | None:
    """The type of a decomposition such as `<compat> 0020 0308`; None when there is none."""
    if not decomposition:
        return None
    return decomposition[1:].partition(">")[0] if decomposition.startswith("<") else "canonical"


def script(name: str) -> str:
    """A script's name with spaces, as people write it."""
    return name.replace("_", " ")
