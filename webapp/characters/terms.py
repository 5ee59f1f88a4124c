"""The parts of a text: words, phrases, filters, and the operators between them."""

import re
from typing import Literal, NamedTuple

from webapp.characters.text import words

TermKind = Literal["word", "phrase", "filter", "or", "and"]

# A filter's value follows its colon at once: `flag: France` is words.
_PART = re.compile(
    r"""
    (?P<minus>(?<!\S)-(?=[^\s-]))?
    (?:
      (?P<key>[A-Za-z]{1,20}):(?:"(?P<quoted>[^"]*)"(?!\S)|(?P<value>[^\s"]\S*))
      | ["\u201c](?P<phrase>[^"\u201c\u201d]*)["\u201d]
      | (?P<bar>\|)
      | (?P<word>[^\s|"\u201c\u201d]+)
      | (?P<stray>["\u201c\u201d])
    )
    """,
    re.VERBOSE,
)


class Term(NamedTuple):
    """One part. `key` is that of a filter; an "or" is `glued` when it stands between two words."""

    kind: TermKind
    text: str = ""
    key: str = ""
    negated: bool = False
    quoted: bool = False
    glued: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The folded words."""
        return tuple(words(self.text)) if self.kind in {"word", "phrase"} else ()

    @property
    def is_glob(self) -> bool:
        """True for a word with a wildcard in it."""
        return self.kind == "word" and ("*" in self.text or "?" in self.text)


class Terms(NamedTuple):
    """The parts in order, and whether anything among them is an operator."""

    parts: tuple[Term, ...]
    is_plain: bool


def terms(text: str) -> Terms:
    """The parts of a text. Operators with nothing to work on are words, or nothing at all."""
    parts = [part for part, _, _ in pieces(text)]
    joined = _joined(parts, is_shouted=text.upper() == text)
    return Terms(tuple(joined), joined == [Term("word", part.text) for part in joined])


def pieces(text: str) -> list[tuple[Term, int, int]]:
    """Each part as it stands, with its beginning and end; stray quotation marks are left out."""
    matches = (match for match in _PART.finditer(text) if not match["stray"])
    return [(_part(match, text), match.start(), match.end()) for match in matches]


def _part(match: re.Match[str], text: str) -> Term:
    negated = match["minus"] is not None
    if key := match["key"]:
        is_quoted = match["quoted"] is not None
        value = match["quoted"] if is_quoted else match["value"]
        return Term("filter", value, key, negated, is_quoted)
    if match["bar"]:
        around = text[match.start() - 1 : match.start()] + text[match.end() : match.end() + 1]
        return Term("or", "|", glued=len(around) == 2 and not re.search(r"[\s|]", around))
    if match["phrase"] is not None:
        return Term("phrase", match["phrase"], negated=negated, quoted=True)
    return Term("word", match["word"], negated=negated)


def _joined(parts: list[Term], *, is_shouted: bool) -> list[Term]:
    """The parts with OR, NOT and AND read where they have something to work on."""
    joined: list[Term] = []
    negating = False
    for place, part in enumerate(parts):
        is_bare = part.kind == "word" and not part.negated
        has_more = place + 1 < len(parts)
        if is_bare and part.text == "NOT" and has_more:
            negating = True
        elif is_bare and part.text == "OR" and has_more and joined:
            joined.append(Term("or", "OR"))
        elif is_bare and part.text == "AND" and has_more and joined and not is_shouted:
            # In capitals throughout it is a word of a name: LOGICAL AND.
            joined.append(Term("and"))
        else:
            joined.append(part._replace(negated=part.negated or negating))
            negating = False
    return joined
