"""The filters among the parts of a text, and what else is said with a key."""

from collections.abc import Sequence

import msgspec

from webapp.characters.meaning import Filter, Sort
from webapp.characters.terms import Term


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """What the keys of a text ask for; `rest` are the other parts and those with unknown keys."""

    rest: tuple[Term, ...]
    filters: tuple[Filter, ...] = ()
    sort: Sort | None = None
    lang: str | None = None
    notices: tuple[str, ...] = ()

    @property
    def are_there(self) -> bool:
        """True when any key was understood."""
        return bool(self.filters or self.sort or self.lang)


def conditions(parts: Sequence[Term]) -> Conditions:
    """The conditions that stand among the parts."""
    rest = [part if part.kind != "filter" else _as_word(part) for part in parts]
    return Conditions(rest=tuple(rest))


def _as_word(part: Term) -> Term:
    return Term("word", f"{part.key}:{part.text}", negated=part.negated)
