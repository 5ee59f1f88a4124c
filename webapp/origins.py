"""Which hosts this server answers for, and which pages may act on it."""

import ipaddress
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


def allowed_hosts(host: str, extra: Iterable[str], public_origin: str | None) -> frozenset[str]:
    """The names, besides loopback's own, that a Host header may carry."""
    names = {name.lower() for name in extra} | {host.lower()}
    if public_origin is not None:
        names.add((urlsplit(public_origin).hostname or "").lower())
    # The wildcard addresses mean "every interface"; nobody is called that.
    return frozenset(names - {"", "0.0.0.0", "::"})  # noqa: S104 - refused, not bound


def is_allowed_host(header: str, allowed: frozenset[str]) -> bool:
    """True when the Host header is loopback, localhost or configured; ports do not matter.

    Compared as a whole, never by prefix: `127.attacker.example` is not loopback.
    """
    parts = _split(f"//{header}")
    if parts is None or not parts.hostname or parts.path or parts.username is not None:
        return False
    name = parts.hostname.lower()
    if name == "localhost" or name in allowed:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def may_act(*, fetch_site: str | None, origin: str | None, own_origins: Iterable[str]) -> bool:
    """True unless a page of another origin is behind an unsafe request or a websocket.

    A browser says where a request comes from; a program says nothing and passes.
    """
    if fetch_site in {"same-origin", "none"}:
        return True
    if origin is None:
        return fetch_site is None
    return normal_origin(origin) in {normal_origin(own) for own in own_origins} - {None}


def normal_origin(origin: str) -> tuple[str, str, int] | None:
    """(scheme, host, port) of an origin; None for `null` and whatever is not one."""
    parts = _split(origin)
    if parts is None or parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return None
    try:
        port = parts.port or DEFAULT_PORTS[parts.scheme]
    except ValueError:
        return None
    return parts.scheme, parts.hostname.lower(), port


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - raises for a port that is not a number
    except ValueError:
        return None
    return parts
