"""Pages and fragments of them, in the language of whoever reads them."""

import hashlib
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import aiohttp_jinja2
import jinja2
from aiohttp import hdrs, web

from webapp.answers import not_modified
from webapp.cross_origin import READ_METHODS
from webapp.locales import ENGLISH, Language, Languages, translated

LANGUAGES: Final = web.AppKey("LANGUAGES", Languages)
# Keys can only be made while a module is imported.
ENVIRONMENTS: Final = {
    tag: web.AppKey(f"ENVIRONMENT_{tag}", jinja2.Environment) for tag in (ENGLISH, *translated())
}
LANGUAGE: Final = web.RequestKey("LANGUAGE", Language)
LANGUAGE_COOKIE: Final = "language"
# A longer address is not worth being carried around by a page.
ADDRESS_LIMIT: Final = 2_000
# By what pages differ at one address.
READER: Final = "Accept-Language, Cookie"
# Another release may say something else at the same address: no page outlives the process.
STARTED: Final = web.AppKey("STARTED", str)


def language_of(request: web.Request) -> Language:
    """The language that was chosen here, else the one that the browser asks for."""
    language = request.get(LANGUAGE)
    if language is None:
        wanted = request.headers.get(hdrs.ACCEPT_LANGUAGE, "")
        language = request.app[LANGUAGES].for_reader(
            request.cookies.get(LANGUAGE_COOKIE, ""), wanted
        )
        request[LANGUAGE] = language
    return language


def reader_languages(request: web.Request) -> str:
    """What an Accept-Language header would say of this reader, a choice made here included."""
    header = request.headers.get(hdrs.ACCEPT_LANGUAGE, "")
    chosen = request.app[LANGUAGES].get(request.cookies.get(LANGUAGE_COOKIE, ""))
    # Names are in English anyway: whoever chose that may still like those of the browser.
    if chosen is None or chosen.tag == ENGLISH:
        return header
    return chosen.tag


def page_tag(request: web.Request, made_of: str) -> str:
    """The tag of a page that depends on nothing but its address, its reader and `made_of`."""
    parts = (
        request.app[STARTED],
        made_of,
        language_of(request).tag,
        reader_languages(request),
        request.path_qs,
    )
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def same_page(request: web.Request, tag: str) -> web.Response | None:
    """The 304 for a reader that has the page of this tag."""
    unchanged = not_modified(request, tag)
    if unchanged is not None:
        unchanged.headers[hdrs.VARY] = f"{READER}, {hdrs.ACCEPT_ENCODING}"
    return unchanged


def render(
    template: str,
    request: web.Request,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    cache: str = "no-cache",
    address: str = "",
) -> web.Response:
    """The page; `cache` is how long it may be kept.

    `address` is where to come back to after another language was chosen: by default the address of
    the page, which must be given where the page answers a form.
    """
    language = language_of(request)
    if not address and request.method in READ_METHODS:
        address = request.path_qs if len(request.path_qs) <= ADDRESS_LIMIT else request.path
    response = aiohttp_jinja2.render_template(
        template,
        request,
        {**context, "own_address": address or "/"},
        app_key=ENVIRONMENTS[language.tag],
        status=status,
    )
    response.headers[hdrs.CONTENT_LANGUAGE] = language.tag
    response.headers[hdrs.CACHE_CONTROL] = cache
    response.headers[hdrs.VARY] = READER
    return response


def tagged(page: web.Response, tag: str) -> web.Response:
    """The page, which need not be sent again to whoever has it."""
    page.headers[hdrs.ETAG] = f'"{tag}"'
    return page


class CompiledOnce(jinja2.BytecodeCache):
    """Templates are compiled for the first language; for the others their code is the same."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Fill the bucket from memory."""
        code = self._code.get((bucket.key, bucket.checksum))
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Keep what was compiled."""
        self._code[bucket.key, bucket.checksum] = bucket.bytecode_to_string()

    def forget(self) -> None:
        """Let go of all code: every language has its own by now."""
        self._code.clear()


COMPILED: Final = CompiledOnce()


def set_up_pages(
    app: web.Application, languages: Languages, folder: Path, known: Mapping[str, object]
) -> None:
    """Read every template now: rendering must not wait for a disk. All of them know `known`.

    Each language has an environment of its own, so that what is said once for all pages, such as
    the words of a macro, is said in the right one.
    """
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}
    app[LANGUAGES] = languages
    app[STARTED] = secrets.token_hex(8)
    for language in languages:
        environment = aiohttp_jinja2.setup(
            app,
            app_key=ENVIRONMENTS[language.tag],
            loader=jinja2.DictLoader(texts),
            undefined=jinja2.StrictUndefined,
            bytecode_cache=COMPILED,
        )
        environment.globals.update(
            {
                **known,
                "_": language.said,
                "counted": language.counted,
                "around": language.around,
                "language": language,
                "page_languages": languages,
            }
        )
        environment.filters["figure"] = language.figure


def compile_pages(app: web.Application) -> None:
    """Compile every template, which the first page would wait for otherwise."""
    for language in app[LANGUAGES]:
        environment = app[ENVIRONMENTS[language.tag]]
        for name in environment.list_templates():
            environment.get_template(name)
    COMPILED.forget()
