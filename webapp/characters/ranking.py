"""The order in which equal hits are shown: how likely a row is the one that somebody wants.

No counts of use are published under a licence we could take, so the data at hand stand for them:
what old charsets, HTML and keyboards of emoji took in was wanted often. The numbers are weights of
one sum; what matters is how they compare.
"""

from typing import NamedTuple

# Above all that HTML had to name, and that became emoji.
ASCII = 70.0
LATIN_1 = 22.0
# HTML 4 named what writers of its day missed on their keyboards; HTML 5 added mathematics.
HTML_4 = 20.0
HTML_5 = 8.0
EMOJI = 24.0
# The emoji of the first set are those everybody has; some had been characters long before.
LATER_EMOJI = -2.0
BMP_EMOJI = 1.0
# Below the emoji that are one character, so that a word leads to the plain one first.
SEQUENCE = 14.0
ZWJ = -6.0
TONED = -16.0
NAMED_SEQUENCE = -10.0
# Some eighty charsets, many of them alike; whoever is in thirty of them is in daily use.
CHARSET, CHARSETS_AT_MOST = 0.4, 12.0
# Dictionaries describe an ideograph in more languages the more it is used.
READING = 1.0
# What is a radical by itself is a word of every day: water, fire, tree.
RADICAL = 3.0
# The scripts in which most people who type English words look for letters.
FAMILIAR = 4.0
FAMILIAR_SCRIPTS = frozenset({"Latin", "Greek", "Cyrillic"})
# Another form of a character that the reader would rather have had.
FORM = -25.0
FORMS = frozenset(
    {"<font>", "<circle>", "<wide>", "<narrow>", "<small>", "<square>", "<vertical>"}
    | {"<initial>", "<medial>", "<final>", "<isolated>"}
)
DUPLICATE = -10.0
MARK = -8.0
# Their names are sounds of one syllable, which are words in other languages: BED, BOM, AT.
SYLLABLE = -14.0
SYLLABARIES = frozenset(
    {"Hangul", "Yi", "Cuneiform", "Egyptian Hieroglyphs", "Anatolian Hieroglyphs"}
)
ASTRAL = -12.0
TAG = -40.0
# The more of a name the words of the query cover, the better.
NAME_WORD = -0.5


class Candidate(NamedTuple):
    """What the rank of a row depends on; a sequence has no category, script and decomposition.

    `html` and `emoji` are the versions that brought it, 0 when none did.
    """

    code_points: tuple[int, ...]
    name: str
    category: str = ""
    script: str = ""
    decomposition: str = ""
    block: str = ""
    html: int = 0
    emoji: float = 0.0
    radical: bool = False
    sequence: str = ""
    charsets: int = 0
    readings: int = 0


def prior(row: Candidate) -> float:
    """How likely the row is wanted, the length of its name left out; more is likelier."""
    if row.sequence:
        return _of_sequence(row)
    code_point = row.code_points[0]
    score = _of_place(code_point, is_emoji=row.emoji > 0)
    score += {4: HTML_4, 5: HTML_5}.get(row.html, 0.0)
    score += _of_emoji(row)
    score += RADICAL if row.radical else 0.0
    score += min(CHARSET * row.charsets, CHARSETS_AT_MOST)
    score += READING * row.readings
    score += FAMILIAR if row.script in FAMILIAR_SCRIPTS else 0.0
    return score + _of_form(row)


def _of_emoji(row: Candidate) -> float:
    if not row.emoji:
        return 0.0
    score = EMOJI if row.emoji <= 1.0 else EMOJI + LATER_EMOJI
    return score + (BMP_EMOJI if row.code_points[0] <= 0xFFFF else 0.0)


def _of_place(code_point: int, *, is_emoji: bool) -> float:
    if code_point < 0x80:
        return ASCII
    if code_point < 0x100:
        return LATIN_1
    if code_point >= 0xE0000:
        return TAG
    return ASTRAL if code_point > 0xFFFF and not is_emoji else 0.0


def _of_form(row: Candidate) -> float:
    """What is taken off from characters that are a form, a part or a sound of something else."""
    kind, _, rest = row.decomposition.partition(" ")
    score = 0.0
    if kind in FORMS or "Presentation Forms" in row.block:
        score += FORM
    elif (kind and not rest) or row.name.startswith("CJK COMPATIBILITY"):
        score += DUPLICATE
    if row.category in {"Mn", "Mc", "Me", "Lm"} or "Radicals" in row.block:
        score += MARK
    if row.script in SYLLABARIES or "SYLLABLE" in row.name:
        score += SYLLABLE
    return score


def _of_sequence(row: Candidate) -> float:
    if row.sequence == "named":
        return NAMED_SEQUENCE
    toned = any(is_tone(code_point) for code_point in row.code_points)
    joined = 0x200D in row.code_points
    return SEQUENCE + (ZWJ if joined else 0.0) + (TONED if toned else 0.0)


def is_tone(code_point: int) -> bool:
    """True for the five modifiers of skin tone."""
    return 0x1F3FB <= code_point <= 0x1F3FF


RankKey = tuple[float, bool, int, int, tuple[int, ...]]


def rank_key(code_points: tuple[int, ...], name: str, category: str, likelihood: float) -> RankKey:
    """What rows are sorted by: likelihood, small before capital, short before long, code point."""
    words = name.count(" ") + 1
    is_capital = category in {"Lu", "Lt"}
    score = likelihood + NAME_WORD * words
    return -score, is_capital, len(name), len(code_points), code_points
