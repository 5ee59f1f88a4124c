"""Every URL on one screen."""

from typing import Final

from aiohttp import web

from webapp import views
from webapp.characters import block_views as blocks
from webapp.characters import book_views as book
from webapp.characters import character_views as details
from webapp.characters import export_views as exports
from webapp.characters import identify_views as identify
from webapp.characters import list_views as lists
from webapp.characters import views as characters
from webapp.flags import gallery_views as gallery
from webapp.flags import history_views as past
from webapp.flags import job_views as job_pages
from webapp.flags import lab_views as lab
from webapp.flags import mirror
from webapp.flags import result_views as results
from webapp.flags import views as flags
from webapp.jobs import socket_views as sockets
from webapp.jobs import stream_views as streams
from webapp.jobs import views as jobs
from webapp.openapi import views as openapi

ROUTES: Final = [
    web.get("/", characters.search_page, name="search"),
    web.get("/rows", characters.rows, name="rows"),
    web.get("/facets", characters.facets, name="facets"),
    web.get("/search", book.search),
    web.get("/chars", book.characters),
    web.get("/characters/{id}", details.character_page, name="character"),
    web.get("/identify", identify.identify_page, name="identify"),
    web.post("/identify", identify.identify_form),
    web.get("/blocks", blocks.blocks_page, name="blocks"),
    web.get("/blocks/{name}", blocks.block_page, name="block"),
    web.get("/scripts", blocks.scripts_page, name="scripts"),
    web.get("/characters/{id}/variants", details.variants, name="variants"),
    web.get("/api/v1/characters", characters.api_search),
    web.get("/api/v1/characters.ndjson", exports.api_ndjson),
    web.get("/api/v1/characters.csv", exports.api_csv),
    web.get("/api/v1/characters/facets", characters.api_facets),
    web.post("/api/v1/characters/lookup", details.api_lookup),
    web.get("/api/v1/characters/{id}", details.api_character),
    web.post("/api/v1/identify", details.api_identify),
    web.get("/api/v1/blocks", lists.api_blocks),
    web.get("/api/v1/scripts", lists.api_scripts),
    web.get("/api/v1/categories", lists.api_categories),
    web.get("/api/v1/languages", lists.api_languages),
    web.get("/flags", flags.dashboard, name="flags"),
    web.get("/flags/jobs/{id}", job_pages.job_page, name="job"),
    web.get("/flags/history", past.history, name="history"),
    web.post("/flags/history", past.act_on_many),
    web.get("/flags/lab", lab.lab_page, name="lab"),
    web.get("/flags/lab/chart", lab.lab_chart),
    web.post("/flags/lab", lab.start_lab),
    web.get("/flags/gallery", gallery.gallery_page, name="gallery"),
    web.post("/flags/jobs", flags.submit_form),
    web.post("/flags/jobs/{id}/start", flags.start_form),
    web.post("/flags/jobs/{id}/pause", flags.pause_form),
    web.post("/flags/jobs/{id}/resume", flags.resume_form),
    web.post("/flags/jobs/{id}/retry", job_pages.retry_form),
    web.post("/flags/jobs/{id}/cancel", flags.cancel_form),
    web.post("/flags/jobs/{id}/delete", flags.delete_form),
    web.get("/api/v1/sources", flags.api_sources),
    web.get("/api/v1/countries", flags.api_countries),
    web.get("/api/v1/flags", flags.api_flags),
    web.get("/api/v1/flags.zip", results.api_all_flags),
    web.get("/api/v1/flags/{code}", flags.api_flag),
    web.get("/mirror/{source}/{cc}/{file}", mirror.flag),
    web.get("/api/v1/jobs", jobs.api_jobs),
    web.post("/api/v1/jobs", jobs.api_submit),
    web.post("/api/v1/jobs/actions", jobs.api_actions),
    web.get("/api/v1/jobs/{id}", jobs.api_job),
    web.get("/api/v1/jobs/{id}/items", jobs.api_items),
    web.get("/api/v1/jobs/{id}/events", streams.api_events),
    web.get("/api/v1/jobs/{id}/report", results.api_report),
    web.get("/api/v1/jobs/{id}/archive.zip", results.api_archive),
    web.delete("/api/v1/jobs/{id}", jobs.api_delete),
    web.post("/api/v1/jobs/{id}/start", jobs.api_start),
    web.post("/api/v1/jobs/{id}/pause", jobs.api_pause),
    web.post("/api/v1/jobs/{id}/resume", jobs.api_resume),
    web.post("/api/v1/jobs/{id}/cancel", jobs.api_cancel),
    web.post("/api/v1/jobs/{id}/retry", jobs.api_retry),
    web.get("/api/v1/events", sockets.events_socket, allow_head=False),
    web.get("/api", openapi.api_page, name="api"),
    web.get("/problems/{slug}", openapi.problem),
    web.get("/api/openapi.json", openapi.api_openapi),
    web.get("/api/asyncapi.json", openapi.api_asyncapi),
    web.get("/about", views.about_page, name="about"),
    web.post("/language", views.choose_language, name="language"),
    web.get("/robots.txt", views.robots),
    web.get("/favicon.ico", views.favicon),
    web.get("/login", views.login_page, name="login"),
    web.post("/login", views.login),
    web.get("/healthz", views.healthz),
    web.get("/readyz", views.readyz),
    web.get("/metrics", views.metrics),
]
