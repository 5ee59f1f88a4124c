"""Code points as ranges, and in which slice of a font each is; pure."""

from collections.abc import Iterable, Sequence
from typing import Final

MOST_RANGES: Final = 12


def start_of_slice(code_point: int) -> int:
    """Where the slice of a code point begins: ideographs and syllables come in large sets."""
    if code_point < 0x3800 or 0xA000 <= code_point < 0xB000 or 0xD800 <= code_point < 0x10000:
        step = 0x400
    elif code_point < 0x10000:
        step = 0x800
    else:
        step = 0x1000 if code_point < 0x20000 else 0x4000
    return code_point // step * step


def runs(members: Iterable[int], known: Sequence[int]) -> list[tuple[int, int]]:
    """The members as ranges that hold no other known code point."""
    within, found = set(members), list[tuple[int, int]]()
    open_run = False
    for code_point in known:
        if code_point not in within:
            open_run = False
        elif open_run:
            found[-1] = (found[-1][0], code_point)
        else:
            found.append((code_point, code_point))
            open_run = True
    return found


def joined(ranges: list[tuple[int, int]], most: int = MOST_RANGES) -> list[tuple[int, int]]:
    """At most so many ranges, joined over the smallest gaps: a rule is loaded with each page."""
    if not ranges:
        return []
    gaps = sorted(range(1, len(ranges)), key=lambda at: ranges[at][0] - ranges[at - 1][1])
    cuts = sorted(gaps[max(0, len(ranges) - most) :])
    starts, ends = [0, *cuts], [*cuts, len(ranges)]
    return [(ranges[a][0], ranges[b - 1][1]) for a, b in zip(starts, ends, strict=True)]


def spelt(ranges: Iterable[tuple[int, int]], prefix: str = "") -> list[str]:
    """Ranges as a style sheet has them, with `U+` before each."""
    return [f"{prefix}{a:X}" if a == b else f"{prefix}{a:X}-{b:X}" for a, b in ranges]
