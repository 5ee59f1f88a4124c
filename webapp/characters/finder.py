"""Finding the hits of an attempt: in memory, and in the database what is not there."""

import asyncio
from collections.abc import Iterator, Sequence

import msgspec
from pyroaring import BitMap

from webapp.characters.attempts import Attempt, Keys, Lexicon
from webapp.characters.classic import WHY as CLASSIC_WHY
from webapp.characters.classic import classic_names
from webapp.characters.expressions import Token, all_of
from webapp.characters.hits import Found, Hits, Ordered, Segment, as_bitmap, matching, ranked
from webapp.characters.meaning import Group
from webapp.characters.names import NAME_PARTS, PHRASE_PARTS, Names, Part, phrase_pattern
from webapp.characters.plans import Plan, asks_for_properties
from webapp.characters.resident import Resident
from webapp.characters.stored import Leaf, Lookup, Stored, foreign
from webapp.characters.tiers import THE_PATTERN, THE_PHRASE, WHY, Tier
from webapp.characters.tokens import fact
from webapp.database import Readers

EVERY_WHY = "every character"
# In another order than by rank it is not known how a row was found.
SORTED_WHY = "a match"
# The rest of a search's time is for what stands beside the pattern.
PATTERN_SHARE = 0.8
_BY_RANK = {None, "relevance"}
_SEQUENCES = Token(fact("sq", "any"))


class Finder:
    """Finds hits in one index."""

    def __init__(self, readers: Readers, resident: Resident, lexicon: Lexicon) -> None:
        self._readers = readers
        self._resident = resident
        self._lexicon = lexicon
        self._stored = Stored(readers)
        self._names: dict[int, Names] = {}

    async def hits(self, attempt: Attempt, sort: str | None, languages: Sequence[int]) -> Hits:
        """The hits of an attempt, in the order that was asked for."""
        query = attempt.query
        if query.asks_for_everything:
            return self._everything(sort)
        if query.classic:
            listed = self._listed()
            # The book's programs know no sequences.
            places = classic_names(query).found(listed) - listed.rows(_SEQUENCES)
            return Hits((Segment(CLASSIC_WHY, self._listed_rows(places)),))
        if query.pattern or any(group.phrases for group in query.groups):
            return await self._patterns(attempt, sort, languages)
        if asks_for_properties(query) and sort in {None, "cp"}:
            return self._with_properties(attempt.plan)
        found = await self._found(attempt.keys)
        hits = ranked(found, query.why, attempt.plan, await self._lookup(attempt))
        if sort in _BY_RANK:
            return hits
        return self._in_order(as_bitmap(hits.segments), str(sort), SORTED_WHY)

    def _everything(self, sort: str | None) -> Hits:
        tokens = self._tokens({})
        characters = tokens.every() - tokens.rows(_SEQUENCES)
        if sort not in {*_BY_RANK, "cp"}:
            return self._in_order(characters, str(sort), EVERY_WHY)
        # By code point they come first, so their places need not be looked up.
        places = BitMap(range(1, len(characters) + 1))
        return Hits((Segment(EVERY_WHY, self._listed_rows(places), characters),))

    def _with_properties(self, plan: Plan) -> Hits:
        places, rows = matching(plan, self._listed()), matching(plan, self._tokens({}))
        return Hits((Segment(WHY[Tier.FILTERS], self._listed_rows(places), rows),))

    def _listed_rows(self, places: BitMap) -> Ordered:
        return Ordered(places, self._resident.orders["cp"].rows)

    def _in_order(self, rows: BitMap, order: str, why: str) -> Hits:
        return Hits((Segment(why, self._resident.orders[order].of(rows), rows),))

    def _listed(self) -> Lookup:
        """The tokens of places in the order of code points."""
        return Lookup(self._resident.listed, len(self._resident.items), {})

    def _tokens(self, stored: dict[Leaf, BitMap]) -> Lookup:
        """The tokens of rows, with what the database said of other languages."""
        return Lookup(self._resident.search, len(self._resident.items), stored)

    async def _lookup(self, attempt: Attempt) -> Lookup:
        """The tokens of an attempt, those of other languages asked of the database."""
        return self._tokens(
            await self._stored.rows(foreign(attempt.plan)) if attempt.languages else {}
        )

    async def _found(self, keys: Keys) -> dict[int, Found]:
        """The rows found by key: the best tier of each, and its place there."""
        found = list(self._named(keys))
        if keys.local_names:
            rows = await self._stored.named(keys.local_names)
            found += [(row, (Tier.LOCALE_NAME, row)) for row in rows]
        for place, row in enumerate(self._lexicon.best_bets(keys)):
            found.append((row, (Tier.BEST_BET, place)))
        if keys.identifiers:
            direct = await self._stored.identified(keys.identifiers)
            found += [(row, (Tier.DIRECT, place)) for place, row in direct]
        # Of several tiers the last one stays, which is the best.
        return dict(sorted(found, reverse=True))

    def _named(self, keys: Keys) -> Iterator[tuple[int, Found]]:
        for hashed, tiers in keys.names.items():
            for kind, row in self._resident.names.named(hashed):
                if kind in tiers:
                    yield row, (tiers[kind], row)

    async def _patterns(self, attempt: Attempt, sort: str | None, languages: Sequence[int]) -> Hits:
        """The rows with names that match the pattern or have the phrases, and all else asked."""
        query = attempt.query
        found = BitMap()
        for group in query.groups or (Group(),):
            found |= await self._like(group, attempt, languages)
        why = THE_PATTERN if query.pattern else THE_PHRASE
        order = sort or ("cp" if query.interpretation[0].kind == "regex" else "relevance")
        if order == "relevance":
            return Hits((Segment(why, found),))
        return self._in_order(found, order, why)

    async def _like(self, group: Group, attempt: Attempt, languages: Sequence[int]) -> BitMap:
        """The rows of one alternative: only names of rows that have its words are looked at."""
        rows = await self._beside(group, attempt, languages)
        for phrase in group.phrases:
            rows = rows & self._with_words(phrase)
            rows = await self._matching(PHRASE_PARTS, phrase_pattern(phrase), rows)
        if attempt.query.pattern:
            rows = await self._matching(NAME_PARTS, attempt.query.pattern, rows)
        return rows

    async def _beside(self, group: Group, attempt: Attempt, languages: Sequence[int]) -> BitMap:
        """The rows with what an alternative asks for beside phrases and a pattern."""
        query, plan = attempt.query, attempt.plan
        if not (group.words or plan.required or plan.forbidden):
            return self._tokens({}).every()
        beside = msgspec.structs.replace(
            query, keys=(), name="", groups=(Group(group.words),) if group.words else ()
        )
        asked = self._lexicon.first(beside, languages)
        by_key = BitMap(await self._found(asked.keys))
        return by_key | matching(asked.plan, await self._lookup(asked))

    def _with_words(self, words: Sequence[str]) -> BitMap:
        """The rows that have the words in their names, in whatever order."""
        every = all_of(self._lexicon.glossary.term(word).name for word in words)
        return every.found(self._tokens({}))

    async def _matching(self, kind: int, pattern: str, rows: BitMap) -> BitMap:
        """Those of the rows that have a name which matches."""
        kept = self._names.get(kind) or await self._read_names(kind)
        # Reading every name takes a while; RE2 lets the loop go on meanwhile.
        deadline_s = PATTERN_SHARE * self._readers.deadline_s
        return await asyncio.to_thread(kept.matching, pattern, rows, deadline_s=deadline_s)

    async def _read_names(self, kind: int) -> Names:
        """The names of a kind, kept from the first pattern on."""
        parts = await self._readers.fetch_all(
            "select rows, lines from name_parts where kind = ? order by part", (kind,)
        )
        read = await asyncio.to_thread(lambda: Names([Part(*part) for part in parts]))
        return self._names.setdefault(kind, read)
