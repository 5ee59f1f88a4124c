"""The application: the only place where its parts meet."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Final

import msgspec
from aiohttp import WSCloseCode, web

from webapp import keys
from webapp.answers import BODY_LIMIT
from webapp.assets import add_static
from webapp.auth import Gate
from webapp.characters.dossier import Dossier
from webapp.characters.encoded import EncodedPages
from webapp.characters.glyphs import Coverage, drawn
from webapp.characters.index import CharacterIndex
from webapp.data_dir import index_path, state_path
from webapp.database import Readers, Writer
from webapp.flags import wording
from webapp.flags.downloader import Downloader
from webapp.flags.errand import FlagErrand
from webapp.flags.gallery import Pictures
from webapp.flags.hosts import Hosts
from webapp.flags.images import ImageStore
from webapp.flags.library import Library
from webapp.flags.manners import PUBLIC
from webapp.flags.mirror import MIRROR, Mirror, flag
from webapp.flags.sources import Sources
from webapp.jobs.events import Event
from webapp.jobs.feed import Feed
from webapp.jobs.model import Job
from webapp.jobs.places import Places
from webapp.jobs.records import Records
from webapp.jobs.relay import Relay
from webapp.jobs.retention import forgetting
from webapp.jobs.runner import Runner
from webapp.jobs.store import Store
from webapp.locales import Languages
from webapp.metrics import Metrics
from webapp.middlewares import middlewares, security_headers
from webapp.openapi.views import DOCUMENTS, documents
from webapp.pages import set_up_pages
from webapp.readiness import Readiness
from webapp.routes import ROUTES
from webapp.settings import ROOT, Settings

STATE_READERS: Final = 2
PAGES_KEPT_BYTES: Final = 3 << 20
# Only our own short statements run here: the deadline is for a machine in trouble.
STATE_DEADLINE_S: Final = 10.0


def create_app(settings: Settings) -> web.Application:
    """The application over a data folder whose index is built and whose database is migrated."""
    app = _application(settings)
    app.add_routes(ROUTES)
    app[DOCUMENTS] = documents(ROUTES, with_token=bool(settings.token))
    app.cleanup_ctx.extend([characters, jobs])
    return app


def create_downloads(settings: Settings) -> web.Application:
    """The jobs alone, over a migrated database, and the built-in sources for them to ask."""
    app = _application(settings)
    app.add_routes(route for route in ROUTES if route.handler is flag)
    app.cleanup_ctx.append(jobs)
    return app


def _application(settings: Settings) -> web.Application:
    """What both have in common, without an address."""
    app = web.Application(
        client_max_size=BODY_LIMIT,
        middlewares=middlewares(settings),
    )
    app[keys.SETTINGS] = settings
    app[keys.GATE] = Gate(settings.token)
    app[keys.READINESS] = Readiness()
    app[keys.METRICS] = Metrics()
    app[keys.SOURCES] = Sources(settings)
    app[keys.IMAGES] = ImageStore(settings.data_dir / "images", spare_bytes=settings.spare_mb << 20)
    app[keys.HOSTS] = Hosts(
        msgspec.structs.replace(
            PUBLIC,
            at_once=settings.host_at_once,
            per_second=settings.host_per_second,
            burst=max(1.0, settings.host_per_second),
        )
    )
    app[keys.SOCKETS] = set()
    app[keys.PLACES] = Places()
    coverage = Coverage.load(ROOT / "static" / "fonts" / "coverage.txt")
    known = {"drawn": partial(drawn, coverage=coverage), "own_sources": wording.SOURCES}
    set_up_pages(app, Languages.load(), ROOT / "templates", known)
    add_static(app)
    app.on_response_prepare.append(security_headers)
    app.on_shutdown.extend([close_sockets, close_mirror])
    return app


async def characters(app: web.Application) -> AsyncIterator[None]:
    """The index, open for as long as the application runs."""
    index = await CharacterIndex.open(index_path(app[keys.SETTINGS].data_dir))
    app[keys.CHARACTERS] = index
    app[keys.PAGES] = EncodedPages(PAGES_KEPT_BYTES)
    app[keys.DOSSIER] = await Dossier.open(index.readers, index.resident)
    app[keys.METRICS].name_build(index.build_id)
    yield
    await index.close()


async def jobs(app: web.Application) -> AsyncIterator[None]:
    """The database of jobs, what follows it, and the runner that owns all of them."""
    settings = app[keys.SETTINGS]
    path = state_path(settings.data_dir)
    async with AsyncExitStack() as stack:
        writer = app[keys.WRITER] = await Writer.open(path)
        stack.push_async_callback(writer.close)
        readers = await Readers.open(path, count=STATE_READERS, deadline_s=STATE_DEADLINE_S)
        stack.push_async_callback(readers.close)
        downloader = await stack.enter_async_context(Downloader(settings.contact))
        app[MIRROR] = await Mirror.load(settings.mirror_seed)
        library = app[keys.LIBRARY] = Library(readers)
        app[keys.PICTURES] = Pictures(library, app[keys.IMAGES])
        records = app[keys.RECORDS] = Records(readers)
        feed = app[keys.FEED] = Feed(records)
        fenced, most = app[keys.METRICS].fenced.inc, settings.most_jobs

        def announce(job: Job, events: Sequence[Event]) -> None:
            feed.publish(job, events)
            relay.heard(job, events)

        store = Store(writer, announce, fenced, most_unfinished=most)
        await app[keys.IMAGES].sweep()
        errand = FlagErrand(app[keys.SOURCES], app[keys.HOSTS], downloader, app[keys.IMAGES])
        runner = app[keys.RUNNER] = Runner(store, records, errand)
        stack.push_async_callback(runner.close)
        relay = app[keys.RELAY] = Relay(records, runner.start)
        stack.push_async_callback(relay.close)
        forget = partial(runner.delete, files=False)
        await stack.enter_async_context(forgetting(records, forget, settings.keep_days))
        yield


async def close_sockets(app: web.Application) -> None:
    """Say goodbye; a socket left open would hold up the exit."""
    sockets = app[keys.SOCKETS]
    for socket in list(sockets):
        await socket.close(code=WSCloseCode.GOING_AWAY, message=b"the server is stopping")


async def close_mirror(app: web.Application) -> None:
    """The requests that a cancelled download left behind must not hold up the exit either."""
    app[MIRROR].close()
