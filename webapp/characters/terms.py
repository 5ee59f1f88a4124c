"""The parts of a text: words, phrases, filters, and the operators between them."""

import re
from itertools import islice
from typing import Literal, NamedTuple

from webapp.characters.text import words
from webapp.phrases import Phrase
from webapp.problems import InvalidRequest

MAX_PARTS = 400
AS_CHARACTERS = Phrase("With = before it, a text is told character by character.")

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
    """One part: `words` are those of a word or phrase, folded; `key` is that of a filter.

    An "or" is `glued` when it stands between two words without space.
    """

    kind: TermKind
    text: str = ""
    words: tuple[str, ...] = ()
    key: str = ""
    negated: bool = False
    quoted: bool = False
    glued: bool = False

    @property
    def is_glob(self) -> bool:
        """True for a word with a wildcard in it."""
        return self.kind == "word" and ("*" in self.text or "?" in self.text)


class Terms(NamedTuple):
    """The parts in order, and whether anything among them is an operator."""

    parts: tuple[Term, ...]
    is_plain: bool


def word(text: str, *, negated: bool = False) -> Term:
    """A part without a meaning of its own."""
    return Term("word", text, tuple(words(text)), negated=negated)


def terms(text: str) -> Terms:
    """The parts of a text. Operators with nothing to work on are words, or nothing at all."""
    parts = [part for part, _, _ in pieces(text)]
    joined = _joined(parts, is_shouted=text.upper() == text)
    is_plain = all(part.kind == "word" and not part.negated and not part.is_glob for part in joined)
    return Terms(tuple(joined), is_plain)


def pieces(text: str) -> list[tuple[Term, int, int]]:
    """Each part as it stands, with its beginning and end; stray quotation marks are left out.

    InvalidRequest when there are more than any search can have.
    """
    found = [match for match in islice(_PART.finditer(text), MAX_PARTS + 1) if not match["stray"]]
    if len(found) > MAX_PARTS:
        raise InvalidRequest.field(
            "q",
            "too-many-words",
            Phrase(
                "a search has at most {most} parts; this has more. {advice}",
                most=MAX_PARTS,
                advice=AS_CHARACTERS,
            ),
        )
    return [(_part(match, text), match.start(), match.end()) for match in found]


def _part(match: re.Match[str], text: str) -> Term:
    negated = match["minus"] is not None
    if key := match["key"]:
        is_quoted = match["quoted"] is not None
        value = match["quoted"] if is_quoted else match["value"]
        return Term("filter", value, key=key, negated=negated, quoted=is_quoted)
    if match["bar"]:
        around = text[match.start() - 1 : match.start()] + text[match.end() : match.end() + 1]
        return Term("or", "|", glued=len(around) == 2 and not re.search(r"[\s|]", around))
    if match["phrase"] is not None:
        found = tuple(words(match["phrase"]))
        return Term("phrase", match["phrase"], found, negated=negated, quoted=True)
    return word(match["word"], negated=negated)


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
