import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from tools import cldr_tables, latex_table, ucd_tables
from tools.locale_tables import Language, locale_names
from tools.ucdinfo_records import FLAGS

# LaTeX


@pytest.mark.parametrize(
    ("written", "command"),
    [
        (r"\ensuremath{\alpha}", r"\alpha"),
        (r"\ensuremath{\mathbb{R}}", r"\mathbb{R}"),
        (r"\ensuremath{\boldsymbol{\mathit{V}}}", r"\boldsymbol{\mathit{V}}"),
        (r"\'e", r"\'{e}"),
        (r"\"\i", r"\"{\i}"),
        (r"\^{w}", r"\^{w}"),
        (r"\ensuremath{\sqrt{}}", r"\sqrt"),
        (r"\%", r"\%"),
        ("--", ""),
        (r"\ensuremath{^4}", ""),
        (r"\'{}A", ""),
        (r"\cyrchar\CYROMEGA", ""),
        (r"\fbox{~~}", ""),
    ],
)
def test_a_command_is_what_people_type(written: str, command: str) -> None:
    assert latex_table.command(written) == command


def test_the_better_known_command_is_preferred() -> None:
    macros = {"→": ["rightarrow", "to", "textrightarrow"], "♀": ["venus"], "|": ["vert"]}
    found = latex_table.preferred({0x2192: r"\textrightarrow"}, macros)
    assert found == {0x2192: r"\rightarrow", 0x2640: r"\venus"}


def test_a_command_stands_for_one_character() -> None:
    written = {0x0394: r"\Delta", 0x2206: r"\Delta", 0x7E: r"\a", 0x2DC: r"\a", 0xB7: r"\textdot"}
    macros = {"Δ": ["Delta"], "\u02dc": ["a"], "·": ["cdot"]}
    assert latex_table.preferred(written | {0x22C5: r"\cdot"}, macros) == {
        0x0394: r"\Delta",
        0x02DC: r"\a",
        0x00B7: r"\textdot",
        0x22C5: r"\cdot",
    }


def test_macros_are_told_by_the_one_character_they_stand_for() -> None:
    macros = [
        SimpleNamespace(macroname="alpha", simplify_repl="α"),
        SimpleNamespace(macroname="eth", simplify_repl="ƪ"),
        SimpleNamespace(macroname="%", simplify_repl="%"),
        SimpleNamespace(macroname="LaTeX", simplify_repl="LaTeX"),
        SimpleNamespace(macroname="frac", simplify_repl=print),
    ]
    assert latex_table.macros_by_character([("all", {"macros": macros})]) == {"α": ["alpha"]}


def test_the_licence_above_the_table_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "pylatexenc/latexencode/_uni2latexmap.py"
    path.parent.mkdir(parents=True)
    path.write_text(
        "#\n#\n# latexcodec is a lexer\n# by A\n#\n# Do as\n#\n#\n\ntable = {}\n", "utf-8"
    )
    assert latex_table.latexcodec_licence(tmp_path) == "latexcodec is a lexer\nby A\n\nDo as\n"


# Properties


def test_a_property_without_a_long_name_is_refused(tmp_path: Path) -> None:
    flags = sorted(set(FLAGS) - ucd_tables.UNPUBLISHED_FLAGS)
    names = [{"shortName": flag, "longName": f"{flag}_long"} for flag in flags]
    path = tmp_path / "package/PropertyAliases.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"PropertyAliases": names}), "utf-8")
    assert next(ucd_tables.property_names(tmp_path)) == [flags[0], f"{flags[0]}_long"]
    path.write_text(json.dumps({"PropertyAliases": names[1:]}), "utf-8")
    with pytest.raises(ucd_tables.DisagreementError, match=flags[0]):
        list(ucd_tables.property_names(tmp_path))


# Locales

ENGLISH = Language(
    {"sr": "Serbian", "pt": "Portuguese", "pt-PT": "European Portuguese", "ca": "Catalan"},
    {"Latn": "Latin", "BA": "Bosnia", "ES": "Spain", "VALENCIA": "Valencian"},
    "{0} ({1})",
    "{0}, {1}",
)


@pytest.mark.parametrize(
    ("locale", "name"),
    [
        ("sr", "Serbian"),
        ("pt-PT", "European Portuguese"),
        ("sr-Latn-BA", "Serbian (Latin, Bosnia)"),
        ("ca-ES-valencia", "Catalan (Spain, Valencian)"),
        ("sr-Cyrl", ""),
        ("xx", ""),
    ],
)
def test_a_locale_is_called_by_its_parts(locale: str, name: str) -> None:
    assert ENGLISH.name(locale) == name


def write_names(folder: Path, kind: str, names: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    document = {"main": {folder.name: {"localeDisplayNames": {kind: names}}}}
    (folder / f"{kind}.json").write_text(json.dumps(document), "utf-8")


def test_a_locale_without_a_name_of_its_own_has_the_english_one(tmp_path: Path) -> None:
    main = tmp_path / "package/main"
    write_names(main / "en", "languages", {"de": "German", "bew": "Betawi"})
    write_names(main / "en", "territories", {"AT": "Austria"})
    write_names(main / "de-AT", "languages", {"de": "Deutsch"})
    write_names(main / "de-AT", "territories", {"AT": "Österreich"})
    pattern = {"localePattern": "{0} – {1}"}
    write_names(main / "de-AT", "localeDisplayNames", {})
    document = {"main": {"de-AT": {"localeDisplayNames": {"localeDisplayPattern": pattern}}}}
    (main / "de-AT/localeDisplayNames.json").write_text(json.dumps(document), "utf-8")
    assert list(locale_names(tmp_path, ["bew", "de-AT"])) == [
        ["bew", "Betawi", "Betawi"],
        ["de-AT", "German (Austria)", "Deutsch – Österreich"],
    ]


def test_locales_that_say_nothing_are_left_out(tmp_path: Path) -> None:
    for folder, entries in {"annotations": {"a": {"tts": ["a"]}}, "annotationsDerived": {}}.items():
        for locale in ("en", "en-GB"):
            path = tmp_path / f"package/{folder}/{locale}/annotations.json"
            path.parent.mkdir(parents=True)
            found = entries if locale == "en" else {}
            path.write_text(json.dumps({"annotations": {"annotations": found}}), "utf-8")
    assert list(cldr_tables.locales(tmp_path, tmp_path)) == ["en"]
