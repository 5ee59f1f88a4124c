"""What is counted, under Prometheus names; label values come from routes, never from paths."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

import webapp

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
DURATION_BUCKETS_S: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 60.0)


class Metrics:
    """One registry an application, so that two applications in a process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "charfinder_http_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "charfinder_http_in_flight_requests",
            "Requests being answered now.",
            registry=self.registry,
        )
        self.duration = Histogram(
            "charfinder_http_request_duration_seconds",
            "Time from the request's head to the end of its answer.",
            ["route"],
            buckets=DURATION_BUCKETS_S,
            registry=self.registry,
        )
        self.sockets = Gauge(
            "charfinder_ws_connections", "Websockets open now.", registry=self.registry
        )
        self.jobs = Gauge(
            "charfinder_jobs", "Jobs in each state.", ["state"], registry=self.registry
        )
        self.writer_queue = Gauge(
            "charfinder_db_writer_queue_length",
            "Pieces of work waiting for a transaction.",
            registry=self.registry,
        )
        self.build = Gauge(
            "charfinder_build_info",
            "Always 1; the version and the index in use are its labels.",
            ["version", "index"],
            registry=self.registry,
        )

    def name_build(self, index: str) -> None:
        """Say which release and which index run."""
        self.build.labels(version=webapp.__version__, index=index).set(1)

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
