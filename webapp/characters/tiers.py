"""How well a row can match: a query as a chain of FTS5 expressions, the best first.

Every expression leaves out what the ones before it have, so the chain gives each row once. Where
it can be told which rows a tier adds, it asks for those alone: leaving a hundred thousand rows out
one by one is what takes time.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum

import msgspec

from webapp.characters import tokens
from webapp.characters.expressions import all_of, any_of, without
from webapp.characters.meaning import Group, Query
from webapp.characters.text import canonical, is_unspaced
from webapp.characters.tokens import quoted
from webapp.characters.vocabulary import Field, Vocabulary

# With more words than this the expressions that add only new rows cost more than they save.
MOST_DIFFERENCES = 3
# Every row lies in a plane or is a sequence.
ANY_ROW = " OR ".join(
    quoted(token)
    for token in (*(tokens.fact("pl", str(n)) for n in (0, 1, 2, 3, 14)), tokens.fact("sq", "any"))
)


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
    """One word as expressions: where it may stand in a row. "" where it stands in no row."""

    name: str
    other: str
    note: str
    keyword: str
    longer: str

    @property
    def anywhere(self) -> str:
        """In any field but the notes."""
        return any_of((self.name, self.other))

    @property
    def noted(self) -> str:
        """In any field."""
        return any_of((self.name, self.other, self.note))

    @property
    def begun(self) -> str:
        """In any field but the notes, also as the beginning of a word."""
        return any_of((self.name, self.other, self.longer))


class Plan(msgspec.Struct, frozen=True):
    """What to ask the index: (tier, expression) in order, and one expression with all of them."""

    tiers: tuple[tuple[Tier, str], ...] = ()
    widest: str = ""


def plan(query: Query, languages: Sequence[int], vocabulary: Vocabulary) -> Plan:
    """The chain of a query; `languages` are the locales that count beside English."""
    required, forbidden = restrictions(query, languages, vocabulary)
    chains = [_chain(group, languages, vocabulary) for group in query.groups if group.words]
    if not chains and (required or forbidden):
        every = required or ANY_ROW
        return restricted(Plan(((Tier.FILTERS, every),), every), "", forbidden)
    chain = _joined(chains) if len(chains) > 1 else next(iter(chains), Plan())
    return restricted(chain, required, forbidden)


def restrictions(query: Query, languages: Sequence[int], vocabulary: Vocabulary) -> tuple[str, str]:
    """(what every hit must match, what none may match), each "" when there is no such thing."""
    required = [
        any_of(map(quoted, each.tokens)) or _NOTHING for each in query.filters if not each.negated
    ]
    forbidden = [quoted(token) for each in query.filters if each.negated for token in each.tokens]
    forbidden += [term(word, languages, vocabulary).anywhere for word in query.excluded]
    return all_of(required), any_of(forbidden)


def asks_for_properties(query: Query) -> bool:
    """True for filters alone that say what a character is: then code points are the best order."""
    if query.groups or query.keys or query.excluded or not query.filters:
        return False
    return all(tokens.is_property(token) for each in query.filters for token in each.tokens)


# No row has this token: a fact has a value.
_NOTHING = quoted("_")


def term(
    word: str, languages: Sequence[int], vocabulary: Vocabulary, *, begun: bool = False
) -> Term:
    """A folded word as expressions; `begun` when it may be the beginning of another."""
    own = canonical(word)
    fields = vocabulary.fields(own)
    star = " *" if is_unspaced(word) else ""
    local = [f"{each}{star}" for number in languages for each in _local(number, word)]
    other = [quoted(tokens.other_word(own))] if fields & Field.OTHER else []
    return Term(
        name=quoted(tokens.name_word(own)) if fields & Field.NAME else "",
        other=" OR ".join((*other, *local)),
        note=quoted(tokens.note_word(own)) if fields & Field.NOTE else "",
        keyword=quoted(tokens.keyword_word(own)) if fields & Field.KEYWORD_WORD else "",
        longer=_longer(word, languages, vocabulary) if begun else "",
    )


def _longer(word: str, languages: Sequence[int], vocabulary: Vocabulary) -> str:
    """Words that begin with this one; those of other languages cannot be told from it itself."""
    local = [f"{each} *" for number in languages for each in _local(number, word)]
    own = None if any(map(str.isdigit, word)) else vocabulary.completions(word)
    if own is None:
        spelled = [f"{quoted(spell(word))} *" for spell in (tokens.name_word, tokens.other_word)]
        own = vocabulary.synonyms(word)
    else:
        spelled = []
    for each in own:
        fields = vocabulary.fields(each)
        spelled += [quoted(tokens.name_word(each))] if fields & Field.NAME else []
        spelled += [quoted(tokens.other_word(each))] if fields & Field.OTHER else []
    return " OR ".join((*spelled, *local))


def _chain(group: Group, languages: Sequence[int], vocabulary: Vocabulary) -> Plan:
    last = len(group.words) - 1
    terms = [
        term(word, languages, vocabulary, begun=at == last or len(word) > 1)
        for at, word in enumerate(group.words)
    ]
    keyword, meaning = _whole(group, languages, vocabulary)
    named = all_of(each.name for each in terms)
    worded = all_of(each.keyword for each in terms)
    before = any_of((named, keyword, worded))
    noted = all_of(each.noted for each in terms)
    # `pickup` is also how the meaning `pick up` is kept, of rows without a word `pickup`.
    joined = any_of((keyword, meaning))
    chain = (
        (Tier.NAME_WORDS, named),
        (Tier.KEYWORD, without(keyword, named)),
        (Tier.KEYWORD_WORDS, without(worded, named, keyword)),
        (Tier.DEFINITION, without(meaning, before)),
        (Tier.WORDS, without(_differing(terms, "other", "anywhere"), before, meaning)),
        (
            Tier.NOTES,
            without(
                _differing(terms, "note", "noted"), all_of(each.anywhere for each in terms), joined
            ),
        ),
        (Tier.PREFIX, without(_differing(terms, "longer", "begun"), noted, joined)),
    )
    tiers = tuple((tier, match) for tier, match in chain if match)
    begun = all_of(each.begun for each in terms) if tiers and tiers[-1][0] == Tier.PREFIX else ""
    return Plan(tiers, any_of((noted, begun, joined)))


def _whole(group: Group, languages: Sequence[int], vocabulary: Vocabulary) -> tuple[str, str]:
    """All words of a group as one keyword, and as one meaning."""
    whole = "".join(group.words)
    fields = vocabulary.fields(whole) if len(group.words) == 1 else Field.ANY
    own = [quoted(tokens.keyword(whole))] if fields & Field.KEYWORD else []
    keywords = (*own, *(quoted(tokens.locale_keyword(number, whole)) for number in languages))
    return any_of(keywords), quoted(tokens.definition(whole)) if fields & Field.DEFINITION else ""


def _differing(terms: Sequence[Term], new: str, old: str) -> str:
    """All terms in the old way, one of them at least in the new way."""
    every = [getattr(each, old) for each in terms]
    if len(terms) > MOST_DIFFERENCES:
        return all_of(every)
    ways = []
    for at, each in enumerate(terms):
        added = getattr(each, new)
        ways.append(all_of((added, *every[:at], *every[at + 1 :])))
    return any_of(ways)


def _joined(chains: Sequence[Plan]) -> Plan:
    """Any of several chains: each row in the best tier that one of them has it in."""
    grouped: dict[Tier, list[str]] = {}
    for chain in chains:
        for tier, match in chain.tiers:
            grouped.setdefault(tier, []).append(match)
    tiers: list[tuple[Tier, str]] = []
    for tier in sorted(grouped):
        tiers.append((tier, without(any_of(grouped[tier]), *(match for _, match in tiers))))
    return Plan(tuple(tiers), any_of(chain.widest for chain in chains))


def restricted(chain: Plan, required: str, forbidden: str) -> Plan:
    """The chain with only those rows that match the one expression and not the other."""
    if not required and not forbidden:
        return chain

    def restrict(match: str) -> str:
        return without(all_of((match, required)) if required else match, forbidden)

    tiers = tuple((tier, restrict(match)) for tier, match in chain.tiers)
    return Plan(tiers, restrict(chain.widest))


def elsewhere(words: Sequence[str], languages: Iterable[int], *, begun: bool) -> Plan:
    """The chain of words of any one of many languages, the last maybe as a beginning only."""
    *first, last = words
    keywords, whole, beginnings = [], [], []
    for number in languages:
        before = [any_of(_local(number, word)) for word in first]
        spelled = _local(number, last)
        keywords.append(quoted(tokens.locale_keyword(number, "".join(words))))
        whole.append(all_of((*before, any_of(spelled))))
        beginnings.append(all_of((*before, any_of(f"{each} *" for each in spelled))))
    exact, every = any_of(keywords), any_of(whole)
    chain = ((Tier.LANGUAGE_KEYWORD, exact), (Tier.LANGUAGE_WORDS, without(every, exact)))
    if not begun:
        return Plan(chain, any_of((every, exact)))
    widest = any_of((*beginnings, exact))
    return Plan((*chain, (Tier.PREFIX, without(any_of(beginnings), every, exact))), widest)


def within(
    words: Sequence[str], found: Mapping[str, Sequence[str]], vocabulary: Vocabulary
) -> Plan:
    """All words in any field, some of them as a part of the words in which they were found."""
    every = all_of(
        any_of(term(each, (), vocabulary).anywhere for each in found.get(word, (word,)))
        for word in words
    )
    return Plan(((Tier.PART, every),), every) if every else Plan()


def _local(number: int, word: str) -> list[str]:
    """The word in one language, as a keyword of its own and within one."""
    return [quoted(tokens.locale_keyword(number, word)), quoted(tokens.locale_word(number, word))]
