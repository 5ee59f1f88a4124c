"""Every text of the pages can be said in another language, and is said in each that there is."""

import gettext
import re
from collections.abc import AsyncIterator, Iterator
from functools import partial
from html.parser import HTMLParser
from string import Formatter

import pytest
from aiohttp import ClientSession, web
from babel.messages.catalog import Catalog, Message

from tests.jobs_client import JobsClient
from tools.messages import brought_up_to_date, collected, forms, messages
from webapp.app import create_app
from webapp.characters.glyphs import Coverage, drawn
from webapp.characters.labels import BINARY_PROPERTIES
from webapp.flags.wording import SOURCES
from webapp.locales import Language, Languages, read_catalog, translated
from webapp.pages import set_up_pages
from webapp.server import bind, serving
from webapp.settings import ROOT, Settings

FILES = translated()
TAG = "zh-Hans"


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def texts_of(message: Message) -> set[str]:
    return {message.id} if isinstance(message.id, str) else set(message.id)


@pytest.mark.parametrize("tag", FILES)
class TestEachTranslation:
    def test_nothing_is_missing_and_nothing_is_left_over(self, tag: str) -> None:
        catalog = read_catalog(FILES[tag])
        before = [message.id for message in catalog]
        assert brought_up_to_date(catalog, collected()) == []
        assert [message.id for message in catalog] == before, "run python -m tools.messages"

    def test_each_has_its_forms_and_the_placeholders_of_the_text(self, tag: str) -> None:
        catalog = read_catalog(FILES[tag])
        for message in catalog:
            if not message.id:
                continue
            said = forms(message)
            assert len(said) == (catalog.num_plurals if message.pluralizable else 1), message.id
            wanted = set.union(*map(placeholders, texts_of(message)))
            for form in said:
                # A singular may leave its number to the word.
                assert placeholders(form) == wanted, message.id
                assert form == form.strip(), message.id


def test_texts_are_found_in_all_three_places() -> None:
    places = {place.partition("/")[0] for place, _ in messages()}
    assert places == {"templates", "static", "webapp"}


def test_what_is_not_translated_is_told() -> None:
    catalog, template = Catalog(locale="zh_Hans"), Catalog()
    template.add("Copy")
    template.add(("{count} flag", "{count} flags"))
    template.add("Cut")
    catalog.add("Copy", "复制")
    catalog.add("Gone", "没了")
    assert brought_up_to_date(catalog, template) == [("{count} flag", "{count} flags"), "Cut"]
    assert [message.id for message in catalog if message.id == "Gone"] == []


class Bracketed(gettext.NullTranslations):
    """Says what can be translated as it is, in brackets, and all else without."""

    def __init__(self) -> None:
        super().__init__()
        self.known = {text for _, text in messages()}

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧" if message in self.known else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        said = msgid1 if n == 1 else msgid2
        return f"⟦{said}⟧" if (msgid1, msgid2) in self.known else said


class Visible(HTMLParser):
    """Collects what a page says: its texts and what its attributes say."""

    SAYING = ("aria-label", "title", "alt", "placeholder")
    SILENT = frozenset({"script", "style", "code", "kbd", "bdi"})
    # What stays as Unicode, a person or a computer has it.
    AS_IT_IS = frozenset(
        {"code", "name", "glyph", "block", "licence", "unseen", "samples", "examples"}
    )
    VOID = frozenset({"meta", "link", "input", "img", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.names: set[str] = set()
        self._depth = 0
        self._open: list[tuple[str, bool]] = []

    @property
    def _is_silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        own = (
            tag in self.SILENT
            or given.get("translate") == "no"
            or ("lang" in given and tag != "html")
            or bool(self.AS_IT_IS & set(given.get("class", "").split()))
        )
        silent = self._is_silent or own
        if tag == "meta" and given.get("name") == "description":
            self._say(given["content"])
        if not silent:
            for name in self.SAYING:
                self._say(given.get(name, ""))
        if tag not in self.VOID:
            self._open.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        self._say(data, silently=self._is_silent)

    def _say(self, text: str, *, silently: bool = False) -> None:
        """Keep what is outside of brackets, which may begin in one element and end in another."""
        outside = ""
        for char in text:
            self._depth += (char == "⟦") - (char == "⟧")
            outside += char if self._depth == 0 and char != "⟧" else ""
        if silently:
            self.names.add(text.strip())
        else:
            self.said.append(outside)


# Names, units and what the tests themselves bring in.
KNOWN = re.compile(
    r"U\+[0-9A-F]{4,6}(-[0-9A-F]{4,6})*|\b(API|Charfinder|Unicode|CLDR|Python|HTML|CSS|JavaScript|JSON|URL|Rust|Go|Java|Swift|Ruby|Perl|PHP"
    r"|Shell|LaTeX|NFK?[CD]|UTF(-\d+)?|UTC|HTTP|BR|CN|XX|builtin|delay|error|fluentpython(\.com)?)\b"
)
WORD = re.compile(r"[A-Za-z]{2,}")


def unsaid(page: str, typed: str) -> list[str]:
    """What the page does not say in its language, but for names and for what was typed."""
    reader = Visible()
    reader.feed(page)
    assert reader._depth == 0
    properties = {name for name, _ in BINARY_PROPERTIES.values()}
    given = {typed, *reader.names, *properties}
    names = sorted(filter(WORD.search, given), key=len, reverse=True)
    known = re.compile("|".join([KNOWN.pattern, *map(re.escape, names)]))
    return [text.strip() for text in reader.said if WORD.search(known.sub("", text))]


@pytest.fixture
def bracketing(settings: Settings) -> web.Application:
    """An application that says its other language in brackets."""
    app = create_app(settings)
    coverage = Coverage.load(ROOT / "static" / "fonts" / "coverage.txt")
    language = Language(TAG, "Bracketed", Bracketed(), {"BR": "⟦Brazil⟧"})
    glyphs = {"drawn": partial(drawn, coverage=coverage), "own_sources": SOURCES}
    set_up_pages(app, Languages([language]), ROOT / "templates", glyphs)
    return app


@pytest.fixture
async def bracketed(bracketing: web.Application) -> AsyncIterator[ClientSession]:
    """A client that reads the other language."""
    headers = {"Accept": "text/html,application/json", "Accept-Language": "zh"}
    with bind("127.0.0.1", 0) as bound:
        async with (
            serving(bracketing, bound) as url,
            ClientSession(url, headers=headers) as session,
        ):
            yield session


def addresses(job: str) -> Iterator[str]:
    yield from ("/", "/?q=arrow&facets=true", "/?q=heart+zzz", "/?q=elipsis", "/?q=U%2BFACE")
    yield from ("/?q=%C3%A9x", "/?q=U%2B110000", "/?q=cafe", "/?q=%2F%28", "/?q=heart+nosuch:x")
    yield from ("/characters/U+0041", "/characters/U+6C34", "/characters/U+0301")
    yield from ("/characters/U+1F468-200D-1F469-200D-1F467", "/characters/U+FB01")
    yield from ("/characters/U+110000", "/identify", "/identify?text=p%D0%B0ypal%E2%80%8B%EF%BF%BF")
    yield from ("/blocks", "/blocks/Arrows", "/blocks/CJK_Unified_Ideographs", "/blocks/Arrow")
    yield from ("/scripts", "/about", "/flags", "/flags/history", "/flags/history?state=nonsense")
    yield from ("/flags/lab", "/flags/gallery", "/login", "/nowhere", f"/flags/jobs/{job}")


async def test_no_page_says_anything_in_english_alone(bracketed: ClientSession) -> None:
    jobs = JobsClient(bracketed)
    job = (await jobs.submit("builtin", ["BR", "XX"]))["id"]
    await jobs.log(job)
    left = {}
    for address in addresses(job):
        async with bracketed.get(address) as answer:
            assert answer.headers["Content-Language"] == TAG
            typed = answer.url.query.get("q", "")
            if found := unsaid(await answer.text(), typed):
                left[address] = found
    assert not left, "\n".join(f"{k} {set(v)}" for k, v in left.items())
