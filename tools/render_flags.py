"""Draw the built-in flags and list the countries.

uv run --no-project --with pillow==13.0.0 --with resvg-py==0.5.0 python -m tools.render_flags

Reads flag-icons (drawings and the list of ISO 3166-1 codes) and CLDR (English names) from npm and
writes webapp/flags/data. The same packages and drawing libraries give the same bytes.
"""

import argparse
import base64
import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, NamedTuple

import resvg_py  # type: ignore[import-not-found]  # drawing libraries are not in the dev lock
from PIL import Image  # type: ignore[import-not-found]  # as above

DATA: Final = Path(__file__).resolve().parent.parent / "webapp" / "flags" / "data"
SIZE: Final = (320, 240)
# Drawn this much larger without anti-aliasing, then averaged: neighbouring shapes leave no seam.
OVERSAMPLING: Final = 4
# A larger empty part of a drawing is its shape (Nepal); a smaller one is a slip at its edge.
SLIP: Final = 0.01
COUNT: Final = 249
MAX_TOTAL: Final = 1_000_000
EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip file can tell


class Package(NamedTuple):
    """An npm package at a version; integrity is the registry's, as in a package-lock."""

    name: str
    version: str
    licence: str
    integrity: str


FLAG_ICONS: Final = Package(
    "flag-icons",
    "7.5.0",
    "MIT",
    "sha512-kd+MNXviFIg5hijH766tt+3x76ele1AXlo4zDdCxIvqWZhKt4T83bOtxUOOMlTx/EcFdUMH5yvQgYlFh1EqqFg==",
)
CLDR: Final = Package(
    "cldr-localenames-full",
    "48.2.0",
    "Unicode-3.0",
    "sha512-4o0paYDz0UXhfhChAVFkmVl2CP0YTSEqE6WrC0fNafaSC5u5DAXphxH3SZ1Ujczarikr8DToKZfiok6EqWLdNQ==",
)


class Tarball:
    """The files of an npm package that has the recorded integrity."""

    def __init__(self, package: Package, cache: Path) -> None:
        path = cache / f"{package.name}-{package.version}.tgz"
        if not path.exists():
            what = f"{package.name}@{package.version}"
            subprocess.run(["npm", "pack", what], cwd=cache, check=True, capture_output=True)
        content = path.read_bytes()
        digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
        if f"sha512-{digest}" != package.integrity:
            raise SystemExit(f"{path} is not the {package.name} {package.version} recorded here.")
        self._tar = tarfile.open(fileobj=io.BytesIO(content))  # noqa: SIM115  # held for its life

    def read(self, name: str) -> bytes:
        """The file's content; KeyError when the package does not have it."""
        member = self._tar.extractfile(f"package/{name}")
        if member is None:
            raise KeyError(name)
        return member.read()

    def read_json(self, name: str) -> Any:  # whatever the JSON holds
        """The file's content, decoded."""
        return json.loads(self.read(name))


def country_names(flag_icons: Tarball, cldr: Tarball) -> dict[str, str]:
    """Code -> English name for every code of ISO 3166-1, in order of code."""
    codes = [row["code"].upper() for row in flag_icons.read_json("country.json") if row.get("iso")]
    names = cldr.read_json("main/en/territories.json")
    territories = names["main"]["en"]["localeDisplayNames"]["territories"]
    if len(codes) != COUNT:
        raise SystemExit(f"{len(codes)} codes of ISO 3166-1 instead of {COUNT}.")
    return {code: territories[code] for code in sorted(codes)}


def draw(svg: bytes) -> Image.Image:
    """The drawing as RGB pixels of SIZE, on white where its shape leaves the ground free."""
    width, height = (side * OVERSAMPLING for side in SIZE)
    png = resvg_py.svg_to_bytes(
        svg_string=svg.decode(),
        width=width,
        height=height,
        shape_rendering="crisp_edges",
        skip_system_fonts=True,  # the result must not depend on the machine
    )
    drawing = Image.open(io.BytesIO(png)).convert("RGBA")
    ground = Image.new("RGBA", drawing.size, "white")
    if empty_share(drawing) < SLIP:
        ground.alpha_composite(enlarged(drawing))
    ground.alpha_composite(drawing)
    return ground.convert("RGB").reduce(OVERSAMPLING)


def empty_share(drawing: Image.Image) -> float:
    """The part of the pixels, 0 to 1, on which nothing is drawn."""
    empty: int = drawing.getchannel("A").histogram()[0]
    pixels: int = drawing.width * drawing.height
    return empty / pixels


def enlarged(drawing: Image.Image) -> Image.Image:
    """The middle of the drawing at its full size: laid underneath, it fills slips at the edges."""
    margin_x, margin_y = drawing.width // 100, drawing.height // 100
    middle = (margin_x, margin_y, drawing.width - margin_x, drawing.height - margin_y)
    return drawing.resize(drawing.size, Image.Resampling.NEAREST, box=middle)


def gif(picture: Image.Image) -> bytes:
    """The picture as a GIF without dithering, which would blur the plain areas of a flag."""
    indexed = picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    content = io.BytesIO()
    indexed.save(content, "GIF", optimize=True)
    return content.getvalue()


def pack(flags: Mapping[str, bytes]) -> bytes:
    """A zip file with `CC.gif` for each code, stored: the same flags give the same bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for code, image in flags.items():
            member = zipfile.ZipInfo(f"{code}.gif", EPOCH)
            member.external_attr = 0o644 << 16
            archive.writestr(member, image)
    return content.getvalue()


def provenance(files: Mapping[str, bytes]) -> str:
    """SOURCES.toml: what each file holds, where it is from, its licence and checksum."""
    notes = {
        "flags.zip": (FLAG_ICONS, "flags/4x3/*.svg of the 249 codes, drawn at 320 x 240 as GIF"),
        "countries.tsv": (CLDR, "English names (main/en/territories.json) by ISO 3166-1 code"),
        "LICENSE.flag-icons": (FLAG_ICONS, "LICENSE of the package"),
        "LICENSE.cldr": (CLDR, "LICENSE of the package"),
    }
    lines = ["# Written by tools/render_flags.py; the checks compare the checksums."]
    lines.append(f'drawn_with = "resvg-py {version("resvg-py")}, Pillow {version("Pillow")}"')
    for name, content in files.items():
        package, note = notes[name]
        lines += ["", "[[file]]", f'name = "{name}"', f'content = "{note}"']
        lines += [f'package = "npm {package.name} {package.version}"']
        lines += [f'integrity = "{package.integrity}"', f'licence = "{package.licence}"']
        lines += [f'sha256 = "{hashlib.sha256(content).hexdigest()}"']
    return "\n".join(lines) + "\n"


def contact_sheet(pictures: Mapping[str, bytes], path: Path, columns: int = 16) -> None:
    """One PNG with every flag on grey, for a look at all of them."""
    width, height = SIZE[0] // 2, SIZE[1] // 2
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (width + 8), rows * (height + 8)), "grey")
    for place, content in enumerate(pictures.values()):
        picture = Image.open(io.BytesIO(content)).convert("RGB").resize((width, height))
        sheet.paste(picture, (place % columns * (width + 8), place // columns * (height + 8)))
    sheet.save(path)


def main() -> None:
    """Draw, check the total size, write."""
    parser = argparse.ArgumentParser(description="Write webapp/flags/data.")
    cache_default = Path(tempfile.gettempdir()) / "charfinder-packages"
    parser.add_argument("--cache", type=Path, default=cache_default, help="folder for packages")
    parser.add_argument("--contact-sheet", type=Path, help="also write this PNG of all flags")
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    flag_icons, cldr = Tarball(FLAG_ICONS, arguments.cache), Tarball(CLDR, arguments.cache)
    names = country_names(flag_icons, cldr)
    flags = {code: gif(draw(flag_icons.read(f"flags/4x3/{code.lower()}.svg"))) for code in names}
    total = sum(map(len, flags.values()))
    if total > MAX_TOTAL:
        raise SystemExit(f"The flags take {total:,} bytes, more than {MAX_TOTAL:,}.")
    files = {
        "flags.zip": pack(flags),
        "countries.tsv": "".join(f"{code}\t{name}\n" for code, name in names.items()).encode(),
        "LICENSE.flag-icons": flag_icons.read("LICENSE"),
        "LICENSE.cldr": cldr.read("LICENSE"),
    }
    DATA.mkdir(exist_ok=True)
    for name, content in {**files, "SOURCES.toml": provenance(files).encode()}.items():
        (DATA / name).write_bytes(content)
    if arguments.contact_sheet:
        contact_sheet(flags, arguments.contact_sheet)
    print(f"{len(flags)} flags, {total:,} bytes")


if __name__ == "__main__":
    main()
