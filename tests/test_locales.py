"""Saying texts in other languages, and finding out which one a reader wants."""

import io
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po
from markupsafe import Markup

from tools.messages import forms
from webapp.locales import Language, Languages, Translated, read_catalog, translated
from webapp.phrases import Phrase

Texts = dict[str | tuple[str, str], str | tuple[str, ...]]

ONE_FLAG = ("{count} flag", "{count} flags")
FRENCH_FLAGS = ("{count} drapeau", "{count} de drapeaux", "{count} drapeaux")
POLISH: Texts = {
    ONE_FLAG: ("{count} flaga", "{count} flagi", "{count} flag"),
    "Search": "Szukaj",
    "From {source}: {what}": "{what} z {source}",
    "Fewer < more": "Mniej < więcej",
    "the source": "źródło",
}


def catalog_of(
    tag: str, texts: Texts, *, place: str = "webapp/views.py", plurals: str = ""
) -> Catalog:
    """A catalogue as it is read from a file."""
    made = Catalog(locale=tag.replace("-", "_"), project="Charfinder")
    for text, said in texts.items():
        made.add(text, said, locations=[(place, 0)])
    file = io.BytesIO()
    write_po(file, made)
    written = file.getvalue()
    if plurals:
        written = re.sub(rb"Plural-Forms: .*;", f"Plural-Forms: {plurals}".encode(), written)
    return read_po(io.BytesIO(written))


def in_language(tag: str, texts: Texts, place: str = "webapp/views.py") -> Language:
    return Translated(tag, catalog_of(tag, texts, place=place))


@pytest.fixture(scope="module")
def polish() -> Language:
    return in_language("pl", POLISH)


def test_a_text_is_said_in_the_language(polish: Language) -> None:
    assert polish.said("Search") == "Szukaj"
    assert polish.said(Phrase("Search")) == "Szukaj"


def test_what_is_not_translated_is_said_in_english(polish: Language) -> None:
    assert polish.said("Copy") == "Copy"
    assert polish.said(Phrase("Copy {what}", what="it")) == "Copy it"
    assert polish.counted("{count} job", "{count} jobs", 3) == "3 jobs"


def test_an_empty_text_stays_empty(polish: Language) -> None:
    assert polish.said("") == ""
    assert polish.said(Phrase("")) == ""
    assert polish.said(Phrase("Copy {what}", what=Phrase(""))) == "Copy "


def test_values_take_their_places_in_any_order(polish: Language) -> None:
    phrase = Phrase("From {source}: {what}", source=Phrase("the source"), what="BR")
    assert phrase == "From the source: BR"
    assert polish.said(phrase) == "BR z źródło"
    assert polish.said("From {source}: {what}", source=Phrase("the source"), what="BR") == (
        "BR z źródło"
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 flag"),
        (1, "1 flaga"),
        (2, "2 flagi"),
        (5, "5 flag"),
        (12, "12 flag"),
        (22, "22 flagi"),
        (1_000_000, "1\u00a0000\u00a0000 flag"),
    ],
)
def test_a_number_takes_the_form_of_the_language(polish: Language, number: int, text: str) -> None:
    assert polish.counted(*ONE_FLAG, number) == text
    assert polish.said(Phrase.counted(*ONE_FLAG, number)) == text


def test_french_counts_nothing_in_the_singular() -> None:
    french = in_language("fr", {ONE_FLAG: FRENCH_FLAGS})
    said = [str(french.counted(*ONE_FLAG, number)) for number in (0, 1, 2)]
    assert said == ["0 drapeau", "1 drapeau", "2 drapeaux"]
    million = Phrase.counted(*ONE_FLAG, 1_000_000)
    assert french.said(million) == "1\u202f000\u202f000 de drapeaux"
    assert [str(Language().counted(*ONE_FLAG, number)) for number in (0, 1, 2)] == [
        "0 flags",
        "1 flag",
        "2 flags",
    ]


@pytest.mark.parametrize(
    ("tag", "figure"),
    [("en", "65,536"), ("pl", "65\u00a0536"), ("de", "65.536"), ("zh-Hans", "65,536")],
)
def test_figures_are_written_as_in_the_language(tag: str, figure: str) -> None:
    language = Language() if tag == "en" else in_language(tag, {})
    assert language.figure(65_536) == figure
    assert language.said(Phrase("{bytes}", bytes=65_536)) == figure


@pytest.mark.parametrize("language", [Language(), in_language("pl", POLISH)])
def test_no_value_is_markup(language: Language) -> None:
    bad = "<script>alert('{source}')</script>"
    escaped = str(Markup.escape(bad))
    assert escaped in language.said("From {source}: {what}", source=bad, what="")
    assert escaped in language.said(Phrase("From {source}: {what}", source=bad, what=""))
    within = Phrase("From {source}: {what}", source=Phrase("{it}", it=bad), what="")
    assert escaped in language.said(within)
    assert escaped in language.said("From {source}: {what}", source=within, what="")
    assert escaped in language.counted("{count} of {it}", "{count} of {it}", 2, it=bad)


@pytest.mark.parametrize("language", [Language(), in_language("pl", POLISH)])
def test_no_text_is_markup(language: Language) -> None:
    assert "&lt;" in language.said("Fewer < more")
    assert "&lt;" in language.said(Phrase("Fewer < more"))
    assert "&lt;" in language.counted("{count} < it", "{count} < them", 2)


def test_markup_of_a_template_stays_markup(polish: Language) -> None:
    source = Markup("<b>it</b>")
    assert polish.said("From {source}: {what}", source=source, what="&") == "&amp; z <b>it</b>"
    assert polish.said(Markup("<b>it</b>")) == "<b>it</b>"


def test_countries_are_named_by_cldr(polish: Language) -> None:
    assert polish.region("DE", "Germany") == "Niemcy"
    assert polish.region("QQ", "QQ") == "QQ"
    assert Language().region("DE", "Germany") == "Germany"


def languages_of(*tags: str) -> Languages:
    return Languages(in_language(tag, {}) for tag in tags)


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("", "en"),
        ("zh", "zh-Hans"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-Hans", "zh-Hans"),
        ("zh_hans_cn", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant", "zh-Hant"),
        ("zh-TW,zh-CN;q=0.5", "zh-Hant"),
        ("zh-CN;q=0.5,zh-TW", "zh-Hant"),
        ("de", "en"),
        ("de-DE,de;q=0.9", "en"),
        ("de,zh;q=0.5", "zh-Hans"),
        ("en-GB,zh;q=0.9", "en"),
        ("zh;q=0,en", "en"),
        ("*", "en"),
        (";;;,,,q=q=q", "en"),
        ("zh-" + "x" * 10_000, "en"),
    ],
)
def test_the_browser_is_asked_for_its_language(header: str, tag: str) -> None:
    languages = languages_of("zh-Hans", "zh-Hant")
    assert languages.for_reader("", header).tag == tag


@pytest.mark.parametrize("header", ["zh-TW", "zh-Hant", "zh-HK"])
def test_who_reads_traditional_chinese_only_is_not_given_the_simplified(header: str) -> None:
    assert languages_of("zh-Hans").for_reader("", header).tag == "en"


def test_the_nearest_of_several_is_taken() -> None:
    languages = languages_of("pt", "pt-PT")
    assert languages.for_reader("", "pt-PT").tag == "pt-PT"
    assert languages.for_reader("", "pt-BR").tag == "pt"


def test_what_was_chosen_comes_first() -> None:
    languages = languages_of("zh-Hans")
    assert languages.for_reader("en", "zh-CN").tag == "en"
    assert languages.for_reader("zh-Hans", "en").tag == "zh-Hans"


@pytest.mark.parametrize(
    "cookie", ["", "de", "ZH-HANS", "zh-Hans\0", "../zh-Hans", "<b>", "x" * 5000]
)
def test_a_choice_that_is_none_counts_for_nothing(cookie: str) -> None:
    languages = languages_of("zh-Hans")
    assert languages.get(cookie) is None
    assert languages.for_reader(cookie, "zh-CN").tag == "zh-Hans"
    assert languages.for_reader(cookie, "").tag == "en"


def test_english_comes_first_and_needs_no_texts() -> None:
    languages = languages_of("fr", "pl")
    assert [language.tag for language in languages] == ["en", "fr", "pl"]
    assert [language.name for language in languages] == ["English", "français", "polski"]
    assert next(iter(languages)).for_scripts == ""


def test_scripts_get_their_own_texts_alone() -> None:
    texts: Texts = {ONE_FLAG: POLISH[ONE_FLAG], "Search": "Szukaj", "Copy": ""}
    told = json.loads(in_language("pl", texts, "static/js/copy.js").for_scripts)
    assert told["texts"] == {
        "{count} flag": ["{count} flaga", "{count} flagi", "{count} flag"],
        "Search": "Szukaj",
    }
    assert json.loads(in_language("pl", texts).for_scripts)["texts"] == {}


def test_scripts_learn_which_category_takes_which_form(polish: Language) -> None:
    told = json.loads(str(polish.for_scripts))["plurals"]
    assert told == {"one": 0, "few": 1, "many": 2}
    assert json.loads(in_language("zh-Hans", {}).for_scripts)["plurals"] == {"other": 0}


@pytest.mark.parametrize("bad", ["</script>", "<!-- <script>", "<SCRIPT", "]]>"])
def test_texts_of_scripts_cannot_end_their_element(bad: str) -> None:
    language = in_language("pl", {"Search": bad, bad: "ok"}, "static/js/copy.js")
    assert "<" not in language.for_scripts
    assert json.loads(language.for_scripts)["texts"] == {"Search": bad, bad: "ok"}


def test_a_file_is_a_language(tmp_path: Path) -> None:
    with (tmp_path / "pl.po").open("wb") as file:
        write_po(file, catalog_of("pl", POLISH))
    languages = Languages.load(tmp_path)
    assert [language.tag for language in languages] == ["en", "pl"]
    polish = languages.get("pl")
    assert polish is not None
    assert polish.said("Search") == "Szukaj"


def test_a_file_that_is_broken_is_told(tmp_path: Path) -> None:
    (tmp_path / "pl.po").write_text("Szukaj\n", encoding="utf-8")
    with pytest.raises(PoFileError):
        Languages.load(tmp_path)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def entries() -> Iterator[tuple[str, str, Sequence[str]]]:
    """(tag, English, what is said for it) of each text that is translated."""
    for tag, path in translated().items():
        for message in read_catalog(path):
            said = [text for text in forms(message) if text]
            if message.id and said:
                english = message.id if isinstance(message.id, str) else message.id[-1]
                yield tag, english, said


def test_translations_have_the_placeholders_of_their_texts() -> None:
    wrong = [
        (tag, english, each)
        for tag, english, said in entries()
        for each in said
        if placeholders(each) != placeholders(english)
    ]
    assert wrong == []
