"""The address guard: which addresses are public, and that every spelling of the others is seen through."""

from __future__ import annotations

import asyncio
import socket

import pytest

from monitor.ingest.guard import (
    AddressRefusedError,
    AllowedHosts,
    GuardedResolver,
    host_is_allowed,
    is_public,
    literal_address,
    open_socket,
)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "93.184.216.34",
        "2606:4700::6810:84e5",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        # the neighbours of what is not public
        *("1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255"),
        *("172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.3.0", "192.167.255.255"),
        *("192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "203.0.114.0", "223.255.255.255"),
        *("2001:200::1", "2001:db7::1", "2001:db9::1", "2003::1", "3ffe::1", "2620:4f:8001::1"),
    ],
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",  # carrier-grade NAT
        "169.254.169.254",  # cloud metadata
        "0.0.0.0",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        # which releases of Python disagree about
        *("192.0.0.0", "192.0.0.9", "192.0.0.10", "192.0.0.170", "192.0.0.255", "192.88.99.1"),
        *("2001:4:112::1", "2001:20::1", "2001:1ff::1", "3fff::1", "::ffff:192.0.0.9", "64:ff9b::c000:9"),
        "192.0.2.1",
        "198.18.0.1",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::808:808",
        "2002:7f00:1::1",
        "2002:c0a8:1::1",
        "2002:808:808::1",  # 6to4, whatever it carries
        "2001:0:808:808::1",  # Teredo
        "2001:db8::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "4000::1",
        "not an address",
        "",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("2130706433", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("[::1]", "::1"),
        ("8.8.8.8", "8.8.8.8"),
        ("example.org", None),
        ("4chan.org", None),
        ("1.2.3.example", None),
        ("", None),
    ],
)
def test_literal_addresses_in_every_spelling(host: str, address: str | None) -> None:
    assert literal_address(host) == address


def test_allowed_hosts_by_name_and_by_port() -> None:
    allowed = AllowedHosts(("Intranet.example", "127.0.0.1:8080", "[::1]:99"))
    assert ("intranet.example", 80) in allowed
    assert ("INTRANET.example.", 443) in allowed
    assert ("127.0.0.1", 8080) in allowed
    assert ("::1", 99) in allowed
    assert ("127.0.0.1", 8081) not in allowed
    assert ("sub.intranet.example", 80) not in allowed


def test_the_resolver_hands_back_no_private_address() -> None:
    async def resolve(allowed: tuple[str, ...]) -> list[str]:
        resolver = GuardedResolver(AllowedHosts(allowed))
        try:
            return [entry["host"] for entry in await resolver.resolve("localhost", 80, socket.AF_INET)]
        finally:
            await resolver.close()

    with pytest.raises(AddressRefusedError, match=r"127\.0\.0\.1"):
        asyncio.run(resolve(()))
    assert asyncio.run(resolve(("localhost:80",))) == ["127.0.0.1"]


def test_no_socket_is_opened_for_a_private_address() -> None:
    place = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("10.0.0.1", 80))
    with pytest.raises(AddressRefusedError):
        open_socket(place)
    token = host_is_allowed.set(True)
    try:
        open_socket(place).close()
    finally:
        host_is_allowed.reset(token)
