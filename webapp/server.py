"""Listening: from a bound socket to the line that says so, and back."""

import asyncio
import gc
import logging
import math
import os
import resource
import signal
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from webapp import keys
from webapp.address import announced
from webapp.data_dir import CannotStart
from webapp.logs import AccessLogger
from webapp.telnet.server import Limits, LineServer

# Also the longest that an answer in progress may take.
SHUTDOWN_S: Final = 10.0
GARBAGE_SOUGHT_AFTER: Final = 10_000
STUCK_S: Final = 20.0
# The longest query in any script, percent-encoded, reaches us and is answered by us.
LINE_LIMIT: Final = 128 * 1024
EX_SOFTWARE: Final = 70
FILES_WANTED: Final = 8192
TELNET_FLAG: Final = "--telnet-port"


class CannotListen(CannotStart):
    """The address is not to be had; one line says why."""


def bind(host: str, port: int, *, flag: str = "--port") -> socket.socket:
    """A socket bound to the address but not yet listening; CannotListen when that fails.

    `flag` is the one with which somebody chooses another port.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not a host name"
        raise CannotListen(f"Host {host} is not usable: {reason}.") from None
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise _taken(host, port, error, flag) from None
    return bound


def _taken(host: str, port: int, error: OSError, flag: str) -> CannotListen:
    off = ", or off for none" if flag == TELNET_FLAG else ""
    return CannotListen(
        f"Port {port} on {host} cannot be used: {error.strerror}. "
        f"Choose another one with {flag}, or 0 for any free one{off}."
    )


def own_address(host: str, port: int) -> str:
    """Where this process reaches itself, as host:port."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared
    name = f"[{reachable}]" if ":" in reachable else reachable
    return f"{name}:{port}"


@asynccontextmanager
async def serving(
    app: web.Application, bound: socket.socket, telnet: socket.socket | None = None
) -> AsyncIterator[str]:
    """Serve everybody on the sockets for as long as the body runs; the URL of the first one."""
    readiness = app[keys.READINESS]
    async with listening(app, bound) as url, _serving_lines(app, telnet) as others:
        await app[keys.RUNNER].take_up()
        await app[keys.RELAY].take_up()
        async with announced(app[keys.SETTINGS].data_dir, url, readiness.instance):
            for served in (f"HTTP on {url}", *others):
                print(f"Serving {served}", flush=True)  # noqa: T201 - the lines clients wait for
            readiness.listening = True
            yield url
            readiness.draining = True


@asynccontextmanager
async def listening(app: web.Application, bound: socket.socket) -> AsyncIterator[str]:
    """Answer on the socket for as long as the body runs; the address to reach it under."""
    settings = app[keys.SETTINGS]
    runner = web.AppRunner(
        app,
        access_log_class=AccessLogger,
        access_log=logging.getLogger("aiohttp.access") if settings.access_log else None,
        # Also the longest that the head of a request may take.
        keepalive_timeout=settings.idle_seconds,
        shutdown_timeout=SHUTDOWN_S,
        # So long the rest of a body is read that was refused.
        lingering_time=settings.body_seconds,
        max_line_size=LINE_LIMIT,
    )
    try:
        await runner.setup()
        _limit_unread(bound, settings.idle_seconds)
        await _listen(runner, bound)
        url = f"http://{own_address(settings.host, bound.getsockname()[1])}"
        token = {"Authorization": f"Bearer {settings.token}"} if settings.token else {}
        app[keys.SOURCES].bind(url, token)
        yield url
        await app[keys.RELAY].close()
        # Before the listener closes: a job that fetches from our own mirror must not see it gone.
        await app[keys.RUNNER].close()
        app[keys.FEED].close()
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _serving_lines(
    app: web.Application, bound: socket.socket | None
) -> AsyncIterator[list[str]]:
    """The line server, if there is a socket for one, and what it serves where."""
    if bound is None:
        yield []
        return
    settings = app[keys.SETTINGS]
    limits = Limits(clients=settings.telnet_clients, idle_s=settings.telnet_idle_s)
    server = LineServer(app[keys.CHARACTERS], app[keys.GATE], app[keys.METRICS], limits)
    try:
        await server.start(bound)
    except OSError as error:
        host, port = bound.getsockname()[:2]
        raise _taken(host, port, error, TELNET_FLAG) from None
    try:
        yield [f"telnet on {own_address(settings.host, bound.getsockname()[1])}"]
    finally:
        await server.close()


def raise_file_limit() -> None:
    """A job may have a thousand requests open, each with a file: ask for enough of them."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_WANTED if most == resource.RLIM_INFINITY else min(FILES_WANTED, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _limit_unread(bound: socket.socket, seconds: float) -> None:
    """Let the system cut connections whose client reads nothing of what was sent for so long.

    Nobody else would: an answer is sent when its handler is done, and with it all deadlines.
    """
    # Linux has it, and connections have it from the socket that listens.
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, math.ceil(1000 * seconds))


async def _listen(runner: web.AppRunner, bound: socket.socket) -> None:
    try:
        await web.SockSite(runner, bound).start()
    except OSError as error:
        # Two sockets may be bound to one port as long as neither listens.
        host, port = bound.getsockname()[:2]
        raise _taken(host, port, error, "--port") from None


async def serve(
    app: web.Application, bound: socket.socket, telnet: socket.socket | None = None
) -> None:
    """Serve until SIGINT or SIGTERM; a second one ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stopping() -> None:
        if stop.is_set():
            os._exit(128 + signal.SIGINT)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping)
    async with serving(app, bound, telnet):
        # What is here now stays: the collector need not look at it again with every request's.
        gc.collect()
        gc.freeze()
        # An answer makes hundreds of objects, hardly any of which is part of a cycle: looked for
        # after every second answer, as by default, they cost a twentieth of the time.
        gc.set_threshold(GARBAGE_SOUGHT_AFTER)
        await stop.wait()
        _bury_when_stuck()


def _bury_when_stuck() -> None:
    """A thread that does not end must not keep a stopped server in the process table."""
    watchdog = threading.Timer(STUCK_S, os._exit, [EX_SOFTWARE])
    watchdog.daemon = True
    watchdog.start()
