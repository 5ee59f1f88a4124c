"""Record what a running program answers, as examples, and what its API is, for the tests.

    python -m tools.api_documents [FOLDER WITH AN INDEX]
    python -m tools.api_documents --snapshot

writes webapp/openapi/examples.json and tests/data/openapi.json, with --snapshot the latter alone.
"""

import asyncio
import json
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientSession

from webapp.app import create_app
from webapp.characters.build import ensure_index
from webapp.data_dir import index_path, state_path
from webapp.migrate import migrate
from webapp.openapi import page
from webapp.openapi.document import OPERATIONS, document, read_examples
from webapp.openapi.jobs import JOB
from webapp.server import bind, serving
from webapp.settings import ROOT, Settings

EXAMPLES: Final = ROOT / "webapp" / "openapi" / "examples.json"
SNAPSHOT: Final = ROOT / "tests" / "data" / "openapi.json"
LONGEST_LIST: Final = 2
DEADLINE_S: Final = 60
WAITING: Final = {"source": "delay", "select": {"codes": ["FR", "FI"]}, "start": False}
# What none of the built-in sources brings about, and what only a server that stops says.
WRITTEN: Final = {
    "event item.retry_scheduled": {
        "seq": 4,
        "at": "2026-11-22T10:30:43.964Z",
        "type": "item.retry_scheduled",
        "data": {
            "code": "BR",
            "attempt": 1,
            "http_status": 503,
            "delay_ms": 312,
            "not_before": "2026-11-22T10:30:44.276Z",
            "error": {"code": "http_error", "detail": "HTTP 503 Service Unavailable"},
        },
    },
    "message goodbye": {"retry_ms": 2718},
}
Json = dict[str, Any]


class Recorder:
    """A client that keeps what it is answered."""

    def __init__(self, client: ClientSession) -> None:
        self._client = client
        self._ids: list[str] = []
        self.kept: Json = {}

    async def ask(self, method: str, path: str, job: str = "", body: object = None) -> Any:
        """The answer, which is kept as the example of its operation."""
        operation = OPERATIONS[method, path]
        address = page.example_address(path, operation).replace(page.JOB, job)
        body = operation.body.example if body is None and operation.body else body
        async with self._client.request(method, address, json=body) as answer:
            answer.raise_for_status()
            is_json = answer.content_type == "application/json"
            given = await answer.json() if is_json else await answer.text()
        self.kept[f"{method} {path}"] = given
        return given

    async def order(self, order: Json) -> str:
        """The id of a new job."""
        async with self._client.post("/api/v1/jobs", json=order) as answer:
            return self.known((await answer.json())["id"])

    def known(self, job: str) -> str:
        """The id of a job, which the examples call by another name."""
        self._ids.append(job)
        return job

    async def log(self, job: str) -> None:
        """Keep an event of each type that the job's log has, once the job is over."""
        while True:
            async with self._client.get(f"/api/v1/jobs/{job}/events", params={"wait": 1}) as answer:
                events = (await answer.json())["events"]
            if events[-1]["type"] == "job.finished":
                break
        for event in events:
            self.kept.setdefault(f"event {event['type']}", event)

    def examples(self, url: str) -> Json:
        """All that was kept, with long lists cut short and one name for all jobs."""
        text = json.dumps(shortened(self.kept), ensure_ascii=False)
        for job in self._ids:
            text = text.replace(job, str(JOB.example))
        text = text.replace(url.partition("//")[2], page.ORIGIN.partition("//")[2])
        kept: Json = json.loads(text)
        return kept


def shortened(value: Any) -> Any:
    """The value with lists of two entries at most."""
    if isinstance(value, list):
        return [shortened(each) for each in value[:LONGEST_LIST]]
    if isinstance(value, dict):
        return {key: shortened(each) for key, each in value.items()}
    return value


async def record(url: str) -> Json:
    """The examples of a server."""
    async with ClientSession(url) as client, asyncio.timeout(DEADLINE_S):
        recorder = Recorder(client)
        await of_a_job(recorder)
        await of_actions(recorder, client)
        for (method, path), operation in OPERATIONS.items():
            has_media = operation.answers[0].media[:1] in {("application/json",), ("text/plain",)}
            told = not path.startswith(("/api/openapi", "/api/asyncapi", "/metrics"))
            is_new = f"{method} {path}" not in recorder.kept
            if is_new and has_media and told and method != "DELETE":
                await recorder.ask(method, path)
        return recorder.examples(url)


async def of_a_job(recorder: Recorder) -> None:
    """A job from its order to its end, and what can be asked of it."""
    job = recorder.known((await recorder.ask("POST", "/api/v1/jobs"))["id"])
    await recorder.log(job)
    for path in ("", "/items", "/events", "/report"):
        await recorder.ask("GET", f"/api/v1/jobs/{{id}}{path}", job)
    await recorder.ask(
        "POST", "/api/v1/jobs/actions", body={"action": "cancel", "ids": [job, "nobody"]}
    )


async def of_actions(recorder: Recorder, client: ClientSession) -> None:
    """What can be done to a job, and what is pushed to who follows it."""
    job = await recorder.order(WAITING)
    async with client.ws_connect("/api/v1/events", protocols=["charfinder.v1"]) as socket:

        async def exchange(name: str, frame: Json, answered: str) -> None:
            recorder.kept[f"message {name}"] = frame
            await socket.send_json(frame)
            recorder.kept[f"message {answered}"] = await socket.receive_json()

        async def until(name: str, is_it: Callable[[Json], bool]) -> None:
            while not is_it(frame := await socket.receive_json()):
                pass
            recorder.kept[f"message {name}"] = frame

        topic = f"job:{job}"
        await exchange("ping", {"op": "ping"}, "pong")
        await exchange("subscribe", {"id": 3, "op": "subscribe", "topic": "job:nobody"}, "refused")
        await exchange(
            "subscribe", {"id": 1, "op": "subscribe", "topic": "jobs"}, "subscribedToAll"
        )
        await exchange(
            "subscribe",
            {"id": 2, "op": "subscribe", "topic": topic, "after": None},
            "subscribed",
        )
        stream = await client.get(
            f"/api/v1/jobs/{job}/events?after=99", headers={"Accept": "text/event-stream"}
        )
        recorder.kept["message streamSnapshot"] = await pushed(stream.content, "snapshot")
        for action in ("start", "pause", "resume"):
            await recorder.ask("POST", f"/api/v1/jobs/{{id}}/{action}", job)
        await until("live", lambda frame: frame["topic"] == topic and "live" in frame)
        recorder.kept["message streamLive"] = await pushed(stream.content, "live")
        await recorder.ask("POST", "/api/v1/jobs/{id}/cancel", job)
        await until("events", lambda frame: "events" in frame)
        await recorder.log(job)
        await recorder.ask("POST", "/api/v1/jobs/{id}/retry", job)
        await until("job", lambda frame: frame["topic"] == "jobs" and "live" in frame)
        await recorder.ask("POST", "/api/v1/jobs/{id}/cancel", job)
        await recorder.log(job)
        async with client.delete(f"/api/v1/jobs/{job}") as answer:
            answer.raise_for_status()
        gone = "job.deleted"
        await until("gone", lambda f: any(e["type"] == gone for e in f.get("events", ())))
        recorder.kept[f"event {gone}"] = recorder.kept.pop("message gone")["events"][-1]
        await until("deleted", lambda frame: "deleted" in frame)
        await exchange(
            "unsubscribe", {"id": 4, "op": "unsubscribe", "topic": "jobs"}, "unsubscribed"
        )
        stream.close()
    recorder.kept["message event"] = recorder.kept["event item.finished"]
    recorder.kept |= WRITTEN


async def pushed(stream: Any, name: str) -> Any:
    """The data of the next event of this name."""
    is_next = False
    async for line in stream:
        if is_next and line.startswith(b"data: "):
            return json.loads(line.removeprefix(b"data: "))
        is_next = is_next or line == f"event: {name}\n".encode()
    raise EOFError(name)


async def recorded(index_folder: Path) -> Json:
    """The examples of a program of its own, over an index that is there or is made."""
    index = ensure_index(index_folder, lambda stage, done: None, threading.Event())
    with tempfile.TemporaryDirectory() as folder, bind("127.0.0.1", 0) as bound:
        data_dir = Path(folder)
        shutil.copy(index, index_path(data_dir))
        migrate(state_path(data_dir), ROOT / "migrations")
        app = create_app(Settings(port=0, data_dir=data_dir, mirror_seed=1))
        async with serving(app, bound) as url:
            return await record(url)


def main() -> None:
    """Examples first: the document has them."""
    arguments = sys.argv[1:]
    if arguments != ["--snapshot"]:
        folder = Path(arguments[0]) if arguments else Settings().data_dir
        examples = asyncio.run(recorded(folder))
        EXAMPLES.write_text(json.dumps(examples, indent=1, ensure_ascii=False) + "\n")
    snapshot = document(OPERATIONS, read_examples())
    SNAPSHOT.write_text(json.dumps(snapshot, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
