"""What hostile texts cost: how long an answer takes, and how long nobody else has a turn."""

import asyncio
import json
import random
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote_from_bytes

from bench.figures import Figure
from webapp.app import create_app
from webapp.data_dir import index_path, state_path
from webapp.migrate import migrate
from webapp.server import bind, serving
from webapp.settings import ROOT, Settings

SEARCH, IDENTIFY = "/api/v1/characters", "/api/v1/identify"
TICK_S = 0.001
LONGEST = 10_000
_RANDOM = random.Random(20)


def _texts() -> list[bytes]:
    """Searches that a finder may choke on, as the bytes of their address."""
    parts = ["a ", "a|", "-a ", "é", "水", "\u0301", "👩\u200d", "🇫", "\\u00e9", "&#233;", "%E9 "]
    parts += ["U+41..U+1389 ", "e2 82 ac ", '"small" ', "a* ", "*a ", "gc:Lu ", "like:a ", ":", "/"]
    parts += ["\0", "\u202e", "NEAR(a b) ", "'; drop table rows; --", "select * from rows "]
    alone = ["U+110000", "U+D800", "U+0..U+1387", "*a*", "?" * 40, "a" * LONGEST, "ab" * 200]
    patterns = ["(a+)+$", "(a|a)*b", ".*.*.*.*x", "(.{0,99}a){9}", ".{0,999}[A5].{0,999}[0-9]$"]
    patterns += ["(?:A|B|C|D|E|F|G|H)" * 60, "[^A]*" * 60, "((((((((A{9}){9}){9})))))", "$", ""]
    texts = [(part * LONGEST)[:length] for part in parts for length in (40, 4_000, LONGEST)]
    texts += [*alone, *(f"/{pattern}/" for pattern in patterns)]
    texts += ["".join(_RANDOM.choices([*parts, *alone[:4]], k=60)) for _ in range(60)]
    # An address cannot have more bytes: most of these are refused for it.
    return [text.encode("utf-8", "surrogatepass") for text in texts] + [b"\xed\xa0\xbd", b"\xff"]


def _addresses() -> list[str]:
    pages = ["sort=name", "lang=ja", "mode=classic1", "fields=id,why", "cursor=AAAA", "limit=0"]
    found = [f"{SEARCH}?q={quote_from_bytes(text)}" for text in _texts()]
    return [*found, *(f"{SEARCH}?q=letter&{more}" for more in pages)]


def _bodies() -> list[str]:
    long = ["a" * 200_000, "水" * 60_000, "e" + "\u0301" * 60_000, "👩\u200d" * 20_000]
    return [json.dumps({"text": text}, ensure_ascii=False) for text in (*long, "\ud83d" * 9, "\0")]


class _Asked:
    """Times of answers in ms, and how many of them were faults of the server."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.faults = 0

    def ask_all(self, port: int) -> None:
        """One question after the other, from a thread."""
        client = HTTPConnection("127.0.0.1", port, timeout=30)
        for address in _addresses():
            self._ask(client, "GET", address, None)
        for body in _bodies():
            self._ask(client, "POST", IDENTIFY, body.encode("utf-8", "surrogatepass"))
        client.close()

    def _ask(self, client: HTTPConnection, method: str, address: str, body: bytes | None) -> None:
        started = time.perf_counter()
        client.request(method, address, body, {"Content-Type": "application/json"} if body else {})
        answer = client.getresponse()
        answer.read()
        self.times.append((time.perf_counter() - started) * 1000)
        self.faults += answer.status >= 500


async def _longest_turn(until: asyncio.Event) -> float:
    """The longest time in ms, beyond a tick, that others had to wait for the event loop."""
    longest = 0.0
    while not until.is_set():
        began = time.perf_counter()
        await asyncio.sleep(TICK_S)
        longest = max(longest, time.perf_counter() - began - TICK_S)
    return longest * 1000


async def hostile_part(data_dir: Path) -> list[Figure]:
    """All of them, put to the application in this process."""
    asked, done = _Asked(), asyncio.Event()
    with tempfile.TemporaryDirectory() as name, bind("127.0.0.1", 0) as bound:
        folder = Path(name)
        index_path(folder).symlink_to(index_path(data_dir).absolute())
        migrate(state_path(folder), ROOT / "migrations")
        async with serving(create_app(Settings(port=0, data_dir=folder)), bound) as url:
            watching = asyncio.create_task(_longest_turn(done))
            await asyncio.to_thread(asked.ask_all, int(url.rpartition(":")[2]))
            done.set()
            longest = await watching
    return [
        Figure("slowest answer to a hostile text", max(asked.times), "ms", "≤ 1000 ms"),
        Figure("longest that others waited", longest, "ms", "≤ 50 ms", f"{len(asked.times)} asked"),
        Figure("faults of the server", asked.faults, "", "≤ 0 faults"),
    ]
