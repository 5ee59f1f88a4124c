"""A template asks for fields of a list, and for nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.commands.table import width
from webapp.commands.template import FIELDS, Template, TemplateError

ITEM = {"id": "U+2603", "char": "☃", "name": "SNOWMAN", "block": None}


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("{id} {char} {name}", "U+2603 ☃ SNOWMAN\n"),
        (r"{char}\t{utf8}\n{python}", "☃\tE2 98 83\n\\u2603\n"),
        (r"\\{{{char}}}\q", "\\{☃}\\q\n"),
        ("{decimal} {html} {utf16} {url}", "9731 &#x2603; 2603 %E2%98%83\n"),
        ("{block}{cluster}{why}.", ".\n"),
        ("{name:9}|{name:>9}|{name:^9}|{name:<3}", "SNOWMAN  |  SNOWMAN| SNOWMAN |SNOWMAN\n"),
        ("", "\n"),
    ],
)
def test_fields_stand_for_the_values_of_the_row(template: str, line: str) -> None:
    assert Template(template).line(ITEM) == line


def test_wide_characters_take_two_columns() -> None:
    template = Template("{char:4}|", width)
    assert [template.line({"char": char}) for char in ("a", "中", "e\u0301")] == [
        "a   |\n",
        "中  |\n",
        "e\u0301   |\n",
    ]


@pytest.mark.parametrize(
    "template",
    [
        "{char.__class__}",
        "{char[0]}",
        "{0}",
        "{}",
        "{nothing}",
        "{char!r}",
        "{name:9999999999}",
        "{name:{name}}",
        "{name:*^9}",
        "{name:>}",
        "{name",
        "name}",
        "{__class__.__mro__}",
        "{ id}",
    ],
)
def test_what_is_no_field_is_refused_in_one_line(template: str) -> None:
    with pytest.raises(TemplateError) as refused:
        Template(template)
    assert "\n" not in str(refused.value)


@given(st.text(alphabet="{}[].:!<>^09\\tn_ idcharname", max_size=30))
def test_any_text_is_a_template_or_refused(text: str) -> None:
    try:
        line = Template(text).line(ITEM)
    except TemplateError:
        return
    assert len(line) < 40_000


def test_every_field_can_be_asked_for() -> None:
    assert Template("".join(f"{{{field}}}" for field in FIELDS)).line(ITEM)
