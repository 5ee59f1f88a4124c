"""What to ask the index for a query: a chain of tiers, and what limits it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from webapp.characters import tokens
from webapp.characters.chains import Alternatives, Chain, Expressions, OneWord, SeveralWords
from webapp.characters.expressions import (
    EVERY,
    NOTHING,
    Begun,
    Expression,
    Token,
    all_of,
    any_of,
    placed,
)
from webapp.characters.glossary import Glossary, local
from webapp.characters.meaning import Group, Query
from webapp.characters.tiers import Tier
from webapp.characters.vocabulary import Field


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
