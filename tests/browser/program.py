"""The program as a process of its own, as people run it."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Final

from tests.processes import unmeasured
from webapp.data_dir import index_path

ROOT: Final = Path(__file__).resolve().parents[2]
ANNOUNCED: Final = "Serving HTTP on "
START_S: Final = 40
STOP_S: Final = 20


class Program:
    """`python -m webapp serve` with a data folder; it keeps its port when it is started again."""

    def __init__(self, data_dir: Path, sources: tuple[str, ...] = ()) -> None:
        self._data_dir = data_dir
        self._sources = sources
        self._process: asyncio.subprocess.Process | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """Where it serves, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it and wait until it says where it serves."""
        command = [sys.executable, "-m", "webapp", "serve", "--port", str(self.port)]
        command += ["--telnet-port", "off", "--data-dir", str(self._data_dir)]
        for source in self._sources:
            command += ["--source", source]
        own = {name: text for name, text in unmeasured().items() if "CHARFINDER" not in name}
        own["CHARFINDER_MIRROR_SEED"] = "1"
        with (self._data_dir / "stderr.log").open("ab") as errors:
            self._process = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env=own, stdout=asyncio.subprocess.PIPE, stderr=errors
            )
        self.port = int((await self._announcement()).rpartition(":")[2])

    async def _announcement(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(START_S):
            async for line in self._process.stdout:
                text = line.decode().strip()
                if text.startswith(ANNOUNCED):
                    return text
        raise RuntimeError((self._data_dir / "stderr.log").read_text())

    async def kill(self) -> None:
        """kill -9, as a power cut would."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """The polite end; a process that has ended already is fine."""
        await self._end(signal.SIGTERM)

    async def _end(self, by: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.send_signal(by)
        async with asyncio.timeout(STOP_S):
            await process.communicate()


def data_folder(index_file: Path, folder: Path) -> Path:
    """A fresh data folder that shares the index built once."""
    folder.mkdir(parents=True)
    index_path(folder).hardlink_to(index_file)
    return folder
