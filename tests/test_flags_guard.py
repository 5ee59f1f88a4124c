import asyncio
import socket
from ipaddress import IPv6Address

import pytest

from tests.upstream import Upstream
from webapp.flags.downloader import Downloader
from webapp.flags.failures import FetchFailed
from webapp.flags.guard import BlockedAddress, embedded_addresses, is_public, public_socket
from webapp.flags.sources import Source

PUBLIC = [
    "1.1.1.1",
    "93.184.216.34",
    "223.255.255.1",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "::ffff:1.1.1.1",
    "64:ff9b::101:101",
    "2002:101:101::1",
]
NOT_PUBLIC = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "100.127.255.255",
    "169.254.169.254",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::1%lo",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fc00::1",
    "fd00::1",
    "ff02::1",
    "ff0e::1",
    "100::1",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "64:ff9b:1::a9fe:a9fe",
    "4000::1",
    # an IPv4 address inside
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:7f00:1::f5ff:fffe",  # Teredo, server 127.0.0.1
    "2001:0:101:101::80ff:fffe",  # Teredo, client 127.0.0.1
    "2a00:1450:4001::5efe:7f00:1",  # ISATAP
    "2a00:1450:4001::200:5efe:a00:1",
    # not an address
    "",
    "localhost",
    "0x7f000001",
    "127.1",
    "2130706433",
    "/run/socket",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_these_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_these_are_not(address: str) -> None:
    assert not is_public(address)


def test_teredo_carries_two_addresses() -> None:
    both = embedded_addresses(IPv6Address("2001:0:101:101::f7f7:f7f7"))
    assert list(map(str, both)) == ["1.1.1.1", "8.8.8.8"]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3"])
def test_no_socket_is_made_for_an_address_that_is_not_public(address: str) -> None:
    info = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, 80))
    with pytest.raises(BlockedAddress) as blocked:
        public_socket(info)
    assert address not in str(blocked.value)


def test_a_socket_is_made_for_a_public_one() -> None:
    info = (socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("2606:4700::1", 80, 0, 0))
    with public_socket(info) as made:
        assert made.family == socket.AF_INET6
        assert made.type == socket.SOCK_STREAM


async def test_a_name_that_turns_private_after_a_check_is_blocked_at_the_socket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = ["93.184.216.34", "127.0.0.1"]

    def rebinding(host: str, port: int, *_: object, **__: object) -> list[object]:
        address = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    async with Upstream() as upstream, Downloader() as downloader:
        loop = asyncio.get_running_loop()
        ((_, _, _, _, checked),) = await loop.getaddrinfo("flags.example", upstream.port)
        assert is_public(str(checked[0]))
        template = upstream.template("ok").replace("127.0.0.1", "flags.example")
        source = Source("public", template, False, "public")
        with pytest.raises(FetchFailed) as caught:
            await downloader.fetch(source, "BR", timeout_s=5)
        assert caught.value.code == "blocked_address"
        assert upstream.connections == 0
