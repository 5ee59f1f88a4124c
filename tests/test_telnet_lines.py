"""Bytes become lines, whatever telnet puts between them and however they are cut."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.telnet.lines import LONGEST_LINE, Lines, Received, Sign

IAC = b"\xff"
WILL, WONT, DO, DONT = (IAC + bytes([verb]) for verb in (251, 252, 253, 254))
SB, SE = IAC + b"\xfa", IAC + b"\xf0"
WORDS = [b"cat", b" ", b"\0", b"\xff\xff", b"\xc3\xa9", b"x" * 700]
ENDS = [b"\r\n", b"\n", b"\r", b"\r\0"]
COMMANDS = [WILL + b"\x1f", DO + b"\n", WONT + b"\r", DONT + IAC, IAC + b"\xf1", IAC + b"\xf4"]
BLOCKS = [SB + b"\x1f\0\x50\0\x18" + SE, SB + b"a\r\nb" + IAC + IAC + SE]
PIECES = st.lists(st.sampled_from([*WORDS, *ENDS, *COMMANDS, *BLOCKS]))


def fed(*pieces: bytes) -> tuple[list[Received], bytes]:
    """All that came of the pieces."""
    lines = Lines()
    received: list[Received] = []
    replies = b""
    for piece in pieces:
        more, reply = lines.feed(piece)
        received += more
        replies += reply
    return received, replies


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r\0", b"\r"])
def test_a_line_ends_in_any_of_four_ways(end: bytes) -> None:
    assert fed(b"cat" + end + b"dog" + end + end)[0] == [b"cat", b"dog", b""]


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        (WILL + b"\x1f", DONT + b"\x1f"),
        (DO + b"\x03", WONT + b"\x03"),
        (DO + b"\n", WONT + b"\n"),
        (WONT + b"\x01", b""),
        (DONT + b"\x01", b""),
        (SB + b"\x18\0xterm\r\n" + SE, b""),
        (SB + b"\x1f" + IAC + IAC + b"\x50" + SE, b""),
        *((IAC + bytes([command]), b"") for command in (241, 242, 243, 245, 246, 247, 248, 249)),
    ],
)
def test_commands_are_left_out_and_options_refused(command: bytes, reply: bytes) -> None:
    assert fed(b"ca" + command + b"t\r\n") == ([b"cat"], reply)


def test_a_byte_of_255_is_sent_twice() -> None:
    assert fed(b"\xff\xff\n")[0] == [b"\xff"]


@pytest.mark.parametrize("key", [IAC + b"\xf4", IAC + b"\xf4" + DO + b"\x06", IAC + b"\xec"])
def test_the_keys_to_leave_are_told(key: bytes) -> None:
    assert fed(b"half a line" + key)[0] == [Sign.LEAVE]


@pytest.mark.parametrize("key", [b"\x03", b"\x04"])
def test_ctrl_c_and_ctrl_d_need_no_end_of_a_line(key: bytes) -> None:
    assert fed(b"cat\n" + key)[0] == [b"cat", Sign.LEAVE]
    assert fed(b"c" + key + b"\n")[0] == [b"c" + key]


@given(PIECES, st.integers(0, 2**32))
def test_it_does_not_matter_how_bytes_are_cut(pieces: list[bytes], seed: int) -> None:
    data = b"".join(pieces)
    chance = random.Random(seed)
    cuts = sorted(chance.sample(range(len(data) + 1), min(len(data), 9)))
    cut = [data[start:end] for start, end in pairwise([0, *cuts, len(data)])]
    assert fed(*cut) == fed(data)


@given(st.lists(st.binary(max_size=3000), max_size=20))
def test_any_bytes_give_short_lines_and_short_replies(pieces: list[bytes]) -> None:
    received, replies = fed(*pieces)
    assert all(isinstance(each, Sign) or len(each) <= LONGEST_LINE for each in received)
    assert len(replies) <= sum(map(len, pieces))


def test_a_line_may_have_a_thousand_bytes_and_no_more() -> None:
    assert fed(b"x" * LONGEST_LINE + b"\n")[0] == [b"x" * LONGEST_LINE]
    assert fed(b"x" * (LONGEST_LINE + 1) + b"\ncat\n")[0] == [Sign.TOO_LONG, b"cat"]


def test_an_endless_line_is_told_once_and_nothing_of_it_is_kept() -> None:
    lines = Lines()
    told = [each for _ in range(100) for each in lines.feed(b"x" * 4096)[0]]
    assert told == [Sign.TOO_LONG]
    assert lines.unended == 100 * 4096
    assert lines.rest() == b""
    assert lines.feed(b"\ncat")[0] == []
    assert (lines.unended, lines.rest()) == (3, b"cat")


def test_what_is_no_line_counts_too() -> None:
    lines = Lines()
    lines.feed((WILL + b"\x01") * 100 + SB + b"x" * 100)
    assert lines.unended == 402
