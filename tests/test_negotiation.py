"""Accept and Accept-Encoding as clients send them, and as nobody should."""

import time

import pytest

from webapp.negotiation import accepts_gzip, prefers_html, qualities

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("GZIP;Q=0.5", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("*", True),
        ("identity;q=0.5, *;q=0.5", True),
        ("identity;q=0, gzip", True),
        ("gzip ; q=0.001", True),
        ("", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("identity;q=0", False),
        ("identity", False),
        ("gzip;q=0.2, identity;q=0.8", False),
        ("deflate, br", False),
        ("gzip;q=nonsense", False),
        ("gzip;q=", False),
        ("gzip;q=nan", False),
        ("gzip;q=-1", False),
        ("xgzip", False),
        ("," * 10_000, False),
        (";q=1", False),
        ("g zip", False),
        ("\udcff\x00;q=1", False),
    ],
)
def test_gzip_is_sent_to_who_wants_it(header: str, expected: bool) -> None:
    assert accepts_gzip(header) is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("TEXT/HTML;level=1", True),
        ("text/html, application/json", True),
        ("text/html;q=0.9, application/json;q=0.8", True),
        ("text/html;q=0.9, application/json", False),
        ("text/html;q=0.9, application/problem+json", False),
        ("text/html;q=0", False),
        ("application/json", False),
        ("*/*", False),
        ("text/*", False),
        ("", False),
        ("," * 10_000 + "text/html", False),
    ],
)
def test_html_goes_to_browsers(header: str, expected: bool) -> None:
    assert prefers_html(header) is expected


def test_the_first_mention_counts_and_weights_stay_within_bounds() -> None:
    assert qualities("a;q=7, b;q=-7, a;q=0, c;x=1;q=0.5;q=1, d;q=inf") == {
        "a": 1.0, "b": 0.0, "c": 0.5, "d": 1.0
    }  # fmt: skip


@pytest.mark.parametrize("header", ["," * 10_000, ";" * 10_000, "a;q=" * 3_000, "gzip," * 3_000])
def test_a_monstrous_header_costs_next_to_nothing(header: str) -> None:
    started = time.thread_time()
    for _ in range(10):
        accepts_gzip(header)
        prefers_html(header)
    assert time.thread_time() - started < 0.5
