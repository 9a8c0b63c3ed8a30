"""One HTTP exchange with one hard deadline: no proxies, no redirects, no private addresses, a limited size.

`urllib` waits as long as the server likes: its timeout begins anew with every byte. Here each wait on the
socket ends at the deadline, so a server that drips is no slower than one that is silent.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

_PIECE = 65_536


class AddressError(OSError):
    """The name leads to an address that is not public: a captive portal, or a name server that lies."""


class SizeError(OSError):
    """The answer is larger than it may be."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered, whole; header names compare without regard to case."""

    status: int
    reason: str
    headers: http.client.HTTPMessage
    body: bytes


def exchange(
    url: str,
    data: bytes | None,
    *,
    headers: Mapping[str, str],
    seconds: float,
    max_bytes: int,
    context: ssl.SSLContext | None = None,
    allow_hosts: tuple[str, ...] = (),
) -> Reply:
    """Send one request (POST when there is `data`) and read the whole answer within `seconds`.

    `allow_hosts` (host or host:port) may have private addresses. Raises OSError (TimeoutError, AddressError
    and SizeError among them) or http.client.HTTPException; ValueError for an address that is not HTTP.
    """
    end = time.monotonic() + seconds
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not a web address: {url}")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    allowed = bool({parts.hostname, f"{parts.hostname}:{port}"} & set(allow_hosts))
    plain = _connect(parts.hostname, port, end, allowed)
    try:
        wire: socket.socket = plain
        if parts.scheme == "https":
            wire = (context or ssl.create_default_context()).wrap_socket(
                plain, server_hostname=parts.hostname
            )
        connection = http.client.HTTPConnection(parts.hostname, port)
        connection.sock = cast(socket.socket, _Wire(wire, end))
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request("GET" if data is None else "POST", target, data, {"Host": parts.netloc, **headers})
        return _read(connection.getresponse(), max_bytes)
    finally:
        plain.close()
        wire.close()


def _connect(host: str, port: int, end: float, allowed: bool) -> socket.socket:
    """Connect to the first address that answers; every one of them must be public unless `allowed`."""
    trouble: OSError = OSError(f"{host} has no address")
    for family, kind, protocol, _, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        address = ipaddress.ip_address(str(place[0]).partition("%")[0])
        if not allowed and not address.is_global:
            raise AddressError(f"{host} leads to {address}, which is not a public address")
        wire = socket.socket(family, kind, protocol)
        try:
            wire.settimeout(_left(end))
            wire.connect(place)
        except OSError as error:
            wire.close()
            trouble = error
        else:
            return wire
    raise trouble


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


class _Wire:
    """The part of a socket that http.client asks for, with every wait ending at the deadline."""

    def __init__(self, wire: socket.socket, end: float) -> None:
        self._wire, self._end = wire, end

    def sendall(self, data: bytes) -> None:
        self._wire.settimeout(_left(self._end))
        self._wire.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._wire, self._end))

    def close(self) -> None:
        """Nothing: the answer may still be under way; `exchange` closes the socket itself."""


class _Reader(io.RawIOBase):
    def __init__(self, wire: socket.socket, end: float) -> None:
        self._wire, self._end = wire, end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        self._wire.settimeout(_left(self._end))
        return self._wire.recv_into(cast(bytearray, buffer))


def _read(response: http.client.HTTPResponse, max_bytes: int) -> Reply:
    with response:
        body = bytearray()
        while piece := response.read(_PIECE):
            body += piece
            if len(body) > max_bytes:
                raise SizeError(f"the answer is larger than {max_bytes:,} bytes")
        if response.length:  # read(n) hands back what there is and does not say that more was promised
            raise http.client.IncompleteRead(bytes(body[:100]), response.length)
        return Reply(response.status, response.reason, response.headers, bytes(body))
