"""One POST through the address guard, for what the configuration names; nothing is followed or kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import aiohttp

from monitor.errors import SourceError
from monitor.ingest.guard import (
    AddressRefusedError,
    AllowedHosts,
    GuardedResolver,
    host_is_allowed,
    is_public,
    literal_address,
    open_socket,
)


async def send(
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    agent: str,
    allow_hosts: Iterable[str] = (),
    timeout: float = 20.0,
) -> int:
    """POST `body` (None: GET), within `timeout` seconds in all; gives the status of the answer.

    Redirects are answers. Raises SourceError: refused (by the address guard), timeout, unreachable.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    allowed = AllowedHosts(allow_hosts)
    literal = literal_address(host)
    if literal is not None and not is_public(literal) and (host, port) not in allowed:
        raise SourceError(
            f"{host} is no public address; to call it name it in `http: allow_hosts`",
            permanent=True,
            outcome="refused",
        )
    host_is_allowed.set((host, port) in allowed)
    connector = aiohttp.TCPConnector(resolver=GuardedResolver(allowed), socket_factory=open_socket)
    client = aiohttp.ClientSession(
        connector=connector,
        trust_env=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=timeout),
        headers={"User-Agent": agent},
    )
    method = "GET" if body is None else "POST"
    async with client:
        try:
            async with client.request(
                method, url, data=body, headers=dict(headers), allow_redirects=False
            ) as answer:
                return answer.status
        except TimeoutError as error:
            raise SourceError(f"{host} gave no answer within {timeout:g} s", outcome="timeout") from error
        except AddressRefusedError as error:
            raise SourceError(str(error), permanent=True, outcome="refused") from error
        except (aiohttp.ClientError, OSError) as error:
            raise SourceError(f"{host} could not be reached: {error}", outcome="unreachable") from error


def send_now(
    url: str, body: bytes | None, headers: Mapping[str, str], *, agent: str, allow_hosts: Iterable[str] = ()
) -> int:
    """`send` for a thread that has no event loop of its own."""
    return asyncio.run(send(url, body, headers, agent=agent, allow_hosts=allow_hosts))
