"""Where settings come from, and which are refused."""

from pathlib import Path
from typing import Any

import pytest

from webapp.settings import Settings, SettingsError, parse_source

TOKEN = "correct-horse-battery"


def load(environ: dict[str, str] | None = None, **flags: Any) -> Settings:
    return Settings.load(environ or {}, flags)


def test_defaults() -> None:
    settings = load({"PATH": "/bin", "charfinder_port": "1"})
    assert settings == Settings()
    assert (settings.host, settings.port, settings.telnet_port) == ("127.0.0.1", 8888, 2323)
    assert settings.data_dir == Path("var")
    assert settings.is_loopback


def test_the_environment_wins_over_defaults_and_a_flag_over_both() -> None:
    environ = {"CHARFINDER_PORT": "1234", "CHARFINDER_DATA_DIR": "/srv/data"}
    assert load(environ).port == 1234
    assert load(environ).data_dir == Path("/srv/data")
    assert load(environ, port="99", data_dir=None).port == 99
    assert load(environ, port="99", data_dir=None).data_dir == Path("/srv/data")


def test_every_kind_of_value() -> None:
    settings = load(
        {
            "CHARFINDER_ACCESS_LOG": "true",
            "CHARFINDER_MIRROR_SEED": "-7",
            "CHARFINDER_ALLOWED_HOSTS": "a.example  b.example",
            "CHARFINDER_SOURCES": "one=http://one/{cc} two=https://two/{CC}",
            "CHARFINDER_PUBLIC_ORIGIN": "https://flags.example",
            "CHARFINDER_CONTACT": "ops@flags.example",
            "CHARFINDER_CORS_ORIGINS": "https://a.example  http://localhost:5173",
            "CHARFINDER_RATE_PER_SECOND": "2.5",
        }
    )
    assert settings.access_log
    assert settings.mirror_seed == -7
    assert settings.cors_origins == ("https://a.example", "http://localhost:5173")
    assert settings.rate_per_second == 2.5
    assert settings.allowed_hosts == ("a.example", "b.example")
    assert settings.sources == {"one": "http://one/{cc}", "two": "https://two/{CC}"}
    assert settings.public_origin == "https://flags.example"


@pytest.mark.parametrize("where", ["environment", "flag"])
def test_telnet_can_be_off(where: str) -> None:
    if where == "flag":
        assert load({"CHARFINDER_TELNET_PORT": "2424"}, telnet_port="off").telnet_port is None
    else:
        assert load({"CHARFINDER_TELNET_PORT": "off"}).telnet_port is None
    assert load({"CHARFINDER_TELNET_PORT": "2424"}).telnet_port == 2424
    assert load({"CHARFINDER_PORT": "0", "CHARFINDER_TELNET_PORT": "0"}).telnet_port == 0


def test_variables_of_the_scripts_are_passed_over() -> None:
    assert load({"CHARFINDER_REQUIRE": "all", "CHARFINDER_CHROMIUM": "/x"}) == Settings()


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"CHARFINDER_PROT": "1"}, "CHARFINDER_PROT is not a setting"),
        ({"CHARFINDER_": "1"}, "CHARFINDER_ is not a setting"),
        ({"CHARFINDER_PORT": "eighty"}, "port"),
        ({"CHARFINDER_PORT": "65536"}, "port"),
        ({"CHARFINDER_PORT": "-1"}, "port"),
        ({"CHARFINDER_PORT": ""}, "port"),
        ({"CHARFINDER_TELNET_PORT": "on"}, "telnet_port"),
        ({"CHARFINDER_PORT": "2323"}, "--telnet-port"),
        ({"CHARFINDER_TELNET_CLIENTS": "0"}, "telnet_clients"),
        ({"CHARFINDER_TELNET_IDLE_S": "0"}, "telnet_idle_s"),
        ({"CHARFINDER_TELNET_IDLE_S": "nan"}, "telnet_idle_s"),
        ({"CHARFINDER_ACCESS_LOG": "perhaps"}, "access_log"),
        ({"CHARFINDER_MIRROR_SEED": "1.5"}, "mirror_seed"),
        ({"CHARFINDER_CORS_ORIGINS": "* page.example"}, "'page.example' is neither"),
        ({"CHARFINDER_CORS_ORIGINS": "https://page.example/"}, "CHARFINDER_CORS_ORIGINS"),
        ({"CHARFINDER_RATE_PER_SECOND": "-1"}, "rate_per_second"),
        ({"CHARFINDER_RATE_BURST": "0"}, "rate_burst"),
        ({"CHARFINDER_IDLE_SECONDS": "0"}, "idle_seconds"),
        ({"CHARFINDER_TOKEN": "short"}, "at least 16 characters"),
        ({"CHARFINDER_TOKEN": ""}, "at least 16 characters"),
        ({"CHARFINDER_TOKEN": "spaces are not allowed"}, "without spaces"),
        ({"CHARFINDER_TOKEN": "schlüssel-schlüssel"}, "ASCII"),
        ({"CHARFINDER_TOKEN": "\udcff" * 20}, "ASCII"),
        ({"CHARFINDER_TOKEN_FILE": "/nonexistent/token"}, "cannot be read"),
        ({"CHARFINDER_SOURCES": "nameless"}, "NAME=URL_TEMPLATE"),
        ({"CHARFINDER_SOURCES": "Bad=http://x/{cc}"}, "NAME=URL_TEMPLATE"),
        ({"CHARFINDER_HOST": "0.0.0.0"}, "reachable from other machines"),
        ({"CHARFINDER_HOST": ""}, "reachable from other machines"),
        ({"CHARFINDER_HOST": "127.attacker.example"}, "reachable from other machines"),
        ({"CHARFINDER_PUBLIC_ORIGIN": "flags.example"}, "PUBLIC_ORIGIN"),
        ({"CHARFINDER_PUBLIC_ORIGIN": "https://flags.example/"}, "PUBLIC_ORIGIN"),
        ({"CHARFINDER_PUBLIC_ORIGIN": "https://["}, "PUBLIC_ORIGIN"),
        ({"CHARFINDER_PUBLIC_ORIGIN": "https://a:b@flags.example"}, "PUBLIC_ORIGIN"),
        ({"CHARFINDER_PUBLIC_ORIGIN": "https://flags.example:port"}, "PUBLIC_ORIGIN"),
    ],
)
def test_what_is_not_usable_is_refused_in_one_line(environ: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(environ)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "flags.example"])
def test_off_loopback_a_token_is_needed(host: str) -> None:
    with pytest.raises(SettingsError, match=f"Host {host} is reachable"):
        load(host=host)
    assert load({"CHARFINDER_TOKEN": TOKEN}, host=host).token == TOKEN


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_on_loopback_no_token_is_needed(host: str) -> None:
    assert load(host=host).token is None


def test_a_token_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    assert load({"CHARFINDER_TOKEN_FILE": str(file)}).token == TOKEN
    file.write_bytes(b"\xff" * 20)
    with pytest.raises(SettingsError, match="cannot be read"):
        load({"CHARFINDER_TOKEN_FILE": str(file)})


def test_the_token_is_never_shown() -> None:
    settings = load({"CHARFINDER_TOKEN": TOKEN, "CHARFINDER_SOURCES": "one=http://one/{cc}"})
    for text in (repr(settings), str(settings), f"{settings}", str(settings.shown())):
        assert TOKEN not in text
        assert "(set)" in text
    assert load().shown()["token"] == "(not set)"
    assert load(telnet_port="off").shown()["telnet_port"] == "off"
    assert settings.shown()["sources"] == "one=http://one/{cc}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mine=http://host/{cc}.gif", ("mine", "http://host/{cc}.gif")),
        ("m-1_x=http://host/?a=b&cc={CC}", ("m-1_x", "http://host/?a=b&cc={CC}")),
    ],
)
def test_a_source_is_a_name_and_a_template(text: str, expected: tuple[str, str]) -> None:
    assert parse_source(text) == expected


@pytest.mark.parametrize(
    "text", ["", "=", "=http://x/{cc}", "UPPER=x", "ü=x", "a b=x", "-a=x", "a" * 33 + "=x"]
)
def test_a_source_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="NAME=URL_TEMPLATE"):
        parse_source(text)
