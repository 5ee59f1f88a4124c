"""What rows must have, as a tree of tokens, and finding the rows that have it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Protocol

import msgspec
from pyroaring import BitMap

_FEW = 2


class Tokens(Protocol):
    """Where the rows of tokens are had from; its bitmaps are not to be changed."""

    def rows(self, leaf: "Token | Begun") -> BitMap:
        """The rows that have the token, or one which begins so."""

    @property
    def placed(self) -> Mapping[int, BitMap]:
        """The rows of tokens by their places among the postings of rows, from 1."""

    def every(self) -> BitMap:
        """All rows."""


class Token(msgspec.Struct, frozen=True):
    """Rows with this token."""

    token: str

    def found(self, tokens: Tokens) -> BitMap:
        """The rows."""
        return tokens.rows(self)


class Begun(msgspec.Struct, frozen=True):
    """Rows with a token that begins so."""

    token: str

    def found(self, tokens: Tokens) -> BitMap:
        """The rows."""
        return tokens.rows(self)


class Placed(msgspec.Struct, frozen=True):
    """Rows with the token at this place among the postings of rows, from 1."""

    place: int

    def found(self, tokens: Tokens) -> BitMap:
        """The rows."""
        return tokens.placed[self.place]


class AllOf(msgspec.Struct, frozen=True):
    """Rows that all parts find."""

    parts: "tuple[Expression, ...]"

    def found(self, tokens: Tokens) -> BitMap:
        """The rows."""
        first, *others = self.parts
        rows = first.found(tokens)
        for each in others:
            if not rows:
                break
            rows = rows & each.found(tokens)
        return rows


class AnyOf(msgspec.Struct, frozen=True):
    """Rows that any of the parts finds; none without parts."""

    parts: "tuple[Expression, ...]" = ()

    def found(self, tokens: Tokens) -> BitMap:
        """The rows."""
        if len(self.parts) == _FEW:
            one, other = self.parts
            return one.found(tokens) | other.found(tokens)
        return BitMap.union(BitMap(), *[each.found(tokens) for each in self.parts])


class Every(msgspec.Struct, frozen=True):
    """All rows."""

    def found(self, tokens: Tokens) -> BitMap:
        """The rows."""
        return tokens.every()


Expression = Token | Begun | Placed | AllOf | AnyOf | Every

NOTHING: Final = AnyOf()
EVERY: Final = Every()


def all_of(parts: Iterable[Expression]) -> Expression:
    """All of some expressions, NOTHING when one of them can find nothing."""
    needed = list(parts)
    if len(needed) == 1:
        return needed[0]
    return NOTHING if NOTHING in needed else AllOf(tuple(needed))


def any_of(parts: Iterable[Expression]) -> Expression:
    """Any of those expressions that can find something."""
    possible = [each for each in parts if each is not NOTHING]
    if len(possible) == 1:
        return possible[0]
    return AnyOf(tuple(possible)) if possible else NOTHING


def placed(place: int) -> Expression:
    """The rows of the token at this place, NOTHING for place 0."""
    return Placed(place) if place else NOTHING


def leaves(expression: Expression) -> Iterator[Token | Begun]:
    """The tokens and beginnings that an expression asks for, but for those whose place is known."""
    waiting = [expression]
    while waiting:
        each = waiting.pop()
        if isinstance(each, AllOf | AnyOf):
            waiting += each.parts
        elif isinstance(each, Token | Begun):
            yield each
