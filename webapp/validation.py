"""Values from outside, checked against a type; the fault is named by field."""

import re
from enum import StrEnum
from typing import Final, TypeVar

import msgspec

from webapp.phrases import Phrase
from webapp.problems import FieldError, InvalidRequest

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)

PLACE: Final = re.compile(r"(.*) - at `\$\.?(.*)`", re.DOTALL)
WRONG_KEY: Final = re.compile(r"Object (contains unknown|missing required) field `(.*)`", re.DOTALL)
TYPES: Final = {
    "int": Phrase("a whole number"),
    "float": Phrase("a number"),
    "str": Phrase("text"),
    "bool": Phrase("true or false"),
    "array": Phrase("a list"),
    "object": Phrase("an object"),
    "null": Phrase("nothing"),
}
NAME_LIMIT: Final = 100
REASON_LIMIT: Final = 200


def convert(value: object, wanted: type[T], *, strict: bool = True, within: str = "") -> T:
    """The value as `wanted`; InvalidRequest names the field at fault, as seen from the body.

    `within` is the field that the value stands in, when it is not the body itself.
    """
    try:
        return msgspec.convert(value, wanted, strict=strict)
    except msgspec.ValidationError as error:
        fault = _field_error(str(error), within)
        raise InvalidRequest.of(fault) from None


def one_of(text: str | None, choices: type[Choice], field: str) -> Choice | None:
    """The text as a value of the enumeration; None when nothing is given."""
    if text is None:
        return None
    try:
        return choices(text)
    except ValueError:
        known = ", ".join(choices)
        raise InvalidRequest.field(
            field, "unknown", Phrase("One of {known}.", known=known)
        ) from None


def _field_error(message: str, within: str) -> FieldError:
    """msgspec says "Expected `int` >= 1 - at `$.concurrency`", or names an unknown field."""
    found = PLACE.fullmatch(message)
    reason, place = found.groups() if found else (message, "")
    names, code = [within, place], "invalid"
    if key := WRONG_KEY.fullmatch(reason):
        names.append(key[2])
        code = "unknown" if key[1] == "contains unknown" else "missing"
    field = ".".join(name[:NAME_LIMIT] for name in names if name) or "body"
    return FieldError(field, code, _sentence(reason))


def _sentence(reason: str) -> Phrase:
    """msgspec's reason in words for the person who filled in the field."""
    if found := re.fullmatch(r"Expected `(?:int|float)` (>=|<=) (\S+)", reason):
        at_least = Phrase("At least {least}.", least=found[2])
        return at_least if found[1] == ">=" else Phrase("At most {most}.", most=found[2])
    if found := re.fullmatch(r"Expected `(\w+)[^`]*`, got `(\w+)`", reason):
        wanted, given = (TYPES.get(name, name) for name in found.groups())
        return Phrase("Expected {wanted}, got {given}.", wanted=wanted, given=given)
    if found := re.fullmatch(r"Expected `(\w+)[^`]*` of length ([<>=]+ \d+)", reason):
        return Phrase("Expected `{type}` of length {range}.", type=found[1], range=found[2])
    if reason.startswith("Invalid enum value"):
        return Phrase("Not one of the values that this field takes.")
    if key := WRONG_KEY.fullmatch(reason):
        unknown, missing = Phrase("There is no such field."), Phrase("This field is required.")
        return unknown if "unknown" in key[1] else missing
    # The rest is in the words of msgspec, which are in English only.
    said = f"{reason}."
    return Phrase(said[:REASON_LIMIT])
