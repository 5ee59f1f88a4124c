"""Refresh what is derived from annotations.tsv.xz: python -m tools.import_languages."""

import argparse
import lzma
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools import language_tables
from tools.data_files import Source, Table, Written, recorded, replace, sources_toml, write

DATA = Path(__file__).parents[1] / "webapp/characters/data"
ANNOTATIONS = "annotations.tsv.xz"


def tables(folder: Path, sources: Sequence[Source]) -> Iterator[Table]:
    """The tables made from the annotations in a folder, which are from these sources."""
    with lzma.open(folder / ANNOTATIONS, "rt", encoding="utf-8", newline="\n") as lines:
        rows = [line[:-1].split("\t") for line in lines][1:]
    made = language_tables.tables(rows)
    yield Table("languages", language_tables.COLUMNS, made.languages, sources)
    yield Table("locale_tokens", language_tables.COLUMNS_OF_TOKENS, made.tokens, sources)
    counts = Counter(locale for locale, *_ in rows)
    locale_rows = [[locale, str(count)] for locale, count in sorted(counts.items())]
    yield Table("locale_rows", "locale rows", locale_rows, sources)


def derive(folder: Path) -> list[Written]:
    """Write the tables and record them beside the files that SOURCES.toml has already."""
    version, files = recorded(folder)
    by_name = {file.table.file: file for file in files}
    made = [write(table, folder) for table in tables(folder, by_name[ANNOTATIONS].table.sources)]
    by_name |= {file.table.file: file for file in made}
    replace(folder / "SOURCES.toml", sources_toml(version, by_name.values()).encode())
    return made


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=DATA, help="the folder of the data files")
    for written in derive(parser.parse_args(arguments).output):
        print(f"{written.table.file:28}{written.rows:9,} rows {written.size:10,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
