"""A machine that denies the server what it needs: room, files, a folder, time."""

import asyncio
import resource
import shutil
import signal
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.jobs_client import JobsClient, Json, fold
from tests.processes import ServerProcess
from tests.upstream import GIF, Upstream
from webapp.data_dir import state_path

pytestmark = pytest.mark.crash

SETTINGS = ("--telnet-port", "off")


async def whole(jobs: JobsClient, job_id: str) -> Json:
    """The job at its end, whose log leads to what is shown."""
    done = await jobs.finished(job_id)
    job, _ = fold(await jobs.log(job_id))
    assert {key: done[key] for key in job} == job
    return done


async def test_no_room_for_images_nor_for_what_is_written_of_them(
    data_dir: Path, upstream: Upstream
) -> None:
    source = ("--source", f"late={upstream.template('late', ms='5')}")
    async with (
        ServerProcess(data_dir, *SETTINGS, *source) as server,
        ClientSession(server.url) as session,
    ):
        jobs = JobsClient(session)
        order = {"source": "late", "select": {"preset": "all"}, "retries": 0}
        job = await jobs.post("/api/v1/jobs", order, 201)
        place = job["seq"]
        while place < job["seq"] + 20:
            place = (await jobs.events(job["id"], after=place, wait=20))["seq"]
        # No file may grow beyond some bytes: neither an image nor the database.
        _, most = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (len(GIF) - 1, most))
        while (await status_of_an_order(jobs)) != 503:
            pass
        before = len(upstream.requests)
        assert (await jobs.get("/healthz"))["status"] == "ok"
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (most, most))
        done = await whole(jobs, job["id"])
        assert (done["state"], done["counters"]["ok"]) == ("succeeded", 249)
        assert len(upstream.requests) - before <= 249
    for item in (data_dir / "images" / "late").iterdir():
        assert item.read_bytes() == GIF


async def status_of_an_order(jobs: JobsClient) -> int:
    order = {"source": "late", "select": {"codes": ["BR"]}, "start": False}
    async with jobs.session.post("/api/v1/jobs", json=order) as response:
        return response.status


@pytest.mark.parametrize("source", ["builtin", "late"])
async def test_sixty_four_files_are_enough(data_dir: Path, upstream: Upstream, source: str) -> None:
    late = ("--source", f"late={upstream.template('late', ms='1')}")
    few = (shutil.which("prlimit") or "prlimit", "--nofile=64:64")
    async with (
        ServerProcess(data_dir, *SETTINGS, *late, under=few) as server,
        ClientSession(server.url) as session,
    ):
        jobs = JobsClient(session)
        order = {
            "source": source, "select": {"preset": "all"}, "concurrency": 200, "retries": 0,
        }  # fmt: skip
        job = await jobs.post("/api/v1/jobs", order, 201)
        assert (await whole(jobs, job["id"]))["counters"]["ok"] == 249


async def test_a_folder_of_images_that_cannot_be_written_to_ends_items_with_the_reason(
    data_dir: Path, upstream: Upstream
) -> None:
    source = ("--source", f"ok={upstream.template('ok')}")
    # Even root obeys without the right to overlook permissions.
    obedient = (shutil.which("setpriv") or "setpriv", "--bounding-set", "-dac_override")
    (data_dir / "images" / ".objects").mkdir(parents=True)
    (data_dir / "images" / "ok").mkdir()
    (data_dir / "images" / "ok").chmod(0o555)
    async with (
        ServerProcess(data_dir, *SETTINGS, *source, under=obedient) as server,
        ClientSession(server.url) as session,
    ):
        jobs = JobsClient(session)
        job = await jobs.submit("ok", ["BR", "US"])
        done = await whole(jobs, job["id"])
        assert (done["state"], done["counters"]["error"]) == ("failed", 2)
        errors = {item["error"]["code"] for item in await jobs.items(job["id"])}
        assert errors == {"storage"}
        (data_dir / "images" / "ok").chmod(0o755)
        await jobs.act(job["id"], "retry")
        assert (await jobs.finished(job["id"], runs=2))["state"] == "succeeded"


async def test_a_server_that_is_stopped_for_longer_than_a_fetch_may_take_goes_on(
    data_dir: Path, upstream: Upstream
) -> None:
    source = ("--source", f"hold={upstream.template('hold')}")
    async with (
        ServerProcess(data_dir, *SETTINGS, *source) as server,
        ClientSession(server.url) as session,
    ):
        jobs = JobsClient(session)
        job = await jobs.submit("hold", ["A"], concurrency=6, timeout_s=0.5, retries=3)
        await upstream.arrived(6)
        server.process.send_signal(signal.SIGSTOP)
        upstream.release()
        # Longer than each of them may take.
        await asyncio.sleep(1.0)
        server.process.send_signal(signal.SIGCONT)
        done = await whole(jobs, job["id"])
        assert (done["state"], done["counters"]["ok"]) == ("succeeded", 26)


async def test_a_database_with_a_damaged_page_is_refused_with_what_to_do(data_dir: Path) -> None:
    with state_path(data_dir).open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 4_000)
    with pytest.raises(AssertionError, match="did not start") as refusal:
        async with ServerProcess(data_dir, *SETTINGS):
            pass
    assert "run.py check" in str(refusal.value) or "restore" in str(refusal.value)
    assert "Traceback" not in str(refusal.value)
