"""The flags' part of the API."""

from typing import Final

import msgspec

from webapp.flags.catalog import Preset
from webapp.flags.hosts import HostReport
from webapp.flags.library import Flag
from webapp.flags.mirror import Teapot
from webapp.openapi.operations import (
    KNOWN,
    UNCHANGED,
    Answer,
    Operation,
    Operations,
    Parameter,
    given,
    path_parameter,
)
from webapp.problems import NotFound

GROUP: Final = "Flags"


class Source(msgspec.Struct):
    """A source that an order may name."""

    name: str
    label: str
    address: str


class Sources(msgspec.Struct):
    """The sources, and how the hosts are treated that were asked."""

    items: list[Source]
    hosts: list[HostReport]


class Country(msgspec.Struct):
    """A country of ISO 3166-1."""

    code: str
    name: str


class Countries(msgspec.Struct):
    """The countries, and sets of them."""

    items: list[Country]
    presets: list[Preset]


class Flags(msgspec.Struct):
    """The newest image of each country that has one."""

    items: list[Flag]


OPERATIONS: Final[Operations] = {
    ("GET", "/api/v1/sources"): Operation(
        id="listSources",
        group=GROUP,
        summary="The sources that an order may name",
        text="`hosts` are those that were asked since the start, and how they are treated.",
        answers=(given(Sources, "The sources."),),
    ),
    ("GET", "/api/v1/countries"): Operation(
        id="listCountries",
        group=GROUP,
        summary="The countries of ISO 3166-1, and the presets",
        answers=(given(Countries, "The countries."),),
    ),
    ("GET", "/api/v1/flags"): Operation(
        id="listFlags",
        group=GROUP,
        summary="The newest image of each country that has one",
        answers=(given(Flags, "The images."),),
    ),
    ("GET", "/api/v1/flags.zip"): Operation(
        id="downloadFlags",
        group=GROUP,
        summary="The same as a zip archive",
        answers=(Answer(200, "The archive.", None, ("application/zip",)),),
    ),
    ("GET", "/api/v1/flags/{code}"): Operation(
        id="getFlag",
        group=GROUP,
        summary="The image of a country",
        text="The newest, or with `sha256` exactly that one, which may be kept for ever.",
        parameters=(
            Parameter(
                "code",
                "ISO 3166-1 alpha-2, in any case.",
                {"type": "string", "pattern": "^[A-Za-z]{2}$"},
                "BR",
                "path",
            ),
            Parameter("sha256", "The image with this content."),
            KNOWN,
        ),
        answers=(Answer(200, "The image.", None, ("image/gif", "image/png"), ("ETag",)), UNCHANGED),
        problems=(NotFound,),
    ),
    ("GET", "/mirror/{source}/{cc}/{file}"): Operation(
        id="getMirrored",
        group=GROUP,
        summary="The sources that the program itself is",
        text="`builtin`; `delay`, 0.5 to 5 s late; `error`, late, and one request in four "
        "answers 418.",
        parameters=(
            path_parameter("source", "`builtin`, `delay` or `error`.", "builtin"),
            path_parameter("cc", "A country's code.", "br"),
            path_parameter("file", "The same with `.gif`.", "br.gif"),
            KNOWN,
        ),
        answers=(Answer(200, "The image.", None, ("image/gif",), ("ETag",)), UNCHANGED),
        problems=(NotFound, Teapot),
    ),
}
