"""A font of one glyph, a dashed frame, for every code point there is."""

import io
from typing import Final

from fontTools.feaLib.builder import (  # type: ignore[import-not-found]  # as in font_slices.py
    addOpenTypeFeaturesFromString,
)
from fontTools.fontBuilder import FontBuilder  # type: ignore[import-not-found]  # as above
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-not-found]  # as above
from fontTools.ttLib.tables._c_m_a_p import (  # type: ignore[import-not-found]  # as above
    CmapSubtable,
)

FAMILY: Final = "Charfinder Last Resort"
FILE: Final = "last-resort.woff2"
EM: Final = 1000
WIDTH: Final = 860
STROKE: Final = 36
DASHES: Final = 7
LEFT, BOTTOM, SIZE = 60, -80, 740


def last_resort() -> bytes:
    """The font as woff2; the same each time."""
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", "frame"])
    builder.setupCharacterMap({0x20: "frame"})
    builder.setupGlyf({".notdef": _frame(), "frame": _frame()})
    builder.setupHorizontalMetrics(dict.fromkeys((".notdef", "frame"), (WIDTH, LEFT)))
    builder.setupHorizontalHeader(ascent=880, descent=-200)
    builder.setupNameTable({"familyName": FAMILY, "styleName": "Regular"}, mac=False)
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-200, usWinAscent=880, usWinDescent=200)
    builder.setupPost()
    builder.updateHead(created=0, modified=0)
    font = builder.font
    font.recalcTimestamp = False
    font["cmap"].tables.append(_everything())
    # A base, also where the character is a mark: marks would have no width.
    addOpenTypeFeaturesFromString(font, "table GDEF { GlyphClassDef [frame],,,; } GDEF;")
    stream = io.BytesIO()
    font.flavor = "woff2"
    font.save(stream)
    return stream.getvalue()


def _everything() -> CmapSubtable:
    """Format 13 gives a range one glyph."""
    table = CmapSubtable.newSubtable(13)
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.cmap = dict.fromkeys(range(0x20, 0x110000), "frame")
    return table


def _frame() -> object:
    pen = TTGlyphPen(None)
    step = SIZE / (2 * DASHES - 1)
    for at in range(DASHES):
        start, end = round(2 * at * step), round((2 * at + 1) * step)
        for offset in (0, SIZE - STROKE):
            _rectangle(pen, LEFT + start, BOTTOM + offset, end - start, STROKE)
            _rectangle(pen, LEFT + offset, BOTTOM + start, STROKE, end - start)
    return pen.glyph()


def _rectangle(pen: TTGlyphPen, left: int, bottom: int, width: int, height: int) -> None:
    pen.moveTo((left, bottom))
    pen.lineTo((left, bottom + height))
    pen.lineTo((left + width, bottom + height))
    pen.lineTo((left + width, bottom))
    pen.closePath()
