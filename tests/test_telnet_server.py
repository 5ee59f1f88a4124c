"""The line server over raw sockets: who takes more than is decent loses it, and nobody else."""

import asyncio
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.processes import ServerProcess
from tests.transcripts import TelnetClient, played
from webapp.app import create_app
from webapp.auth import Gate
from webapp.characters.index import CharacterIndex
from webapp.metrics import Metrics
from webapp.server import TELNET_FLAG, CannotListen, bind, serving
from webapp.settings import Settings
from webapp.telnet import wording
from webapp.telnet.server import Limits, LineServer

DATA = Path(__file__).parent / "data"
REGISTERED = "U+00AE \t®\tREGISTERED SIGN\r\n1 match for 'registered'\r\n"
ANSWER = f"?> {REGISTERED}?> ".encode()
PROMPT_S = 10.0
LIMITS = Limits()
TOKEN = "correct-horse-battery-staple"
IAC, SB, SE = b"\xff", b"\xff\xfa", b"\xff\xf0"

Start = Callable[..., Awaitable[int]]


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def start(index_file: Path, metrics: Metrics) -> AsyncIterator[Start]:
    """Starts a line server with the limits; its port."""
    async with AsyncExitStack() as stack:
        index = await CharacterIndex.open(index_file, deadline_s=10.0)
        stack.push_async_callback(index.close)

        async def started(limits: Limits = LIMITS, token: str | None = None) -> int:
            bound = bind("127.0.0.1", 0)
            server = LineServer(index, Gate(token), metrics, limits)
            await server.start(bound)
            stack.push_async_callback(server.close)
            port: int = bound.getsockname()[1]
            return port

        yield started


def there(metrics: Metrics) -> int:
    """How many clients are served."""
    return int(metrics.registry.get_sample_value("charfinder_telnet_connections") or 0)


async def settled(metrics: Metrics, count: int) -> None:
    async with asyncio.timeout(PROMPT_S):
        while there(metrics) != count:  # noqa: ASYNC110 - the server's own state
            await asyncio.sleep(0.01)


async def answers(port: int) -> bool:
    """Whether the server serves somebody new."""
    async with TelnetClient(port) as client:
        await client.said()
        return await client.ask("registered") == REGISTERED


# What is said


@pytest.mark.parametrize("edition", [1, 2])
async def test_a_conversation_is_as_the_edition_has_it(start: Start, edition: int) -> None:
    transcript = (DATA / f"telnet-classic{edition}.txt").read_text()
    assert await played(transcript, await start()) == transcript


async def test_lines_that_come_at_once_are_answered_in_turn(start: Start) -> None:
    async with TelnetClient(await start()) as client:
        client.send(b"registered\r\nregistered\n\r\n:quit\r\nregistered\r\n")
        assert await client.rest() == f"?> {REGISTERED}?> {REGISTERED}?> ?> ".encode()


@pytest.mark.parametrize("rest", [b"", b"\n", b"\r\n", b"\nregistere"])
async def test_a_half_closed_client_is_answered_to_the_end(start: Start, rest: bytes) -> None:
    async with TelnetClient(await start()) as client:
        client.send(b"registered" + rest)
        client.writer.write_eof()
        said = await client.rest()
    end = b"No match for 'registere'\r\n?> " if rest[-1:] == b"e" else b""
    assert said == ANSWER + end


async def test_the_end_of_input_alone_is_an_end(start: Start) -> None:
    async with TelnetClient(await start()) as client:
        client.writer.write_eof()
        assert await client.rest() == b"?> "


@pytest.mark.parametrize("key", [b"\x03\r\n", b"\x04", b"\0\r\n", IAC + b"\xf4", IAC + b"\xec"])
async def test_the_keys_to_leave_end_it_without_a_word(start: Start, key: bytes) -> None:
    async with TelnetClient(await start()) as client:
        client.send(key)
        assert await client.rest() == b"?> "


async def test_negotiation_is_refused_and_never_begun(start: Start) -> None:
    async with TelnetClient(await start()) as client:
        assert await client.said() == ""
        client.send(IAC + b"\xfb\x1f" + IAC + b"\xfd\x03" + SB + b"\x1f\0\x50\0\x18" + SE)
        client.send(b"regis" + IAC + b"\xf1" + b"tered\r\0")
        async with asyncio.timeout(PROMPT_S):
            assert await client.reader.readexactly(6) == IAC + b"\xfe\x1f" + IAC + b"\xfc\x03"
        assert await client.said() == REGISTERED


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"\xff\xff\xfe\n", wording.NOT_UTF_8),
        (b"caf\xe9\n", wording.NOT_UTF_8),
        (b"x" * 1001 + b"\n", wording.TOO_LONG),
        (b"x" * 100_000 + b"\n", wording.TOO_LONG),
        (b"qq\0q\n", r"No match for 'qq\x00q'"),
        (b"a\x1b[2J\n", r"No match for 'a\x1b[2J'"),
    ],
)
async def test_a_line_that_is_none_is_told_and_the_next_is_read(
    start: Start, line: bytes, said: str
) -> None:
    async with TelnetClient(await start()) as client:
        await client.said()
        client.send(line)
        assert await client.said() == f"{said}\r\n"
        assert await client.ask("registered") == REGISTERED


# Who takes too much


async def test_an_endless_line_ends(start: Start, metrics: Metrics) -> None:
    port = await start(Limits(unended_bytes=50_000))
    async with TelnetClient(port) as client:
        client.send(b"x" * 200_000)
        said = (await client.rest()).decode()
    assert said == f"?> {wording.TOO_LONG}\r\n?> {wording.ENDLESS}\r\n"
    await settled(metrics, 0)
    assert await answers(port)


@pytest.mark.parametrize("flood", [IAC + b"\xfb\x01", IAC + b"\xf1", SB + b"x" * 100])
async def test_a_flood_of_commands_ends(start: Start, metrics: Metrics, flood: bytes) -> None:
    port = await start(Limits(unended_bytes=20_000))
    async with TelnetClient(port) as client:
        client.send(flood * (80_000 // len(flood)))
        assert wording.ENDLESS.encode() in await client.rest()
    await settled(metrics, 0)
    assert await answers(port)


async def test_a_client_that_sends_nothing_is_told_and_left(start: Start) -> None:
    port = await start(Limits(idle_s=0.2))
    began = time.monotonic()
    async with TelnetClient(port) as client:
        assert await client.rest() == f"?> \r\n{wording.IDLE.format(0.2)}\r\n".encode()
    assert 0.2 <= time.monotonic() - began < PROMPT_S


async def test_bytes_without_the_end_of_a_line_do_not_count_as_a_line(start: Start) -> None:
    port = await start(Limits(idle_s=0.3))

    async def drip(client: TelnetClient) -> None:
        while not client.writer.is_closing():
            client.send(b"x")
            await asyncio.sleep(0.02)

    async with TelnetClient(port) as client:
        dripping = asyncio.create_task(drip(client))
        assert wording.IDLE.format(0.3).encode() in await client.rest()
        dripping.cancel()


async def test_a_client_that_does_not_read_is_dropped_and_delays_nobody(
    start: Start, metrics: Metrics
) -> None:
    port = await start(Limits(drain_s=0.3))
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(deaf, ("127.0.0.1", port))

    async def flood() -> None:
        while True:
            await loop.sock_sendall(deaf, b"letter\n" * 1000)

    flooding = asyncio.create_task(flood())
    try:
        await settled(metrics, 1)
        assert await answers(port)
        await settled(metrics, 0)
        async with asyncio.timeout(PROMPT_S):
            with pytest.raises(ConnectionError):
                await flooding
    finally:
        flooding.cancel()
        deaf.close()


async def test_whoever_leaves_in_the_middle_of_an_answer_is_forgotten(
    start: Start, metrics: Metrics
) -> None:
    port = await start()
    for _ in range(20):
        async with TelnetClient(port) as client:
            client.send(b"cjk\n:more\n:more\n" * 20)
            await client.reader.read(1)
    await settled(metrics, 0)
    assert await answers(port)


async def test_the_places_are_counted_and_given_back(start: Start, metrics: Metrics) -> None:
    port = await start(Limits(clients=2))
    async with TelnetClient(port) as one, TelnetClient(port) as two:
        assert await one.said() == await two.said() == ""
        async with TelnetClient(port) as three:
            assert await three.rest() == f"{wording.FULL}\r\n".encode()
        assert await one.ask("registered") == await two.ask("registered") == REGISTERED
    await settled(metrics, 0)
    assert await answers(port)


async def test_clients_and_searches_are_counted(start: Start, metrics: Metrics) -> None:
    async with TelnetClient(await start()) as client:
        await client.said()
        assert there(metrics) == 1
        await client.ask("registered")
        await client.ask("")
    assert metrics.registry.get_sample_value("charfinder_telnet_queries_total") == 1


# Who may come in


async def test_with_a_token_set_it_is_asked_for(start: Start) -> None:
    port = await start(token=TOKEN)
    async with TelnetClient(port, wording.TOKEN_PROMPT) as stranger:
        await stranger.said()
        assert await stranger.ask("registered") == f"{wording.WRONG_TOKEN}\r\n"
        assert await stranger.rest() == b""
    async with TelnetClient(port) as client:
        client.send(f"{TOKEN}\n".encode())
        assert await client.said() == wording.TOKEN_PROMPT
        assert await client.ask("registered") == REGISTERED


async def test_after_five_wrong_tokens_nobody_is_let_in_for_a_while(start: Start) -> None:
    port = await start(token=TOKEN)
    for said in [wording.WRONG_TOKEN] * 5 + [wording.THROTTLED]:
        async with TelnetClient(port, wording.TOKEN_PROMPT) as stranger:
            await stranger.said()
            assert await stranger.ask("nonsense") == f"{said}\r\n"


# The same beside HTTP


async def test_it_says_goodbye_when_it_stops(data_dir: Path) -> None:
    app = await asyncio.to_thread(create_app, Settings(port=0, data_dir=data_dir))
    async with AsyncExitStack() as stack:
        with bind("127.0.0.1", 0) as bound, bind("127.0.0.1", 0) as telnet:
            port = telnet.getsockname()[1]
            async with serving(app, bound, telnet) as url:
                async with ClientSession(url) as http, http.get("/readyz") as response:
                    assert response.status == 200
                clients = [await stack.enter_async_context(TelnetClient(port)) for _ in range(3)]
                for client in clients:
                    await client.said()
            for client in clients:
                assert await client.rest() == f"\r\n{wording.STOPPING}\r\n".encode()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_telnet_port_that_another_process_got_first(data_dir: Path) -> None:
    app = await asyncio.to_thread(create_app, Settings(port=0, data_dir=data_dir))
    with bind("127.0.0.1", 0) as bound, bind("127.0.0.1", 0) as one:
        port = one.getsockname()[1]
        with bind("127.0.0.1", port) as two:
            one.listen()
            with pytest.raises(CannotListen, match=f"Port {port} .* with {TELNET_FLAG}"):
                async with serving(app, bound, two):
                    pass


@pytest.mark.crash
async def test_the_program_says_where_it_serves_lines_and_stops_well(data_dir: Path) -> None:
    async with ServerProcess(data_dir, TELNET_FLAG, "0") as server:
        assert server.process.stdout is not None
        async with asyncio.timeout(PROMPT_S):
            line = (await server.process.stdout.readline()).decode()
        assert line.startswith("Serving telnet on 127.0.0.1:")
        async with TelnetClient(int(line.rpartition(":")[2])) as client:
            await client.said()
            assert await client.ask("registered") == REGISTERED
            server.process.send_signal(signal.SIGTERM)
            assert wording.STOPPING.encode() in await client.rest()
        async with asyncio.timeout(PROMPT_S):
            assert await server.process.wait() == 0
        assert await server.errors() == ""
