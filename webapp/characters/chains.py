"""Tiers in their order, each with the rows that it finds."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Protocol

import msgspec
from pyroaring import BitMap

from webapp.characters.expressions import NOTHING, Expression, Tokens, all_of
from webapp.characters.glossary import Term
from webapp.characters.tiers import Tier

InTier = tuple[Tier, BitMap]


class Chain(Protocol):
    """Tiers, of which a row belongs to the first that finds it."""

    def found(self, tokens: Tokens) -> Iterable[InTier]:
        """The rows of each tier, in order; some may be those of a tier before it too."""

    def expressions(self) -> Iterable[Expression]:
        """All that is asked for."""


class Expressions(msgspec.Struct, frozen=True):
    """Tiers that are an expression each."""

    tiers: tuple[tuple[Tier, Expression], ...] = ()

    def found(self, tokens: Tokens) -> Iterator[InTier]:
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

    def found(self, tokens: Tokens) -> Iterator[InTier]:
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

    def found(self, tokens: Tokens) -> Iterator[InTier]:
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

    def found(self, tokens: Tokens) -> Iterator[InTier]:
        """The rows of each tier."""
        grouped: dict[Tier, list[BitMap]] = {}
        for each in self.chains:
            for tier, rows in each.found(tokens):
                grouped.setdefault(tier, []).append(rows)
        return ((tier, BitMap.union(*grouped[tier])) for tier in sorted(grouped))

    def expressions(self) -> Iterator[Expression]:
        """All that is asked for."""
        return chain.from_iterable(each.expressions() for each in self.chains)
