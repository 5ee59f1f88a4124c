"""Texts are sent without the lines that are nothing but comments."""

import re
from pathlib import Path

import pytest

from webapp.assets import without_comments
from webapp.settings import ROOT

SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))


def test_lines_of_comment_go_and_all_else_stays() -> None:
    source = b"""// @ts-check
/** One line. */
/**
 * Several; a * and a / of its own, and **.
 */
import { a } from "./a.js"; // beside code

const types = /** @type {A} */ (a("//"));
  // Within a block.
  const address = "https://example.org"; /* two
  lines */
  /* before */ call(address / 2 /* of two */);
"""
    assert (
        without_comments(source)
        == b"""import { a } from "./a.js"; // beside code

const types = /** @type {A} */ (a("//"));
  const address = "https://example.org"; /* two
  lines */
  /* before */ call(address / 2 /* of two */);
"""
    )


def test_nothing_after_an_end_that_is_missing_goes() -> None:
    source = b"/* never closed\ncall();\n"
    assert without_comments(source) == source


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_text_of_a_script_runs_over_lines(script: Path) -> None:
    """Within one, a line that looks like a comment would be part of the text."""
    for line in without_comments(script.read_bytes()).decode().splitlines():
        assert line.count("`") % 2 == 0, line


@pytest.mark.parametrize("path", SCRIPTS + SHEETS, ids=lambda path: path.name)
def test_nothing_but_comments_goes(path: Path) -> None:
    """What went are comments from their beginnings to their ends, on lines of their own."""
    source = path.read_text()
    left = iter(without_comments(path.read_bytes()).decode().splitlines())
    expected = next(left, None)
    within = False
    for line in source.splitlines():
        if line == expected and not within:
            expected = next(left, None)
            continue
        assert within or re.match(r"\s*(//|/\*)", line), line
        within = "*/" not in line and (within or not line.lstrip().startswith("//"))
    assert expected is None
    assert not within
