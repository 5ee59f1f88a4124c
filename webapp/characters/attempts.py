"""What to ask for a query, and what to ask next when that finds nothing."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from webapp.characters import tokens
from webapp.characters.chains import Chain
from webapp.characters.fields import LIGHT, core_key
from webapp.characters.glossary import Glossary
from webapp.characters.meaning import Group, Query, Reading
from webapp.characters.model import Correction
from webapp.characters.plans import Plan, elsewhere, plan, restrictions, within
from webapp.characters.schema import (
    ALIAS,
    CORE,
    ENTITY,
    INFORMAL,
    JOINED,
    LOOSE,
    NAME,
    key_hash,
)
from webapp.characters.text import name_key, squash, squashed, words
from webapp.characters.tiers import Tier

# Whoever types more words than this does not look for a name in another language.
_MOST_WORDS_ELSEWHERE = 4
# No word of any language is half as long, and each is asked for in 167 of them.
_LONGEST_WORD_ELSEWHERE = 200
_SHORT_CODE = re.compile(r":(\S+):")


class Keys(msgspec.Struct, frozen=True):
    """What a query looks up by key: identifiers, names, and the texts of best bets.

    `names` has of each hash the tier of a hit by the tier of the schema, `local_names` are hashes
    of names in other languages, best bets are hashes.
    """

    identifiers: tuple[str, ...] = ()
    names: Mapping[int, Mapping[int, Tier]] = {}
    local_names: tuple[int, ...] = ()
    best: tuple[int, ...] = ()


class Attempt(msgspec.Struct, frozen=True):
    """One thing to ask: the query as it is meant then, and how its hits are ranked.

    With `languages` it asks for words of other languages than English too.
    """

    query: Query
    keys: Keys
    plan: Plan
    languages: bool = False
    corrected: Correction | None = None


class Lexicon(msgspec.Struct, frozen=True):
    """What of the index is kept in memory to understand queries.

    `locales` are the numbers of the locales with keywords; English is number 0. `best` are the
    rows that editors put first for a text, by its hash.
    """

    glossary: Glossary
    operator_names: frozenset[str]
    locales: Mapping[str, int]
    best: Mapping[int, Sequence[int]]

    def best_bets(self, keys: Keys) -> Iterator[int]:
        """The rows that editors put first for the texts, in their order."""
        for hashed in keys.best:
            yield from self.best.get(hashed, ())

    def meant(self, query: Query) -> Query:
        """The reading that counts: a full name or formal alias comes before any operator."""
        if query.plain and name_key(query.plain.name) in self.operator_names:
            return query.plain
        return query

    def first(self, query: Query, languages: Sequence[int]) -> Attempt:
        """The query taken at its word, in English and these locales."""
        asked = plan(query, languages, self.glossary)
        return Attempt(query, keys_of(query, languages), asked, bool(languages))

    def elsewhere(self, query: Query, *, begun: bool) -> Iterator[Attempt]:
        """The words of a simple query in any language; `begun` when the last is unfinished."""
        found = query.groups[0].words
        is_short = all(len(word) <= _LONGEST_WORD_ELSEWHERE for word in found)
        if len(found) <= _MOST_WORDS_ELSEWHERE and is_short:
            numbers = self.locales.values()
            chain = elsewhere(found, numbers, begun=begun)
            yield self._limited(query, keys_of(query, numbers), chain, languages=True)

    def within(self, query: Query, unknown: Iterable[str]) -> Iterator[Attempt]:
        """The unknown words of a simple query as parts of words, if each is one."""
        containing = {word: self.glossary.vocabulary.containing(word) for word in unknown}
        if all(containing.values()):
            chain = within(query.groups[0].words, containing, self.glossary)
            yield self._limited(query, Keys(), chain)

    def _limited(
        self, query: Query, keys: Keys, chain: Chain, *, languages: bool = False
    ) -> Attempt:
        limited = Plan(chain, *restrictions(query, (), self.glossary))
        return Attempt(query, keys, limited, languages)

    def respelled(
        self, query: Query, instead: Mapping[str, str], languages: Sequence[int]
    ) -> Attempt:
        """A simple query with some of its words replaced, and what to say about it."""
        typed = query.groups[0].words
        spelled = tuple(dict.fromkeys(instead.get(word, word) for word in typed))
        correction = Correction(" ".join(typed), " ".join(spelled))
        meant = msgspec.structs.replace(
            query,
            interpretation=(Reading("words", text=correction.to), *query.interpretation[1:]),
            name=correction.to,
            groups=(Group(spelled),),
            otherwise=None,
        )
        return msgspec.structs.replace(self.first(meant, languages), corrected=correction)

    def unknown(self, query: Query) -> list[str]:
        """The words of a simple query that begin no word of the index."""
        if len(query.groups) != 1 or query.groups[0].phrases or query.pattern:
            return []
        known = self.glossary.vocabulary
        return [
            word
            for word in query.groups[0].words
            if word not in known and known.completions(word) == []
        ]


def keys_of(query: Query, languages: Iterable[int]) -> Keys:
    """What the query looks up by key: its identifiers, and its texts as names as a whole."""
    names: dict[str, Mapping[int, Tier]] = {}
    local: list[str] = []
    best: list[str] = []
    for text in _whole(query):
        found = words(text)
        joined = squashed(text, found)
        best.append(joined)
        if short_code := _SHORT_CODE.fullmatch(text):
            code = squash(short_code[1])
            names[code] = {**names.get(code, {}), INFORMAL: Tier.INFORMAL}
            continue
        local += [tokens.locale_word(number, joined) for number in languages]
        # Whoever types a word that says nothing in most names may mean it: `x mark` is not x.
        core = _CORE_AMONG_OTHERS if LIGHT.intersection(found) else _CORE
        for key, tiers in ((name_key(text), _FULL), (joined, _JOINED), (core_key(found), core)):
            # The better tier of a kind comes first.
            names[key] = {**tiers, **names[key]} if key in names else tiers
    # Nearly always they are the same few texts.
    hashes = {key: key_hash(key) for key in {*names, *best}}
    return Keys(
        query.keys,
        {hashes[key]: tiers for key, tiers in names.items()},
        tuple(map(key_hash, local)),
        tuple([hashes[key] for key in best]),
    )


# The tiers of hits by the tiers of the schema: of a text as it is, of its words as one, and of
# those of them that matter.
_FULL = {NAME: Tier.NAME, ALIAS: Tier.ALIAS}
_JOINED = {
    CORE: Tier.CORE,
    JOINED: Tier.JOINED,
    INFORMAL: Tier.INFORMAL,
    ENTITY: Tier.ENTITY,
}
_CORE = {CORE: Tier.CORE, LOOSE: Tier.LOOSE}
_CORE_AMONG_OTHERS = {CORE: Tier.LOOSE, LOOSE: Tier.LOOSE}


def _whole(query: Query) -> tuple[str, ...]:
    """The texts that may be names: all that was typed, or the words that stand beside filters."""
    if len(query.groups) < 2 and not query.filters and not query.excluded:
        return (query.name,) if query.name else ()
    return tuple(
        " ".join(group.words) for group in query.groups if group.words and not group.phrases
    )
