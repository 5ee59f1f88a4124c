"""A font of combining marks with the dotted circle on which pages show them."""

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from fontTools.feaLib.builder import (  # type: ignore[import-not-found]  # as in font_slices.py
    addOpenTypeFeaturesFromString,
)
from fontTools.fontBuilder import FontBuilder  # type: ignore[import-not-found]  # as above
from fontTools.misc.transform import Offset  # type: ignore[import-not-found]  # as above
from fontTools.pens.boundsPen import BoundsPen  # type: ignore[import-not-found]  # as above
from fontTools.pens.transformPen import TransformPen  # type: ignore[import-not-found]  # as above
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-not-found]  # as above
from fontTools.ttLib import TTFont  # type: ignore[import-not-found]  # as above

from tools.font_slices import NAMES

FAMILY: Final = "Charfinder Marks"
FILE: Final = "marks.woff2"
DOTTED_CIRCLE: Final = 0x25CC
# Unifont draws in cells of 8 or 16 pixels: half an em or one.
EM: Final = 64
HALF: Final = 32
# That the font has rules for no script in particular keeps browsers from moving vowel signs to
# before their letter, which Unifont has not drawn them for.
LAYOUT: Final = """
languagesystem DFLT dflt;
table GDEF {{ GlyphClassDef [{bases}],,[{marks}],; }} GDEF;
feature ccmp {{ sub {circle} by {circle}; }} ccmp;
"""


class Drawn(NamedTuple):
    """An outline with its advance width."""

    outline: Any
    advance: int


def marks(sources: Mapping[Path, Iterable[int]]) -> bytes:
    """The marks of Unifont's files as one font, as woff2; the same each time.

    The first file is that which has the dotted circle.
    """
    fonts = {path: TTFont(path) for path in sources}
    first = next(iter(fonts.values()))
    glyphs = {DOTTED_CIRCLE: _circle(first)}
    for path, code_points in sources.items():
        glyphs |= {code_point: _mark(fonts[path], code_point) for code_point in code_points}
    return _font(glyphs, {number: first["name"].getDebugName(number) for number in NAMES})


def _circle(font: TTFont) -> Drawn:
    """In the middle of a whole em, as wide as any mark."""
    return Drawn(_moved(font, DOTTED_CIRCLE, (EM - HALF) // 2), EM)


def _mark(font: TTFont, code_point: int) -> Drawn:
    """A mark over the middle of what is before it; Unifont has narrow ones at its end."""
    name = font.getBestCmap()[code_point]
    advance, start = font["hmtx"][name]
    if advance:
        return Drawn(_moved(font, code_point, 0), advance)
    if start < 0:
        return Drawn(_moved(font, code_point, -(EM + start) // 2), 0)
    # Of scripts from right to left: before its letter, where that is drawn later.
    pen = BoundsPen(font.getGlyphSet())
    font.getGlyphSet()[name].draw(pen)
    return Drawn(_moved(font, code_point, (EM - HALF) // 2 if pen.bounds[2] <= HALF else 0), 0)


def _moved(font: TTFont, code_point: int, by: int) -> Any:
    pen = TTGlyphPen(None)
    font.getGlyphSet()[font.getBestCmap()[code_point]].draw(TransformPen(pen, Offset(by, 0)))
    return pen.glyph()


def _font(drawn: Mapping[int, Drawn], names: Mapping[int, str]) -> bytes:
    glyphs = {f"u{code_point:04X}": drawn[code_point] for code_point in sorted(drawn)}
    outlines = {name: glyph.outline for name, glyph in glyphs.items()}
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", *glyphs])
    builder.setupCharacterMap({code_point: f"u{code_point:04X}" for code_point in drawn})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph()} | outlines)
    outlined = builder.font["glyf"]
    widths = {name: (glyph.advance, outlined[name].xMin) for name, glyph in glyphs.items()}
    builder.setupHorizontalMetrics({".notdef": (HALF, 0)} | widths)
    builder.setupHorizontalHeader(ascent=56, descent=-8)
    builder.setupNameTable({"familyName": FAMILY, "styleName": "Regular"}, mac=False)
    for number, text in names.items():
        builder.font["name"].setName(text, number, 3, 1, 0x409)
    builder.setupOS2(sTypoAscender=56, sTypoDescender=-8, usWinAscent=56, usWinDescent=8)
    builder.setupPost(keepGlyphNames=False)
    builder.updateHead(created=0, modified=0)
    builder.font.recalcTimestamp = False
    addOpenTypeFeaturesFromString(builder.font, _layout(glyphs))
    stream = io.BytesIO()
    builder.font.flavor = "woff2"
    builder.font.save(stream)
    return stream.getvalue()


def _layout(glyphs: Mapping[str, Drawn]) -> str:
    """What has a width of its own is no mark to browsers, which would take it away."""
    bases = [name for name, glyph in glyphs.items() if glyph.advance]
    without = [name for name, glyph in glyphs.items() if not glyph.advance]
    circle = f"u{DOTTED_CIRCLE:04X}"
    return LAYOUT.format(bases=" ".join(bases), marks=" ".join(without), circle=circle)
