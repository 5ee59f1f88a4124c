"""Static files under one hash of all of them: cached for ever, never stale."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import aiohttp_jinja2
from aiohttp import web

from webapp.problems import NotFound
from webapp.settings import ROOT

# What the tables of the framework do not know.
TYPES: Final = {".woff2": {"Content-Type": "font/woff2"}}


def static_files(folder: Path) -> dict[str, Path]:
    """Every file below the folder by its path in there."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in found}


def tree_hash(files: Mapping[str, Path]) -> str:
    """Twelve hex digits over every file's name and bytes."""
    digest = hashlib.sha256()
    for name, path in files.items():
        digest.update(name.encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def add_static(app: web.Application, folder: Path = ROOT / "static") -> None:
    """Serve `folder` below its hash, and let templates' `static()` point there."""
    files = static_files(folder)
    prefix = f"/static/{tree_hash(files)}"

    async def asset(request: web.Request) -> web.FileResponse:
        # Looked up, not joined: no path can lead out of the folder.
        path = files.get(request.match_info["path"])
        if path is None:
            raise NotFound("No such file; the page that names it may be of an older release.")
        return web.FileResponse(path, headers=TYPES.get(path.suffix))

    app.router.add_get(prefix + "/{path:.+}", asset, name="static")
    app[aiohttp_jinja2.static_root_key] = prefix
