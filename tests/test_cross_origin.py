import pytest

from webapp.cross_origin import Readers

PAGE, OTHER = "https://page.example", "https://other.example"
ALLOW, VARY = "Access-Control-Allow-Origin", "Vary"
READ = "/api/v1/characters"


def test_nobody_is_told_anything_by_default() -> None:
    readers = Readers(())
    assert readers.headers("GET", READ, PAGE) == {}
    assert readers.preflight(READ, PAGE, "GET") is None


def test_those_named_may_read_and_nobody_else() -> None:
    readers = Readers([PAGE, "http://localhost:5173"])
    assert readers.headers("GET", READ, PAGE)[ALLOW] == PAGE
    assert readers.headers("HEAD", READ, "http://localhost:5173")[ALLOW] == "http://localhost:5173"
    for origin in (OTHER, "null", "http://page.example", f"{PAGE}:444", f"{PAGE}.x", "", None):
        # A cache must not give one origin what was answered to another.
        assert readers.headers("GET", READ, origin) == {VARY: "Origin"}


def test_all_may_read_where_all_are_named() -> None:
    headers = Readers(["*"]).headers("GET", READ, OTHER)
    assert headers[ALLOW] == "*"
    assert VARY not in headers


@pytest.mark.parametrize("given", [[PAGE], ["*"]])
def test_never_to_act_nor_with_the_cookie_nor_beside_the_api(given: list[str]) -> None:
    readers = Readers(given)
    for method in ("POST", "DELETE", "PUT", "PATCH", "OPTIONS"):
        assert readers.headers(method, READ, PAGE) == {}
        assert ALLOW not in (readers.preflight(READ, PAGE, method) or {})
    for path in ("/", "/flags", "/login", "/metrics", "/static/x", "/apish"):
        assert readers.headers("GET", path, PAGE) == {}
        assert readers.preflight(path, PAGE, "GET") is None
    told = {**readers.headers("GET", READ, PAGE), **(readers.preflight(READ, PAGE, "GET") or {})}
    assert "Access-Control-Allow-Credentials" not in told


def test_a_browser_that_asks_first_is_answered() -> None:
    told = Readers([PAGE]).preflight(READ, PAGE, "GET")
    assert told is not None
    assert told[ALLOW] == PAGE
    assert told["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert "Authorization" in told["Access-Control-Allow-Headers"]
    assert Readers([PAGE]).preflight(READ, OTHER, "GET") == {VARY: told[VARY]}
    assert Readers([PAGE]).preflight(READ, None, "GET") is None
    assert Readers([PAGE]).preflight(READ, PAGE, None) is None
