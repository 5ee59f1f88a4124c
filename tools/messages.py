"""Collect what pages say and bring every translation up to date: python -m tools.messages."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from webapp.characters import classic, finder, labels, lookup, tiers
from webapp.flags import mirror
from webapp.locales import TRANSLATIONS, read_catalog
from webapp.problems import Problem

ROOT: Final = Path(__file__).resolve().parent.parent
# By the folder, the ending, how texts are found there, and by the functions that say them.
PLACES: Final = (
    ("templates", "*.html", "jinja2", {"_": None, "around": None, "counted": (1, 2)}),
    ("static/js", "*.js", "javascript", {"said": None, "counted": (1, 2)}),
    ("webapp", "**/*.py", "python", {"Phrase": None, "counted": (1, 2)}),
)
WIDTH: Final = 100

Id = str | tuple[str, ...]


def messages() -> Iterator[tuple[str, Id]]:
    """Every text that pages say, as (file, id); the id of what is counted has two forms."""
    for folder, pattern, method, keywords in PLACES:
        for path in sorted((ROOT / folder).glob(pattern)):
            with path.open("rb") as file:
                for _line, text, _comments, _context in extract(method, file, keywords=keywords):
                    yield path.relative_to(ROOT).as_posix(), text
    yield from _said_by_name()


# As the standard names them, which is how they come from the index.
ALIASES: Final = ("abbreviation", "alternate", "control", "correction", "figment")
# Why a row was found. It goes into JSON that is put together beforehand, so it is plain text.
REASONS: Final = (
    finder.EVERY_WHY,
    finder.SORTED_WHY,
    *tiers.WHY.values(),
    tiers.THE_PATTERN,
    tiers.THE_PHRASE,
    lookup.THE_CODE_POINT,
    lookup.THE_CHARACTER,
    classic.WHY,
)


def _said_by_name() -> Iterator[tuple[str, Id]]:
    """What tables and classes hold, and templates say whichever it is."""
    tables = (
        labels.CATEGORIES,
        labels.BIDI_CLASSES,
        labels.WIDTHS,
        labels.DECOMPOSITION_TYPES,
        labels.COMBINING_CLASSES,
        labels.SEQUENCES,
        labels.READINGS,
        labels.PLANES,
    )
    for table in tables:
        yield from (("webapp/characters/labels.py", text) for text in table.values())
    for _name, text in labels.BINARY_PROPERTIES.values():
        yield "webapp/characters/labels.py", text
    yield from (("webapp/characters/ucd.py", text) for text in ALIASES)
    yield from (("webapp/characters/tiers.py", text) for text in dict.fromkeys(REASONS))
    # A kind is known once its module was read.
    kinds: dict[type[Problem], None] = {mirror.Teapot: None} | dict.fromkeys(Problem.kinds())
    for kind in kinds:
        yield "webapp/problems.py", kind.title


def collected() -> Catalog:
    """A catalogue of all texts, none of them translated, in the order of the files."""
    catalog = Catalog(project="Charfinder", charset="utf-8")
    for place, text in messages():
        catalog.add(text, locations=[(place, 0)])
    return catalog


def brought_up_to_date(catalog: Catalog, template: Catalog) -> list[Id]:
    """Give the catalogue the texts of the template, forget others; the untranslated ones."""
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    return [_id(message) for message in catalog if message.id and not any(forms(message))]


def forms(message: Message) -> tuple[str, ...]:
    """The translations of a text, one for each form that numbers take; "" for what is missing."""
    string = message.string or ""
    return (string,) if isinstance(string, str) else tuple(string)


def _id(message: Message) -> Id:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def main() -> int:
    """1 when a text is not translated."""
    template, missing = collected(), 0
    for path in sorted(TRANSLATIONS.glob("*.po")):
        catalog = read_catalog(path)
        untranslated = brought_up_to_date(catalog, template)
        with path.open("wb") as file:
            write_po(file, catalog, width=WIDTH, include_lineno=False, omit_header=False)
        missing += len(untranslated)
        print(f"{path.name}: {len(catalog)} texts, {len(untranslated)} not translated")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
