"""A font in slices: which code points it really draws, and each slice as woff2."""

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple

from fontTools import subset  # type: ignore[import-not-found]  # fonttools is not in the dev lock
from fontTools.pens.recordingPen import (  # type: ignore[import-not-found]  # as above
    RecordingPen,
)
from fontTools.ttLib import TTFont  # type: ignore[import-not-found]  # as above

from tools.code_point_ranges import joined, runs, start_of_slice

# Copyright, version and licence stay in each slice, as the licences ask.
NAMES: Final = [0, 5, 13, 14]


class Slice(NamedTuple):
    """One file to serve, and the ranges of code points for which it is asked."""

    file: str
    content: bytes
    code_points: Sequence[int]
    ranges: list[tuple[int, int]]


def version(path: Path) -> str:
    """The version that a font says it is."""
    text = str(TTFont(path)["name"].getDebugName(5))
    return text.removeprefix("Version ").partition(";")[0]


def drawn(path: Path, assigned: frozenset[int]) -> set[int]:
    """The assigned code points that a font draws, less those that it draws as boxes.

    Unifont has a box with its digits for each code point that was unassigned when it was made.
    """
    font = TTFont(path)
    glyphs, names = font.getGlyphSet(), font.getBestCmap()
    contours = {code_point: _contours(glyphs[name]) for code_point, name in names.items()}
    strokes = set().union(*(c for code, c in contours.items() if code not in assigned))
    return {
        code_point
        for code_point, own in contours.items()
        if code_point in assigned and not (len(own) > 1 and own <= strokes)
    }


def _contours(glyph: Any) -> frozenset[Any]:
    pen = RecordingPen()
    glyph.draw(pen)
    ended: list[list[Any]] = [[]]
    for operator, points in pen.value:
        ended[-1].append((operator, points))
        if operator in {"closePath", "endPath"}:
            ended.append([])
    return frozenset(tuple(contour) for contour in ended if contour)


def cut(
    path: Path, prefix: str, code_points: Iterable[int], known: Sequence[int]
) -> Iterator[Slice]:
    """The slices of a font; `known` are all code points that anybody may ask for, ascending."""
    for start, group in groupby(sorted(code_points), start_of_slice):
        members = list(group)
        ranges = joined(runs(members, known))
        yield Slice(f"{prefix}-{start:04x}.woff2", subset_of(path, members), members, ranges)


def subset_of(path: Path, code_points: Iterable[int]) -> bytes:
    """The font with these characters alone, as woff2; the same each time."""
    options = subset.Options(
        flavor="woff2",
        hinting=False,
        layout_features=[],
        name_IDs=NAMES,
        notdef_outline=False,
        recalc_timestamp=False,
    )
    font = subset.load_font(str(path), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=code_points)
    subsetter.subset(font)
    stream = io.BytesIO()
    font.flavor = "woff2"
    font.save(stream)
    return stream.getvalue()
