import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.characters.dossier import Dossier
from webapp.characters.inspection import Inspection
from webapp.characters.resident import Resident
from webapp.database import Readers

FAMILY = "👩\u200d👩\u200d👧"


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def dossier(runner: asyncio.Runner, index_file: Path) -> Iterator[Dossier]:
    readers = runner.run(Readers.open(index_file, immutable=True, deadline_s=10.0))
    resident = runner.run(Resident.read(readers))
    yield runner.run(Dossier.open(readers, resident))
    runner.run(readers.close())


@pytest.fixture
def look(runner: asyncio.Runner, dossier: Dossier) -> "Look":
    return Look(runner, dossier)


class Look:
    """Inspects texts of the index's characters."""

    def __init__(self, runner: asyncio.Runner, dossier: Dossier) -> None:
        self._runner, self._dossier = runner, dossier

    def __call__(self, text: str) -> Inspection:
        return self._runner.run(self._dossier.inspect(text))

    def codes(self, text: str) -> list[str]:
        return [warning.code for warning in self(text).warnings]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("plain text, with 3 numbers.\n\tAnd ünïcödé", []),
        ("日本語のテキスト Tシャツ", []),
        ("привет мир", []),
        (f"{FAMILY} 🏳\ufe0f\u200d🌈 1\ufe0f\u20e3 🇫🇷", []),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", []),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", []),
        ("p\u0430yp\u0430l", ["mixed-scripts"]),
        ("if (admin\u202e \u2066)", ["bidi-control"]),
        ("pass\u200bword", ["invisible"]),
        ("pass\u200dword", ["invisible"]),
        ("hi\U000e0068\U000e0069", ["hidden-text"]),
        ("a\ufe01\ufe02\ufe03", ["hidden-text"]),
        ("\ue000", ["private-use"]),
        ("\u0378", ["unassigned"]),
        ("\ufdd0\uffff", ["noncharacter"]),
        ("a\ud800", ["surrogate"]),
        ("caf\ufffd", ["replacement"]),
        ("cafÃ©", ["misread"]),
    ],
)
def test_what_may_deceive_is_told(look: Look, text: str, codes: list[str]) -> None:
    assert look.codes(text) == codes


def test_warnings_say_what_and_where(look: Look) -> None:
    (mixed,) = look("see p\u0430yp\u0430l").warnings
    assert mixed.at == 4
    assert "mixes Cyrillic and Latin" in mixed.detail
    assert "U+0430 looks like a" in mixed.detail
    (hidden,) = look("hi\U000e0068\U000e0069").warnings
    assert "“hi”" in hidden.detail
    (turned,) = look("a\u202eb\u202c").warnings
    assert "RIGHT-TO-LEFT OVERRIDE, POP DIRECTIONAL FORMATTING" in turned.detail


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("pass\u200b\u00adword\ufeff", "password"),
        ("a\u202eb\u202c\x00c\r\n\td", "abc\r\n\td"),
        (FAMILY, FAMILY),
        ("1\ufe0f\u20e3", "1\ufe0f\u20e3"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("क\u094d\u200dष", "क\u094d\u200dष"),
        ("\u200da\u200d", "a"),
    ],
)
def test_a_text_without_its_invisible_characters(look: Look, text: str, visible: str) -> None:
    assert look(text).visible == visible


def test_normal_forms_and_counts(look: Look) -> None:
    found = look("e\u0301\n\N{OHM SIGN}")
    assert found.normal_forms == {"nfc": False, "nfd": False, "nfkc": False, "nfkd": False}
    assert found.nfc == "\u00e9\n\u03a9"
    counts = found.counts
    assert (counts.clusters, counts.code_points, counts.utf8, counts.lines) == (3, 4, 7, 2)
    assert look("é").normal_forms["nfc"]


def test_look_alikes_and_what_a_charset_lacks_are_named(look: Look) -> None:
    found = look("\u0430€")
    assert found.looks_like[0].like_name == "LATIN SMALL LETTER A"
    latin = next(each for each in found.encodings if each.id == "iso8859-1")
    assert latin.missing == "U+0430 CYRILLIC SMALL LETTER A"


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize(
    "text",
    ["a" + "\u0301\u0316" * 60_000, "\u0301\uff9e" * 50_000, "a\u200d" * 60_000, "pй " * 40_000],
)
def test_hostile_texts_take_linear_time(look: Look, text: str) -> None:
    started = time.process_time()
    found = look(text)
    assert time.process_time() - started < 8
    assert len(found.warnings) < 30


@given(text=st.text(st.characters(), max_size=30))
def test_every_text_can_be_inspected(runner: asyncio.Runner, dossier: Dossier, text: str) -> None:
    found = runner.run(dossier.inspect(text))
    assert all(0 <= warning.at < len(text) for warning in found.warnings)
    assert len(found.visible) <= len(text)
