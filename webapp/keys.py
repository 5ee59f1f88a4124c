"""The shared objects of the application, each under a typed key."""

from typing import Final

from aiohttp import web

from webapp.auth import Gate
from webapp.characters.dossier import Dossier
from webapp.characters.encoded import EncodedPages
from webapp.characters.index import CharacterIndex
from webapp.database import Writer
from webapp.flags.gallery import Pictures
from webapp.flags.hosts import Hosts
from webapp.flags.images import ImageStore
from webapp.flags.library import Library
from webapp.flags.sources import Sources
from webapp.jobs.feed import Feed
from webapp.jobs.places import Places
from webapp.jobs.records import Records
from webapp.jobs.relay import Relay
from webapp.jobs.runner import Runner
from webapp.metrics import Metrics
from webapp.readiness import Readiness
from webapp.settings import Settings

SETTINGS: Final = web.AppKey("SETTINGS", Settings)
GATE: Final = web.AppKey("GATE", Gate)
READINESS: Final = web.AppKey("READINESS", Readiness)
METRICS: Final = web.AppKey("METRICS", Metrics)
CHARACTERS: Final = web.AppKey("CHARACTERS", CharacterIndex)
PAGES: Final = web.AppKey("PAGES", EncodedPages)
DOSSIER: Final = web.AppKey("DOSSIER", Dossier)
SOURCES: Final = web.AppKey("SOURCES", Sources)
HOSTS: Final = web.AppKey("HOSTS", Hosts)
IMAGES: Final = web.AppKey("IMAGES", ImageStore)
WRITER: Final = web.AppKey("WRITER", Writer)
RECORDS: Final = web.AppKey("RECORDS", Records)
RUNNER: Final = web.AppKey("RUNNER", Runner)
RELAY: Final = web.AppKey("RELAY", Relay)
SOCKETS: Final = web.AppKey("SOCKETS", set[web.WebSocketResponse])
PLACES: Final = web.AppKey("PLACES", Places)
LIBRARY: Final = web.AppKey("LIBRARY", Library)
FEED: Final = web.AppKey("FEED", Feed)
# Characters ask it for what there is to show of one, and need not know of flags.
PICTURES: Final = web.AppKey("PICTURES", Pictures)

REQUEST_ID: Final = web.RequestKey("REQUEST_ID", str)
# Headers of its own that an answer to this request carries beside the standard ones.
OWN_HEADERS: Final = web.RequestKey("OWN_HEADERS", dict[str, str])
