import ast
import inspect
from typing import Final

import jinja2

from webapp.characters import query
from webapp.settings import ROOT

EXAMPLES: Final = {
    "words": "black rook",
    "codepoint": "U+2190",
    "range": "U+2190..U+2193",
    "codepoints": "U+2190 U+2193",
    "literal": "é",
    "clusters": "♖♜",
}


def kinds_in_the_source() -> set[str]:
    """The kinds of all readings that the module makes."""
    return {
        ast.literal_eval(node.args[0])
        for node in ast.walk(ast.parse(inspect.getsource(query)))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Reading"
    }


async def test_every_way_to_read_a_query_has_a_word() -> None:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROOT / "templates"), autoescape=True
    )
    readings = vars(environment.get_template("_words.html").module)["readings"]
    assert set(EXAMPLES) == kinds_in_the_source()
    for kind, text in EXAMPLES.items():
        assert query.parse(text).interpretation[0].kind == kind
        assert readings[kind]
