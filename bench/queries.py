"""What is asked: queries people expect something of, random ones, floods, and deep results."""

import json
import random
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

from webapp.characters.name_keys import PackedNames
from webapp.characters.postings import Packed
from webapp.characters.row_items import PackedItems, RowItems

Asked = Mapping[str, str]
Sections = TypeVar("Sections", Packed, PackedItems, PackedNames)

GOLDEN = Path(__file__).resolve().parents[1] / "tests" / "golden" / "agreed.jsonl"
SEED = 20
# Very common words over-represented, as the searches of people are.
MIX = ("letter", "cjk", "arrow", "cat", "latin small letter", "face", "sign", "euro")
ALWAYS = ("cjk", "letter", "s", "gc:Lo")
DEEP = (
    "cjk", "letter", "s", "gc:Lo", "", "a", "e", "sign", "arrow", "face", "small", "hangul",
    "latin small letter", "ideograph", "symbol", "script:latin", "letter sort:name",
)  # fmt: skip
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
FLOODS = (
    "latin small capital letter with and acute grave dot above below hook",
    "cjk unified ideograph compatibility radical stroke letter sign symbol mark digit number",
    "a b c d e f g h i j k l",
    "un id cj",
    "l s w a d h",
    "ideo",
    "le si sy ma di nu sm ca la gr cy ar",
    "letter OR sign OR symbol OR mark OR digit OR syllable OR ideograph OR arrow OR face OR hand",
    "-letter -sign -symbol -mark -digit -syllable -arrow -face -hand -box -dot -line",
    "letter -small -capital -latin -greek -cyrillic -arabic -hebrew -with -a -e -i",
    " ".join(f"{first}*" for first in _LETTERS[:12]),
    " ".join(f"*{first}" for first in _LETTERS[:12]),
    " ".join(f"{first}{second}" for first, second in zip(_LETTERS, "aeiouaeiouae", strict=False)),
    " OR ".join(f"{first}*" for first in _LETTERS),
)


def golden() -> list[Asked]:
    """The agreed queries, with the language or mode that they are asked in."""
    lines = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
    return [{name: line[name] for name in ("q", "lang", "mode") if name in line} for line in lines]


def vocabulary(index: Path) -> list[str]:
    """The words of the index, sorted."""
    with closing(sqlite3.connect(index)) as db:
        return sorted(word for (word,) in db.execute("select word from vocabulary"))


def section(index: Path, name: str) -> bytes:
    """What the index holds in memory under this name."""
    with closing(sqlite3.connect(index)) as db:
        (data,) = db.execute("select data from resident where name = ?", (name,)).fetchone()
        return bytes(data)


def sections_of(index: Path, part: str, kind: type[Sections]) -> Sections:
    """A part of what the index holds in memory."""
    return kind(*(section(index, f"{part}.{field}") for field in kind._fields))


def rows(index: Path) -> list[dict[str, str]]:
    """The items of all rows, in their order."""
    items = RowItems(sections_of(index, "items", PackedItems))
    return [json.loads(items.item(row)) for row in range(1, len(items) + 1)]


def at_random(index: Path) -> list[Asked]:
    """Two thousand: single words, pairs of words from anywhere, pairs of words of one name."""
    chance = random.Random(SEED)
    words = vocabulary(index)
    pairs = [" ".join(chance.sample(words, 2)) for _ in range(500)]
    texts = [*chance.sample(words, 1000), *pairs, *_of_one_name(index, 500, chance)]
    return [{"q": text} for text in texts]


def first_pages(index: Path) -> list[Asked]:
    """All that is asked once: agreed queries, very common words, random ones."""
    return [*golden(), *({"q": text} for text in ALWAYS), *at_random(index)]


def distinct(index: Path) -> list[str]:
    """Two thousand texts that all find something by name: words, and pairs of one name."""
    chance = random.Random(SEED)
    words = {word for row in rows(index) for word in row["name"].lower().split() if word.isalpha()}
    return [*chance.sample(sorted(words), 1000), *_of_one_name(index, 1000, chance)]


def _of_one_name(index: Path, count: int, chance: random.Random) -> list[str]:
    # Operators are in capitals.
    split = [row["name"].lower().split() for row in rows(index)]
    pairs = {(words[0], words[-1]) for words in split if len(words) > 1}
    plain = sorted(f"{one} {other}" for one, other in pairs if f"{one}{other}".isalpha())
    return chance.sample(plain, count)


def path(asked: Asked) -> str:
    """The address of the first page."""
    return f"/api/v1/characters?{urlencode(asked)}"


def spellings(text: str, count: int) -> Sequence[str]:
    """Addresses that differ and ask for the same page, so that no cache of pages helps."""
    found = []
    for number in range(count):
        hidden = "".join(
            f"%{ord(char):02x}" if number >> place & 1 else char for place, char in enumerate(text)
        )
        zeros = "0" * (number >> len(text))
        found.append(f"/api/v1/characters?q={hidden}&limit={zeros}200")
    return found
