"""Which hosts this server answers for, and which pages may act on it."""

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
HOSTS_REMEMBERED: Final = 256
# A name has 253 characters at most (RFC 1035), an address fewer.
HOST_LIMIT: Final = 300

# Matched as a whole and never by prefix: `127.attacker.example` is not loopback.
NAME: Final = r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?"
HOST: Final = re.compile(NAME, re.ASCII)
ORIGIN: Final = re.compile(rf"(https?)://{NAME}", re.ASCII)


def allowed_hosts(host: str, extra: Iterable[str], public_origin: str | None) -> frozenset[str]:
    """The names, besides loopback's own, that a Host header may carry."""
    names = {name.lower() for name in extra} | {host.lower()}
    if public_origin is not None and (public := normal_origin(public_origin)) is not None:
        names.add(public[1].strip("[]"))
    # The wildcard addresses mean "every interface"; nobody is called that.
    return frozenset(names - {"", "0.0.0.0", "::"})  # noqa: S104 - refused, not bound


def is_allowed_host(header: str, allowed: frozenset[str]) -> bool:
    """True when the Host header is loopback, localhost or configured; ports do not matter."""
    return len(header) <= HOST_LIMIT and _is_allowed(header, allowed)


# Every request has to pass, and nearly all of them name the same host.
@lru_cache(HOSTS_REMEMBERED)
def _is_allowed(header: str, allowed: frozenset[str]) -> bool:
    match = HOST.fullmatch(header.lower())
    if match is None:
        return False
    name = match[1].strip("[]")
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
    match = ORIGIN.fullmatch(origin.lower())
    if match is None:
        return None
    scheme, host, port = match.groups()
    return scheme, host, int(port or DEFAULT_PORTS[scheme])
