"""Which of HTML's names for a text one would write; pure."""

from collections.abc import Iterable, Mapping
from html.entities import codepoint2name


def preferred(entities: Iterable[tuple[str, tuple[int, ...]]]) -> Mapping[str, str]:
    """By text the one name to write, without & and ;.

    Those of HTML 4 are known best; of the others the shortest, rather in small letters.
    """
    names: dict[str, list[str]] = {}
    for name, code_points in entities:
        names.setdefault("".join(map(chr, code_points)), []).append(name)
    return {text: _known_name(text) or min(found, key=_length) for text, found in names.items()}


def _known_name(text: str) -> str | None:
    return codepoint2name.get(ord(text)) if len(text) == 1 else None


def _length(name: str) -> tuple[int, bool, str]:
    return len(name), not name.islower(), name
