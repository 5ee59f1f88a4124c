"""Every setting, where it comes from, and what it may be: flag > CHARFINDER_NAME > default."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from webapp.origins import normal_origin
from webapp.problems import InvalidRequest
from webapp.validation import convert

ROOT: Final = Path(__file__).resolve().parent.parent
PREFIX: Final = "CHARFINDER_"

# Read by the start-up and check scripts rather than by the program itself.
FOREIGN: Final = frozenset({"REQUIRE", "CHROMIUM", "AXE", "NO_BOOTSTRAP"})

SOURCE_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}", re.ASCII)
# Where nothing else was set, and the listener can be reached from other machines.
PUBLIC_RATE_PER_SECOND: Final = 50.0
MIN_TOKEN_LENGTH: Final = 16
# What an Authorization header can carry as it is.
TOKEN: Final = re.compile(rf"[!-~]{{{MIN_TOKEN_LENGTH},}}")

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]

Seconds = Annotated[float, msgspec.Meta(gt=0, le=3600)]


class SettingsError(Exception):
    """A setting is not usable; the message is one line that says which and why."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The effective settings of one process."""

    host: str = "127.0.0.1"
    port: Port = 8888
    telnet_port: Port | None = 2323
    telnet_clients: Annotated[int, msgspec.Meta(ge=1)] = 2000
    telnet_idle_s: Annotated[float, msgspec.Meta(gt=0, le=86_400)] = 600.0
    data_dir: Path = Path("var")
    sources: dict[str, str] = {}
    token: str | None = None
    public_origin: str | None = None
    allowed_hosts: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ()
    rate_per_second: Annotated[float, msgspec.Meta(ge=0, le=100_000)] | None = None
    rate_burst: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 100
    access_log: bool = False
    mirror_seed: int | None = None
    contact: str = ""
    host_at_once: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 5
    host_per_second: Annotated[float, msgspec.Meta(gt=0, le=10_000)] = 20.0
    spare_mb: Annotated[int, msgspec.Meta(ge=0)] = 64
    keep_days: Annotated[int, msgspec.Meta(ge=0)] = 0
    idle_seconds: Seconds = 75.0
    body_seconds: Seconds = 10.0
    send_seconds: Seconds = 10.0
    most_jobs: Annotated[int, msgspec.Meta(ge=1)] = 1000

    @property
    def is_loopback(self) -> bool:
        """True when only programs on this machine can reach the listener."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def effective_rate(self) -> float:
        """How many requests a second a client has, 0 for as many as it likes."""
        if self.rate_per_second is None:
            return 0.0 if self.is_loopback else PUBLIC_RATE_PER_SECOND
        return self.rate_per_second

    @classmethod
    def load(cls, environ: Mapping[str, str], flags: Mapping[str, Any]) -> "Settings":
        """Settings from the environment, overridden by command-line flags that are not None."""
        values: dict[str, Any] = _from_environment(environ)
        values.update({name: value for name, value in flags.items() if value is not None})
        if values.get("telnet_port") == "off":
            values["telnet_port"] = None
        if "data_dir" in values:
            values["data_dir"] = Path(values["data_dir"])
        try:
            settings = convert(values, cls, strict=False)
        except InvalidRequest as problem:
            raise SettingsError(f"Setting {problem.detail}") from None
        _check(settings)
        return settings

    def __repr__(self) -> str:
        """Without the token: a repr ends up in logs."""
        return f"Settings({self.shown()})"

    def shown(self) -> dict[str, str]:
        """Every setting as text, the token hidden: what `run.py config` prints."""
        shown = {name: str(getattr(self, name)) for name in self.__struct_fields__}
        shown["public_origin"] = self.public_origin or "(not set)"
        shown["token"] = "(set)" if self.token else "(not set)"
        shown["sources"] = " ".join(f"{name}={url}" for name, url in self.sources.items())
        shown["allowed_hosts"] = " ".join(self.allowed_hosts)
        shown["cors_origins"] = " ".join(self.cors_origins)
        shown["telnet_port"] = "off" if self.telnet_port is None else str(self.telnet_port)
        return shown


def parse_sources(texts: Iterable[str]) -> dict[str, str]:
    """Each `NAME=URL_TEMPLATE` as name -> template; SettingsError when a name comes twice."""
    sources: dict[str, str] = {}
    for name, template in map(parse_source, texts):
        if name in sources:
            raise SettingsError(f"Source {name} is named twice.")
        sources[name] = template
    return sources


def parse_source(text: str) -> tuple[str, str]:
    """`NAME=URL_TEMPLATE` as (name, template); SettingsError when it is not of that form."""
    name, separator, template = text.partition("=")
    if not separator or not SOURCE_NAME.fullmatch(name):
        raise SettingsError(
            f"Source {text!r} is not NAME=URL_TEMPLATE with a name of a–z, 0–9, - and _."
        )
    return name, template


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for variable, text in environ.items():
        name = variable.removeprefix(PREFIX)
        if name == variable or name in FOREIGN:
            continue
        field = name.lower()
        if field == "token_file":
            values["token"] = _read_token(Path(text))
        elif field not in Settings.__struct_fields__:
            raise SettingsError(f"{variable} is not a setting of this program.")
        elif field == "sources":
            values[field] = parse_sources(text.split())
        elif field in {"allowed_hosts", "cors_origins"}:
            values[field] = text.split()
        else:
            values[field] = text
    return values


def _read_token(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"CHARFINDER_TOKEN_FILE {path} cannot be read: {error}") from None


def _check(settings: Settings) -> None:
    if settings.token is not None and not TOKEN.fullmatch(settings.token):
        raise SettingsError(
            f"CHARFINDER_TOKEN needs at least {MIN_TOKEN_LENGTH} characters, "
            "all of them letters, digits or signs of ASCII, without spaces."
        )
    if not settings.is_loopback and not settings.token:
        raise SettingsError(
            f"Host {settings.host} is reachable from other machines: set CHARFINDER_TOKEN "
            f"to a secret of at least {MIN_TOKEN_LENGTH} characters first."
        )
    if settings.port == settings.telnet_port != 0:
        raise SettingsError(
            f"Port {settings.port} cannot be both port and telnet_port: choose another one with "
            "--telnet-port, or 0 for any free one, or off for none."
        )
    if settings.public_origin is not None and normal_origin(settings.public_origin) is None:
        raise SettingsError("CHARFINDER_PUBLIC_ORIGIN is not of the form https://host[:port].")
    for origin in settings.cors_origins:
        if origin != "*" and normal_origin(origin) is None:
            raise SettingsError(
                f"CHARFINDER_CORS_ORIGINS: {origin!r} is neither * nor of the form "
                "https://host[:port]."
            )
