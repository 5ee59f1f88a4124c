"""Phrases: English texts that remember how they came about."""

import ast
from collections.abc import Iterator
from string import Formatter
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.phrases import Phrase, english_figure, filled, plain
from webapp.problems import Conflict, InvalidRequest
from webapp.settings import ROOT

# What somebody could try to have read as a form, as an address of an attribute, or as markup.
HOSTILE = ("{}", "{0}", "{name}", "{name.form}", "{{", "}", "%s", "%(name)s", "<b>&amp;</b>", "")


def shouted(phrase: Phrase) -> str:
    """Another language, which has the same words in upper case, and figures with points."""
    chosen = phrase.form if phrase.number in {None, 1} else phrase.other
    words = chosen.upper().replace("{NAME}", "{name}").replace("{COUNT}", "{count}")
    return filled(words, phrase.values, lambda number: f"{number:,}".replace(",", "."), shouted)


# What others say in English: the HTTP library, and the one that checks values.
WORDS_OF_OTHERS = ["webapp/middlewares.py", "webapp/validation.py"]


class Call(NamedTuple):
    """A phrase that the program makes: its forms, None for one that is no literal."""

    place: str
    forms: list[str | None]
    values: set[str | None]


def calls() -> Iterator[Call]:
    for path in sorted((ROOT / "webapp").rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            function, values = ast.unparse(node.func), {each.arg for each in node.keywords}
            if function == "Phrase":
                yield Call(place, [literal(node.args[0])], values)
            elif function == "Phrase.counted":
                yield Call(place, [literal(form) for form in node.args[:2]], values | {"count"})


def literal(form: ast.expr) -> str | None:
    return form.value if isinstance(form, ast.Constant) and isinstance(form.value, str) else None


def named_places(form: str) -> set[str]:
    """The placeholders of a form; `{0,99}` is none."""
    names = {name for _, name, _, _ in Formatter().parse(form) if name}
    return {name for name in names if name.isidentifier()}


def test_forms_are_literals_so_that_they_are_collected() -> None:
    others = [call.place for call in calls() if None in call.forms]
    assert sorted(others) == WORDS_OF_OTHERS


def test_forms_have_a_place_for_each_of_their_values_and_no_other() -> None:
    wrong = [
        (call.place, form)
        for call in calls()
        for form in call.forms
        if form is not None and named_places(form) != call.values
    ]
    assert wrong == []


def test_a_phrase_is_its_english_text() -> None:
    phrase = Phrase("Use {methods}.", methods="GET")
    assert phrase == "Use GET."
    assert hash(phrase) == hash("Use GET.")
    assert {"Use GET.": 1}[phrase] == 1
    assert f"{phrase}" == "Use GET."
    assert type(str(phrase)) is str


def test_it_remembers_its_form_and_its_values() -> None:
    phrase = Phrase("Use {methods}.", methods="GET")
    assert (phrase.form, phrase.number, dict(phrase.values)) == (
        "Use {methods}.",
        None,
        {"methods": "GET"},
    )


def test_a_value_that_is_missing_is_told() -> None:
    with pytest.raises(KeyError, match="methods"):
        Phrase("Use {methods}.", method="GET")


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 flags"), (1, "1 flag"), (2, "2 flags"), (65_536, "65,536 flags"), (-1, "-1 flags")],
)
def test_english_has_one_form_for_one_and_one_for_all_other_numbers(number: int, text: str) -> None:
    assert Phrase.counted("{count} flag", "{count} flags", number) == text


def test_what_is_counted_keeps_both_forms_and_its_number() -> None:
    phrase = Phrase.counted("{count} flag from {name}", "{count} flags from {name}", 2, name="it")
    assert phrase == "2 flags from it"
    assert (phrase.form, phrase.other) == ("{count} flag from {name}", "{count} flags from {name}")
    assert (phrase.number, phrase.values) == (2, {"count": 2, "name": "it"})


def test_only_whole_numbers_are_figures() -> None:
    assert Phrase("{name}", name=1234567) == "1,234,567"
    assert Phrase("{name}", name="1234567") == "1234567"
    assert Phrase("{name}", name=1234.5) == "1234.5"
    assert Phrase("{name}", name=True) == "True"


@pytest.mark.parametrize("value", HOSTILE)
def test_values_are_never_read_as_forms(value: str) -> None:
    assert Phrase("It is {name}.", name=value) == f"It is {value}."
    within = Phrase("It is {name}.", name=Phrase("{name}", name=value))
    assert within == f"It is {value}."
    assert shouted(within) == f"IT IS {value}."


@pytest.mark.parametrize("form", HOSTILE)
def test_a_form_without_values_is_a_text_as_it_is(form: str) -> None:
    assert Phrase(form) == form


def test_values_that_are_phrases_are_said_in_the_same_language() -> None:
    inner = Phrase.counted("{count} flag", "{count} flags", 1000)
    phrase = Phrase("There is {name}.", name=Phrase("what is {name}", name=inner))
    assert phrase == "There is what is 1,000 flags."
    assert shouted(phrase) == "THERE IS WHAT IS 1.000 FLAGS."


@given(st.text(), st.text(), st.integers())
def test_said_in_english_a_phrase_is_itself(one: str, other: str, number: int) -> None:
    phrase = Phrase("{one}: {other}, {number}", one=one, other=Phrase(other), number=number)
    assert phrase == f"{one}: {other}, {number:,}"
    assert filled(phrase.form, phrase.values, english_figure, str) == phrase


def test_encoders_are_given_the_text() -> None:
    phrase = Phrase("Use {methods}.", methods="GET")
    assert type(plain(phrase)) is str
    assert msgspec.json.encode({"detail": phrase}, enc_hook=plain) == b'{"detail":"Use GET."}'


@pytest.mark.parametrize("value", [object(), {1}.__iter__(), 1j])
def test_encoders_are_given_nothing_else(value: object) -> None:
    with pytest.raises(TypeError, match=type(value).__name__):
        plain(value)


def test_a_field_at_fault_is_named_before_what_is_said_of_it() -> None:
    detail = Phrase("At most {most}.", most=9)
    problem = InvalidRequest.field("select.codes[0]", "invalid", detail)
    assert problem.detail == "select.codes[0]: At most 9."
    assert problem.detail.values["detail"] is detail
    assert problem.errors[0].detail is detail


def test_pages_are_given_the_phrases_of_a_problem() -> None:
    shown = InvalidRequest.field("limit", "invalid", Phrase("At most {most}.", most=9)).shown()
    assert isinstance(shown["detail"], Phrase)
    assert isinstance(shown["errors"][0]["detail"], Phrase)
    conflict = Conflict(Phrase("The job is {state}.", state=Phrase("running")), state="running")
    assert isinstance(conflict.shown()["detail"], Phrase)
