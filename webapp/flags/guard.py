"""Which addresses a download may reach when its source is not the operator's own word."""

import errno
import ipaddress
import socket
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from aiohttp.connector import AddrInfoType

# The parts of IPv6 that carry an IPv4 address as their last 32 bits.
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")
_GLOBAL_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_ISATAP: Final = frozenset({0x00005EFE, 0x02005EFE})
# Python before 3.13 takes these for global.
_SPECIAL: Final = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))


class BlockedAddress(OSError):
    """The name led to an address that is not public; the same text for each, so none is told."""

    def __init__(self) -> None:
        super().__init__(errno.EACCES, "The source's name leads to an address that is not public.")


def is_public(address: str) -> bool:
    """True for an address on the public Internet; False for all others and for what is none.

    An IPv6 address that carries IPv4 addresses (mapped, compatible, NAT64, 6to4, Teredo, ISATAP)
    is as public as the least public of them.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return _is_global(parsed)
    embedded = embedded_addresses(parsed)
    if embedded:
        return all(map(_is_global, embedded))
    return parsed in _GLOBAL_UNICAST and _is_global(parsed)


def embedded_addresses(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that an IPv6 address carries: none, one, or Teredo's two."""
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        return (address.sixtofour,)
    if address.teredo:
        return address.teredo
    last = int(address) & 0xFFFF_FFFF
    if address in _NAT64 or address in _COMPATIBLE:
        return (IPv4Address(last),)
    if int(address) >> 32 & 0xFFFF_FFFF in _ISATAP:
        return (IPv4Address(last),)
    return ()


def public_socket(address_info: AddrInfoType) -> socket.socket:
    """A socket for an address that was just resolved; BlockedAddress when it is not public.

    Checked here and not on the name: a name may resolve otherwise the second time, and an
    address written in the URL is never resolved at all.
    """
    family, kind, protocol, _, address = address_info
    if not is_public(str(address[0])):
        raise BlockedAddress
    return socket.socket(family, kind, protocol)


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    special = any(address in network for network in _SPECIAL if network.version == address.version)
    return address.is_global and not (special or address.is_multicast or address.is_reserved)
