"""Hosts and origins, compared as a whole."""

import itertools

import pytest

from webapp.origins import allowed_hosts, is_allowed_host, may_act, normal_origin

OWN = frozenset({"flags.example", "192.168.1.5", "2001:db8::1"})


@pytest.mark.parametrize(
    "header",
    [
        "localhost",
        "localhost:8888",
        "LocalHost:1",
        "127.0.0.1",
        "127.0.0.1:8888",
        "127.8.9.10",
        "[::1]",
        "[::1]:8888",
        "[0:0:0:0:0:0:0:1]",
        "flags.example",
        "FLAGS.example:443",
        "192.168.1.5:8888",
        "[2001:db8::1]:80",
    ],
)
def test_loopback_and_configured_hosts_are_ours(header: str) -> None:
    assert is_allowed_host(header, OWN)


@pytest.mark.parametrize(
    "header",
    [
        "",
        ":8888",
        "127.attacker.example",
        "127.0.0.1.attacker.example",
        "localhost.attacker.example",
        "attacker.example",
        "notlocalhost",
        "flags.example.attacker.example",
        "evilflags.example",
        "localhost@attacker.example",
        "attacker.example@localhost",
        "localhost:8888@attacker.example",
        "localhost/attacker.example",
        "localhost#",
        "localhost?x",
        "localhost:port",
        "localhost:-1",
        "localhost:888888",
        "local\thost",
        " localhost",
        "localhost, attacker.example",
        "10.0.0.1",
        "0.0.0.0",
        "[::]",
        "[::ffff:10.0.0.1]",
        "[::1",
        "::1]",
        "127.1",
        "0x7f000001",
        "2130706433",
        "127.0.0.1%00",
        "[::1%25lo]",
        "１２７.0.0.1",
        "localhost\udc80",
        "a" * 5000,
    ],
)
def test_other_hosts_are_not_ours(header: str) -> None:
    assert not is_allowed_host(header, OWN)


def test_the_names_that_may_be_asked_for() -> None:
    assert allowed_hosts("0.0.0.0", ["Flags.Example"], "https://chars.example:8443") == {
        "flags.example",
        "chars.example",
    }
    assert allowed_hosts("::", [], "http://[2001:db8::1]") == {"2001:db8::1"}
    assert allowed_hosts("192.168.1.5", [], None) == {"192.168.1.5"}


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("http://localhost:8888", ("http", "localhost", 8888)),
        ("HTTP://LOCALHOST", ("http", "localhost", 80)),
        ("https://flags.example", ("https", "flags.example", 443)),
        ("https://flags.example:443", ("https", "flags.example", 443)),
        ("http://[::1]:8888", ("http", "[::1]", 8888)),
    ],
)
def test_an_origin_is_scheme_host_and_port(origin: str, expected: tuple[str, str, int]) -> None:
    assert normal_origin(origin) == expected


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "localhost",
        "//localhost",
        "file://",
        "ftp://localhost",
        "chrome-extension://abcdef",
        "http://",
        "http://user@localhost",
        "http://localhost/",
        "http://localhost?",
        "http://localhost#",
        "http://localhost:x",
        "http://localhost http://attacker.example",
        " http://localhost",
        "http://[",
        "http://locálhost",
    ],
)
def test_whatever_else_a_header_says_is_no_origin(origin: str) -> None:
    assert normal_origin(origin) is None


FETCH_SITES = [
    None,
    "same-origin",
    "none",
    "same-site",
    "cross-site",
    "Same-Origin",
    "",
    "nonsense",
]
ORIGINS = [
    None,
    "http://127.0.0.1:8888",
    "https://flags.example",
    "http://127.0.0.1:9999",
    "http://localhost:8888",
    "https://127.0.0.1:8888",
    "http://attacker.example",
    "http://127.0.0.1:8888.attacker.example",
    "http://user@127.0.0.1:8888",
    "null",
    "",
]
OURS = ["http://127.0.0.1:8888", "https://flags.example"]


@pytest.mark.parametrize(("fetch_site", "origin"), list(itertools.product(FETCH_SITES, ORIGINS)))
def test_who_may_act(fetch_site: str | None, origin: str | None) -> None:
    same = fetch_site in {"same-origin", "none"}
    no_browser = fetch_site is None and origin is None
    expected = same or no_browser or origin in OURS
    assert may_act(fetch_site=fetch_site, origin=origin, own_origins=OURS) is expected


def test_two_unreadable_origins_are_not_the_same_one() -> None:
    assert not may_act(fetch_site=None, origin="null", own_origins=["http://[", "null"])
