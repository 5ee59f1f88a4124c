"""How well a row can match: a query as a chain of expressions, the best first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum

import msgspec

from webapp.characters import tokens
from webapp.characters.expressions import (
    EVERY,
    NOTHING,
    Begun,
    Expression,
    Token,
    all_of,
    any_of,
)
from webapp.characters.meaning import Group, Query
from webapp.characters.text import canonical, is_unspaced
from webapp.characters.vocabulary import Field, Vocabulary


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

    @property
    def noted(self) -> Expression:
        """In any field."""
        return any_of((self.name, self.other, self.note))

    @property
    def begun(self) -> Expression:
        """In any field but the notes, also as the beginning of a word."""
        return any_of((self.name, self.other, self.longer))


class Plan(msgspec.Struct, frozen=True):
    """What to ask the index.

    A row belongs to the first of the tiers that finds it. With `required`, all hits must have
    that; none may have what is `forbidden`.
    """

    tiers: tuple[tuple[Tier, Expression], ...] = ()
    required: Expression | None = None
    forbidden: Expression | None = None

    def expressions(self) -> Iterator[Expression]:
        """All that is asked for."""
        yield from (expression for _, expression in self.tiers)
        yield from filter(None, (self.required, self.forbidden))


def plan(query: Query, languages: Sequence[int], vocabulary: Vocabulary) -> Plan:
    """The chain of a query; `languages` are the locales that count beside English."""
    required, forbidden = restrictions(query, languages, vocabulary)
    chains = [_chain(group, languages, vocabulary) for group in query.groups if group.words]
    # Filters beside given rows choose among those; alone they ask for all that have them.
    if not chains and not query.keys and (required or forbidden):
        return Plan(((Tier.FILTERS, required or EVERY),), required, forbidden)
    tiers = _joined(chains) if len(chains) > 1 else next(iter(chains), ())
    return Plan(tiers, required, forbidden)


def restrictions(
    query: Query, languages: Sequence[int], vocabulary: Vocabulary
) -> tuple[Expression | None, Expression | None]:
    """(what every hit must have, what none may have), each None when there is no such thing."""
    if not query.filters and not query.excluded:
        return None, None
    required = [any_of(map(Token, each.tokens)) for each in query.filters if not each.negated]
    forbidden: list[Expression] = [
        Token(token) for each in query.filters if each.negated for token in each.tokens
    ]
    forbidden += [term(word, languages, vocabulary).anywhere for word in query.excluded]
    return (
        all_of(required) if required else None,
        any_of(forbidden) if forbidden else None,
    )


def asks_for_properties(query: Query) -> bool:
    """True for filters alone that say what a character is: then code points are the best order."""
    if query.groups or query.keys or query.excluded or not query.filters:
        return False
    return all(tokens.is_property(token) for each in query.filters for token in each.tokens)


def term(
    word: str, languages: Sequence[int], vocabulary: Vocabulary, *, begun: bool = False
) -> Term:
    """A folded word as expressions; `begun` when it may be the beginning of another."""
    own = canonical(word)
    fields = vocabulary.fields(own)
    other = Token(tokens.other_word(own)) if fields & Field.OTHER else NOTHING
    return Term(
        name=Token(tokens.name_word(own)) if fields & Field.NAME else NOTHING,
        other=any_of((other, *_in_languages(word, languages))) if languages else other,
        note=Token(tokens.note_word(own)) if fields & Field.NOTE else NOTHING,
        keyword=Token(tokens.keyword_word(own)) if fields & Field.KEYWORD_WORD else NOTHING,
        longer=_longer(word, languages, vocabulary) if begun else NOTHING,
    )


def _in_languages(word: str, languages: Sequence[int]) -> Iterator[Expression]:
    kind = Begun if is_unspaced(word) else Token
    return (kind(each) for number in languages for each in _local(number, word))


def _longer(word: str, languages: Sequence[int], vocabulary: Vocabulary) -> Expression:
    """Words that begin with this one; those of other languages cannot be told from it itself."""
    ways: list[Expression] = [Begun(each) for number in languages for each in _local(number, word)]
    has_digit = not word.isalpha() and any(map(str.isdigit, word))
    own = None if has_digit else vocabulary.completions(word)
    if own is None:
        ways += [Begun(tokens.name_word(word)), Begun(tokens.other_word(word))]
        own = vocabulary.synonyms(word)
    for each in own:
        fields = vocabulary.fields(each)
        ways += [Token(tokens.name_word(each))] if fields & Field.NAME else []
        ways += [Token(tokens.other_word(each))] if fields & Field.OTHER else []
    return any_of(ways)


Chain = tuple[tuple[Tier, Expression], ...]


def _chain(group: Group, languages: Sequence[int], vocabulary: Vocabulary) -> Chain:
    last = len(group.words) - 1
    terms = [
        term(word, languages, vocabulary, begun=at == last or len(word) > 1)
        for at, word in enumerate(group.words)
    ]
    name, own, anywhere, noted, begun = _one(terms[0]) if len(terms) == 1 else _several(terms)
    keyword, meaning = _whole(group, languages, vocabulary)
    chain = (
        (Tier.NAME_WORDS, name),
        (Tier.KEYWORD, keyword),
        (Tier.KEYWORD_WORDS, own),
        (Tier.DEFINITION, meaning),
        (Tier.WORDS, anywhere),
        (Tier.NOTES, noted),
        (Tier.PREFIX, begun),
    )
    return tuple([each for each in chain if each[1] is not NOTHING])


def _one(only: Term) -> tuple[Expression, ...]:
    """Of one word a tier need not be asked for again what those before it have found."""
    return only.name, only.keyword, only.other, only.note, only.longer


def _several(terms: Sequence[Term]) -> tuple[Expression, ...]:
    return (
        all_of([each.name for each in terms]),
        all_of([each.keyword for each in terms]),
        all_of([each.anywhere for each in terms]),
        all_of([each.noted for each in terms]),
        all_of([each.begun for each in terms]),
    )


def _whole(
    group: Group, languages: Sequence[int], vocabulary: Vocabulary
) -> tuple[Expression, Expression]:
    """All words of a group as one keyword, and as one meaning."""
    whole = "".join(group.words)
    fields = vocabulary.fields(whole) if len(group.words) == 1 else Field.ANY
    keywords = [tokens.keyword(whole)] if fields & Field.KEYWORD else []
    keywords += [tokens.locale_keyword(number, whole) for number in languages]
    meaning = Token(tokens.definition(whole)) if fields & Field.DEFINITION else NOTHING
    return any_of(map(Token, keywords)), meaning


def _joined(chains: Sequence[Chain]) -> Chain:
    """Any of several chains: each row in the best tier that one of them has it in."""
    grouped: dict[Tier, list[Expression]] = {}
    for chain in chains:
        for tier, expression in chain:
            grouped.setdefault(tier, []).append(expression)
    return tuple((tier, any_of(grouped[tier])) for tier in sorted(grouped))


def elsewhere(words: Sequence[str], languages: Iterable[int], *, begun: bool) -> Chain:
    """The chain of words of any one of many languages, the last maybe as a beginning only."""
    *first, last = words
    keywords: list[Expression] = []
    whole: list[Expression] = []
    beginnings: list[Expression] = []
    for number in languages:
        before = [any_of(map(Token, _local(number, word))) for word in first]
        spelled = _local(number, last)
        keywords.append(Token(tokens.locale_keyword(number, "".join(words))))
        whole.append(all_of((*before, any_of(map(Token, spelled)))))
        beginnings.append(all_of((*before, any_of(map(Begun, spelled)))))
    chain = ((Tier.LANGUAGE_KEYWORD, any_of(keywords)), (Tier.LANGUAGE_WORDS, any_of(whole)))
    return (*chain, (Tier.PREFIX, any_of(beginnings))) if begun else chain


def within(
    words: Sequence[str], found: Mapping[str, Sequence[str]], vocabulary: Vocabulary
) -> Chain:
    """All words in any field, some of them as a part of the words in which they were found."""
    every = all_of(
        any_of(term(each, (), vocabulary).anywhere for each in found.get(word, (word,)))
        for word in words
    )
    return ((Tier.PART, every),) if every is not NOTHING else ()


def _local(number: int, word: str) -> list[str]:
    """The tokens of a word in one language, as a keyword of its own and within one."""
    return [tokens.locale_keyword(number, word), tokens.locale_word(number, word)]
