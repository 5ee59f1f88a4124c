"""The languages of the pages: English, which all texts are in, and one file for each other."""

import gettext
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from markupsafe import Markup

from webapp.language_tags import accepted
from webapp.phrases import Phrase, english_figure, filled

ENGLISH: Final = "en"
TRANSLATIONS: Final = Path(__file__).resolve().parent / "translations"
# Which form a number takes repeats long before this, in every language that CLDR knows.
NUMBERS_TRIED: Final = 1_000


class Language:
    """English: texts as they are. `tag` is of BCP 47, `name` what its speakers call it.

    `for_scripts` is what scripts in the browser say, as JSON, "" where that is their own English.
    """

    def __init__(
        self,
        tag: str = ENGLISH,
        name: str = "English",
        translations: gettext.NullTranslations | None = None,
        regions: Mapping[str, str] | None = None,
        for_scripts: str = "",
    ) -> None:
        self.tag = tag
        self.name = name
        self.for_scripts = Markup(for_scripts)  # noqa: S704 - made by `_for_scripts`
        self._translations = translations or gettext.NullTranslations()
        self._regions = regions or {}

    def said(self, text: str | None, /, **values: object) -> Markup:
        """The text or phrase in this language, for a page: what is no markup is escaped.

        Nothing is said of nothing.
        """
        if isinstance(text, Phrase):
            return Markup.escape(self._phrase(text))
        if not text:
            return Markup()
        form = Markup.escape(self._translations.gettext(text))
        return Markup(filled(form, values, self.figure, self._phrase))  # noqa: S704 - Markup.format escapes

    def counted(self, one: str, other: str, number: int, /, **values: object) -> Markup:
        """The form for that number, which stands in it as `{count}`."""
        form = Markup.escape(self._translations.ngettext(one, other, number))
        return Markup(  # noqa: S704 - Markup.format escapes
            filled(form, {"count": number, **values}, self.figure, self._phrase)
        )

    def figure(self, number: int) -> str:
        """A whole number as it is written in this language: 65,536."""
        return english_figure(number)

    def around(self, text: str) -> tuple[Markup, Markup]:
        """What stands before and behind `{name}`: for a text that is said of hundreds of names."""
        before, _, after = self.said(text).partition("{name}")
        return before, after

    def region(self, code: str, otherwise: str) -> str:
        """The name of a country by its ISO 3166 code."""
        return self._regions.get(code, otherwise)

    def _phrase(self, phrase: Phrase) -> str:
        if not phrase.form:
            # Under the empty text a catalogue keeps its own header.
            return ""
        if phrase.number is None:
            form = self._translations.gettext(phrase.form)
        else:
            form = self._translations.ngettext(phrase.form, phrase.other, phrase.number)
        return filled(form, phrase.values, self.figure, self._phrase)


class Translated(Language):
    """Another language, by CLDR and by the texts of one file."""

    def __init__(self, tag: str, catalog: Catalog) -> None:
        locale = Locale.parse(tag, sep="-")
        translations = _compiled(catalog)
        super().__init__(
            tag,
            locale.languages.get(str(locale)) or locale.get_display_name() or tag,
            translations,
            dict(locale.territories),
            _for_scripts(locale, translations, catalog),
        )
        self._locale = locale

    def figure(self, number: int) -> str:
        """A whole number as it is written in this language."""
        return format_decimal(number, locale=self._locale)


class Languages:
    """The languages that there are, English first."""

    def __init__(self, others: Iterable[Language] = ()) -> None:
        self._by_tag = {each.tag: each for each in (Language(), *others)}

    @classmethod
    def load(cls, folder: Path = TRANSLATIONS) -> "Languages":
        """English and a language for each file `<tag>.po` of the folder."""
        files = translated(folder).items()
        return cls(Translated(tag, read_catalog(path)) for tag, path in files)

    def __iter__(self) -> Iterator[Language]:
        return iter(self._by_tag.values())

    def get(self, tag: str) -> Language | None:
        """The language of just this tag."""
        return self._by_tag.get(tag)

    def for_reader(self, chosen: str, accept_language: str) -> Language:
        """The language that was chosen, else the most wanted one of an Accept-Language header."""
        if (language := self._by_tag.get(chosen)) is not None:
            return language
        wanted = accepted(accept_language, self._by_tag) if accept_language else ()
        return self._by_tag[wanted[0] if wanted else ENGLISH]


def translated(folder: Path = TRANSLATIONS) -> dict[str, Path]:
    """The files of the languages beside English, by their tags."""
    return {path.stem: path for path in sorted(folder.glob("*.po"))}


def read_catalog(path: Path) -> Catalog:
    """The texts of one file; babel.messages.pofile.PoFileError says what is wrong with it."""
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def _compiled(catalog: Catalog) -> gettext.GNUTranslations:
    packed = io.BytesIO()
    write_mo(packed, catalog)
    packed.seek(0)
    return gettext.GNUTranslations(packed)


def _for_scripts(locale: Locale, translations: gettext.GNUTranslations, catalog: Catalog) -> str:
    """The texts of scripts, and by CLDR's plural category which of its forms a text takes."""
    # GNUTranslations has the rule of the file's Plural-Forms under this name only.
    index = translations.plural  # type: ignore[attr-defined]  # set when a catalogue is read
    categories = {locale.plural_form(number): index(number) for number in range(NUMBERS_TRIED)}
    texts = {
        message.id[0] if message.pluralizable else message.id: message.string
        for message in catalog
        if message.string and any(path.startswith("static/") for path, _ in message.locations)
    }
    said = json.dumps({"plurals": categories, "texts": texts}, ensure_ascii=False)
    # Nothing in a text may end the element that it stands in.
    return said.replace("<", "\\u003c")
