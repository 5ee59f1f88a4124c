"""Cutting a text into what people take for one character (UAX #29)."""

from collections.abc import Iterator

import regex

# \X alone counts back to the first flag at every flag: 30,000 of them would take it 20 seconds.
_CLUSTER = regex.compile(
    r"[\U0001F1E6-\U0001F1FF]{2}[\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]*|\X"
)


def clusters(text: str) -> Iterator[str]:
    """The grapheme clusters of any str in order, in linear time; joined they are the text."""
    for found in _CLUSTER.finditer(text):
        yield found[0]
