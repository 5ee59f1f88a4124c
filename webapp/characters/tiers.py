"""How well a row can match: a query as a chain of expressions, the best first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import chain
from typing import Protocol

import msgspec
from pyroaring import BitMap

from webapp.characters import tokens
from webapp.characters.expressions import (
    EVERY,
    NOTHING,
    Begun,
    Expression,
    Token,
    Tokens,
    all_of,
    any_of,
    placed,
)
from webapp.characters.glossary import Glossary, Term, local
from webapp.characters.meaning import Group, Query
from webapp.characters.vocabulary import Field


class Tier(IntEnum):
    """The kinds of hits, best first. Those before NAME_WORDS are found by key, not by words."""

    DIRECT = 0
    NAME = 1
    ALIAS = 2
    LOCALE_NAME = 3
    BEST_BET = 4
    CORE = 5
    JOINED = 6
    INFORMAL = 7
    ENTITY = 8
    LOOSE = 9
    NAME_WORDS = 10
    KEYWORD = 11
    KEYWORD_WORDS = 12
    DEFINITION = 13
    WORDS = 14
    NOTES = 15
    LANGUAGE_KEYWORD = 16
    LANGUAGE_WORDS = 17
    PREFIX = 18
    PART = 19
    FILTERS = 20


WHY = {
    Tier.NAME: "the full name",
    Tier.ALIAS: "a formal alias",
    Tier.LOCALE_NAME: "the name in another language",
    Tier.BEST_BET: "what most people mean",
    Tier.CORE: "the name, short",
    Tier.JOINED: "the name in one word",
    Tier.INFORMAL: "an informal name",
    Tier.ENTITY: "an HTML entity",
    Tier.LOOSE: "the name, very short",
    Tier.NAME_WORDS: "words of the name",
    Tier.KEYWORD: "a keyword",
    Tier.KEYWORD_WORDS: "words of keywords",
    Tier.DEFINITION: "the meaning",
    Tier.WORDS: "words of several fields",
    Tier.NOTES: "words of a remark",
    Tier.LANGUAGE_KEYWORD: "a keyword in another language",
    Tier.LANGUAGE_WORDS: "words of another language",
    Tier.PREFIX: "beginning of a word",
    Tier.PART: "part of a word",
    Tier.FILTERS: "the filters",
}


Found = tuple[Tier, BitMap]


class Chain(Protocol):
    """Tiers, of which a row belongs to the first that finds it."""

    def found(self, tokens: Tokens) -> Iterable[Found]:
        """The rows of each tier, in order; some may be those of a tier before it too."""

    def expressions(self) -> Iterable[Expression]:
        """All that is asked for."""


class Expressions(msgspec.Struct, frozen=True):
    """Tiers that are an expression each."""

    tiers: tuple[tuple[Tier, Expression], ...] = ()

    def found(self, tokens: Tokens) -> Iterator[Found]:
        """The rows of each tier."""
        return ((tier, expression.found(tokens)) for tier, expression in self.tiers)

    def expressions(self) -> Iterator[Expression]:
        """All that is asked for."""
        return (expression for _, expression in self.tiers)


class OneWord(msgspec.Struct, frozen=True):
    """A word, which may be a keyword or a meaning as a whole."""

    term: Term
    keyword: Expression
    meaning: Expression

    def found(self, tokens: Tokens) -> Iterator[Found]:
        """The rows of each tier; none is asked for again what those before it have found."""
        term = self.term
        for tier, expression in (
            (Tier.NAME_WORDS, term.name),
            (Tier.KEYWORD, self.keyword),
            (Tier.KEYWORD_WORDS, term.keyword),
            (Tier.DEFINITION, self.meaning),
            (Tier.WORDS, term.other),
            (Tier.NOTES, term.note),
            (Tier.PREFIX, term.longer),
        ):
            if expression is not NOTHING:
                yield tier, expression.found(tokens)

    def expressions(self) -> Iterator[Expression]:
        """All that is asked for."""
        yield from (self.keyword, self.meaning)
        yield from self.term.expressions()


class SeveralWords(msgspec.Struct, frozen=True):
    """Words that a row must have all, which may be a keyword or a meaning together."""

    terms: tuple[Term, ...]
    keyword: Expression
    meaning: Expression

    def found(self, tokens: Tokens) -> Iterator[Found]:
        """The rows of each tier."""
        terms = self.terms
        names = [term.name.found(tokens) for term in terms]
        yield Tier.NAME_WORDS, BitMap.intersection(*names)
        yield Tier.KEYWORD, self.keyword.found(tokens)
        yield Tier.KEYWORD_WORDS, all_of([term.keyword for term in terms]).found(tokens)
        yield Tier.DEFINITION, self.meaning.found(tokens)
        anywhere = _with(names, [term.other for term in terms], tokens)
        yield Tier.WORDS, BitMap.intersection(*anywhere)
        for tier, more in (
            (Tier.NOTES, [term.note for term in terms]),
            (Tier.PREFIX, [term.longer for term in terms]),
        ):
            yield tier, BitMap.intersection(*_with(anywhere, more, tokens))

    def expressions(self) -> Iterator[Expression]:
        """All that is asked for."""
        yield from (self.keyword, self.meaning)
        for term in self.terms:
            yield from term.expressions()


def _with(rows: Sequence[BitMap], more: Sequence[Expression], tokens: Tokens) -> Sequence[BitMap]:
    """The rows of each word, with those that another expression finds for it."""
    return [
        each if expression is NOTHING else each | expression.found(tokens)
        for each, expression in zip(rows, more, strict=True)
    ]


class Alternatives(msgspec.Struct, frozen=True):
    """Any of several chains: each row in the best tier that one of them has it in."""

    chains: tuple[Chain, ...]

    def found(self, tokens: Tokens) -> Iterator[Found]:
        """The rows of each tier."""
        grouped: dict[Tier, list[BitMap]] = {}
        for each in self.chains:
            for tier, rows in each.found(tokens):
                grouped.setdefault(tier, []).append(rows)
        return ((tier, BitMap.union(*grouped[tier])) for tier in sorted(grouped))

    def expressions(self) -> Iterator[Expression]:
        """All that is asked for."""
        return chain.from_iterable(each.expressions() for each in self.chains)


class Plan(msgspec.Struct, frozen=True):
    """What to ask the index.

    A row belongs to the first tier of the chain that finds it. With `required`, all hits must
    have that; none may have what is `forbidden`.
    """

    chain: Chain = Expressions()
    required: Expression | None = None
    forbidden: Expression | None = None

    def expressions(self) -> Iterator[Expression]:
        """All that is asked for."""
        yield from self.chain.expressions()
        yield from filter(None, (self.required, self.forbidden))


def plan(query: Query, languages: Sequence[int], glossary: Glossary) -> Plan:
    """The chain of a query; `languages` are the locales that count beside English."""
    required, forbidden = restrictions(query, languages, glossary)
    chains = tuple([_chain(each, languages, glossary) for each in query.groups if each.words])
    # Filters beside given rows choose among those; alone they ask for all that have them.
    if not chains and not query.keys and (required or forbidden):
        return Plan(Expressions(((Tier.FILTERS, required or EVERY),)), required, forbidden)
    if len(chains) > 1:
        return Plan(Alternatives(chains), required, forbidden)
    return Plan(chains[0] if chains else Expressions(), required, forbidden)


def restrictions(
    query: Query, languages: Sequence[int], glossary: Glossary
) -> tuple[Expression | None, Expression | None]:
    """(what every hit must have, what none may have), each None when there is no such thing."""
    if not query.filters and not query.excluded:
        return None, None
    required = [any_of(map(Token, each.tokens)) for each in query.filters if not each.negated]
    forbidden: list[Expression] = [
        Token(token) for each in query.filters if each.negated for token in each.tokens
    ]
    forbidden += [glossary.term(word, languages).anywhere for word in query.excluded]
    return (
        all_of(required) if required else None,
        any_of(forbidden) if forbidden else None,
    )


def asks_for_properties(query: Query) -> bool:
    """True for filters alone that say what a character is: then code points are the best order."""
    if query.groups or query.keys or query.excluded or not query.filters:
        return False
    return all(tokens.is_property(token) for each in query.filters for token in each.tokens)


def _chain(group: Group, languages: Sequence[int], glossary: Glossary) -> Chain:
    words = group.words
    keyword, meaning = _whole(words, languages, glossary)
    if len(words) == 1:
        return OneWord(glossary.term(words[0], languages, begun=True), keyword, meaning)
    last = len(words) - 1
    terms = [
        glossary.term(word, languages, begun=at == last or len(word) > 1)
        for at, word in enumerate(words)
    ]
    return SeveralWords(tuple(terms), keyword, meaning)


def _whole(
    words: Sequence[str], languages: Sequence[int], glossary: Glossary
) -> tuple[Expression, Expression]:
    """All words of a group as one keyword, and as one meaning."""
    whole = "".join(words)
    elsewhere = [Token(tokens.locale_keyword(number, whole)) for number in languages]
    vocabulary = glossary.vocabulary
    number = vocabulary.number(whole)
    if number is not None and len(words) == 1:
        keyword = placed(vocabulary.place(number, Field.KEYWORD))
        meaning = placed(vocabulary.place(number, Field.DEFINITION))
    elif len(words) == 1 and whole.isalpha():
        keyword = meaning = NOTHING
    else:
        keyword, meaning = Token(tokens.keyword(whole)), Token(tokens.definition(whole))
    return any_of((keyword, *elsewhere)), meaning


def elsewhere(words: Sequence[str], languages: Iterable[int], *, begun: bool) -> Chain:
    """The chain of words of any one of many languages, the last maybe as a beginning only."""
    *first, last = words
    keywords: list[Expression] = []
    whole: list[Expression] = []
    beginnings: list[Expression] = []
    for number in languages:
        before = [any_of(map(Token, local(number, word))) for word in first]
        spelled = local(number, last)
        keywords.append(Token(tokens.locale_keyword(number, "".join(words))))
        whole.append(all_of((*before, any_of(map(Token, spelled)))))
        beginnings.append(all_of((*before, any_of(map(Begun, spelled)))))
    tiers = ((Tier.LANGUAGE_KEYWORD, any_of(keywords)), (Tier.LANGUAGE_WORDS, any_of(whole)))
    return Expressions((*tiers, (Tier.PREFIX, any_of(beginnings))) if begun else tiers)


def within(words: Sequence[str], found: Mapping[str, Sequence[str]], glossary: Glossary) -> Chain:
    """All words in any field, some of them as a part of the words in which they were found."""
    every = all_of(
        any_of(glossary.term(each).anywhere for each in found.get(word, (word,))) for word in words
    )
    return Expressions(((Tier.PART, every),))
