"""What a search still asks the database: identifiers, and the words of other languages."""

import json
from collections.abc import Collection, Iterable

from pyroaring import BitMap

from webapp.characters.expressions import Begun, Token, leaves
from webapp.characters.plans import Plan
from webapp.characters.postings import Postings, union
from webapp.characters.tokens import is_local
from webapp.database import Readers

Leaf = Token | Begun

_OF_IDENTIFIERS = """
select wanted.key, keys.row from json_each(?) wanted join keys on keys.key = wanted.value"""
_NAMED = """
select locale_names.row from json_each(?) wanted
join locale_names on locale_names.hash = wanted.value"""
# Nothing in a token sorts behind the last of all characters.
_OF_TOKENS = """
select 0, wanted.key, rows from json_each(?1) wanted
  cross join locale_tokens on token = wanted.value
union all select 1, wanted.key, rows from json_each(?2) wanted
  cross join locale_tokens
  on token >= wanted.value and token < wanted.value || char(0x10FFFF)"""


def foreign(plan: Plan) -> set[Leaf]:
    """What a plan asks of the words of other languages."""
    asked = {leaf for expression in plan.expressions() for leaf in leaves(expression)}
    return {leaf for leaf in asked if is_local(leaf.token)}


class Stored:
    """Asks the database, a hop each time."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    async def identified(self, identifiers: Collection[str]) -> list[tuple[int, int]]:
        """(place in the list, row) of identifiers."""
        found = await self._readers.fetch_all(_OF_IDENTIFIERS, (json.dumps(identifiers),))
        return [(place, row) for place, row in found]

    async def named(self, hashes: Collection[int]) -> list[int]:
        """The rows with one of these hashes of a name in another language."""
        return [row for (row,) in await self._readers.fetch_all(_NAMED, (json.dumps(hashes),))]

    async def rows(self, asked: Iterable[Leaf]) -> dict[Leaf, BitMap]:
        """The rows of tokens of other languages."""
        kinds: tuple[list[Leaf], list[Leaf]] = ([], [])
        for leaf in asked:
            kinds[isinstance(leaf, Begun)].append(leaf)
        texts = [json.dumps([leaf.token for leaf in kind]) for kind in kinds]
        kept: dict[Leaf, list[bytes]] = {leaf: [] for kind in kinds for leaf in kind}
        for kind, at, rows in await self._readers.fetch_all(_OF_TOKENS, texts):
            kept[kinds[kind][at]].append(rows)
        return {leaf: union(each) for leaf, each in kept.items()}


class _Unpacked(dict[int, BitMap]):
    """The rows of tokens by their places, unpacked when they are first asked for."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings

    def __missing__(self, place: int) -> BitMap:
        found = self[place] = self._postings.at(place)
        return found


class Lookup:
    """The rows of the tokens of one search, each looked up once; `stored` were asked for before."""

    def __init__(self, postings: Postings, rows: int, stored: dict[Leaf, BitMap]) -> None:
        self._postings = postings
        self._count = rows
        self._known = stored
        self.placed = _Unpacked(postings)

    def rows(self, leaf: Leaf) -> BitMap:
        """The rows that have the token, or one which begins so."""
        if (found := self._known.get(leaf)) is None:
            ask = self._postings.rows if isinstance(leaf, Token) else self._postings.begun
            found = self._known[leaf] = ask(leaf.token)
        return found

    def every(self) -> BitMap:
        """All rows."""
        return BitMap(range(1, self._count + 1))
