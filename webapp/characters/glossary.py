"""Words as expressions: where in a row each may stand, and what it may be the beginning of."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial

import msgspec

from webapp.characters import tokens
from webapp.characters.expressions import (
    NOTHING,
    Begun,
    Expression,
    Token,
    any_of,
    placed,
)
from webapp.characters.text import canonical, is_unspaced
from webapp.characters.vocabulary import Field, Vocabulary

# People type the same few words again and again; each takes a kilobyte or two.
TERMS_KEPT = 1_000
# What is longer is in no vocabulary, and so soon told that it need not be kept.
LONGEST_KEPT = 60


class Term(msgspec.Struct, frozen=True):
    """One word as expressions: where it may stand in a row."""

    name: Expression
    other: Expression
    note: Expression
    keyword: Expression
    longer: Expression

    @property
    def anywhere(self) -> Expression:
        """In any field but the notes."""
        return any_of((self.name, self.other))

    def expressions(self) -> Iterable[Expression]:
        """Everything that it may be."""
        return self.name, self.other, self.note, self.keyword, self.longer


class Glossary:
    """Makes words into expressions, and keeps those in English that were asked for last."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._in_english = lru_cache(TERMS_KEPT)(partial(_term, vocabulary, ()))

    def term(self, word: str, languages: Sequence[int] = (), *, begun: bool = False) -> Term:
        """A folded word; `begun` when it may be the beginning of another.

        `languages` are the locales that count beside English.
        """
        if languages or len(word) > LONGEST_KEPT:
            return _term(self.vocabulary, languages, word, begun=begun)
        return self._in_english(word, begun=begun)


def _term(vocabulary: Vocabulary, languages: Sequence[int], word: str, *, begun: bool) -> Term:
    name, other, keyword, note = _in_english(word, vocabulary)
    return Term(
        name=name,
        other=any_of((other, *_in_languages(word, languages))) if languages else other,
        note=note,
        keyword=keyword,
        longer=_longer(word, languages, vocabulary) if begun else NOTHING,
    )


def _in_english(word: str, vocabulary: Vocabulary) -> Sequence[Expression]:
    """The word in names, in other fields, in keywords, in remarks."""
    number = vocabulary.indexed(word)
    if number is not None:
        name, other, keyword, _, _, note, _ = vocabulary.places(number)
        return placed(name), placed(other), placed(keyword), placed(note)
    if word.isalpha():
        return NOTHING, NOTHING, NOTHING, NOTHING
    # Words with digits are in no vocabulary.
    own = canonical(word)
    spelled = (tokens.name_word, tokens.other_word, tokens.keyword_word, tokens.note_word)
    return [Token(spell(own)) for spell in spelled]


def _in_languages(word: str, languages: Sequence[int]) -> Iterator[Expression]:
    kind = Begun if is_unspaced(word) else Token
    return (kind(each) for number in languages for each in local(number, word))


def _longer(word: str, languages: Sequence[int], vocabulary: Vocabulary) -> Expression:
    """Words that begin with this one; those of other languages cannot be told from it itself."""
    number = vocabulary.number(word)
    if number is None:
        own = _continued(word, vocabulary)
    else:
        own = placed(vocabulary.place(number, Field.LONGER))
    return any_of((own, *(Begun(each) for number in languages for each in local(number, word))))


def _continued(word: str, vocabulary: Vocabulary) -> Expression:
    """What a part of a word, which is no word itself, may be the beginning of."""
    ways: list[Expression] = []
    has_digit = not word.isalpha() and any(map(str.isdigit, word))
    numbers = None if has_digit else vocabulary.completions(word)
    if numbers is None:
        ways += [Begun(tokens.name_word(word)), Begun(tokens.other_word(word))]
        numbers = vocabulary.synonyms(word)
    for number in numbers:
        ways.append(placed(vocabulary.place(number, Field.NAME)))
        ways.append(placed(vocabulary.place(number, Field.OTHER)))
    return any_of(ways)


def local(number: int, word: str) -> list[str]:
    """The tokens of a word in one language, as a keyword of its own and within one."""
    return [tokens.locale_keyword(number, word), tokens.locale_word(number, word)]
