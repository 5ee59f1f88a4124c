import pytest

from webapp.flags.sources import Sources
from webapp.problems import InvalidRequest, Unavailable
from webapp.settings import Settings, SettingsError

BOOK = "http://127.0.0.1:8000/flags/{cc}/{cc}.gif"


def test_the_names_are_the_built_in_ones_then_the_operators() -> None:
    sources = Sources(Settings(sources={"book": BOOK, "lab": "https://lab.example/{CC}"}))
    assert sources.names() == ("builtin", "delay", "error", "fluentpython", "book", "lab")
    assert sources.label("builtin") == "Built in"
    assert sources.label("book") == "book"
    assert sources.label("gone") == "gone"


def test_an_own_source_is_trusted_and_lies_below_the_own_address() -> None:
    sources = Sources(Settings())
    sources.bind("http://127.0.0.1:8888/", {"Authorization": "Bearer secret"})
    for name in ("builtin", "delay", "error"):
        source = sources.get(name)
        assert source.url("BR") == f"http://127.0.0.1:8888/mirror/{name}/br/br.gif"
        assert source.trusted
        assert source.headers == (("Authorization", "Bearer secret"),)


def test_the_token_goes_to_no_other_source_and_shows_nowhere() -> None:
    sources = Sources(Settings(sources={"book": BOOK}))
    sources.bind("http://127.0.0.1:8888", {"Authorization": "Bearer secret"})
    assert sources.get("book").headers == ()
    assert sources.get("fluentpython").headers == ()
    assert "secret" not in repr(sources.get("builtin"))


def test_an_own_source_is_not_up_before_the_program_listens() -> None:
    sources = Sources(Settings())
    with pytest.raises(Unavailable):
        sources.get("builtin")
    sources.check("builtin")
    sources.bind("http://127.0.0.1:8888")
    assert sources.get("builtin").headers == ()


def test_the_books_source_is_not_trusted_with_private_addresses() -> None:
    source = Sources(Settings()).get("fluentpython")
    assert source.url("BR") == "https://www.fluentpython.com/data/flags/br/br.gif"
    assert not source.trusted


def test_the_operators_word_is_trusted() -> None:
    source = Sources(Settings(sources={"lab": "https://10.0.0.1/{CC}/{cc}.png?q=1"})).get("lab")
    assert source.url("BR") == "https://10.0.0.1/BR/br.png?q=1"
    assert source.trusted


@pytest.mark.parametrize("name", ["", "nobody", "BUILTIN", "../builtin", "builtin\0", "ｂuiltin"])
def test_an_unknown_source_names_the_field(name: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        Sources(Settings()).get(name)
    (error,) = caught.value.errors
    assert (error.field, error.code) == ("source", "unknown_source")
    assert "builtin" in error.detail


@pytest.mark.parametrize("code", ["br", "B", "BRA", "ＢＲ", "..", "B\n", "BR\n"])
def test_no_url_is_made_of_anything_but_a_code(code: str) -> None:
    with pytest.raises(ValueError, match="country code"):
        Sources(Settings()).get("fluentpython").url(code)


@pytest.mark.parametrize(
    ("name", "template", "part"),
    [
        ("", BOOK, "a name consists"),
        ("a" * 33, BOOK, "a name consists"),
        ("Book", BOOK, "a name consists"),
        ("a.b", BOOK, "a name consists"),
        ("../x", BOOK, "a name consists"),
        ("builtin", BOOK, "built-in"),
        ("fluentpython", BOOK, "built-in"),
        ("x", "http://host/flag.gif", "neither {cc} nor {CC}"),
        ("x", "http://host/{Cc}.gif", "neither {cc} nor {CC}"),
        ("x", "http://host/{cc}/{name}.gif", "braces"),
        ("x", "http://host/{cc}{", "braces"),
        ("x", "ftp://host/{cc}", "http:// or https://"),
        ("x", "file:///etc/{cc}", "http:// or https://"),
        ("x", "{cc}", "http:// or https://"),
        ("x", "//host/{cc}", "http:// or https://"),
        ("x", "http://user@host/{cc}", "user name"),
        ("x", "http://user:secret@host/{cc}", "user name"),
        ("x", "http://@host/{cc}", "user name"),
        ("x", "http://host/{cc}#part", "fragment"),
        ("x", "http://host/{cc}#", "fragment"),
        ("x", "http:///{cc}", "host and port"),
        ("x", "http://:80/{cc}", "host and port"),
        ("x", "http://host:0/{cc}", "host and port"),
        ("x", "http://ho$t/{cc}", "host and port"),
        ("x", "http://host:99999/{cc}", "cannot be read"),
        ("x", "http://host:port/{cc}", "cannot be read"),
        ("x", "http://[::1/{cc}", "cannot be read"),
        ("x", "http://host/ {cc}", "space"),
        ("x", "http://host\\@evil/{cc}", "backslash"),
        ("x", "http://höst/{cc}", "beyond ASCII"),
        ("x", "http://host/{cc}\n", "space"),
    ],
)
def test_a_source_that_cannot_work_is_refused_in_one_line(
    name: str, template: str, part: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        Sources(Settings(sources={name: template}))
    message = str(caught.value)
    assert part in message
    assert "\n" not in message
    assert "secret" not in message


@pytest.mark.parametrize(
    "template",
    [
        "http://[::1]:8000/{cc}.gif",
        "http://localhost:8000/{cc}.gif",
        "http://{cc}.flags.example/{CC}",
        "https://flags_1.xn--hst-sna.example:8443/f.gif?code={CC}",
        "HTTP://HOST/{cc}",
    ],
)
def test_these_templates_are_fine(template: str) -> None:
    assert Sources(Settings(sources={"x": template})).get("x").url("BR")
