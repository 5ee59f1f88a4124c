"""The peer for searching: Datasette's canned FTS5 query over the names of the same rows.

It gives 200 rows without a total and without a ranking. Datasette is no dependency of ours: it is
installed into an environment of its own, by `environment` or by hand:

    python3 -m venv DIR && DIR/bin/pip install datasette
"""

import json
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from urllib.parse import quote

from bench.load import process
from bench.queries import rows

COLUMNS = ("id", "char", "name", "category", "block", "script", "age")
FIND = f"""
select {", ".join(f"rows.{column}" for column in COLUMNS)}
from names cross join rows on rows.number = names.rowid
where names match :q limit 200
"""
# Its server writes a line for every request, which ours does not.
WITHOUT_LOG = """
import logging
from datasette.cli import cli
logging.getLogger("uvicorn.access").addFilter(lambda record: False)
cli()
"""


def environment(folder: Path) -> str:
    """The Python of an environment with Datasette below the folder, made if there is none."""
    home = folder / "datasette-environment"
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        install = [str(python), "-m", "pip", "--quiet", "install", "datasette"]
        subprocess.run(install, check=True)
    return str(python)


def make_database(index: Path, folder: Path) -> tuple[Path, Path]:
    """A database with the rows of the index and their names in FTS5, and the settings for it."""
    database, settings = folder / "characters.db", folder / "datasette.json"
    database.unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as db, db:
        db.execute(f"create table rows(number integer primary key, {', '.join(COLUMNS)})")
        db.execute("create virtual table names using fts5(name, content='rows')")
        marks = ", ".join("?" * len(COLUMNS))
        db.executemany(
            f"insert into rows({', '.join(COLUMNS)}) values ({marks})",
            [[row[column] for column in COLUMNS] for row in rows(index)],
        )
        db.execute("insert into names(rowid, name) select number, name from rows")
        db.execute("insert into names(names) values ('optimize')")
    queries = {"characters": {"queries": {"find": {"sql": FIND}}}}
    settings.write_text(json.dumps({"databases": queries}), encoding="utf-8")
    return database, settings


@asynccontextmanager
async def serving(python: str, index: Path, folder: Path, core: int) -> AsyncIterator[int]:
    """Datasette on a free port."""
    database, settings = make_database(index, folder)
    arguments = ["-c", WITHOUT_LOG, "serve", "--immutable", str(database), "--port", "0"]
    arguments += ["--metadata", str(settings), "--setting", "sql_time_limit_ms", "5000"]
    async with process(*arguments, line="Uvicorn running on", core=core, python=python) as (
        port,
        _,
    ):
        yield port


def path(text: str) -> str:
    """The address of the first 200 rows with these words."""
    words = " ".join(f'"{word}"' for word in text.split())
    return f"/characters/find.json?_shape=array&q={quote(words)}"
