"""Failures grouped by what caused them; pure. `static/js/causes.js` does the same."""

from collections.abc import Iterable

import msgspec

from webapp.jobs.model import Item, ItemStatus


class Cause(msgspec.Struct, frozen=True):
    """A failure's stable code and HTTP status, and the codes of the items that ended by it."""

    code: str
    http_status: int | None
    codes: list[str]


def causes(items: Iterable[Item]) -> list[Cause]:
    """Those of the items in error, the most frequent first."""
    found: dict[tuple[str, int | None], Cause] = {}
    for item in items:
        if item.status is ItemStatus.ERROR:
            code = item.error.code if item.error else "unknown"
            cause = found.setdefault((code, item.http_status), Cause(code, item.http_status, []))
            cause.codes.append(item.code)
    return sorted(found.values(), key=lambda cause: (-len(cause.codes), cause.codes[0]))
