"""Static files under one hash of all of them: cached for ever, never stale."""

import hashlib
from pathlib import Path

import aiohttp_jinja2
from aiohttp import web

from webapp.settings import ROOT


def tree_hash(folder: Path) -> str:
    """Twelve hex digits over every file's name and bytes."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def add_static(app: web.Application, folder: Path = ROOT / "static") -> None:
    """Serve `folder` below its hash, and let templates' `static()` point there."""
    prefix = f"/static/{tree_hash(folder)}"
    app.router.add_static(prefix, folder, name="static")
    app[aiohttp_jinja2.static_root_key] = prefix
