"""The characters' part of the API."""

from typing import Any, Final

from webapp.characters.character_views import Pasted, Wanted
from webapp.characters.model import ITEM_KEYS
from webapp.characters.parameters import MODES, SORTS
from webapp.openapi import shapes
from webapp.openapi.operations import (
    KNOWN,
    UNCHANGED,
    Answer,
    Body,
    Operation,
    Operations,
    Parameter,
    given,
    one_of,
    path_parameter,
    whole,
)
from webapp.problems import (
    CursorMismatch,
    NotFound,
    QueryTimeout,
    RequestTimeout,
)

GROUP: Final = "Characters"


def _or_empty(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that counts as not given when it is empty."""
    return {"anyOf": [schema, {"type": "string", "maxLength": 0}]}


Q: Final = Parameter(
    "q", "The text to search for, of 10,000 characters and 32 words at most.", example="cat eyes"
)
LANG: Final = Parameter(
    "lang",
    "A language tag such as `fr` or `pt-BR`: its names and keywords count beside the English ones.",
    _or_empty(
        {
            "type": "string",
            "pattern": "^[A-Za-z]{1,8}([-_][A-Za-z0-9]{1,8}){0,8}$",
            "examples": ["fr"],
        }
    ),
)
MODE: Final = Parameter(
    "mode",
    "`classic1` and `classic2` search as the two editions of the book's program do.",
    _or_empty(one_of(*MODES, default="smart")),
)
FIELDS: Final = Parameter(
    "fields",
    f"Keys of the items to give, with commas between: {', '.join(ITEM_KEYS)}.",
    {"type": "string", "pattern": f"^,*(({'|'.join(ITEM_KEYS)})(,+|$))*$"},
)
SORT: Final = Parameter(
    "sort",
    "`cp` is by code point, `age` by the version a character came with.",
    _or_empty(one_of(*SORTS)),
)


def _list(name: str, summary: str, text: str, shape: Any = shapes.Entries) -> Operation:
    return Operation(
        id=name,
        group=GROUP,
        summary=summary,
        text=text,
        parameters=(KNOWN,),
        answers=(given(shape, "The list.", "ETag"), UNCHANGED),
        problems=(QueryTimeout,),
    )


OPERATIONS: Final[Operations] = {
    ("GET", "/api/v1/characters"): Operation(
        id="searchCharacters",
        group=GROUP,
        summary="Search characters",
        text="One page of a search. `total` is exact; walking `next` to the end gives every hit "
        "once. "
        "An empty `q` gives all assigned characters by code point.",
        parameters=(
            Q,
            Parameter(
                "limit",
                "Rows on a page; more than 200 gives 200.",
                _or_empty(whole(1, 200)),
                example=2,
            ),
            Parameter("cursor", "The page to give: `next` of the one before."),
            SORT,
            FIELDS,
            MODE,
            LANG,
            KNOWN,
        ),
        answers=(given(shapes.SearchPage, "The page.", "ETag", "Link"), UNCHANGED),
        problems=(CursorMismatch, QueryTimeout),
    ),
    ("GET", "/api/v1/characters.ndjson"): Operation(
        id="exportLines",
        group=GROUP,
        summary="The whole result of a search as lines of JSON",
        text='The last line is `{"end": true, "total": …}`: without it, it is not the whole.',
        parameters=(Q, SORT, FIELDS, MODE, LANG, KNOWN),
        answers=(Answer(200, "The rows.", str, ("application/x-ndjson",), ("ETag",)), UNCHANGED),
        problems=(QueryTimeout,),
    ),
    ("GET", "/api/v1/characters.csv"): Operation(
        id="exportTable",
        group=GROUP,
        summary="The whole result of a search as a table",
        text="The last row begins with `# end of`: without it, it is not the whole. Cells that a "
        "spreadsheet would take for a formula have an apostrophe before them.",
        parameters=(
            Q,
            SORT,
            FIELDS,
            MODE,
            LANG,
            Parameter(
                "bom",
                "`true` to begin with the mark by which spreadsheets know UTF-8.",
                _or_empty(one_of("true", "false", default="false")),
            ),
            KNOWN,
        ),
        answers=(Answer(200, "The table.", str, ("text/csv",), ("ETag",)), UNCHANGED),
        problems=(QueryTimeout,),
    ),
    ("GET", "/api/v1/characters/facets"): Operation(
        id="countFacets",
        group=GROUP,
        summary="Count the hits of a search by category, block, script and version",
        text="`q` of a value is the text that narrows the search down to it.",
        parameters=(Q, LANG, MODE, KNOWN),
        answers=(given(shapes.Facets, "The counts.", "ETag"), UNCHANGED),
        problems=(QueryTimeout,),
    ),
    ("POST", "/api/v1/characters/lookup"): Operation(
        id="lookUpCharacters",
        group=GROUP,
        summary="Look up many characters by their ids",
        text="1,000 ids at most; an id may also be the character itself. Both lists are in the "
        "order asked for.",
        body=Body(Wanted, {"ids": ["U+E9", "€", "U+E000"]}),
        answers=(given(shapes.Found, "What there is, and what there is not."),),
        problems=(RequestTimeout, QueryTimeout),
    ),
    ("GET", "/api/v1/characters/{id}"): Operation(
        id="getCharacter",
        group=GROUP,
        summary="All that is known of a character or sequence",
        parameters=(
            path_parameter("id", "`U+` and code points in hex, or the character itself.", "U+00E9"),
            Parameter("lang", "The language of `local_name`.", LANG.schema),
            KNOWN,
        ),
        answers=(given(shapes.CharacterDetails, "The character.", "ETag"), UNCHANGED),
        problems=(NotFound, QueryTimeout),
    ),
    ("POST", "/api/v1/identify"): Operation(
        id="identifyText",
        group=GROUP,
        summary="What a text consists of",
        text="Its grapheme clusters with their code points, its bytes and normal forms, and what "
        "to be wary of.",
        body=Body(Pasted, {"text": "p\u0430y e\u0301"}),
        answers=(given(shapes.Identified, "The text, piece by piece."),),
        problems=(RequestTimeout, QueryTimeout),
    ),
    ("GET", "/api/v1/blocks"): _list(
        "listBlocks",
        "The blocks that have characters",
        "By code point; `count` is of assigned characters.",
        shapes.Blocks,
    ),
    ("GET", "/api/v1/scripts"): _list(
        "listScripts", "The scripts that have characters", "By name; `id` is the code of ISO 15924."
    ),
    ("GET", "/api/v1/categories"): _list(
        "listCategories", "The general categories that have characters", "In Unicode's order."
    ),
    ("GET", "/api/v1/languages"): _list(
        "listLanguages",
        "The languages in which characters have names",
        "By their English names; `id` is what `lang` takes.",
    ),
}
