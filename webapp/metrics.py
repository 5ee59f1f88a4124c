"""What is counted, under Prometheus names; label values come from routes, never from paths."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

import webapp

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
DURATION_BUCKETS_S: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 60.0)


class Requests(Collector):
    """Answers by method, route and status.

    Only the event loop counts, so nothing is locked, as the library's own counters are: those
    would be a tenth of the time that an answer from memory takes.
    """

    _labelnames = ("method", "route", "status")

    def __init__(self) -> None:
        self._counts: defaultdict[tuple[str, str, int], int] = defaultdict(int)

    def count(self, method: str, route: str, status: int) -> None:
        """One more."""
        self._counts[method, route, status] += 1

    def describe(self) -> Iterator[CounterMetricFamily]:
        """The family without samples."""
        yield CounterMetricFamily(
            "charfinder_http_requests", "Requests answered.", labels=self._labelnames
        )

    def collect(self) -> Iterator[CounterMetricFamily]:
        """The family with a sample for each answer that there was."""
        for family in self.describe():
            for (method, route, status), count in self._counts.items():
                family.add_metric((method, route, str(status)), count)
            yield family


class Durations(Collector):
    """Times of answers by route, counted as `Requests` are."""

    _labelnames = ("route",)

    def __init__(self) -> None:
        self._counts: dict[str, list[int]] = {}
        self._sums: defaultdict[str, float] = defaultdict(float)

    def observe(self, route: str, seconds: float) -> None:
        """One more answer, and how long it took."""
        counts = self._counts.setdefault(route, [])
        if not counts:
            counts.extend([0] * (len(DURATION_BUCKETS_S) + 1))
        counts[bisect_left(DURATION_BUCKETS_S, seconds)] += 1
        self._sums[route] += seconds

    def describe(self) -> Iterator[HistogramMetricFamily]:
        """The family without samples."""
        yield HistogramMetricFamily(
            "charfinder_http_request_duration_seconds",
            "Time from the request's head to the end of its answer.",
            labels=self._labelnames,
        )

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """The family with the samples of each route asked for."""
        bounds = [*map(str, DURATION_BUCKETS_S), "+Inf"]
        for family in self.describe():
            for route, counts in self._counts.items():
                buckets = list(zip(bounds, accumulate(counts), strict=True))
                family.add_metric((route,), buckets, self._sums[route])
            yield family


class Metrics:
    """One registry an application, so that two applications in a process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Requests()
        self.duration = Durations()
        self.being_answered = 0
        self.registry.register(self.requests)
        self.registry.register(self.duration)
        self.in_flight = Gauge(
            "charfinder_http_in_flight_requests",
            "Requests being answered now.",
            registry=self.registry,
        )
        self.sockets = Gauge(
            "charfinder_ws_connections", "Websockets open now.", registry=self.registry
        )
        self.telnet_connections = Gauge(
            "charfinder_telnet_connections", "Telnet clients served now.", registry=self.registry
        )
        self.telnet_queries = Counter(
            "charfinder_telnet_queries", "Searches made by telnet.", registry=self.registry
        )
        self.jobs = Gauge(
            "charfinder_jobs", "Jobs in each state.", ["state"], registry=self.registry
        )
        self.hosts = Gauge(
            "charfinder_hosts", "Hosts of flags in each state.", ["state"], registry=self.registry
        )
        self.writer_queue = Gauge(
            "charfinder_db_writer_queue_length",
            "Pieces of work waiting for a transaction.",
            registry=self.registry,
        )
        self.fenced = Counter(
            "charfinder_fenced_results",
            "Results of downloads that came after their lease was lost.",
            registry=self.registry,
        )
        self.stalled = Counter(
            "charfinder_http_stalled_readers",
            "Answers cut off because the client did not read them.",
            registry=self.registry,
        )
        self.build = Gauge(
            "charfinder_build_info",
            "Always 1; the version and the index in use are its labels.",
            ["version", "index"],
            registry=self.registry,
        )

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer under its route."""
        self.requests.count(method, route, status)
        self.duration.observe(route, seconds)

    def name_build(self, index: str) -> None:
        """Say which release and which index run."""
        self.build.labels(version=webapp.__version__, index=index).set(1)

    def text(self) -> bytes:
        """The exposition format."""
        self.in_flight.set(self.being_answered)
        return generate_latest(self.registry)
