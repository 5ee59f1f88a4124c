"""Asking the index: pages of hits with exact totals, and what the hits have in common."""

import itertools
from array import array
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Sequence
from contextlib import aclosing
from pathlib import Path

import msgspec

from webapp.characters import cursor
from webapp.characters.attempts import Attempt, Lexicon
from webapp.characters.corrections import corrections
from webapp.characters.facets import FacetCounter, Facets, FacetValue
from webapp.characters.finder import Finder
from webapp.characters.glossary import Glossary
from webapp.characters.hits import Hits, as_bitmap
from webapp.characters.identifier import not_assigned
from webapp.characters.lru import LRU
from webapp.characters.meaning import Query
from webapp.characters.model import MAX_LIMIT, Correction, Page, Whole
from webapp.characters.resident import Resident
from webapp.characters.spelling import is_slip
from webapp.database import Readers
from webapp.language_tags import chain
from webapp.phrases import Phrase

ANSWERS_KEPT_BYTES = 4 << 20
BARE_ANSWER_BYTES = 2_000
COUNTS_KEPT_BYTES = 1 << 20
OPENED_WITHIN_S = 30.0


class Answer(msgspec.Struct, frozen=True):
    """What a search came to: its hits, and the query that has them, None for that of the text."""

    query: Query | None
    hits: Hits
    total: int
    corrected: Correction | None = None

    @property
    def weight(self) -> int:
        """About how many bytes it takes to keep; a string takes up to four a character."""
        other = self.query
        asked = 4 * len(other.text) + 100 * len(other.keys) if other else 0
        # Bitmaps keep two bytes a row, or less.
        return BARE_ANSWER_BYTES + asked + 200 * len(self.hits.segments) + 2 * self.total


class CharacterIndex:
    """The search index of one build; read-only, so everything it gives can be kept."""

    def __init__(
        self,
        readers: Readers,
        resident: Resident,
        lexicon: Lexicon,
        meta: dict[str, str],
        languages: list[dict[str, str]],
        facet_values: list[FacetValue],
    ) -> None:
        self.readers = readers
        self.resident = resident
        self.build_id = meta["build_id"]
        self.unicode_version = meta["unicode_version"]
        self.characters = int(meta["characters"])
        self.languages = languages
        self._lexicon = lexicon
        self._finder = Finder(readers, resident, lexicon)
        self._facets = FacetCounter(facet_values, resident.search)
        self._answers: LRU[str, Answer] = LRU(ANSWERS_KEPT_BYTES)
        # What is counted is kept, not what is said of it: that has the text as it was typed.
        self._counts: LRU[str, array[int]] = LRU(COUNTS_KEPT_BYTES)

    @classmethod
    async def open(cls, path: Path, *, deadline_s: float = 1.0) -> "CharacterIndex":
        """The index at `path`, which `ensure_index` made."""
        readers = await Readers.open(path, immutable=True, deadline_s=deadline_s)
        try:
            return await cls._read(path, readers)
        except BaseException:
            await readers.close()
            raise

    @classmethod
    async def _read(cls, path: Path, readers: Readers) -> "CharacterIndex":
        reader = await Readers.open(path, immutable=True, deadline_s=OPENED_WITHIN_S)
        try:
            ask = reader.fetch_all
            resident = await Resident.read(reader)
            meta: dict[str, str] = dict(await ask("select key, value from meta"))
            operators = await ask("select key from operator_names")
            best = await ask("select hash, row from best order by hash, place")
            locales = await ask(
                "select id, number, own_name from locales where number > 0 order by id"
            )
            values = await ask("select facet, id, name from facet_values order by facet, number")
        finally:
            await reader.close()
        lexicon = Lexicon(
            Glossary(resident.vocabulary),
            frozenset(key for (key,) in operators),
            {key: number for key, number, _ in locales},
            {
                key: [row for _, row in rows]
                for key, rows in itertools.groupby(best, lambda b: b[0])
            },
        )
        languages = [{"id": key, "name": name} for key, _, name in locales]
        return cls(readers, resident, lexicon, meta, languages, [FacetValue(*v) for v in values])

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
        skip: int = 0,
        sort: str | None = None,
        lang: str | None = None,
    ) -> Page:
        """The first rows of the result, those after a cursor, or those behind the first `skip`.

        `lang` is the language that counts beside English, as a tag. Raises CursorMismatch for a
        cursor of another query, order or index, QueryTimeout when the query takes too long.
        """
        scope = self._scope(query, sort, lang)
        shown = cursor.decode(after, scope) if after is not None else skip
        answer = await self._answer(scope, query, sort, lang)
        # Texts that mean the same share an answer, but each is told how it was read itself.
        read = answer.query or self._lexicon.meant(query)
        items = self.resident.items
        parts = [items.joined(rows, why) for why, rows in answer.hits.page(shown, limit)]
        end = min(shown + limit, answer.total)
        return Page(
            query=read if read.text == query.text else _as_typed(read, query.text),
            items=b",".join(parts),
            total=answer.total,
            start=shown + 1,
            next=cursor.encode(end, scope) if end < answer.total else None,
            notices=self._notices(read, answer.total),
            corrected=answer.corrected,
            unicode_version=self.unicode_version,
            index=self.build_id,
        )

    async def whole(
        self, query: Query, *, sort: str | None = None, lang: str | None = None
    ) -> Whole:
        """All rows of the result, in the order in which `search` gives its pages.

        Raises QueryTimeout when the query takes too long; reading on from there asks nobody.
        """
        answer = await self._answer(self._scope(query, sort, lang), query, sort, lang)
        return Whole(answer.total, self._pages(answer.hits))

    def _pages(self, hits: Hits) -> Iterator[bytes]:
        items = self.resident.items
        for shown in range(0, hits.total, MAX_LIMIT):
            parts = [items.joined(rows, why) for why, rows in hits.page(shown, MAX_LIMIT)]
            yield b",".join(parts)

    async def facets(self, query: Query, *, lang: str | None = None) -> tuple[int, Facets]:
        """The total of a query, and its hits counted by category, block, script and age."""
        scope = self._scope(query, None, lang)
        answer = await self._answer(scope, query, None, lang)
        counts = self._counts.get(scope)
        if counts is None:
            counts = self._facets.count(as_bitmap(answer.hits.segments))
            self._counts.put(scope, counts, counts.itemsize * len(counts))
        return answer.total, self._facets.told(query.text, counts)

    def _scope(self, query: Query, sort: str | None, lang: str | None) -> str:
        return f"{self.build_id}\0{sort}\0{lang}\0{query.fingerprint}"

    async def _answer(self, scope: str, query: Query, sort: str | None, lang: str | None) -> Answer:
        answer = self._answers.get(scope)
        if answer is None:
            answer = await self._first(query, sort, lang)
            self._answers.put(scope, answer, answer.weight)
        return answer

    async def _first(self, query: Query, sort: str | None, lang: str | None) -> Answer:
        """What the query comes to: the first attempt with a hit or, without any, the first."""
        meant = self._lexicon.meant(query)
        tag = meant.lang or lang
        known = chain(tag, self._lexicon.locales) if tag else ()
        languages = [self._lexicon.locales[each] for each in known]
        hits = await self._found(self._lexicon.first(meant, languages), sort, languages)
        first = Answer(None, hits, hits.total)
        if first.total:
            return first
        async with aclosing(self._further(meant, languages)) as attempts:
            async for attempt in attempts:
                if (hits := await self._found(attempt, sort, languages)).total:
                    return Answer(attempt.query, hits, hits.total, attempt.corrected)
        return first

    async def _found(self, attempt: Attempt, sort: str | None, languages: Sequence[int]) -> Hits:
        return await self._finder.hits(attempt, attempt.query.sort or sort, languages)

    async def _further(
        self, query: Query, languages: Sequence[int]
    ) -> AsyncGenerator[Attempt, None]:
        """What to ask, one after the other, when the query finds nothing at its word."""
        if unknown := self._lexicon.unknown(query):
            async for attempt in self._second_thoughts(query, unknown, languages):
                yield attempt
        if query.otherwise:
            yield self._lexicon.first(query.otherwise, languages)
            async for attempt in self._further(query.otherwise, languages):
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
        # One after the other: those in all languages take longer to be made than to be asked.
        for attempt in itertools.chain(
            corrected if are_slips else (),
            lexicon.elsewhere(query, begun=not is_ascii),
            lexicon.within(query, unknown),
            corrected if not are_slips else (),
            lexicon.elsewhere(query, begun=True) if is_ascii else (),
        ):
            yield attempt

    def _notices(self, read: Query, total: int) -> tuple[Phrase, ...]:
        reading = read.interpretation[0]
        if total or read.notices or not reading.id:
            return read.notices
        return (not_assigned(reading.id, self.unicode_version),)


def _as_typed(read: Query, text: str) -> Query:
    return msgspec.structs.replace(read, text=text)
