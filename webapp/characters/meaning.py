"""What a query can mean: the readings of a text, and what a reading asks of the index."""

import hashlib
from typing import Literal

import msgspec

from webapp.phrases import Phrase

ReadingKind = Literal[
    "words",
    "codepoint",
    "codepoints",
    "range",
    "bytes",
    "escape",
    "entity",
    "literal",
    "clusters",
    "regex",
    "phrase",
    "filter",
    "classic",
]
Sort = Literal["relevance", "cp", "name", "age"]


class Reading(msgspec.Struct, frozen=True, omit_defaults=True):
    """One way to read the text; `q` is what to type to get just this reading."""

    kind: ReadingKind
    text: str | None = None
    id: str | None = None
    q: str | None = None


class Filter(msgspec.Struct, frozen=True):
    """A condition on rows: one of the tokens is there or, when negated, none of them.

    No tokens at all means that no row can meet it.
    """

    tokens: tuple[str, ...]
    negated: bool = False


class Group(msgspec.Struct, frozen=True):
    """Words, folded but as they were typed, and phrases that must all be in a row."""

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A text as it was read.

    `keys` are identifiers whose rows come first, in this order, because of `why`. `name` is the
    text that may be a full name, alias or keyword as a whole, "" when it cannot be one. A row
    matches when it matches any of `groups` and none of the `excluded` words, and meets all
    `filters`; the last word of a group is still being typed. `pattern` is a regular expression
    that an official name or formal alias must match. A query without any of these is for all
    characters.

    `plain` is the same text read without operators: it is meant when the text is exactly a full
    name or formal alias. `otherwise` is meant when this reading finds nothing.
    """

    text: str = ""
    interpretation: tuple[Reading, ...]
    notices: tuple[Phrase, ...] = ()
    keys: tuple[str, ...] = ()
    why: str = ""
    name: str = ""
    groups: tuple[Group, ...] = ()
    excluded: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    pattern: str = ""
    sort: Sort | None = None
    lang: str | None = None
    classic: Literal[0, 1, 2] = 0
    plain: "Query | None" = None
    otherwise: "Query | None" = None

    @property
    def asks_for_everything(self) -> bool:
        """True for the empty query, which all characters answer."""
        asked = (self.keys, self.name, self.groups, self.excluded, self.filters, self.pattern)
        return not any(asked) and not self.classic

    @property
    def fingerprint(self) -> str:
        """Equal for queries that have the same hits in the same order; 32 characters."""
        # Of fixed size, because ranges make long queries and caches keep thousands of these.
        meaning = (
            self.keys,
            self.why,
            self.name,
            self.groups,
            self.excluded,
            self.filters,
            self.pattern,
            self.sort,
            self.lang,
            self.classic,
            self.plain.fingerprint if self.plain else "",
            self.otherwise.fingerprint if self.otherwise else "",
        )
        return hashlib.blake2b(msgspec.json.encode(meaning), digest_size=16).hexdigest()
