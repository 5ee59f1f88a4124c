"""What a locale is called, in English and in its own language (CLDR)."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

ENGLISH = "en"


class Language(NamedTuple):
    """How a language calls languages, and what sets them apart, by their codes."""

    languages: Mapping[str, str]
    details: Mapping[str, str]
    pattern: str
    separator: str

    @classmethod
    def read(cls, folder: Path) -> "Language":
        """From a folder of cldr-localenames, which lacks what the language does not say."""
        patterns = _names(folder, "localeDisplayNames").get("localeDisplayPattern", {})
        kinds = ("scripts", "territories", "variants")
        details = {code: text for kind in kinds for code, text in _section(folder, kind).items()}
        return cls(
            _section(folder, "languages"),
            details,
            patterns.get("localePattern", "{0} ({1})"),
            patterns.get("localeSeparator", "{0}, {1}"),
        )

    def name(self, locale: str) -> str:
        """The name of a locale, "" where the language has none."""
        parts = locale.split("-")
        for length in range(len(parts), 0, -1):
            if name := self.languages.get("-".join(parts[:length])):
                return self._detailed(name, parts[length:])
        return ""

    def _detailed(self, name: str, codes: list[str]) -> str:
        details = [self.details.get(code) or self.details.get(code.upper(), "") for code in codes]
        if not all(details):
            return ""
        joined = ""
        for detail in details:
            joined = _filled(self.separator, joined, detail) if joined else detail
        return _filled(self.pattern, name, joined) if joined else name


def _filled(pattern: str, first: str, second: str) -> str:
    return pattern.replace("{0}", first).replace("{1}", second)


def _section(folder: Path, kind: str) -> Mapping[str, str]:
    section: Mapping[str, str] = _names(folder, kind).get(kind, {})
    return section


def _names(folder: Path, kind: str) -> Mapping[str, Any]:
    path = folder / f"{kind}.json"
    if not path.exists():
        return {}
    (document,) = json.loads(path.read_text("utf-8"))["main"].values()
    names: Mapping[str, Any] = document["localeDisplayNames"]
    return names


def locale_names(folder: Path, locales: Iterable[str]) -> Iterator[list[str]]:
    """Locale, its name in English, its name in its own language or else the English one."""
    main = folder / "package/main"
    english = Language.read(main / ENGLISH)
    for locale in locales:
        name = english.name(locale)
        own = Language.read(main / locale).name(locale)
        yield [locale, name, own or name]
