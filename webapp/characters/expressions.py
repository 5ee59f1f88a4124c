"""Expressions of FTS5 put together; "" is the one that matches nothing."""

from collections.abc import Iterable


def all_of(parts: Iterable[str]) -> str:
    """All of the expressions; "" when one of them can match nothing."""
    parts = list(parts)
    if not all(parts):
        return ""
    return parts[0] if len(parts) == 1 else " AND ".join(f"({part})" for part in parts)


def any_of(parts: Iterable[str]) -> str:
    """Any of the expressions that can match something."""
    parts = [part for part in parts if part]
    return parts[0] if len(parts) == 1 else " OR ".join(f"({part})" for part in parts)


def without(match: str, *others: str) -> str:
    """The expression without what any of the others match."""
    left_out = any_of(others)
    return f"({match}) NOT ({left_out})" if match and left_out else match
