"""Migrations on real files: raced, edited, broken and killed at every statement."""

import contextlib
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from webapp.migrate import MigrationError, migrate, read_migrations, statements
from webapp.settings import ROOT

FIRST = """
-- The people; a comment with a semicolon; and a quote: it's fine.
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, greeted INTEGER) STRICT;
CREATE INDEX people_by_name ON people (name); -- one; more
"""
SECOND = """
/* Whoever comes is greeted; twice. */
CREATE TABLE greetings (person INTEGER REFERENCES people (id), text TEXT) STRICT;
CREATE TRIGGER greet AFTER INSERT ON people BEGIN
    INSERT INTO greetings VALUES (new.id, 'Hello; ' || new.name);
    UPDATE people SET greeted = 1 WHERE id = new.id; -- END; not yet
END;
INSERT INTO people (name) VALUES ('Ada; "END;"');
"""
THIRD = """
ALTER TABLE people ADD COLUMN born TEXT;
DROP INDEX people_by_name;
CREATE UNIQUE INDEX people_by_name ON people (name, born);
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three migrations."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for number, sql in enumerate((FIRST, SECOND, THIRD), start=1):
        (folder / f"{number:04d}_step.sql").write_text(sql)
    return folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def path_at_1(path: Path, folder: Path, tmp_path: Path) -> Path:
    """A database of the first release, with somebody in it."""
    first = tmp_path / "first"
    first.mkdir()
    (first / "0001_step.sql").write_text((folder / "0001_step.sql").read_text())
    assert migrate(path, first) == 1
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("INSERT INTO people (name) VALUES ('Grace')")
    return path


def dump(path: Path) -> list[tuple[str, str, str]]:
    """The schema, without where it lies."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        return db.execute(
            "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"
        ).fetchall()


def names(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return [row[0] for row in db.execute("SELECT name FROM people ORDER BY id")]


def test_everything_is_applied_once(path: Path, folder: Path) -> None:
    assert migrate(path, folder) == 3
    assert migrate(path, folder) == 0
    assert names(path) == ['Ada; "END;"']
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT * FROM greetings").fetchall() == [(1, 'Hello; Ada; "END;"')]
        ledger = db.execute("SELECT version, name, length(sha256) FROM schema_migrations")
        assert ledger.fetchall() == [(1, "step", 64), (2, "step", 64), (3, "step", 64)]


def test_scripts_are_split_at_statements_only() -> None:
    assert [sql.split("\n")[-1] for sql in statements(FIRST)] == [
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, greeted INTEGER) STRICT;",
        "CREATE INDEX people_by_name ON people (name);",
    ]
    assert [sql.split("\n")[-1] for sql in statements(SECOND)] == [
        "CREATE TABLE greetings (person INTEGER REFERENCES people (id), text TEXT) STRICT;",
        "END;",
        "INSERT INTO people (name) VALUES ('Ada; \"END;\"');",
    ]
    assert list(statements("")) == []
    assert list(statements("-- nothing; yet\n/* nor; here */")) == []


@pytest.mark.parametrize("sql", ["SELECT 1", "SELECT 1; SELECT 'open;", "CREATE TABLE t (a)"])
def test_half_a_statement_is_refused(sql: str) -> None:
    with pytest.raises(MigrationError, match="middle of a statement"):
        list(statements(sql))


@pytest.mark.parametrize("name", ["0001_other.sql", "0005_gap.sql", "4_short.sql", "four.sql"])
def test_misnumbered_files_are_refused(folder: Path, path: Path, name: str) -> None:
    (folder / name).write_text("SELECT 1;")
    with pytest.raises(MigrationError, match="out of order"):
        migrate(path, folder)
    assert not path.exists()


def test_an_edited_file_is_refused(path: Path, folder: Path) -> None:
    migrate(path, folder)
    kept = path.read_bytes()
    (folder / "0002_step.sql").write_text(SECOND + "\n-- a second thought\n")
    with pytest.raises(MigrationError, match=r"0002_step\.sql was edited"):
        migrate(path, folder)
    assert path.read_bytes() == kept


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_newer_database_is_refused_untouched(path: Path, folder: Path, mode: str) -> None:
    migrate(path, folder)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA journal_mode={mode}")
    kept = path.read_bytes()
    (folder / "0003_step.sql").unlink()
    with pytest.raises(MigrationError, match="newer release"):
        migrate(path, folder)
    assert path.read_bytes() == kept
    assert [child.name for child in path.parent.iterdir() if child.is_file()] == [path.name]


def test_a_file_that_is_no_database_is_refused_untouched(path: Path, folder: Path) -> None:
    path.write_bytes(b"Dear diary. " * 200)
    with pytest.raises(MigrationError, match="not a database"):
        migrate(path, folder)
    assert path.read_bytes() == b"Dear diary. " * 200


@pytest.mark.parametrize(
    "broken",
    [
        "CREATE TABLE third (a) STRICT; SELECT * FROM nowhere;",
        "CREATE TABLE third (a INTEGER) STRICT; INSERT INTO third VALUES ('not a number');",
        "CREATE TABLE third (a INTEGER) STRICT; CREATE TABLE",
        "PRAGMA foreign_keys=OFF; INSERT INTO greetings VALUES (99, 'to nobody');",
    ],
)
def test_a_broken_third_migration_leaves_nothing(path: Path, folder: Path, broken: str) -> None:
    (folder / "0003_step.sql").write_text(broken)
    with pytest.raises(MigrationError):
        migrate(path, folder)
    assert dump(path) == []


def test_a_copy_is_made_before_a_later_migration(path_at_1: Path, folder: Path) -> None:
    before = dump(path_at_1)
    copy = path_at_1.with_name("state.before-0002.db")
    # What a killed predecessor left must not be built upon.
    copy.with_suffix(".tmp").write_bytes(b"half a copy")
    assert migrate(path_at_1, folder) == 2
    assert dump(copy) == before
    assert names(copy) == ["Grace"]
    assert names(path_at_1) == ["Grace", 'Ada; "END;"']
    assert sorted(child.name for child in path_at_1.parent.iterdir() if child.is_file()) == [
        "state.before-0002.db",
        "state.db",
    ]


def test_a_first_migration_needs_no_copy(path: Path, folder: Path) -> None:
    migrate(path, folder)
    assert [child.name for child in path.parent.iterdir() if child.is_file()] == [path.name]


STARTER = """
    import sys
    from pathlib import Path
    from webapp.migrate import migrate

    print("ready", flush=True)
    sys.stdin.readline()
    print(migrate(Path(sys.argv[1]), Path(sys.argv[2])))
"""


def start(program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.crash
def test_of_eight_starters_one_migrates(path: Path, folder: Path) -> None:
    with contextlib.ExitStack() as stack:
        starters = [stack.enter_context(start(STARTER, str(path), str(folder))) for _ in range(8)]
        for starter in starters:
            assert starter.stdout is not None
            assert starter.stdout.readline() == "ready\n"
        applied = []
        for starter in starters:
            assert starter.stdin is not None
            starter.stdin.write("go\n")
            starter.stdin.flush()
        for starter in starters:
            output, _ = starter.communicate(timeout=30)
            assert starter.returncode == 0
            applied.append(int(output))
    assert sorted(applied) == [0] * 7 + [3]
    assert names(path) == ['Ada; "END;"']


KILLED = """
    import contextlib, itertools, os, signal, sqlite3, sys
    from pathlib import Path
    from webapp.migrate import apply_pending, read_migrations

    path, folder, fatal = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    statements = itertools.count(1)

    def traced(statement):
        if next(statements) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.set_trace_callback(traced)
        apply_pending(db, read_migrations(folder), path)
"""


def killed_at(statement: int, path: Path, folder: Path) -> bool:
    """Migrate in a process that dies just before that statement; False when it lived to the end."""
    with start(KILLED, str(path), str(folder), str(statement)) as child:
        child.communicate(timeout=30)
    assert child.returncode in {0, -signal.SIGKILL}
    return child.returncode != 0


@pytest.mark.crash
def test_a_kill_at_any_statement_leaves_a_fresh_start(path_at_1: Path, folder: Path) -> None:
    fresh = path_at_1.with_name("fresh.db")
    migrate(fresh, folder)
    old, old_schema = path_at_1.read_bytes(), dump(path_at_1)
    statement = 1
    while killed_at(statement, path_at_1, folder):
        assert dump(path_at_1) == old_schema
        assert migrate(path_at_1, folder) == 2
        assert dump(path_at_1) == dump(fresh)
        assert names(path_at_1) == ["Grace", 'Ada; "END;"']
        path_at_1.write_bytes(old)
        statement += 1
    # BEGIN, the look at the ledger, both migrations, the check and COMMIT.
    assert statement > 12
    assert dump(path_at_1) == dump(fresh)


@pytest.mark.crash
def test_a_kill_at_any_statement_of_our_own_first_start_is_got_over(path: Path) -> None:
    fresh = path.with_name("fresh.db")
    expected = migrate(fresh, ROOT / "migrations")
    assert expected == len(read_migrations(ROOT / "migrations"))
    statement = 1
    while killed_at(statement, path, ROOT / "migrations"):
        assert dump(path) == []
        assert migrate(path, ROOT / "migrations") == expected
        assert dump(path) == dump(fresh)
        path.unlink()
        statement += 1
    assert statement > 10
