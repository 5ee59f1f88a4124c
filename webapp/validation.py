"""Values from outside, checked against a type; the fault is named by field."""

from typing import TypeVar

import msgspec

from webapp.problems import FieldError, InvalidRequest

T = TypeVar("T")


def convert(value: object, wanted: type[T], *, strict: bool = True, within: str = "") -> T:
    """The value as `wanted`; InvalidRequest names the field at fault, as seen from the body.

    `within` is the field that the value stands in, when it is not the body itself.
    """
    try:
        return msgspec.convert(value, wanted, strict=strict)
    except msgspec.ValidationError as error:
        fault = _field_error(str(error), within)
        raise InvalidRequest(f"{fault.field}: {fault.detail}", errors=[fault]) from None


def _field_error(message: str, within: str) -> FieldError:
    """msgspec says "Expected `int` >= 1 - at `$.concurrency`", or names an unknown field."""
    reason, _, place = message.partition(" - at `$")
    names = [within, place.rstrip("`").lstrip(".")]
    code = "invalid"
    if "unknown field" in reason or "missing required field" in reason:
        names.append(reason.split("`")[1])
        code = "unknown" if "unknown" in reason else "missing"
    return FieldError(".".join(name for name in names if name) or "body", code, reason)
