"""Asking the index which words somebody may have meant."""

from collections.abc import Iterable

import msgspec

from webapp.characters.schema import key_hash
from webapp.characters.spelling import fragments, nearest
from webapp.database import Readers

_CANDIDATES = """
select distinct vocabulary.word, vocabulary.rows from json_each(?) wanted
cross join typos on typos.fragment = wanted.value
join vocabulary on vocabulary.id = typos.word"""


async def corrections(readers: Readers, words: Iterable[str]) -> dict[str, str]:
    """The word of the index that each was meant to be; nothing unless there is one for all."""
    instead = {}
    for word in words:
        hashes = msgspec.json.encode([key_hash(each) for each in fragments(word)]).decode()
        candidates = await readers.fetch_all(_CANDIDATES, (hashes,))
        if (meant := nearest(word, candidates)) is None:
            return {}
        instead[word] = meant
    return instead
