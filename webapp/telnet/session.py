"""One conversation over lines: what each line means, and what is said to it. Knows no sockets."""

import logging
import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from webapp.characters.index import CharacterIndex
from webapp.characters.meaning import Query
from webapp.characters.model import Page
from webapp.characters.parameters import read_search
from webapp.problems import Problem
from webapp.telnet import wording
from webapp.telnet.lines import Received, Sign

log = logging.getLogger(__name__)

# A block of 256 is whole.
ROWS_AT_ONCE: Final = 256
_HTTP: Final = re.compile(r"[A-Z]{3,10} \S+ HTTP/[0-9.]+")


class Said(NamedTuple):
    """Lines for the client, without their ends; behind the last word the session is over."""

    lines: Sequence[str] = ()
    is_last: bool = False

    def text(self, prompt: str) -> str:
        """As it is sent, with the next prompt unless it is the last word."""
        said = "".join([f"{line}\r\n" for line in self.lines])
        return said if self.is_last else said + prompt


GOODBYE: Final = Said(is_last=True)
Opens = Callable[[str], str | None]


class _Result(NamedTuple):
    """The search whose rows were shown last, and the cursor of those that follow."""

    query: Query
    following: str


class Session:
    """Begins as the first edition's program does: with a prompt, and in its mode.

    `opens` says what is wrong with a token, None if nothing is; without it none is asked for.
    `note_query` is called for each search.
    """

    def __init__(
        self, index: CharacterIndex, note_query: Callable[[], None], opens: Opens | None = None
    ) -> None:
        self._index = index
        self._note_query = note_query
        self._opens = opens
        self._mode: wording.Mode = "classic1"
        self._unfinished: _Result | None = None

    @property
    def prompt(self) -> str:
        """What stands before the client's next line."""
        return wording.TOKEN_PROMPT if self._opens else wording.PROMPT

    async def answer(self, received: Received) -> Said:
        """What to say to whatever was received: it never raises."""
        match received:
            case Sign.LEAVE:
                return GOODBYE
            case Sign.TOO_LONG:
                return Said([wording.TOO_LONG])
            case bytes():
                return await self._answered(received)

    async def _answered(self, line: bytes) -> Said:
        try:
            text = line.decode().strip()
        except UnicodeDecodeError:
            return Said([wording.NOT_UTF_8])
        if not text:
            return Said()
        # As the book's programs have it: a key such as Escape is no word.
        if text[0] < " ":
            return GOODBYE
        # A page in a browser can be made to send one: not a line more of it is read.
        if _HTTP.fullmatch(text):
            return Said([wording.NOT_HTTP], is_last=True)
        return await self._obeyed(text) if self._opens is None else self._let_in(self._opens(text))

    def _let_in(self, refusal: str | None) -> Said:
        if refusal is not None:
            return Said([refusal], is_last=True)
        self._opens = None
        return Said()

    async def _obeyed(self, text: str) -> Said:
        if text == ":quit":
            return GOODBYE
        try:
            return Said(await self._lines_for(text))
        except Problem as problem:
            return Said([wording.refusal(problem)])
        except Exception:
            log.exception("a line failed")
            return Said([wording.FAULT])

    async def _lines_for(self, text: str) -> Sequence[str]:
        match text.split():
            case [":help"]:
                return wording.HELP
            case [":mode"]:
                return [wording.mode_is(self._mode)]
            case [":mode", name]:
                return [self._switched(name)]
            case [":more"]:
                return await self._more()
            case _:
                return await self._found(text)

    def _switched(self, name: str) -> str:
        mode = next((mode for mode in wording.MODES if mode == name), None)
        if mode is None:
            return wording.no_mode(name)
        self._mode, self._unfinished = mode, None
        return wording.mode_is(mode)

    async def _found(self, text: str) -> list[str]:
        self._note_query()
        self._unfinished = None
        search = await read_search({"q": text, "mode": self._mode})
        page = await self._index.search(search.query, limit=ROWS_AT_ONCE)
        lines = self._shown(search.query, page)
        end = [wording.status(self._mode, text, page.total)]
        if page.next:
            end.append(wording.place(page.start, len(lines), page.total))
        return [*lines, *wording.remarks(page), *end]

    async def _more(self) -> list[str]:
        if self._unfinished is None:
            return [wording.NO_MORE]
        self._note_query()
        query, following = self._unfinished
        page = await self._index.search(query, limit=ROWS_AT_ONCE, after=following)
        lines = self._shown(query, page)
        return [*lines, wording.place(page.start, len(lines), page.total)]

    def _shown(self, query: Query, page: Page) -> list[str]:
        """The rows of the page as lines; what follows it is what :more gives."""
        self._unfinished = _Result(query, page.next) if page.next else None
        return [wording.row(self._mode, item) for item in page.rows()]
