"""Backups hold everything, harm nothing, and are not believed before they were read."""

import asyncio
import contextlib
import functools
import hashlib
import os
import shutil
import signal
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.jobs_client import JobsClient, fold
from tests.processes import ServerProcess
from tests.test_server import run_program
from tests.upstream import GIF, PNG, Upstream
from webapp.backups import ASIDE, Amount, BackupError, restore, save
from webapp.cli import EX_CANNOT_START
from webapp.data_dir import state_path
from webapp.flags.images import ImageStore
from webapp.jobs import rows
from webapp.jobs.draft import Draft
from webapp.jobs.events import (
    Event,
    ItemFinished,
    ItemStarted,
    JobCreated,
    JobFinished,
    JobStarted,
)
from webapp.jobs.model import Counters, Item, ItemStatus, Job, JobState, Options
from webapp.settings import ROOT
from webapp.soundness import faults

MIGRATIONS = ROOT / "migrations"
AT = "2026-11-22T10:30:41.923Z"


def a_finished_job() -> tuple[Draft, list[Event]]:
    """Two flags with one content, as the log tells of them."""
    counters = Counters(total=2, pending=2)
    options = Options(select={"codes": ["BR", "FR"]})
    job = Job(
        id="first", kind="flags", source="ok", state=JobState.QUEUED, counters=counters,
        created_at=AT, seq=1, options=options,
    )  # fmt: skip
    names = {"BR": "Brazil", "FR": "France"}
    draft = Draft(job, {code: Item(code=code, name=name) for code, name in names.items()})
    created = Event.of(1, AT, JobCreated(job, list(names.items())))
    draft.record(JobStarted(), AT)
    sha256 = hashlib.sha256(GIF).hexdigest()
    for code in names:
        draft.record(ItemStarted(code, 1), AT)
        outcome = ItemFinished(
            code=code, status=ItemStatus.OK, http_status=200, bytes=35, sha256=sha256, ms=5,
            attempt=1,
        )  # fmt: skip
        draft.record(outcome, AT)
    draft.record(JobFinished(JobState.SUCCEEDED, draft.job.counters), AT)
    return draft, [created, *draft.events]


class Folder:
    """A data folder with a job of two flags, of which Brazil's came twice."""

    def __init__(self, path: Path, empty_state: Path) -> None:
        path.mkdir()
        self.path = path
        self.state, self.images = state_path(path), path / "images"
        shutil.copy(empty_state, self.state)
        self.run("PRAGMA journal_mode=WAL")
        draft, events = a_finished_job()
        self.run(rows.INSERT_JOB, *rows.new_job_row(draft.job))
        for item in draft.items.values():
            self.run(rows.INSERT_ITEM, 1, item.code, item.name)
            self.run(rows.UPDATE_ITEM, *rows.changed_item_row(item, 1))
        for event in events:
            self.run(rows.INSERT_EVENT, *rows.event_row(event, 1))
        for code, content, kind in (("BR", PNG, "png"), ("BR", GIF, "gif"), ("FR", GIF, "gif")):
            self.keep(code, content, f"image/{kind}")

    def keep(self, code: str, content: bytes, media_type: str) -> None:
        stored = asyncio.run(ImageStore(self.images).save("ok", code, content, media_type))
        self.run(
            "INSERT INTO images (source, code, sha256, media_type, bytes, fetched_at) "
            "VALUES ('ok', ?, ?, ?, ?, 'then')",
            code,
            stored.sha256,
            media_type,
            stored.bytes,
        )

    def run(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.state)) as db, db:
            return db.execute(sql, values).fetchall()

    def faults(self) -> list[str]:
        return list(faults(self.state, self.images, MIGRATIONS))

    def save(self, file: Path) -> Amount:
        return save(self.state, self.images, file)

    def restore(self, file: Path) -> Amount:
        return restore(self.state, self.images, file, MIGRATIONS)

    def object(self, content: bytes, suffix: str = "gif") -> Path:
        return self.images / ".objects" / f"{hashlib.sha256(content).hexdigest()}.{suffix}"


@pytest.fixture
def folder(tmp_path: Path, empty_state: Path) -> Folder:
    return Folder(tmp_path / "folder", empty_state)


@pytest.fixture
def backup(folder: Folder, tmp_path: Path) -> Path:
    """A backup of `folder` in a folder of its own."""
    (tmp_path / "backups").mkdir()
    file = tmp_path / "backups" / "charfinder.backup"
    assert folder.save(file) == Amount(jobs=1, images=2, missing=0)
    return file


def damage(path: Path, place: int, content: bytes = b"\xff" * 64) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        file.write(content)


def test_a_backup_is_one_file_that_has_everything(
    folder: Folder, backup: Path, tmp_path: Path
) -> None:
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    state, images = state_path(elsewhere), elsewhere / "images"
    assert restore(state, images, backup, MIGRATIONS) == Amount(1, 2, 0)
    assert not list(faults(state, images, MIGRATIONS))
    tables = "SELECT name, sql FROM sqlite_schema ORDER BY name"
    for question in (tables, *(f"SELECT * FROM {name}" for name in ("jobs", "items", "images"))):
        with contextlib.closing(sqlite3.connect(state)) as db:
            assert db.execute(question).fetchall() == folder.run(question)
    # The image that was Brazil's last is so again.
    assert {path.name: path.read_bytes() for path in (images / "ok").iterdir()} == {
        "BR.gif": GIF, "FR.gif": GIF
    }  # fmt: skip
    assert {path.name for path in elsewhere.iterdir()} == {"state.db", "images"}


def test_what_was_there_is_kept_aside(folder: Folder, backup: Path) -> None:
    folder.run("UPDATE jobs SET id = 'newer'")
    folder.object(GIF).unlink()
    # A crash leaves the newest changes in the log beside the database.
    writer = sqlite3.connect(folder.state)
    writer.execute("PRAGMA wal_autocheckpoint=0")
    writer.execute("UPDATE jobs SET bytes = 71")
    writer.commit()
    left = {name: (folder.path / name).read_bytes() for name in ("state.db", "state.db-wal")}
    writer.close()
    for name, content in left.items():
        (folder.path / name).write_bytes(content)
    folder.restore(backup)
    assert folder.run("SELECT id, bytes FROM jobs") == [("first", 70)]
    assert folder.faults() == []
    with contextlib.closing(sqlite3.connect(folder.path / ASIDE)) as db:
        assert db.execute("SELECT id, bytes FROM jobs").fetchall() == [("newer", 71)]


def test_a_damaged_database_does_not_stand_in_the_way(folder: Folder, backup: Path) -> None:
    damage(folder.state, 0, b"this is no database any more")
    (folder.path / "state.db-wal").write_bytes(b"nor is this a log")
    folder.restore(backup)
    assert folder.faults() == []
    assert (folder.path / ASIDE).read_bytes().startswith(b"this is no database")
    assert not (folder.path / "state.db-wal").exists()


def test_a_database_that_somebody_reads_is_left_alone(
    folder: Folder, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", functools.partial(connect, timeout=0.05))
    with contextlib.closing(connect(folder.state)) as db:
        db.execute("SELECT * FROM jobs").fetchall()
        with pytest.raises(BackupError, match="open; end it first"):
            folder.restore(backup)
    assert not (folder.path / ASIDE).exists()


def a_page(path: Path, sql: str) -> int:
    """Where the first page of a table begins."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        (size,) = db.execute("PRAGMA page_size").fetchone()
        (number,) = db.execute(
            f"SELECT rootpage FROM sqlite_schema WHERE name = '{sql}'"
        ).fetchone()
    return int((number - 1) * size)


@pytest.mark.parametrize("harm", ["page", "image", "cut off", "no database", "newer", "absent"])
def test_a_backup_that_is_not_sound_changes_nothing(
    folder: Folder, backup: Path, harm: str
) -> None:
    match harm:
        case "page":
            damage(backup, a_page(backup, "items"))
        case "image":
            place = backup.read_bytes().rindex(GIF)
            damage(backup, place, b"GIF88a")
        case "cut off":
            os.truncate(backup, backup.stat().st_size // 2)
        case "no database":
            backup.write_bytes(b"a poem" * 1000)
        case "newer":
            with contextlib.closing(sqlite3.connect(backup)) as db, db:
                db.execute(
                    "INSERT INTO schema_migrations SELECT version + 1000, name, sha256, "
                    "applied_at, app_version FROM schema_migrations"
                )
        case _:
            backup.unlink()
    folder.run("UPDATE jobs SET id = 'present'")
    folder.object(GIF).unlink()
    with pytest.raises(BackupError):
        folder.restore(backup)
    assert folder.run("SELECT id FROM jobs") == [("present",)]
    assert not folder.object(GIF).exists()
    assert not [path for path in folder.path.iterdir() if "tmp" in path.name]


def test_what_a_killed_restore_left_is_removed(folder: Folder, backup: Path) -> None:
    leftover = folder.path / ".state.db.0123.tmp-journal"
    leftover.touch()
    folder.restore(backup)
    assert not leftover.exists()


def test_only_backups_and_empty_files_are_replaced(
    folder: Folder, backup: Path, tmp_path: Path
) -> None:
    folder.run("UPDATE jobs SET id = 'second'")
    empty = tmp_path / "empty"
    empty.touch()
    for file in (backup, empty):
        folder.save(file)
        with contextlib.closing(sqlite3.connect(file)) as db:
            assert db.execute("SELECT id FROM jobs").fetchall() == [("second",)]
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sir or Madam")
    for file in (letter, folder.state, tmp_path, tmp_path / "nowhere" / "file"):
        with pytest.raises(BackupError):
            folder.save(file)
    assert letter.read_text() == "Dear Sir or Madam"
    assert not list(tmp_path.glob(".*.tmp*"))


def test_images_that_are_missing_are_counted(folder: Folder, tmp_path: Path) -> None:
    folder.object(PNG, "png").write_bytes(GIF)
    assert folder.save(tmp_path / "file") == Amount(jobs=1, images=1, missing=1)


def test_nothing_cannot_be_saved(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="nothing to save"):
        save(tmp_path / "state.db", tmp_path / "images", tmp_path / "file")


# Soundness


def test_a_sound_folder_has_no_faults(folder: Folder) -> None:
    assert folder.faults() == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE jobs SET ok = 1, error = 1", "Job first: its counters"),
        ("UPDATE jobs SET total = 1, ok = 1", "Job first: its counters"),
        ("UPDATE jobs SET seq = 2", "Job first: its log has a gap"),
        ("UPDATE jobs SET bytes = 71", "does not lead to its state"),
        ("UPDATE items SET ms = 6 WHERE code = 'BR'", "does not lead to its state"),
        ("UPDATE events SET data = '{' WHERE seq = 3", "does not lead to its state"),
        ("UPDATE events SET type = 'job.dreamt' WHERE seq = 3", "does not lead to its state"),
        ("UPDATE events SET type = 'job.started' WHERE seq = 1", "does not lead to its state"),
        ("UPDATE events SET type = 'job.paused' WHERE seq = 2", "does not lead to its state"),
        ("DELETE FROM events", "Job first: its log has a gap"),
        ("UPDATE items SET sha256 = NULL WHERE code = 'BR'", "Job and item first BR"),
        ("INSERT INTO events VALUES (7, 1, 'then', 'x', '{}')", "a row of events refers"),
        ("UPDATE schema_migrations SET sha256 = 'x'", "edited after"),
        ("DROP TABLE schema_migrations", "no database of this program"),
        ("DROP TABLE events", "no such table"),
    ],
)
def test_what_the_database_says_of_itself_must_be_true(folder: Folder, sql: str, said: str) -> None:
    folder.run(sql)
    assert said in folder.faults()[0]


def test_damaged_pages_and_images_are_found(folder: Folder) -> None:
    folder.object(GIF).write_bytes(PNG)
    folder.object(PNG, "png").unlink()
    assert sorted(line.split(",")[0] for line in folder.faults()) == ["Image of BR"] * 2
    folder.run("PRAGMA journal_mode=DELETE")
    damage(folder.state, a_page(folder.state, "items"))
    assert any("items" in line or "malformed" in line for line in folder.faults())


# The commands


@pytest.mark.crash
async def test_a_backup_beside_a_busy_server_brings_everything_back(
    data_dir: Path, tmp_path: Path, upstream: Upstream
) -> None:
    file = tmp_path / "charfinder.backup"
    sources = [f"--source={name}={upstream.template(name)}" for name in ("ok", "hold")]
    where = ("--data-dir", str(data_dir))
    async with ServerProcess(data_dir, *sources) as server, ClientSession(server.url) as session:
        jobs = JobsClient(session)
        done = await jobs.finished((await jobs.submit("ok", ["A"]))["id"])
        held = await jobs.submit("hold", ["B"], concurrency=3)
        await upstream.arrived(26 + 3)
        saved = await asyncio.to_thread(run_program, "backup", str(file), *where)
        assert (saved.returncode, saved.stderr) == (0, "")
        assert saved.stdout == f"Saved 2 jobs and 1 image in {file}.\n"
        refused = await asyncio.to_thread(run_program, "restore", str(file), *where)
        assert refused.returncode == EX_CANNOT_START
        assert "Another Charfinder is running" in refused.stderr
        sound = await asyncio.to_thread(run_program, "check", *where)
        assert (sound.returncode, sound.stdout) == (0, "Database and images are sound.\n")
        await server.end(signal.SIGKILL)
    upstream.release()
    new = data_dir.with_name("new")
    new.mkdir()
    (new / "index.db").hardlink_to(data_dir / "index.db")
    restored = await asyncio.to_thread(run_program, "restore", str(file), "--data-dir", str(new))
    assert restored.stdout == f"Restored 2 jobs and 1 image from {file}.\n", restored.stderr
    async with ServerProcess(new, *sources) as server, ClientSession(server.url) as session:
        jobs = JobsClient(session)
        assert await jobs.job(done["id"]) == done
        for item in await jobs.items(done["id"]):
            async with session.get(item["image_url"]) as response:
                assert await response.read() == GIF
        assert (await jobs.finished(held["id"]))["counters"]["ok"] == 26
        fold(await jobs.log(held["id"]))


@pytest.mark.crash
def test_check_says_what_is_wrong(folder: Folder) -> None:
    folder.object(GIF).unlink()
    where = ("--data-dir", str(folder.path))
    done = run_program("check", *where)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].startswith("Image of BR, ")
    assert done.stdout.splitlines()[1] == "1 fault."
    saved = run_program("backup", str(folder.path / "file"), *where)
    assert (saved.returncode, saved.stderr) == (0, "Missing or damaged: 1 image.\n")
    folder.state.unlink()
    done = run_program("check", *where)
    assert done.returncode == EX_CANNOT_START
    assert done.stderr.count("\n") == 1
