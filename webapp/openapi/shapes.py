"""The shapes of answers that are put together as dictionaries or as ready JSON.

They describe and build nothing: the tests hold every answer to them.
"""

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from webapp.characters.facets import Value
from webapp.characters.inspection import Alike, Counts, Encoding
from webapp.characters.lists import Block, Entry
from webapp.characters.meaning import Reading
from webapp.characters.model import Correction
from webapp.characters.properties import BinaryProperty, Property
from webapp.characters.suspicions import Warned
from webapp.jobs.events import Event
from webapp.jobs.many import Outcome
from webapp.jobs.model import Item, Job

Kind = Literal["character", "sequence"]


class Character(msgspec.Struct):
    """A character or sequence; `category`, `block` and `script` are null for sequences."""

    id: str
    char: str
    name: str
    kind: Kind
    category: str | None
    block: str | None
    script: str | None
    age: str | None


class Hit(msgspec.Struct):
    """A row of a search, with the keys that `fields` picks; `why` names the tier it is in."""

    id: str | UnsetType = UNSET
    char: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    category: str | UnsetType | None = UNSET
    block: str | UnsetType | None = UNSET
    script: str | UnsetType | None = UNSET
    age: str | UnsetType | None = UNSET
    why: str | UnsetType = UNSET


class SearchPage(msgspec.Struct):
    """A page of a search; `interpretation` says how the text was read, and how else it can be."""

    query: str
    interpretation: list[Reading]
    corrected: Correction | None
    notices: list[str]
    total: int
    items: list[Hit]
    next: str | None
    next_url: str | None
    unicode_version: str
    index: str


class FacetValues(msgspec.Struct):
    """The values of each facet, the most frequent first."""

    category: list[Value]
    block: list[Value]
    script: list[Value]
    age: list[Value]


class Facets(msgspec.Struct):
    """How many hits there are, and how many of them have each value of a facet."""

    total: int
    facets: FacetValues


class LocalName(msgspec.Struct):
    """CLDR's name in another language."""

    lang: str
    name: str


class Remark(msgspec.Struct):
    """A text of one kind: a formal alias, or a note of the Names List."""

    kind: str
    text: str


class IdeographReading(msgspec.Struct):
    """A meaning or a reading of an ideograph by Unihan."""

    field: str
    label: str
    text: str


class CharsetBytes(msgspec.Struct):
    """The bytes of a character in a legacy charset."""

    id: str
    name: str
    bytes: str


class Decomposition(msgspec.Struct):
    """What a character decomposes into, and in which sense."""

    type: str
    text: str
    code_points: list[Character]


class TextForm(msgspec.Struct):
    """Another form of a character: a character itself, or several."""

    id: str
    char: str
    name: str | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    category: str | UnsetType | None = UNSET
    block: str | UnsetType | None = UNSET
    script: str | UnsetType | None = UNSET
    age: str | UnsetType | None = UNSET
    code_points: list[Character] | UnsetType = UNSET


class Family(msgspec.Struct):
    """The sequences with a character: how many, and the first."""

    total: int
    items: list[Character]


class CharacterDetails(Character):
    """All that is known of one character or sequence."""

    short_name: str | None
    local_name: LocalName | None
    code_points: list[Character]
    aliases: list[Remark]
    properties: dict[str, Any]
    in_words: list[Property]
    binary_properties: list[BinaryProperty]
    readings: list[IdeographReading]
    decomposition: Decomposition | None
    case: dict[str, TextForm]
    normal_forms: dict[str, TextForm]
    encodings: dict[str, str]
    charsets: list[CharsetBytes]
    escapes: dict[str, str]
    notes: list[Remark]
    cross_references: list[Character]
    confusables: list[Character]
    sequences: Family
    previous: Character | None
    next: Character | None


class Found(msgspec.Struct):
    """What a lookup found, and the ids that are nothing."""

    items: list[Character]
    unknown: list[str]


class Cluster(msgspec.Struct, rename={"utf8": "utf-8"}):
    """What people take for one character; `nfc` is the id of its composed form if that differs."""

    id: str
    char: str
    name: str
    utf8: str
    code_points: list[Character]
    nfc: str | UnsetType = UNSET


class Totals(msgspec.Struct, rename={"utf8": "utf-8", "utf16": "utf-16"}):
    """How long a text is."""

    clusters: int
    code_points: int
    utf8: int
    utf16: int


class Identified(msgspec.Struct):
    """What a text consists of, and what to be wary of."""

    clusters: list[Cluster]
    total: Totals
    notices: list[str]
    counts: Counts
    encodings: list[Encoding]
    normal_forms: dict[str, bool | None]
    looks_like: list[Alike]
    warnings: list[Warned]


class Blocks(msgspec.Struct):
    """Blocks by code point."""

    items: list[Block]


class Entries(msgspec.Struct):
    """Entries with their counts."""

    items: list[Entry]


class Jobs(msgspec.Struct):
    """A page of jobs."""

    items: list[Job]
    next: str | None


class JobItem(Item, frozen=True, kw_only=True):
    """One item of a job: `attempts` of all kinds, `retries` and `rescues` among them."""

    image_url: str | None


class JobItems(msgspec.Struct):
    """A page of the items of a job, by code."""

    items: list[JobItem]
    next: str | None


class Outcomes(msgspec.Struct):
    """What came of each job, in the order of the ids."""

    items: list[Outcome]


class Log(msgspec.Struct):
    """A part of a job's log; `seq` is what to give as `after` the next time."""

    events: list[Event]
    seq: int


class Snapshot(msgspec.Struct):
    """A job and its items at one moment."""

    job: Job
    items: list[JobItem]
