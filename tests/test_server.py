"""The server as a process of its own: started, refused, asked to stop."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientConnectionError, ClientSession, WSMsgType, web

from tests.processes import ServerProcess
from webapp import keys
from webapp.app import create_app
from webapp.data_dir import DataDirError, held
from webapp.server import CannotListen, bind, own_address, serving
from webapp.settings import ROOT, Settings

TOKEN = "correct-horse-battery-staple"
PROMPT_S = 5.0


def run_program(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The program with these arguments and CHARFINDER_ settings, when it has ended."""
    environment = {name: text for name, text in os.environ.items() if "CHARFINDER" not in name}
    environment |= {f"CHARFINDER_{name}": text for name, text in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "webapp", *arguments],
        cwd=ROOT,
        env=environment,
        timeout=30,
        capture_output=True,
        text=True,
        check=False,
    )


def refusal(*arguments: str, **settings: str) -> str:
    """The one line with which the server refuses to start."""
    done = run_program("serve", "--telnet-port", "off", *arguments, **settings)
    assert done.returncode not in {0, 1}, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every small file's time and bytes, to see whether anything was touched."""
    return {
        path.name: (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.iterdir()
        if path.is_file() and path.name != "index.db"
    }


# Starting and stopping


@pytest.mark.crash
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_stop_says_goodbye_and_ends_well(data_dir: Path, number: signal.Signals) -> None:
    async with (
        ServerProcess(data_dir, "--telnet-port", "0", measured=True) as server,
        ClientSession(server.url) as session,
    ):
        async with session.get("/readyz") as response:
            assert response.status == 200
            assert (await response.json())["status"] == "ready"
        async with session.ws_connect("/api/v1/events", protocols=("charfinder.v1",)) as ws:
            started = time.monotonic()
            server.process.send_signal(number)
            message = await ws.receive(PROMPT_S)
            assert message.type is WSMsgType.CLOSE
            assert message.data == 1001
        async with asyncio.timeout(PROMPT_S):
            assert await server.process.wait() == 0
        assert time.monotonic() - started < PROMPT_S
        assert await server.errors() == ""


@pytest.mark.crash
async def test_a_second_stop_ends_it_at_once(data_dir: Path) -> None:
    async with (
        ServerProcess(data_dir) as server,
        ClientSession(server.url) as session,
    ):
        # A body that does not end is waited for.
        headers = {"Content-Type": "application/json"}
        waiting = asyncio.create_task(
            session.post("/api/v1/jobs", data=never_ending(), headers=headers)
        )
        async with asyncio.timeout(PROMPT_S):
            while not await in_flight(session):  # noqa: ASYNC110 - another process's state
                await asyncio.sleep(0.01)
            server.process.send_signal(signal.SIGTERM)
            while await listens(server.url):  # noqa: ASYNC110 - another process's state
                await asyncio.sleep(0.01)
            server.process.send_signal(signal.SIGTERM)
            assert await server.process.wait() == 130
        with pytest.raises(ClientConnectionError):
            await waiting


async def never_ending() -> AsyncIterator[bytes]:
    yield b"{"
    await asyncio.Event().wait()


async def in_flight(session: ClientSession) -> bool:
    """Whether a request beside the asking one is being answered."""
    async with session.get("/metrics") as response:
        return "charfinder_http_in_flight_requests 2.0" in await response.text()


async def listens(url: str) -> bool:
    host, port = url.removeprefix("http://").split(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port))
    except ConnectionError:
        return False
    writer.close()
    return True


async def answers(url: str) -> bool:
    with contextlib.suppress(ClientConnectionError):
        async with ClientSession() as session, session.get(f"{url}/healthz"):
            return True
    return False


@pytest.mark.crash
async def test_a_killed_server_leaves_a_folder_to_start_from(data_dir: Path) -> None:
    async with ServerProcess(data_dir) as first:
        assert await first.end(signal.SIGKILL) == -signal.SIGKILL
    async with ServerProcess(data_dir) as second:
        assert await answers(second.url)
        assert await second.end(signal.SIGTERM) == 0


# Refusing to start: one line, and nothing touched


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A data folder that nobody should make."""
    return tmp_path / "fresh"


@pytest.mark.crash
def test_a_taken_port(fresh: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refusal("--port", str(port), "--data-dir", str(fresh))
    assert f"Port {port} on 127.0.0.1 cannot be used: Address already in use" in line
    assert "--port" in line
    assert not fresh.exists()


@pytest.mark.crash
def test_a_taken_telnet_port(fresh: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        line = refusal("--port", "0", "--telnet-port", port, "--data-dir", str(fresh))
    assert f"Port {port} on 127.0.0.1 cannot be used: Address already in use" in line
    assert "with --telnet-port, or 0 for any free one, or off for none" in line
    assert not fresh.exists()


@pytest.mark.crash
def test_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for folder in (file, file / "below"):
        line = refusal("--port", "0", "--data-dir", str(folder))
        assert f"Data folder {folder} cannot be written to" in line
    assert file.read_text() == "mine"


@pytest.mark.crash
async def test_a_second_instance(data_dir: Path) -> None:
    async with ServerProcess(data_dir) as first:
        before = await asyncio.to_thread(contents, data_dir)
        line = await asyncio.to_thread(refusal, "--port", "0", "--data-dir", str(data_dir))
        assert f"Another Charfinder is running on the data folder {data_dir}" in line
        assert await asyncio.to_thread(contents, data_dir) == before
        assert await answers(first.url)


@pytest.mark.crash
def test_a_database_of_a_newer_release(data_dir: Path) -> None:
    with contextlib.closing(sqlite3.connect(data_dir / "state.db")) as db, db:
        db.execute("INSERT INTO schema_migrations VALUES (99, 'later', 'x', 'later', '9.0')")
    (data_dir / "lock").touch()
    before = contents(data_dir)
    line = refusal("--port", "0", "--data-dir", str(data_dir))
    assert "newer release (schema 99" in line
    assert contents(data_dir) == before


@pytest.mark.crash
def test_a_database_that_is_none(data_dir: Path) -> None:
    (data_dir / "state.db").write_bytes(b"no database, but long enough to be read as one " * 50)
    (data_dir / "lock").touch()
    before = contents(data_dir)
    assert "not a database" in refusal("--port", "0", "--data-dir", str(data_dir))
    assert contents(data_dir) == before


@pytest.mark.crash
def test_off_loopback_without_a_token(fresh: Path) -> None:
    line = refusal("--data-dir", str(fresh), "--port", "0", "--host", "0.0.0.0")
    assert "set CHARFINDER_TOKEN" in line
    assert not fresh.exists()


# What it writes


@pytest.mark.crash
async def test_access_log_lines_are_json_and_nothing_from_outside_is_raw(data_dir: Path) -> None:
    hostile = b'\x1b[31m\xe2\x80\xa8\xff"} {"level": "forged"}'
    requests = [
        b"GET /nowhere/%0d%0a%1b%E2%80%A8?q=private HTTP/1.1\r\nHost: localhost\r\n"
        b'User-Agent: \xe2\x80\xa8\xff"} {"level": "forged"}\r\nReferer: \xff\r\n',
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nUser-Agent: " + b"x" * 5000 + b"\r\n",
        b"GET /" + hostile + b" HTTP/1.1\r\nHost: localhost\r\n",
    ]
    async with ServerProcess(data_dir, measured=True, access_log="1", token=TOKEN) as server:
        host, port = server.url.removeprefix("http://").split(":")
        for request in requests:
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(request + b"Authorization: Bearer %s\r\n" % TOKEN.encode())
            writer.write(b"Connection: close\r\n\r\n")
            await reader.read()
            writer.close()
        assert await server.end(signal.SIGTERM) == 0
        written = await server.errors()
    assert written.isascii()
    assert TOKEN not in written
    assert "private" not in written
    lines: list[dict[str, Any]] = [json.loads(line) for line in written.splitlines()]
    logged = [line for line in lines if line["logger"] == "aiohttp.access"]
    assert [line["status"] for line in logged][:2] == [404, 200]
    assert all(line["level"] == "info" and line["event"] == "request" for line in logged)
    # What was no HTTP leaves no traceback: its sender may send thousands.
    assert not [line for line in lines if line["level"] == "error"]
    assert set(logged[0]) == {
        "ts", "level", "logger", "event", "request_id", "method", "path", "status", "ms", "bytes",
        "client", "user_agent",
    }  # fmt: skip
    assert all(len(line["user_agent"]) <= 256 for line in logged)


# The same in this process


async def test_two_servers_may_bind_but_only_one_listens(
    server: str, data_dir: Path, tmp_path: Path
) -> None:
    port = int(server.rsplit(":", 1)[1])
    with pytest.raises(CannotListen, match="Address already in use"):
        bind("127.0.0.1", port)
    second = await asyncio.to_thread(create_app, Settings(port=0, data_dir=data_dir))
    with bind("127.0.0.1", 0) as one, bind("127.0.0.1", one.getsockname()[1]) as two:
        one.listen()
        with pytest.raises(CannotListen, match=f"Port {one.getsockname()[1]}"):
            async with serving(second, two):
                pass


@pytest.mark.parametrize(
    ("host", "said"),
    [("192.0.2.1", "Cannot assign requested address"), ("a..b", "Host a..b is not usable")],
)
def test_a_host_that_is_not_ours(host: str, said: str) -> None:
    with pytest.raises(CannotListen, match=said):
        bind(host, 0)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1:80"),
        ("0.0.0.0", "127.0.0.1:80"),
        ("::", "[::1]:80"),
        ("::1", "[::1]:80"),
        ("flags.example", "flags.example:80"),
    ],
)
def test_how_the_server_reaches_itself(host: str, address: str) -> None:
    assert own_address(host, 80) == address


async def test_it_is_not_ready_while_it_drains(app: web.Application, client: ClientSession) -> None:
    async with client.get("/readyz") as response:
        assert response.status == 200
    app[keys.READINESS].draining = True
    async with client.get("/readyz") as response:
        assert response.status == 503
        assert (await response.json())["draining"]
    async with client.get("/healthz") as response:
        assert response.status == 200


async def test_it_is_not_ready_without_its_database(
    app: web.Application, client: ClientSession
) -> None:
    await app[keys.RECORDS]._readers.close()
    async with client.get("/readyz") as response:
        assert response.status == 503
        assert (await response.json())["status"] == "not ready"


def test_a_data_folder_is_held_by_one(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    with (
        held(folder),
        pytest.raises(DataDirError, match="Another Charfinder"),
        held(folder),
    ):
        pass
    with held(folder):
        pass
