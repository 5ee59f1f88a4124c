"""A server is found by what it leaves beside its data, if it is the one that answers."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from aiohttp import ClientSession, web

from webapp import keys
from webapp.address import FILE, Address, announced, running


async def test_a_server_is_found_for_as_long_as_it_runs(
    server: str, app: web.Application, data_dir: Path
) -> None:
    assert await asyncio.to_thread(running, data_dir) == server
    left = msgspec.json.decode((data_dir / FILE).read_bytes(), type=Address)
    assert left.instance == app[keys.READINESS].instance


async def test_a_file_of_another_run_is_not_believed(server: str, data_dir: Path) -> None:
    left = msgspec.json.decode((data_dir / FILE).read_bytes(), type=Address)
    other = msgspec.structs.replace(left, instance="another")
    (data_dir / FILE).write_bytes(msgspec.json.encode(other))
    assert await asyncio.to_thread(running, data_dir) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"url": "http://127.0.0.1:1", "pid": 1, "instance": "x"}',
        '{"url": "http://[::1", "pid": 1, "instance": "x"}',
        '{"url": "http://127.0.0.1:99999", "pid": 1, "instance": "x"}',
        '{"url": "", "pid": 1, "instance": "x"}',
    ],
)
def test_a_file_that_a_kill_left_behind_leads_nowhere(tmp_path: Path, text: str) -> None:
    assert running(tmp_path) is None
    (tmp_path / FILE).write_text(text)
    assert running(tmp_path) is None


async def test_the_file_goes_with_the_server_and_may_be_missing(tmp_path: Path) -> None:
    async with announced(tmp_path, "http://127.0.0.1:1", "x"):
        assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert not list(tmp_path.iterdir())
    async with announced(tmp_path / "none", "http://127.0.0.1:1", "x"):
        pass


@pytest.mark.reads
async def test_each_run_has_its_own_word(client: ClientSession) -> None:
    async with client.get("/readyz") as response:
        assert len((await response.json())["instance"]) == 16
