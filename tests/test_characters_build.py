import ast
import contextlib
import fcntl
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from array import array
from pathlib import Path

import pytest

from webapp.characters.build import BUILDER, BuildStopped, build, build_id, ensure_index, is_current
from webapp.characters.indexer import Indexer
from webapp.characters.postings import pack
from webapp.characters.resident import sections
from webapp.characters.schema import TABLES
from webapp.characters.tokens import fact
from webapp.settings import ROOT


def silent(_stage: str, _done: float) -> None:
    """Progress that nobody watches."""


def builder(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "webapp.characters.build", str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_until(process: subprocess.Popen[str], part_done: float) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if float(line.split()[0]) >= part_done:
            return
    pytest.fail("the build ended early")


def imports(module: Path) -> set[str]:
    """The modules of webapp.characters that a module imports."""
    names = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "webapp.characters":
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            package, _, name = node.module.rpartition(".")
            names |= {name} if package == "webapp.characters" else set()
    return names


def left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "index.lock")


def stale_copy(index_file: Path, folder: Path) -> Path:
    path = folder / "index.db"
    shutil.copy(index_file, path)
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("update meta set value = 'of another day' where key = 'build_id'")
    return path


def test_an_index_is_made_from_what_editors_and_programmers_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    today = build_id()
    for module in ("ucd", "curated"):
        build_id.cache_clear()
        monkeypatch.setattr(f"webapp.characters.build.{module}.input_digest", lambda: "other")
        assert build_id() != today
        monkeypatch.undo()
    build_id.cache_clear()
    assert build_id() == today


def test_whatever_the_indexer_imports_makes_another_index() -> None:
    found: set[str] = set()
    remaining = {"indexer"}
    while remaining:
        name = remaining.pop()
        found.add(name)
        remaining |= imports(ROOT / f"webapp/characters/{name}.py") - found
    assert set(BUILDER) == found


def test_a_current_index_is_left_alone(index_file: Path) -> None:
    before = index_file.stat()
    assert ensure_index(index_file.parent, silent, threading.Event()) == index_file
    after = index_file.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_what_is_no_current_index_is_known_for_it(index_file: Path, tmp_path: Path) -> None:
    assert not is_current(tmp_path / "absent.db")
    assert not is_current(stale_copy(index_file, tmp_path))
    (tmp_path / "index.db").write_bytes(b"SQLite format 3\0" + b"nonsense" * 1000)
    assert not is_current(tmp_path / "index.db")
    (tmp_path / "index.db").write_bytes(b"")
    assert not is_current(tmp_path / "index.db")


@pytest.mark.crash
@pytest.mark.usefixtures("unmeasured_processes")
def test_a_stopped_build_leaves_nothing(tmp_path: Path) -> None:
    stop = threading.Event()
    with pytest.raises(BuildStopped):
        ensure_index(tmp_path, lambda _stage, done: stop.set() if done > 0.02 else None, stop)
    assert left_behind(tmp_path) == []


@pytest.mark.crash
@pytest.mark.usefixtures("unmeasured_processes")
def test_an_interrupted_caller_leaves_nothing(tmp_path: Path) -> None:
    def interrupt(_stage: str, done: float) -> None:
        if done > 0.02:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ensure_index(tmp_path, interrupt, threading.Event())
    assert left_behind(tmp_path) == []


@pytest.mark.crash
@pytest.mark.timeout(600)  # holds a whole build, which a busy machine stretches
@pytest.mark.usefixtures("unmeasured_processes")
def test_a_killed_build_leaves_the_old_index_and_the_next_one_cleans_up(
    index_file: Path, tmp_path: Path
) -> None:
    path = stale_copy(index_file, tmp_path)
    old = path.read_bytes()
    with builder(tmp_path) as process:
        wait_until(process, 0.05)
        process.kill()
    assert path.read_bytes() == old
    assert len(left_behind(tmp_path)) == 2, "the old index and a temporary file"
    stages: list[str] = []
    ensure_index(tmp_path, lambda stage, _done: stages.append(stage), threading.Event())
    assert is_current(path)
    assert left_behind(tmp_path) == ["index.db"]
    assert stages[-1] == "Done"


@pytest.mark.crash
@pytest.mark.usefixtures("unmeasured_processes")
def test_a_build_ends_with_the_process_that_wanted_it(tmp_path: Path) -> None:
    program = (
        "import sys, threading; from pathlib import Path\n"
        "from webapp.characters.build import ensure_index\n"
        "ensure_index(Path(sys.argv[1]), lambda s, d: print(d, flush=True), threading.Event())\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        wait_until(process, 0.02)
        process.kill()
    with (tmp_path / "index.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert left_behind(tmp_path) == []


@pytest.mark.crash
def test_ctrl_c_is_left_to_the_process_that_wanted_the_build(tmp_path: Path) -> None:
    with builder(tmp_path) as process:
        wait_until(process, 0.02)
        process.send_signal(signal.SIGINT)
        wait_until(process, 0.05)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait() == 130
    assert left_behind(tmp_path) == []


def test_a_second_build_waits_for_the_first(tmp_path: Path) -> None:
    stop = threading.Event()
    stages: list[str] = []

    def watch(stage: str, _done: float) -> None:
        stages.append(stage)
        stop.set()

    with (tmp_path / "index.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BuildStopped):
            build(tmp_path, watch, stop)
    assert stages == ["Waiting for another build"]


def test_a_build_that_another_process_finished_is_not_repeated(index_file: Path) -> None:
    stages: list[str] = []
    build(index_file.parent, lambda stage, _done: stages.append(stage), threading.Event())
    assert stages == []


def test_a_folder_that_cannot_be_written_is_an_error_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "index.lock").mkdir()
    with pytest.raises(OSError, match=r"index\.lock") as refused:
        ensure_index(tmp_path, silent, threading.Event())
    assert "\n" not in str(refused.value)
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        ensure_index(tmp_path / "file", silent, threading.Event())


def held(search: list[int], listed: list[int], order: list[int]) -> dict[str, bytes]:
    """Of an index of capital letters what the check reads: the rows in each part."""
    parts = {
        "search": pack([(fact("gc", "Lu"), search)]),
        "listed": pack([(fact("gc", "Lu"), listed)]),
    }
    found = dict(section for part, packed in parts.items() for section in sections(part, packed))
    return found | {f"order.{each}": array("I", order).tobytes() for each in ("cp", "name", "age")}


def check(rows: int, blobs: dict[str, bytes]) -> None:
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.executescript(TABLES)
        db.executemany("insert into resident values(?, ?)", blobs.items())
        indexer = Indexer(db, silent, threading.Event())
        indexer._rows.update({(number,): number for number in range(rows)})
        indexer._check()


def test_an_index_that_lost_rows_is_not_accepted() -> None:
    check(2, held([1, 2], [1, 2], [2, 1]))
    for lost in (
        held([1], [1, 2], [2, 1]),
        held([1, 2], [2], [2, 1]),
        held([1, 2], [1, 2], [1]),
        {},
    ):
        with pytest.raises(sqlite3.DatabaseError, match="damaged"):
            check(2, lost)
