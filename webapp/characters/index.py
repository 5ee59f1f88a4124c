"""Asking index.db: pages of hits with exact totals, and what the hits have in common."""

import asyncio
from array import array
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from webapp.characters import cursor, names, statements
from webapp.characters.attempts import Attempt, Lexicon
from webapp.characters.classic import WHY as CLASSIC_WHY
from webapp.characters.classic import classic_match
from webapp.characters.corrections import corrections
from webapp.characters.cursor import Place
from webapp.characters.facets import Facets, counted
from webapp.characters.facets import Names as FacetNames
from webapp.characters.language_tags import chain
from webapp.characters.lru import LRU
from webapp.characters.meaning import Group, Query
from webapp.characters.model import MAX_LIMIT, Correction, Page
from webapp.characters.spelling import is_slip
from webapp.characters.statements import (
    EVERY_WHY,
    ByCodePoint,
    Everything,
    Ranked,
    Rows,
    Source,
    Statement,
)
from webapp.characters.tiers import WHY, Tier, asks_for_properties
from webapp.characters.vocabulary import Vocabulary
from webapp.database import Readers

ANSWERS_KEPT_BYTES = 16 << 20
FACETS_KEPT = 256
OPENED_WITHIN_S = 30.0
# In another order than by rank it is not known how a row was found.
SORTED_WHY = "a match"


class Answer(msgspec.Struct, frozen=True):
    """What a search came to: the query as it was meant, and where its hits come from."""

    query: Query
    source: Source
    total: int
    corrected: Correction | None = None

    @property
    def weight(self) -> int:
        """About how many bytes it takes to keep."""
        rows = self.source.rows if isinstance(self.source, Rows) else ()
        return 2_000 + 8 * len(rows) + 100 * len(self.query.keys)


class CharacterIndex:
    """The search index of one build; read-only, so everything it gives can be kept."""

    def __init__(self, readers: Readers) -> None:
        self.readers = readers
        self.build_id = self.unicode_version = ""
        self.characters = 0
        self._answers: LRU[str, Answer] = LRU(ANSWERS_KEPT_BYTES)
        self._facets: LRU[str, Facets] = LRU(FACETS_KEPT)
        self._facet_names: FacetNames = {}
        self.languages: list[dict[str, str]] = []
        self._lexicon = Lexicon(Vocabulary({}), frozenset(), {})

    @classmethod
    async def open(cls, path: Path, *, deadline_s: float = 1.0) -> "CharacterIndex":
        """The index at `path`, which `ensure_index` made."""
        index = cls(await Readers.open(path, immutable=True, deadline_s=deadline_s))
        reader = await Readers.open(path, immutable=True, deadline_s=OPENED_WITHIN_S)
        try:
            await index._read(reader)
        except BaseException:
            await index.close()
            raise
        finally:
            await reader.close()
        return index

    async def _read(self, reader: Readers) -> None:
        """Read what is kept in memory."""
        ask = reader.fetch_all
        meta: dict[str, str] = dict(await ask("select key, value from meta"))
        self.build_id = meta["build_id"]
        self.unicode_version = meta["unicode_version"]
        self.characters = int(meta["characters"])
        fields = await ask("select word, fields from word_fields")
        operators = await ask("select key from operator_names")
        locales = await ask("select id, number, own_name from locales where number > 0 order by id")
        facets = await ask("select facet, number, id, name from facet_values")
        self._facet_names = {(facet, number): (key, name) for facet, number, key, name in facets}
        self._lexicon = Lexicon(
            Vocabulary(dict(fields)),
            frozenset(key for (key,) in operators),
            {key: number for key, number, _ in locales},
        )
        self.languages = [{"id": key, "name": name} for key, _, name in locales]

    async def close(self) -> None:
        """Close the connection."""
        await self.readers.close()

    @property
    def locales(self) -> Iterable[str]:
        """The locales, other than English, in which characters have names and keywords."""
        return self._lexicon.locales

    async def search(
        self,
        query: Query,
        *,
        limit: int = MAX_LIMIT,
        after: str | None = None,
        sort: str | None = None,
        lang: str | None = None,
    ) -> Page:
        """The first rows of the result, or those after a cursor; `limit` is 1 to 200 rows.

        `lang` is the language that counts beside English, as a tag. Raises CursorMismatch for a
        cursor of another query, order or index, QueryTimeout when the query takes too long.
        """
        scope = self._scope(query, sort, lang)
        place = cursor.decode(after, scope) if after is not None else Place()
        answer = self._answers.get(scope)
        if answer is None and place == Place():
            answer, found = await self._first(query, sort, lang, limit)
            self._answers.put(scope, answer, answer.weight)
        else:
            answer = answer or await self._answer(query, sort, lang)
            found = await self._run(answer.source.page(place.after, limit, count=False))
        count, last, items, _ = found
        shown = place.shown + count
        following = Place(last, shown) if count and shown < answer.total else None
        return Page(
            query=msgspec.structs.replace(answer.query, text=query.text),
            items=items or "",
            total=answer.total,
            start=place.shown + 1,
            next=cursor.encode(following, scope) if following else None,
            notices=self._notices(query, answer),
            corrected=answer.corrected,
            unicode_version=self.unicode_version,
            index=self.build_id,
        )

    async def facets(self, query: Query, *, lang: str | None = None) -> tuple[int, Facets]:
        """The total of a query, and its hits counted by category, block, script and age."""
        scope = self._scope(query, None, lang)
        answer = await self._answer(query, None, lang)
        facets = self._facets.get(scope)
        if facets is None:
            statement = answer.source.facets()
            hits = await self.readers.fetch_all(statement.sql, statement.values)
            facets = counted(query.text, hits, self._facet_names)
            self._facets.put(scope, facets)
        return answer.total, facets

    def _scope(self, query: Query, sort: str | None, lang: str | None) -> str:
        return f"{self.build_id}\0{sort}\0{lang}\0{query.fingerprint}"

    async def _answer(self, query: Query, sort: str | None, lang: str | None) -> Answer:
        scope = self._scope(query, sort, lang)
        answer = self._answers.get(scope)
        if answer is None:
            answer, _ = await self._first(query, sort, lang, 1)
            self._answers.put(scope, answer, answer.weight)
        return answer

    async def _first(
        self, query: Query, sort: str | None, lang: str | None, limit: int
    ) -> tuple[Answer, Sequence[Any]]:
        """What the query comes to, and the first rows of that: the first attempt with a hit."""
        first: tuple[Answer, Sequence[Any]] | None = None
        meant = self._lexicon.meant(query)
        known = chain(meant.lang or lang or "", self._lexicon.locales)
        languages = [self._lexicon.locales[each] for each in known]
        async for attempt in self._attempts(meant, languages):
            source = await self._source(attempt, attempt.query.sort or sort)
            found = await self._run(source.page(-1, limit, count=source.total is None))
            total = found[3] if source.total is None else source.total
            answer = Answer(attempt.query, source, total, attempt.corrected)
            if total:
                return answer, found
            first = first or (answer, found)
        if first is None:
            raise RuntimeError("there is always a first attempt")
        return first

    async def _attempts(self, query: Query, languages: Sequence[int]) -> AsyncIterator[Attempt]:
        """What to ask, one after the other until something is found."""
        yield self._lexicon.first(query, languages)
        if unknown := self._lexicon.unknown(query):
            async for attempt in self._second_thoughts(query, unknown, languages):
                yield attempt
        if query.otherwise:
            async for attempt in self._attempts(query.otherwise, languages):
                yield attempt

    async def _second_thoughts(
        self, query: Query, unknown: Sequence[str], languages: Sequence[int]
    ) -> AsyncIterator[Attempt]:
        """What a query may mean some of whose words are nowhere in English."""
        lexicon = self._lexicon
        instead = await corrections(self.readers, unknown)
        corrected = [lexicon.respelled(query, instead, languages)] if instead else []
        are_slips = all(is_slip(*pair) for pair in instead.items())
        is_ascii = all(map(str.isascii, unknown))
        for attempt in (
            *(corrected if are_slips else ()),
            *lexicon.elsewhere(query, begun=not is_ascii),
            *lexicon.within(query, unknown),
            *(corrected if not are_slips else ()),
            *(lexicon.elsewhere(query, begun=True) if is_ascii else ()),
        ):
            yield attempt

    async def _source(self, attempt: Attempt, sort: str | None) -> Source:
        """Where the hits of an attempt come from, in the order that was asked for."""
        query, ranked = attempt.query, attempt.ranked
        if query.asks_for_everything:
            return await self._everything(sort)
        if query.classic:
            match = classic_match(query)
            return ByCodePoint(match, CLASSIC_WHY) if match else Rows((), CLASSIC_WHY)
        if query.pattern or any(group.phrases for group in query.groups):
            return await self._patterns(query, ranked, sort)
        if asks_for_properties(query):
            sort = sort or "cp"
            if sort == "cp":
                return ByCodePoint(ranked.plan.widest, WHY[Tier.FILTERS])
        if sort in {None, "relevance"}:
            return ranked
        return Rows(await self._rows(ranked.in_order(str(sort))), SORTED_WHY)

    async def _everything(self, sort: str | None) -> Source:
        everything = Everything(self.characters)
        if sort in {None, "relevance", "cp"}:
            return everything
        return Rows(await self._rows(everything.in_order(str(sort))), EVERY_WHY)

    async def _patterns(self, query: Query, ranked: Ranked, sort: str | None) -> Rows:
        """The rows with names that match the pattern or have the phrases, and all else asked."""
        found: set[int] = set()
        for group in query.groups or (Group(),):
            wanted = [(names.PHRASE_PARTS, names.phrase_pattern(each)) for each in group.phrases]
            wanted += [(names.NAME_PARTS, query.pattern)] if query.pattern else []
            sets = [set(await self._matching(kind, pattern)) for kind, pattern in wanted]
            if group.words or ranked.required or ranked.forbidden:
                beside = msgspec.structs.replace(
                    query, keys=(), name="", groups=(Group(group.words),) if group.words else ()
                )
                statement = self._lexicon.first(beside, ()).ranked.in_order("cp")
                sets.append(set(await self._rows(statement)))
            found |= set.intersection(*sets)
        is_regex = query.interpretation[0].kind == "regex"
        order = sort or ("cp" if is_regex else "relevance")
        if order == "relevance":
            rows = array("I", sorted(found))
        else:
            rows = await self._rows(statements.ordered(found, order))
        return Rows(rows, "the pattern" if query.pattern else "the phrase")

    async def _matching(self, kind: int, pattern: str) -> list[int]:
        parts = await self.readers.fetch_all(
            "select rows, lines from name_parts where kind = ? order by part", (kind,)
        )
        # Reading every name takes a while; RE2 lets the loop go on meanwhile.
        return await asyncio.to_thread(
            names.matching, [names.Part(*part) for part in parts], pattern
        )

    async def _rows(self, statement: Statement) -> "array[int]":
        """The row numbers that a statement gives as one text."""
        row = await self.readers.fetch_one(statement.sql, statement.values)
        joined = row[0] if row and row[0] is not None else ""
        numbers = str(joined).split(",") if joined != "" else []
        return await asyncio.to_thread(lambda: array("I", map(int, numbers)))

    async def _run(self, statement: Statement) -> Sequence[Any]:
        row = await self.readers.fetch_one(statement.sql, statement.values)
        if row is None:
            raise RuntimeError("an aggregate query gave no row")
        return row

    def _notices(self, query: Query, answer: Answer) -> tuple[str, ...]:
        reading = answer.query.interpretation[0]
        if answer.total or answer.query.notices or not reading.id:
            return answer.query.notices
        what = "a sequence with a name" if "-" in reading.id else "an assigned character"
        return (f"{reading.id} is not {what} in Unicode {self.unicode_version}.",)
