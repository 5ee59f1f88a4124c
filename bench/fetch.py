"""The peer of a job: an aiohttp client that fetches the same flags, and keeps no account of them.

Its arguments are a port, how many at once, and perhaps a folder. With one, each image is kept there
as safely as a job keeps it: written aside, synced, renamed, and the folder synced. Prints the
seconds it took.
"""

import asyncio
import os
import sys
import time
from pathlib import Path

from aiohttp import ClientSession, TCPConnector

from webapp.flags.catalog import COUNTRIES


def keep(folder: Path, code: str, content: bytes) -> None:
    """What must not be lost is on disk before it is spoken of."""
    temporary = folder / f".{code}.tmp"
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(folder / f"{code}.gif")
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


async def main(port: int, at_once: int, folder: Path | None) -> float:
    waiting = iter(sorted(COUNTRIES))
    began = time.perf_counter()
    async with ClientSession(connector=TCPConnector(limit=0)) as session:

        async def work() -> None:
            for code in waiting:
                async with session.get(f"http://127.0.0.1:{port}/{code.lower()}.gif") as answer:
                    content = await answer.read()
                if folder is not None:
                    await asyncio.to_thread(keep, folder, code, content)

        await asyncio.gather(*(work() for _ in range(at_once)))
    return time.perf_counter() - began


if __name__ == "__main__":
    _, port, at_once, *folders = sys.argv
    kept = Path(folders[0]) if folders else None
    print(asyncio.run(main(int(port), int(at_once), kept)))
