"""The address guard: decides which network addresses may be connected to, on the address itself.

A name is no protection: it may resolve to anything, and to something else a second later. So the answer of
the resolver is filtered, and the very address of each socket is checked again just before it connects.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

from aiohttp.abc import AbstractResolver, ResolveResult

# Whether the request under way goes to a host that the configuration allows at any address. A context
# variable because the socket is opened far below `get`, where only the address is known.
host_is_allowed: ContextVar[bool] = ContextVar("host_is_allowed", default=False)

# What is not public, by the IANA registries of special-purpose addresses and of multicast. A few anycast
# services in these blocks, which are no web servers, are refused with them. Written out because the releases
# of Python disagree (192.0.0.0/24, 2001::/23, 2002::/16, 3fff::/20).
_SPECIAL_V4 = [
    ipaddress.IPv4Network(block)
    for block in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"),
        *("192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        *("224.0.0.0/4", "240.0.0.0/4"),
    )
]
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # all that IANA has given out for the public Internet
_SPECIAL_V6 = [  # within it
    ipaddress.IPv6Network(block)
    for block in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_RESOLVER_THREADS = 16


class AddressRefusedError(OSError):
    """Only non-public addresses were offered, or one was about to be connected to."""


def is_public(address: str) -> bool:
    """Say whether `address` (textual IPv4 or IPv6) is a public unicast address.

    An IPv6 address that carries an IPv4 address (mapped, NAT64) is judged by that; 6to4 and anything that is
    not an address are not public, whatever the release of Python.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return _is_public_v4(parsed)
    embedded = parsed.ipv4_mapped
    if embedded is None and parsed in _NAT64:
        embedded = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
    if embedded is not None:
        return _is_public_v4(embedded)
    if parsed.scope_id or parsed not in _GLOBAL_UNICAST:
        return False
    return not any(parsed in block for block in _SPECIAL_V6)


def _is_public_v4(address: ipaddress.IPv4Address) -> bool:
    return not any(address in block for block in _SPECIAL_V4)


def literal_address(host: str) -> str | None:
    """Return the address that `host` spells, in canonical form, or None for a name.

    Takes the forms that the C library takes too: 2130706433, 0x7f.1, 0177.0.0.1, 127.1.
    """
    bare = host.strip("[]")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        pass
    if not bare or not all(part[:1].isdigit() for part in bare.rstrip(".").split(".")):
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(bare.rstrip(".")))
    except OSError:
        return None


class AllowedHosts:
    """The hosts of the configuration that may be at a non-public address: "host" or "host:port"."""

    def __init__(self, entries: Iterable[str]) -> None:
        self._entries = frozenset(entry.strip().lower() for entry in entries)

    def __contains__(self, place: tuple[str, int]) -> bool:
        host, port = place[0].strip("[]").lower().rstrip("."), place[1]
        spellings = (host, f"{host}:{port}", f"[{host}]", f"[{host}]:{port}")
        return any(spelling in self._entries for spelling in spellings)


class GuardedResolver(AbstractResolver):
    """Resolve names on threads of its own, and hand back none but public addresses.

    Own threads: a resolver that hangs must not use up the threads that files are read on.
    """

    def __init__(self, allowed: AllowedHosts) -> None:
        self._allowed = allowed
        self._threads = ThreadPoolExecutor(_RESOLVER_THREADS, thread_name_prefix="resolver")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of `host` that may be connected to. Raises OSError when there are none."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _lookup, host, port, family)
        if (host, port) in self._allowed:
            return found
        public = [entry for entry in found if is_public(entry["host"])]
        if not public:
            addresses = ", ".join(sorted({entry["host"] for entry in found})) or "nothing"
            raise AddressRefusedError(f"{host} resolves to {addresses}, which is not public")
        return public

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _lookup(host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
    found = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
    results: list[ResolveResult] = []
    for its_family, _, protocol, _, address in found:
        # A link-local IPv6 address comes with a scope; it is kept, so that the guard sees and refuses it.
        results.append(
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=port,
                family=its_family,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
        )
    return results


def open_socket(
    place: tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]],
) -> socket.socket:
    """Open the socket for an address that is about to be connected to; refuse a non-public one."""
    family, kind, protocol, _, address = place
    if not host_is_allowed.get() and not is_public(str(address[0])):
        raise AddressRefusedError(f"{address[0]} is not a public address")
    return socket.socket(family=family, type=kind, proto=protocol)


async def guarded_connection(host: str, port: int, allowed: AllowedHosts) -> socket.socket:
    """Connect to the first address of `host` that may be connected to and answers; for other than HTTP.

    Raises OSError (AddressRefusedError when no address is public).
    """
    resolver = GuardedResolver(allowed)
    token = host_is_allowed.set((host, port) in allowed)
    try:
        found = await resolver.resolve(host, port, socket.AF_UNSPEC)
        failure: OSError = OSError(f"{host} has no address")
        for entry in found:
            try:
                return await _connected(entry)
            except OSError as error:
                failure = error
        raise failure
    finally:
        host_is_allowed.reset(token)
        await resolver.close()


async def _connected(entry: ResolveResult) -> socket.socket:
    place = (entry["host"], entry["port"])
    opened = open_socket((entry["family"], socket.SOCK_STREAM, entry["proto"], "", place))
    try:
        opened.setblocking(False)
        await asyncio.get_running_loop().sock_connect(opened, place)
    except BaseException:
        opened.close()
        raise
    return opened
