"""The archive of a job: whole, readable by others, and never whole in memory."""

import asyncio
import hashlib
import io
import json
import shutil
import socket
import tracemalloc
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import ClientPayloadError, ClientSession, web

from tests.jobs_client import JobsClient, Json
from tests.readers import let_down
from tests.upstream import GIF, PNG, Upstream
from tools.checks.requirements import is_demanded
from webapp.flags.archive import Archive, Window
from webapp.server import bind, serving
from webapp.settings import Settings

PATIENCE_S = 20


@pytest.fixture
def settings(data_dir: Path, upstream: Upstream) -> Settings:
    sources = {name: upstream.template(name) for name in ("ok", "png")}
    return Settings(port=0, data_dir=data_dir, sources=sources, mirror_seed=1, send_seconds=0.5)


def address(job: Json) -> str:
    return f"/api/v1/jobs/{job['id']}/archive.zip"


async def fetched(jobs: JobsClient, job: Json) -> bytes:
    async with jobs.session.get(address(job)) as response:
        assert (response.status, response.content_type) == (200, "application/zip")
        disposition = response.headers["Content-Disposition"]
        assert disposition == f'attachment; filename="flags-{job["id"]}.zip"'
        return await response.read()


async def test_it_has_every_image_and_says_where_it_is_from(jobs: JobsClient) -> None:
    job = await jobs.finished((await jobs.submit("builtin", ["BR", "FR", "XX"]))["id"])
    with zipfile.ZipFile(io.BytesIO(await fetched(jobs, job))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["BR.gif", "FR.gif", "manifest.json"]
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        # Sizes stand before the contents: what reads from front to end needs them there.
        assert not any(entry.flag_bits & 0x08 for entry in archive.infolist())
        manifest = json.loads(archive.read("manifest.json"))
        items = {item["code"]: item for item in await jobs.items(job["id"])}
        for file in manifest["files"]:
            content = archive.read(file["file"])
            assert hashlib.sha256(content).hexdigest() == file["sha256"]
            assert file["sha256"] == items[file["code"]]["sha256"]
            assert (len(content), file["source"]) == (file["bytes"], "builtin")
            assert file["fetched_at"] <= manifest["made_at"]
    assert manifest["job"] == job
    assert manifest["missing"] == []
    assert [file["name"] for file in manifest["files"]] == ["Brazil", "France"]


async def test_another_program_finds_it_sound(jobs: JobsClient, tmp_path: Path) -> None:
    if shutil.which("unzip") is None:
        if is_demanded("unzip"):
            pytest.fail("unzip is demanded by CHARFINDER_REQUIRE and is not there", pytrace=False)
        pytest.skip("no unzip. Remedy: apt-get install unzip")
    job = await jobs.finished((await jobs.submit("png", ["A"]))["id"])
    path = tmp_path / "flags.zip"
    path.write_bytes(await fetched(jobs, job))
    process = await asyncio.create_subprocess_exec(
        "unzip", "-t", path, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0, printed
    assert printed.count(b".png") == 26


async def test_it_has_the_images_of_this_job_and_not_newer_ones(jobs: JobsClient) -> None:
    first = await jobs.finished((await jobs.submit("ok", ["BR"]))["id"])
    skipped = await jobs.finished((await jobs.submit("ok", ["BR", "CN"]))["id"])
    await jobs.finished((await jobs.submit("png", ["BR"]))["id"])
    for job, names in ((first, ["BR.gif"]), (skipped, ["BR.gif", "CN.gif"])):
        with zipfile.ZipFile(io.BytesIO(await fetched(jobs, job))) as archive:
            assert archive.namelist() == [*names, "manifest.json"]
            assert archive.read("BR.gif") == GIF != PNG


async def test_an_image_that_is_gone_or_damaged_is_said_to_be_missing(
    jobs: JobsClient, data_dir: Path
) -> None:
    job = await jobs.finished((await jobs.submit("builtin", ["BR", "FR", "US"]))["id"])
    brazil, france, _ = await jobs.items(job["id"])
    objects = data_dir / "images" / ".objects"
    (objects / f"{brazil['sha256']}.gif").unlink()
    (objects / f"{france['sha256']}.gif").write_bytes(GIF)
    with zipfile.ZipFile(io.BytesIO(await fetched(jobs, job))) as archive:
        assert archive.namelist() == ["US.gif", "manifest.json"]
        assert json.loads(archive.read("manifest.json"))["missing"] == [
            {"code": item["code"], "sha256": item["sha256"]} for item in (brazil, france)
        ]


async def test_a_job_without_images_has_a_manifest(jobs: JobsClient) -> None:
    job = await jobs.submit("ok", ["BR"], start=False)
    with zipfile.ZipFile(io.BytesIO(await fetched(jobs, job))) as archive:
        assert archive.namelist() == ["manifest.json"]
    async with jobs.session.head(address(job)) as response:
        assert (response.status, await response.read()) == (200, b"")
    async with jobs.session.get(address(job) + "?all=1") as response:
        assert response.status == 422


async def test_an_archive_that_cannot_be_finished_is_cut_off(
    jobs: JobsClient, data_dir: Path
) -> None:
    job = await jobs.finished((await jobs.submit("builtin", ["BR", "FR"]))["id"])
    (item, _) = await jobs.items(job["id"])
    path = data_dir / "images" / ".objects" / f"{item['sha256']}.gif"
    path.unlink()
    path.mkdir()
    async with jobs.session.get(address(job)) as response:
        with pytest.raises(ClientPayloadError):
            await response.read()


@pytest.fixture
async def narrow_server(app: web.Application) -> AsyncIterator[str]:
    """A server whose connections hold little on their way."""
    with bind("127.0.0.1", 0) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        async with serving(app, bound) as url:
            yield url


@pytest.mark.parametrize("reader", ["goes away", "does not read"])
async def test_it_ends_with_its_reader(
    reader: str,
    narrow_server: str,
    app: web.Application,
    caplog: pytest.LogCaptureFixture,
) -> None:
    port = narrow_server.rpartition(":")[2]
    async with ClientSession(narrow_server) as session:
        jobs = JobsClient(session)
        order = {"source": "builtin", "select": {"preset": "all"}, "concurrency": 50}
        job = await jobs.finished((await jobs.post("/api/v1/jobs", order, 201))["id"])
    await let_down(app, int(port), address(job), goes_away=reader == "goes away")
    assert not caplog.text


def sent_while_made(count: int, size: int) -> Iterator[bytes]:
    archive = Archive()
    for number in range(count):
        yield archive.add(f"{number}.gif", bytes(size), "1970-01-01T00:00:00.000Z")
    yield archive.end()


def test_what_is_in_memory_is_one_image(tmp_path: Path) -> None:
    path = tmp_path / "large.zip"
    tracemalloc.start()
    with path.open("wb") as file:
        for piece in sent_while_made(100, 1 << 20):
            file.write(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20
    with zipfile.ZipFile(path) as archive:
        assert len(archive.namelist()) == 100
        assert archive.testzip() is None
        assert archive.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)


def test_what_was_sent_cannot_be_written_again() -> None:
    window = Window()
    window.write(b"abcdef")
    window.seek(2)
    window.write(b"XY")
    assert (window.take(), window.tell()) == (b"abXYef", 4)
    with pytest.raises(ValueError, match="has been sent"):
        window.seek(3)
