"""Static files under one hash of all of them: cached for ever, never stale."""

import hashlib
import mimetypes
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import aiohttp_jinja2
from aiohttp import hdrs, web

from webapp.answers import not_modified
from webapp.negotiation import accepts_gzip, gzipped
from webapp.phrases import Phrase
from webapp.problems import NotFound
from webapp.settings import ROOT

# Fonts and pictures are packed already.
PACKED_SUFFIXES: Final = frozenset({".css", ".js", ".json", ".svg", ".txt"})
COMMENTED_SUFFIXES: Final = frozenset({".css", ".js"})
# A line that begins as a comment is one: tests/test_assets.py holds the files to that. All in all
# they are a third of the scripts; comments beside code, mostly types, stay.
COMMENT_LINES: Final = re.compile(
    rb"^[ \t]*(?://[^\n]*|/\*(?:[^*]|\*(?!/))*\*/[ \t]*)\n", re.MULTILINE
)
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


def without_comments(source: bytes) -> bytes:
    """A script or style sheet without the lines that hold nothing but a comment."""
    return COMMENT_LINES.sub(b"", source)


def packed_files(files: Mapping[str, Path]) -> dict[str, bytes]:
    """Texts as browsers need them, packed as well as gzip can: it is done once."""
    return {
        name: gzipped(_as_sent(path), level=9)
        for name, path in files.items()
        if path.suffix in PACKED_SUFFIXES
    }


def _as_sent(path: Path) -> bytes:
    plain = path.read_bytes()
    return without_comments(plain) if path.suffix in COMMENTED_SUFFIXES else plain


def add_static(app: web.Application, folder: Path = ROOT / "static") -> None:
    """Serve `folder` below its hash, and let templates' `static()` point there."""
    files = static_files(folder)
    tree, packed = tree_hash(files), packed_files(files)
    prefix = f"/static/{tree}"

    async def asset(request: web.Request) -> web.StreamResponse:
        # Looked up, not joined: no path can lead out of the folder.
        name = request.match_info["path"]
        path = files.get(name)
        if path is None:
            raise NotFound(
                Phrase("No such file; the page that names it may be of an older release.")
            )
        if name not in packed:
            return web.FileResponse(path, headers=TYPES.get(path.suffix))
        headers = {hdrs.VARY: hdrs.ACCEPT_ENCODING, hdrs.ETAG: f'W/"{tree}"'}
        if not_modified(request, tree) is not None:
            return web.Response(status=304, headers=headers)
        body = packed[name]
        if accepts_gzip(request.headers.get(hdrs.ACCEPT_ENCODING, "")):
            headers[hdrs.CONTENT_ENCODING] = "gzip"
        else:
            body = zlib.decompress(body, wbits=zlib.MAX_WBITS | 16)
        type_ = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return web.Response(body=body, content_type=type_, headers=headers)

    app.router.add_get(prefix + "/{path:.+}", asset, name="static")
    app[aiohttp_jinja2.static_root_key] = prefix
