"""Countries and the sets of codes a job can be asked for; pure."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import ascii_uppercase
from types import MappingProxyType
from typing import Final

import msgspec

from webapp.phrases import Phrase
from webapp.problems import InvalidRequest

CODE: Final = re.compile(r"[A-Z]{2}")
LETTERS: Final = re.compile(r"[A-Za-z]{1,2}")


def _read_countries() -> Mapping[str, str]:
    table = Path(__file__).with_name("data") / "countries.tsv"
    rows = (line.split("\t") for line in table.read_text(encoding="utf-8").splitlines())
    return MappingProxyType({row[0]: row[1] for row in rows})


COUNTRIES: Final = _read_countries()
"""ISO 3166-1 alpha-2 code -> English name (CLDR): 249 of them, in order of code."""

_BY_POPULATION = "CN IN US ID BR PK NG BD RU JP MX PH VN ET EG DE IR TR CD FR"
POP20: Final = tuple(_BY_POPULATION.split())
"""The twenty most populous countries, in the order in which Fluent Python lists them."""

EVERY: Final = tuple(first + second for first in ascii_uppercase for second in ascii_uppercase)
"""AA … ZZ, whether or not anybody uses the code: 676 of them."""

_PRESETS: Final = {"pop20": POP20, "all": tuple(COUNTRIES), "every": EVERY}


class Preset(msgspec.Struct, frozen=True):
    """A set of codes under a name."""

    name: str
    label: Phrase
    count: int


class Select(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which countries: exactly one of a preset's name or codes (`BR`, or `B` for BA … BZ)."""

    preset: str | None = None
    codes: tuple[str, ...] | None = None


def presets() -> tuple[Preset, ...]:
    """Every preset, the smallest first."""
    return (
        Preset("pop20", Phrase("The 20 most populous countries"), len(POP20)),
        Preset("all", Phrase("All countries (ISO 3166-1)"), len(COUNTRIES)),
        Preset("every", Phrase("Every pair of letters, AA to ZZ"), len(EVERY)),
    )


def country_name(code: str) -> str:
    """The English name; the code itself when ISO 3166-1 gives it to nobody."""
    return COUNTRIES.get(code, code)


def expand(select: Select, limit: int | None = None, *, field: str = "select") -> list[str]:
    """The codes asked for: upper case, each once, in alphabetical order, at most `limit` of them.

    Raises InvalidRequest naming what is wrong below `field`, such as `select.codes[1]`.
    """
    if (select.preset is None) == (select.codes is None):
        raise InvalidRequest.field(field, "one_of", Phrase("Give either preset or codes."))
    if limit is not None and limit < 1:
        raise InvalidRequest.field("limit", "too_small", Phrase("The limit is at least 1."))
    if select.preset is not None:
        codes: Iterable[str] = _preset_codes(select.preset, f"{field}.preset")
    else:
        codes = _listed_codes(select.codes or (), f"{field}.codes")
    return sorted(set(codes))[:limit]


def parse_code(text: str, field: str) -> str:
    """One country code in upper case; InvalidRequest unless it is two ASCII letters."""
    if len(text) == 2 and LETTERS.fullmatch(text):
        return text.upper()
    raise InvalidRequest.field(field, "malformed_code", Phrase("A country code is AA to ZZ."))


def _preset_codes(name: str, field: str) -> tuple[str, ...]:
    if name not in _PRESETS:
        known = ", ".join(_PRESETS)
        raise InvalidRequest.field(
            field, "unknown_preset", Phrase("The presets are {known}.", known=known)
        )
    return _PRESETS[name]


def _listed_codes(texts: tuple[str, ...], field: str) -> list[str]:
    if not texts:
        raise InvalidRequest.field(field, "empty", Phrase("Name at least one country."))
    return [
        code for place, text in enumerate(texts) for code in _codes_of(text, f"{field}[{place}]")
    ]


def _codes_of(text: str, field: str) -> list[str]:
    # The pattern is ASCII only: str.upper() makes two letters of 'ß' and one of 'ı'.
    if not LETTERS.fullmatch(text):
        raise InvalidRequest.field(
            field, "malformed_code", Phrase("A country code is A to Z or AA to ZZ.")
        )
    if len(text) == 2:
        return [text.upper()]
    return [text.upper() + second for second in ascii_uppercase]
