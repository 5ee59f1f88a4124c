"""The table of the fields that each word stands in, from the finished search table."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator

from webapp.characters import tokens
from webapp.characters.text import canonical
from webapp.characters.vocabulary import Field

_SPELLED: dict[Field, Callable[[str], str]] = {
    Field.NAME: tokens.name_word,
    Field.OTHER: tokens.other_word,
    Field.KEYWORD_WORD: tokens.keyword_word,
    Field.KEYWORD: tokens.keyword,
    Field.DEFINITION: tokens.definition,
    Field.NOTE: tokens.note_word,
}


def word_fields(db: sqlite3.Connection, words: Iterable[str]) -> Iterator[tuple[str, int]]:
    """(word, fields) of each word and of what it is indexed as; 0 for none by itself."""
    db.execute("create virtual table temp.terms using fts5vocab(main, search, row)")
    every = {each for word in words for each in (word, canonical(word))}
    fields = dict.fromkeys(sorted(every), 0)
    for field, spell in _SPELLED.items():
        marker = spell("")
        # Behind the words of English come those of locales, which begin with FIRST_LOCALE.
        found = db.execute(
            "select substr(term, ?) from temp.terms where term >= ? and term < ?",
            (len(marker) + 1, marker, f"{marker}{chr(tokens.FIRST_LOCALE)}"),
        )
        for (word,) in found:
            if word in fields:
                fields[word] |= field
    db.execute("drop table temp.terms")
    yield from fields.items()
