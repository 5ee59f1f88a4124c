"""A server that stands for many tests: it has a thread and a loop of its own."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

from webapp.app import create_app
from webapp.server import bind, serving
from webapp.settings import Settings

T = TypeVar("T")


@contextlib.contextmanager
def standing(settings: Settings) -> Iterator[str]:
    """A listening server with these settings; its base URL."""
    with contextlib.closing(asyncio.new_event_loop()) as loop:

        def wait(coroutine: Coroutine[Any, Any, T]) -> T:
            return asyncio.run_coroutine_threadsafe(coroutine, loop).result()

        thread = threading.Thread(target=loop.run_forever, name="standing server")
        thread.start()
        stack = contextlib.AsyncExitStack()
        try:
            bound = stack.enter_context(bind("127.0.0.1", 0))
            yield wait(stack.enter_async_context(serving(create_app(settings), bound)))
        finally:
            wait(stack.aclose())
            wait(nothing_left())
            loop.call_soon_threadsafe(loop.stop)
            thread.join()


async def nothing_left() -> None:
    """Cancel what still runs, as asyncio.run does: connections may learn of their loss just now."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def no_jobs(state: Path) -> bool:
    """Whether nobody has made a job in this database."""
    with contextlib.closing(sqlite3.connect(state)) as db:
        return db.execute("select 1 from jobs").fetchone() is None
