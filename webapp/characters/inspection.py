"""A text as a whole: its bytes, its normal forms, and what to be wary of; pure."""

import unicodedata
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from webapp.characters.byte_forms import ByteForm, byte_forms
from webapp.characters.clusters import clusters
from webapp.characters.identifier import format_id
from webapp.characters.identify import LONGEST_SEQUENCE, Row
from webapp.characters.suspicions import Text, Warned
from webapp.characters.traits import Traits

MOST_ALIKE: Final = 100
_FORMS: Final[tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...]] = ("NFC", "NFD", "NFKC", "NFKD")


class Alike(msgspec.Struct, frozen=True):
    """A character and the text that it is easily taken for, with the names of both."""

    id: str
    name: str
    like: str
    like_name: str


class Encoding(ByteForm, frozen=True):
    """A text in an encoding; `lacks` has the id and name of the character that is not there."""

    missing: str | None = None


class Counts(msgspec.Struct, frozen=True, rename={"utf8": "utf-8", "utf16": "utf-16"}):
    """How long a text is: clusters, code points, bytes of UTF-8, units of UTF-16, lines."""

    clusters: int
    code_points: int
    utf8: int
    utf16: int
    lines: int


class Inspection(msgspec.Struct, frozen=True):
    """What there is to say of a text.

    `normal_forms` has by form whether the text is in it, None when it has too many marks in a row
    to tell. `nfc` and `visible` are the text composed, and without what nobody sees.
    """

    counts: Counts
    encodings: list[Encoding]
    normal_forms: dict[str, bool | None]
    looks_like: list[Alike]
    warnings: list[Warned]
    nfc: str
    visible: str

    def answer(self) -> dict[str, object]:
        """What the API says beside the clusters."""
        told = ("counts", "encodings", "normal_forms", "looks_like", "warnings")
        return {name: getattr(self, name) for name in told}


def inspected(
    text: str, rows: Mapping[str, Row], traits: Traits, prototypes: Mapping[str, str]
) -> Inspection:
    """The inspection of a text; `rows` has one for each of its code points and of prototypes."""
    distinct = dict.fromkeys(text)
    known = Text(text, {char: rows[char] for char in distinct}, traits, prototypes)
    forms = {} if known.has_long_run_of_marks(LONGEST_SEQUENCE) else _normal_forms(text)
    return Inspection(
        counts=_counts(text),
        encodings=[_encoding(form, text, rows) for form in byte_forms(text)],
        normal_forms={form.lower(): forms[form] == text if forms else None for form in _FORMS},
        looks_like=[
            _alike(char, prototypes[char], rows) for char in distinct if char in prototypes
        ][:MOST_ALIKE],
        warnings=known.warnings(),
        nfc=forms.get("NFC", text),
        visible=known.without_invisible(),
    )


def _counts(text: str) -> Counts:
    utf16 = len(text.encode("utf-16-le", "surrogatepass")) // 2
    lines = len(text.splitlines())
    utf8 = len(text.encode("utf-8", "surrogatepass"))
    return Counts(sum(1 for _ in clusters(text)), len(text), utf8, utf16, lines)


def _normal_forms(text: str) -> dict[str, str]:
    return {form: unicodedata.normalize(form, text) for form in _FORMS}


def _encoding(form: ByteForm, text: str, rows: Mapping[str, Row]) -> Encoding:
    if form.lacks is None:
        return Encoding(form.id, form.name, form.bytes, form.hex)
    row = rows[text[form.lacks]]
    return Encoding(form.id, form.name, lacks=form.lacks, missing=f"{row.id} {row.name}")


def _alike(char: str, prototype: str, rows: Mapping[str, Row]) -> Alike:
    names = " + ".join(
        rows[each].name if each in rows else format_id([ord(each)]) for each in prototype
    )
    return Alike(rows[char].id, rows[char].name, prototype, names)
