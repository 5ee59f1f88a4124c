"""A fault is named by its field, whatever the value says."""

from typing import Annotated, Literal

import msgspec
import pytest

from webapp.problems import InvalidRequest
from webapp.validation import convert


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    codes: tuple[str, ...] = ()


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    source: str
    select: Choice = Choice()
    concurrency: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 5
    existing: Literal["skip", "replace"] = "skip"


def test_what_fits_is_converted() -> None:
    wanted = convert({"source": "builtin", "select": {"codes": ["BR"]}}, Wanted)
    assert wanted == Wanted(source="builtin", select=Choice(("BR",)))
    assert convert({"source": "x", "concurrency": "7"}, Wanted, strict=False).concurrency == 7


@pytest.mark.parametrize(
    ("value", "field", "code"),
    [
        ({"source": "x", "concurrency": 0}, "concurrency", "invalid"),
        ({"source": "x", "concurrency": "7"}, "concurrency", "invalid"),
        ({"source": "x", "concurrency": None}, "concurrency", "invalid"),
        ({"source": "x", "select": {"codes": ["BR", 5]}}, "select.codes[1]", "invalid"),
        ({"source": "x", "select": {"cods": []}}, "select.cods", "unknown"),
        ({"source": "x", "extra": 1}, "extra", "unknown"),
        ({}, "source", "missing"),
        ([], "body", "invalid"),
        (None, "body", "invalid"),
        ("text", "body", "invalid"),
        ({"source": "x", "": 1}, "body", "unknown"),
        ({"source": "x", "existing": "unknown field"}, "existing", "invalid"),
        ({"source": "x", "existing": "missing required field"}, "existing", "invalid"),
        ({"source": "x", "existing": "z - at `$.concurrency`"}, "existing", "invalid"),
        ({"source": "x", "existing": "a\nb`c"}, "existing", "invalid"),
        ({"source": "x", "a\n`b": 1}, "a\n`b", "unknown"),
    ],
)
def test_the_field_at_fault_is_named(value: object, field: str, code: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        convert(value, Wanted)
    (fault,) = caught.value.errors
    assert (fault.field, fault.code) == (field, code)
    assert caught.value.detail == f"{fault.field}: {fault.detail}"
    assert caught.value.status == 422


def test_a_part_is_named_within_its_whole() -> None:
    with pytest.raises(InvalidRequest) as caught:
        convert({"codes": ["BR", None]}, Choice, within="select")
    assert [fault.field for fault in caught.value.errors] == ["select.codes[1]"]


@pytest.mark.parametrize("key", ["k" * 60_000, "x` - at `$.y", "` - at `$", " - at `$.a`", "`"])
def test_a_hostile_key_is_answered_in_few_words(key: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        convert({"source": "x", key: 1}, Wanted)
    assert len(caught.value.detail) < 400


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"concurrency": 0}, "At least 1."),
        ({"concurrency": 1001}, "At most 1000."),
        ({"concurrency": "many"}, "Expected a whole number, got text."),
        ({"source": None}, "Expected text, got nothing."),
        ({"existing": "keep"}, "Not one of the values that this field takes."),
        ({"colour": "red"}, "There is no such field."),
        ({"select": {"codes": 5}}, "Expected a list, got a whole number."),
    ],
)
def test_the_fault_is_said_in_words_for_people(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        convert({"source": "x", **change}, Wanted)
    assert caught.value.errors[0].detail == sentence


def test_a_missing_field_is_said_to_be_required() -> None:
    with pytest.raises(InvalidRequest) as caught:
        convert({}, Wanted)
    assert caught.value.errors[0].detail == "This field is required."
