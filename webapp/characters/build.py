"""Making index.db: to a temporary file, checked, then renamed into place."""

import contextlib
import fcntl
import functools
import gc
import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import regex

from webapp.characters import curated, ucd
from webapp.characters.indexer import BuildStopped, Indexer, Progress
from webapp.durable import give_name

# Raised whenever the API shows the same row differently: clients keep answers under the build id.
BUILDER_VERSION = "2"
# The modules that decide what gets into the index: the indexer and all it imports from here.
BUILDER = (
    "chains",
    "counts",
    "curated",
    "data_files",
    "detail_tables",
    "expressions",
    "facts",
    "fields",
    "gathered",
    "glossary",
    "hits",
    "identifier",
    "indexer",
    "labels",
    "languages",
    "meaning",
    "name_keys",
    "name_tables",
    "names",
    "orders",
    "plans",
    "postings",
    "ranking",
    "records",
    "resident",
    "row_items",
    "schema",
    "searchable",
    "spelling",
    "text",
    "tiers",
    "tokens",
    "ucd",
    "unihan",
    "vocabulary",
    "writing",
)
ROOT = Path(__file__).resolve().parents[2]
STOPPED = 130

__all__ = ["BuildStopped", "build_id", "ensure_index", "is_current"]


@functools.cache
def build_id() -> str:
    """What the index is made of: data, builder, and the tables that text is folded by."""
    parts = (
        ucd.input_digest(),
        curated.input_digest(),
        BUILDER_VERSION,
        *(Path(__file__).with_name(f"{name}.py").read_text("utf-8") for name in BUILDER),
        unicodedata.unidata_version,
        regex.__version__,
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def is_current(path: Path) -> bool:
    """True when the file is an index made by this program from this data."""
    if not path.is_file():
        return False
    uri = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as db:
            row = db.execute("select value from meta where key = 'build_id'").fetchone()
    except sqlite3.Error:
        return False
    return bool(row == (build_id(),))


def ensure_index(data_dir: Path, progress: Progress, stop: threading.Event) -> Path:
    """The path of an index that fits this program; builds it first if there is none.

    `progress` gets a stage and the part done, 0 to 1. BuildStopped when `stop` was set, OSError
    when the folder cannot be written or the result is damaged. Several processes may call this
    at once: one builds, the others wait for it.
    """
    path = data_dir / "index.db"
    if not is_current(path):
        data_dir.mkdir(parents=True, exist_ok=True)
        _build_in_child(data_dir, progress, stop)
    return path


def _build_in_child(data_dir: Path, progress: Progress, stop: threading.Event) -> None:
    """Build in a process of its own: the memory it takes would stay with the server for ever.

    The child stops when its standard input ends, which also happens when this process is killed.
    """
    command = [sys.executable, "-m", "webapp.characters.build", str(data_dir.absolute())]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as child:
        if child.stdin is None or child.stdout is None or child.stderr is None:
            raise RuntimeError("pipes were asked for")
        try:
            for line in child.stdout:
                done, _, stage = line.rstrip("\n").partition(" ")
                progress(stage, float(done))
                if stop.is_set():
                    break
        finally:
            # After Ctrl-C too: whoever returns from here may count on a clean folder.
            child.stdin.close()
            child.wait()
        reason = child.stderr.read()
    if child.returncode == STOPPED or stop.is_set():
        raise BuildStopped
    if child.returncode:
        raise OSError(reason.strip() or f"the index builder ended with {child.returncode}")


def build(data_dir: Path, progress: Progress, stop: threading.Event) -> None:
    """Build the index in this process, unless another one has done it meanwhile."""
    path = data_dir / "index.db"
    with _lock(data_dir / "index.lock", progress, stop):
        if not is_current(path):
            _sweep(data_dir)
            _replace(path, progress, stop)


@contextlib.contextmanager
def _lock(path: Path, progress: Progress, stop: threading.Event) -> Iterator[None]:
    with path.open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                progress("Waiting for another build", 0.0)
            if stop.wait(0.1):
                raise BuildStopped
        yield


def _sweep(data_dir: Path) -> None:
    """Remove what killed builds left; whoever holds the lock knows that no other build runs."""
    for temp in data_dir.glob(".index-*.tmp*"):
        temp.unlink(missing_ok=True)


def _replace(path: Path, progress: Progress, stop: threading.Event) -> None:
    temp = path.with_name(f".index-{os.getpid()}.tmp")
    try:
        with contextlib.closing(
            sqlite3.connect(temp, isolation_level=None, check_same_thread=False)
        ) as db:
            Indexer(db, progress, stop).run(build_id())
        give_name(temp, path)
    finally:
        temp.unlink(missing_ok=True)


def main(arguments: Sequence[str]) -> int:
    """Build into the folder named, one line a progress; stop when standard input ends."""
    # Ctrl-C reaches every process of the terminal; the one that started this one decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Everything lives until the end, which is near: looking for garbage takes a fifth of the time.
    gc.disable()
    stop = threading.Event()
    threading.Thread(target=_set_at_end_of_input, args=(stop,), daemon=True).start()
    try:
        build(Path(arguments[0]), _print_progress, stop)
    except (BuildStopped, BrokenPipeError):
        return STOPPED
    except (OSError, sqlite3.Error) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _set_at_end_of_input(stop: threading.Event) -> None:
    sys.stdin.read()
    stop.set()


def _print_progress(stage: str, done: float) -> None:
    sys.stdout.write(f"{done:.3f} {stage}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
