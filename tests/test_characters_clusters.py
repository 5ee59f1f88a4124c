import time

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from webapp.characters.clusters import clusters

FLAGS = "🇫🇷🇧"
PIECES = [
    "a",
    "\u0301",
    "\u200d",
    "👩",
    "🏽",
    "\ufe0f",
    "क",
    "\u094d",
    "\r",
    "\n",
    "ᄀ",
    "ᅡ",
    "\u0600",
]


@given(st.text() | st.text(alphabet=[*PIECES, *FLAGS, "\ud800", "\0"]))
def test_nothing_of_a_text_is_lost(text: str) -> None:
    assert "".join(clusters(text)) == text


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_clusters_are_those_of_unicode(text: str) -> None:
    assert list(clusters(text)) == regex.findall(r"\X", text)


@given(st.lists(st.sampled_from([*FLAGS, "a", "\u0301", "\u200d", "\u0600", "👩"])).map("".join))
@example("🇫🇷🇧a🇫🇷🇧🇧")
@example("\u0600🇫🇷🇧🇧\u0301🇫🇷")
def test_flags_are_pairs_as_unicode_pairs_them(text: str) -> None:
    assert list(clusters(text)) == regex.findall(r"\X", text)


@pytest.mark.parametrize(
    "text",
    [
        "🇫🇷" * 30_000,
        "\u0600" + "🇫🇷" * 30_000,
        "🇫a" * 30_000,
        "e" + "\u0301" * 60_000,
        "👩\u200d" * 30_000,
        "क\u094d" * 30_000,
        "\u200d" * 60_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    started = time.thread_time()
    assert sum(map(len, clusters(text))) == len(text)
    assert time.thread_time() - started < 2
