from typing import get_args

import jinja2

from webapp.characters.meaning import ReadingKind
from webapp.settings import ROOT


async def test_every_way_to_read_a_query_has_a_word() -> None:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROOT / "templates"), autoescape=True
    )
    environment.globals["_"] = str
    readings = vars(environment.get_template("_words.html").module)["readings"]
    assert readings.keys() == set(get_args(ReadingKind))
    assert all(readings.values())
