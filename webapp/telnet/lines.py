"""Bytes from a telnet client, or from one that is none, as lines; pure (RFC 854)."""

import re
from collections.abc import Callable
from enum import Enum
from typing import Final

LONGEST_LINE: Final = 1_000

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
INTERRUPT_PROCESS, END_OF_FILE = 244, 236
CR, LF, NUL = 13, 10, 0
_KEYS_TO_LEAVE: Final = frozenset({3, 4})  # Ctrl-C, Ctrl-D
# What a client offers or asks for is refused; what it gives up was never had.
_REFUSALS: Final = {WILL: DONT, DO: WONT}
_WITH_OPTION: Final = frozenset({WILL, WONT, DO, DONT})
_PLAIN: Final = re.compile(rb"[^\xff\r\n]+")


class Sign(Enum):
    """What can come instead of a line."""

    TOO_LONG = "the line has more bytes than a line may have"
    LEAVE = "the client's key for interrupting, or for the end of a file"


Received = bytes | Sign
_State = Callable[[bytes, int], int]


class Lines:
    """Takes bytes in whatever pieces, and gives lines without their ends.

    Telnet's commands are left out of the lines, its options refused. A line ends with LF, CR, CR LF
    or CR NUL. Of a line that is too long no more is kept: it gives TOO_LONG once, as soon as it is.
    """

    def __init__(self) -> None:
        self.unended = 0
        """Bytes of whatever kind since the end of the last line."""
        self._line = bytearray()
        self._skips = False
        self._received: list[Received] = []
        self._replies = bytearray()
        self._verb = 0
        self._state: _State = self._text

    def feed(self, data: bytes) -> tuple[list[Received], bytes]:
        """What the bytes complete, in order, and what is to be replied to telnet's commands."""
        self.unended += len(data)
        at = 0
        while at < len(data):
            at = self._state(data, at)
        received, replies = self._received, bytes(self._replies)
        self._received, self._replies = [], bytearray()
        return received, replies

    def rest(self) -> bytes:
        """The line that was begun, when no more bytes come; b"" without one."""
        return bytes(self._line)

    def _text(self, data: bytes, at: int) -> int:
        plain = _PLAIN.match(data, at)
        if plain is not None:
            self._keep(plain[0])
            return plain.end()
        byte = data[at]
        if byte == IAC:
            self._state = self._command
        else:
            self._end_line(len(data) - at - 1)
            if byte == CR:
                self._state = self._behind_cr
        return at + 1

    def _behind_cr(self, data: bytes, at: int) -> int:
        self._state = self._text
        return at + 1 if data[at] in {LF, NUL} else at

    def _keep(self, content: bytes) -> None:
        if self._skips:
            return
        # Clients send such a key when it is pressed, without the end of a line.
        if not self._line and content[0] in _KEYS_TO_LEAVE:
            self._received.append(Sign.LEAVE)
        self._line += content
        if len(self._line) > LONGEST_LINE:
            self._line.clear()
            self._skips = True
            self._received.append(Sign.TOO_LONG)

    def _end_line(self, behind: int) -> None:
        if not self._skips:
            self._received.append(bytes(self._line))
        self._line.clear()
        self._skips = False
        self.unended = behind

    def _command(self, data: bytes, at: int) -> int:
        byte = data[at]
        self._state = self._text
        if byte in _WITH_OPTION:
            self._verb, self._state = byte, self._option
        elif byte == SB:
            self._state = self._subnegotiation
        elif byte == IAC:
            self._keep(b"\xff")
        elif byte in {INTERRUPT_PROCESS, END_OF_FILE}:
            self._received.append(Sign.LEAVE)
        return at + 1

    def _option(self, data: bytes, at: int) -> int:
        if self._verb in _REFUSALS:
            self._replies += bytes([IAC, _REFUSALS[self._verb], data[at]])
        self._state = self._text
        return at + 1

    def _subnegotiation(self, data: bytes, at: int) -> int:
        found = data.find(IAC, at)
        if found < 0:
            return len(data)
        self._state = self._subnegotiation_command
        return found + 1

    def _subnegotiation_command(self, data: bytes, at: int) -> int:
        self._state = self._text if data[at] == SE else self._subnegotiation
        return at + 1
