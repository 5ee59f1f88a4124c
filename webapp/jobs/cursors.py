"""The page markers of lists: a place, and the filter it is a place in."""

import re
from typing import Final

from webapp.phrases import Phrase
from webapp.problems import CursorMismatch

NUMBER: Final = re.compile(r"[0-9]{1,15}", re.ASCII)
# A job in a list that goes by a measure: the measure first.
MEASURED: Final = re.compile(r"[0-9]{1,15}_[0-9]{1,15}", re.ASCII)
CODE: Final = re.compile(r"[A-Z0-9]{1,32}", re.ASCII)
ALL: Final = "all"


def write(place: object | None, within: str | None) -> str | None:
    """The marker of a place in the list of a state or status (None: of all); None at the end."""
    return None if place is None else f"{within or ALL}-{place}"


def read(text: str | None, within: str | None, form: re.Pattern[str]) -> str:
    """The place, "" for the beginning; CursorMismatch for a marker of another list."""
    if text is None:
        return ""
    list_name, _, place = text.rpartition("-")
    if list_name != (within or ALL) or not form.fullmatch(place):
        raise CursorMismatch(
            Phrase("This marker is not one of this list's. Start at its first page.")
        )
    return place
