"""Whether the letters of a word are of one writing system (UTS #39); pure."""

from collections.abc import Iterable
from functools import reduce
from typing import Final

_OF_ANY: Final = frozenset({"Common", "Inherited", "Unknown"})
_LATIN: Final = "Latin"
# Systems that write with several scripts; each may have Latin words in it.
_SYSTEMS: Final = {
    "Han": {"Japanese", "Korean", "Chinese"},
    "Hiragana": {"Japanese"},
    "Katakana": {"Japanese"},
    "Hangul": {"Korean"},
    "Bopomofo": {"Chinese"},
}
_ALL_SYSTEMS: Final = frozenset().union(*_SYSTEMS.values())


def scripts_of(script: str | None, extensions: Iterable[str] = ()) -> frozenset[str]:
    """The scripts that a character is written in; none when it is of any.

    `script` is its own, `extensions` those it is used in where these are others.
    """
    found = frozenset(extensions) or ({script.replace("_", " ")} if script else frozenset())
    return frozenset(found) - _OF_ANY


def mixture(characters: Iterable[frozenset[str]]) -> list[str]:
    """The scripts that a word mixes by their names; none of a word that is of one.

    Japanese, Korean and Chinese mix scripts of their own, and have Latin letters among them.
    """
    distinct = {scripts for scripts in characters if scripts}
    if not distinct or _shared(distinct):
        return []
    others = {scripts for scripts in distinct if _LATIN not in scripts}
    if others and _shared(others) & _ALL_SYSTEMS:
        return []
    alone = {min(scripts) for scripts in distinct if len(scripts) == 1}
    return sorted(alone if len(alone) > 1 else frozenset().union(*distinct))


def _shared(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return reduce(frozenset.intersection, map(_with_systems, sets))


def _with_systems(scripts: frozenset[str]) -> frozenset[str]:
    return scripts.union(*(_SYSTEMS.get(script, ()) for script in scripts))
