"""Make the fonts for what a reader's own fonts lack.

uv run --no-project --with fonttools==4.68.0 --with brotli==1.2.1 python -m tools.glyph_fonts

Reads the packages of tools/fonts.toml and writes static/fonts and static/css/glyphs.css. The same
packages give the same bytes. Debian serves unifont to its unstable suite: on another, lay the
package of that name into the cache.
"""

import argparse
import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from tools.code_point_ranges import joined, runs, spelt
from tools.font_slices import Slice, cut, drawn, version
from tools.last_resort import FAMILY, FILE, last_resort
from tools.marks import DOTTED_CIRCLE, marks
from tools.marks import FAMILY as MARKS
from tools.marks import FILE as MARKS_FILE
from tools.packages import Package, pinned, unpack_all
from webapp.characters import ucd
from webapp.characters.glyphs import box

ROOT: Final = Path(__file__).resolve().parent.parent
PINS: Final = Path(__file__).with_name("fonts.toml")
FONTS: Final = ROOT / "static" / "fonts"
STYLES: Final = ROOT / "static" / "css" / "glyphs.css"
EMOJI: Final = "Charfinder Emoji"
GLYPHS: Final = "Charfinder Glyphs"
MOST_BYTES: Final = 4_000_000
# The more, the heavier is each page; the fewer, the more letters between marks it is fetched for.
MOST_MARK_RANGES: Final = 60

FACES: Final = re.compile(r"emoji-(\d+)-400-normal\.woff2.*?unicode-range: ([^;]+);", re.DOTALL)
HEAD: Final = "/* Fonts for what readers lack, made by tools/glyph_fonts.py. */\n"
RULE: Final = (
    '@font-face{{font-family:"{}";font-display:swap;src:url(../fonts/{})format("woff2");'
    "unicode-range:{}}}\n"
)
# Asked for nothing and so never fetched. Where the first family of a text is one of the reader's,
# Chromium leaves the empty rectangle as it is when the font arrives; not so with this one first.
AWAITING: Final = RULE.format("Charfinder Awaiting", FILE, "U+10FFFF")
OWN: Final = {
    "name": FAMILY,
    "version": "1.0",
    "licence": "MIT",
    "source": "drawn by tools/last_resort.py",
    "files": [FILE],
}


class Font(NamedTuple):
    """A font to be cut; `path` has {} for the number of a file where it comes in several."""

    name: str
    package: Package
    path: Path
    prefix: str

    @property
    def family(self) -> str:
        return {"emoji": EMOJI, "marks": MARKS}.get(self.prefix, GLYPHS)


def fonts(cache: Path) -> Iterator[Font]:
    """The fonts of the pinned packages, in the order in which they are asked."""
    packages = pinned(PINS)
    folders = unpack_all(packages, cache)
    for row in tomllib.loads(PINS.read_text("utf-8"))["font"]:
        package = packages[row["package"]]
        yield Font(row["name"], package, folders[package.name] / row["path"], row["prefix"])


def needed() -> list[int]:
    """The assigned code points that have ink, ascending."""
    return [c.code_point for c in ucd.code_points() if not box(c.code_point, c.name, c.category)]


def sliced_already(font: Font, assigned: frozenset[int]) -> Iterator[Slice]:
    """Files as their package has them: emoji that belong to one sequence are in one of them."""
    rules = (font.path.parent.parent / "400.css").read_text("utf-8")
    for number, text in FACES.findall(rules):
        ranges = [_range(part) for part in text.replace("U+", "").split(",")]
        content = Path(str(font.path).format(number)).read_bytes()
        members = {c for first, last in ranges for c in range(first, last + 1)} & assigned
        yield Slice(f"{font.prefix}-{number}.woff2", content, sorted(members), ranges)


def _range(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    return int(first, 16), int(last or first, 16)


def slices(sources: Iterable[Font], known: list[int]) -> Iterator[tuple[Font, list[Slice]]]:
    """Each font with its slices; a code point is in those of one font alone."""
    assigned = frozenset(c.code_point for c in ucd.code_points())
    left = set(known)
    for font in sources:
        if font.family == EMOJI:
            made = list(sliced_already(font, assigned))
        else:
            made = list(cut(font.path, font.prefix, drawn(font.path, assigned) & left, known))
        left -= {code_point for one in made for code_point in one.code_points}
        yield font, made


def with_marks(
    made: list[tuple[Font, list[Slice]]], known: list[int]
) -> list[tuple[Font, list[Slice]]]:
    """The same, and the marks of Unifont once more, all with their dotted circle in one file."""
    combining = {c.code_point for c in ucd.code_points() if c.category.startswith("M")}
    unifont = [(font, found) for font, found in made if font.prefix.startswith("unifont")]
    drawn_by = {
        font.path: sorted(c for one in found for c in one.code_points if c in combining)
        for font, found in unifont
    }
    members = sorted({DOTTED_CIRCLE}.union(*drawn_by.values()))
    ranges = joined(runs(members, known), MOST_MARK_RANGES)
    whole = Slice(MARKS_FILE, marks(drawn_by), members, ranges)
    font = unifont[0][0]._replace(name="GNU Unifont, marks", prefix="marks")
    return [*made, (font, [whole])]


def styles(made: Iterable[tuple[Font, list[Slice]]]) -> str:
    """The rules. Of two with a code point in common, browsers prefer the later."""
    rules = (
        RULE.format(font.family, one.file, ",".join(spelt(one.ranges, "U+")))
        for font, found in reversed(list(made))
        for one in found
    )
    # Blank for a moment is better than the rectangle that this font is there to replace.
    last = RULE.format(FAMILY, FILE, "U+0-10FFFF").replace("swap", "block")
    return HEAD + AWAITING + "".join(rules) + last


def inventory(font: Font, found: Iterable[Slice]) -> Mapping[str, Any]:
    """What the page about the program says of a font."""
    of = font.package
    first = Path(str(font.path).format(0))
    return {
        "name": font.name,
        "version": version(first),
        "licence": of.licence,
        "source": f"{'Debian' if of.registry == 'debian' else of.registry} package {of.title}",
        "sha256": of.sha256,
        "files": [one.file for one in found],
    }


def write(made: list[tuple[Font, list[Slice]]], known: list[int]) -> int:
    """Write everything anew; the bytes of all fonts."""
    for old in FONTS.glob("*.woff2"):
        old.unlink()
    for _, found in made:
        for one in found:
            (FONTS / one.file).write_bytes(one.content)
    (FONTS / FILE).write_bytes(last_resort())
    covered = {code_point for _, found in made for one in found for code_point in one.code_points}
    (FONTS / "coverage.txt").write_text("\n".join(spelt(runs(covered, known))) + "\n")
    listed = [inventory(font, found) for font, found in made] + [OWN]
    (FONTS / "fonts.json").write_text(json.dumps(listed, indent=2) + "\n")
    STYLES.write_text(styles(made))
    sums = sorted([*FONTS.glob("*.woff2"), FONTS / "coverage.txt", STYLES])
    (FONTS / "SHA256SUMS").write_text("".join(_sum(path) for path in sums))
    print(f"{len(covered & set(known))} of {len(known)} with ink")
    return sum(len(one.content) for _, found in made for one in found)


def _sum(path: Path) -> str:
    name = path.relative_to(FONTS.parent).as_posix()
    return f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n"


def main() -> int:
    """Make the files; 1 when they are too heavy to be committed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/charfinder-fonts")
    cache = parser.parse_args().cache
    FONTS.mkdir(parents=True, exist_ok=True)
    known = needed()
    total = write(with_marks(list(slices(fonts(cache), known)), known), known)
    print(f"{total:,} bytes")
    return int(total > MOST_BYTES)


if __name__ == "__main__":
    raise SystemExit(main())
