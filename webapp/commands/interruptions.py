"""Ctrl-C as something that is waited for: the first one asks, the second one insists."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Interruptions:
    """The signals that came, in their order."""

    def __init__(self) -> None:
        self._coming: asyncio.Queue[int] = asyncio.Queue()
        self.last: int | None = None

    def come(self, number: int) -> None:
        """Somebody wants an end."""
        self._coming.put_nowait(number)

    async def came_before(self, work: "asyncio.Future[Any]") -> bool:
        """Wait for the work; True as soon as an interruption comes first."""
        coming = asyncio.create_task(self._coming.get())
        await asyncio.wait({work, coming}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            coming.cancel()
            return False
        self.last = coming.result()
        return True


@contextmanager
def interruptions() -> Iterator[Interruptions]:
    """Those that come while the body runs, which then does not end by itself."""
    loop = asyncio.get_running_loop()
    found = Interruptions()
    for number in SIGNALS:
        loop.add_signal_handler(number, found.come, number)
    try:
        yield found
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
