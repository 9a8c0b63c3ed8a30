"""The one HTTP client: polite, bounded (time, bytes, hops) and guarded.

Polite means robots.txt, pace, Retry-After and conditional GET. Only here does ingestion touch the network.
Whatever aiohttp, ssl or the system raises leaves as SourceError (`failures`).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import TracebackType
from urllib.parse import urldefrag, urlsplit

import aiohttp

from monitor.errors import SourceError
from monitor.ingest.challenge import LOOKED_AT, challenge
from monitor.ingest.decode import decode
from monitor.ingest.failures import (
    StatusError,
    bad_address,
    joined,
    refused,
    shown,
    status_error,
    too_large,
    wrapped,
)
from monitor.ingest.guard import (
    AllowedHosts,
    GuardedResolver,
    host_is_allowed,
    is_public,
    literal_address,
    open_socket,
)
from monitor.ingest.inflate import ACCEPT_ENCODING, check_complete, decoders, inflate
from monitor.ingest.request import HttpLimits, Response, parse_content_type
from monitor.ingest.reservation import Reservations
from monitor.ingest.robots import ROBOTS_MAX_BYTES, Robots
from monitor.model import Hop

__all__ = ["Http", "HttpLimits", "Response"]

DEFAULT_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, text/html, application/xhtml+xml, "
    "application/xml;q=0.9, text/plain;q=0.8, */*;q=0.5"
)
# Seconds for which one answer closes its whole host: a longer Retry-After holds for the address that gave it.
# Otherwise a single page could silence every source of its host for a day.
HOST_CLOSED_MOST = 900.0
_POSTPONED_MOST = 5_000  # remembered addresses that asked for patience
_WHOLE = frozenset({200, 203})  # statuses whose body is the document; others of 2xx are not (RFC 9110, 15.3)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT_REDIRECTS = frozenset({301, 308})
_SMALL_BODY = 1_000_000  # bytes; a body up to this size is always read to its end
_CHALLENGED = frozenset({401, 403, 405, 406, 429, 503})  # statuses of pages that ask for a human
_REFUSAL_READ = 5.0  # seconds for the body of a refusal
_PAGES = ("text/html", "application/xhtml+xml", "")
_RAW_SLACK = 65_536  # compressed bytes beyond the limit that are still read: headers of empty blocks
_IDLE_HOSTS = 5_000  # remembered hosts beyond which idle ones are forgotten


@dataclass(slots=True)
class _Host:
    """What is remembered of one host: whose turn it is, and when the next request may start."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_start: float = 0.0
    closed_until: float = 0.0
    delay: float = 0.0  # seconds between two requests that its robots.txt asks for


@dataclass(frozen=True, slots=True)
class _Redirect:
    location: str
    status: int

    @property
    def permanent(self) -> bool:
        return self.status in _PERMANENT_REDIRECTS


@dataclass(frozen=True, slots=True)
class _Ask:
    """The part of a request that stays the same over its redirects."""

    headers: dict[str, str]
    max_bytes: int
    obeys_robots: bool
    pace: float = 0.0
    cut: bool = False  # a body beyond the limit is cut, not refused
    for_site: bool = False  # robots.txt or the like


class Http:
    """An HTTP client for use in `async with`; `get` is what sources are handed.

    `clock` (monotonic seconds) and `sleep` rule the pace, `wall` (aware UTC) dates a Retry-After; tests hand
    in their own.
    """

    def __init__(
        self,
        limits: HttpLimits | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.limits = limits or HttpLimits()
        self._allowed = AllowedHosts(self.limits.allow_hosts)
        self._clock, self._sleep, self._wall = clock, sleep, wall
        self._hosts: dict[str, _Host] = {}
        self._postponed: dict[str, float] = {}  # address -> time before which it is not asked again
        self._held = 0  # bytes of the bodies that are being read
        self._robots = Robots(self.limits.user_agent, self._site_file, clock)
        self._reservations = Reservations(self._site_file, clock)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Http:
        connector = aiohttp.TCPConnector(
            resolver=GuardedResolver(self._allowed),
            socket_factory=open_socket,
            force_close=not self.limits.keep_alive,
            limit=0,  # one connection a host is ours to keep, and sources bound the number of hosts
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            auto_decompress=False,  # aiohttp's has no limit that we could set
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=self.limits.timeout_connect, sock_read=self.limits.timeout_connect
            ),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(
        self,
        url: str,
        etag: str = "",
        last_modified: str = "",
        max_bytes: int | None = None,
        accept: str | None = None,
        configured: bool = False,
        pace: float = 0.0,
    ) -> Response:
        """Fetch `url` and return the answer, redirects followed and body decompressed.

        `max_bytes` can only lower the configured limit, `pace` (seconds) only lengthen the configured one. An
        address that is not `configured` by a person was found by a link, and robots.txt is obeyed. Raises
        SourceError with the outcome: blocked (401, 402, 403, 429, 451, or by robots.txt), gone (404, 410),
        timeout, too-large, refused (by the address guard), unreachable (name, connection, TLS), parse-error
        (damaged compression), error (anything else).
        """
        limit = min(max_bytes or self.limits.max_bytes, self.limits.max_bytes)
        obeys_robots = self.limits.robots and not configured
        return await self._follow(
            url, _Ask(self._headers(etag, last_modified, accept), limit, obeys_robots, pace)
        )

    async def _follow(self, url: str, ask: _Ask) -> Response:
        """Ask an address and those that it redirects to."""
        current, moved_to, all_permanent = urldefrag(url).url, "", True
        seen: set[str] = set()
        hops: list[Hop] = []
        time_left = self.limits.timeout_total
        for _ in range(self.limits.max_redirects + 1):
            if current in seen:
                raise SourceError(f"{shown(url)} redirects in a circle", outcome="error")
            seen.add(current)
            host = self._checked_host(current, first=len(seen) == 1)
            if ask.obeys_robots:
                self._host(host).delay = await self._robots.check(current)
                await self._reservations.check(current)
            async with self._turn(host, current, ask):
                started = self._loop_time()
                answer = await self._hop(current, ask, time_left)
                time_left -= self._loop_time() - started
            if isinstance(answer, Response):
                hops.append(Hop(answer.url, answer.status))
                return replace(answer, moved_to=moved_to, hops=tuple(hops))
            hops.append(Hop(current, answer.status))
            current = urldefrag(joined(current, answer.location)).url
            all_permanent = all_permanent and answer.permanent
            moved_to = current if all_permanent else moved_to
        most = self.limits.max_redirects
        raise SourceError(f"{shown(url)} redirects more than {most} times", outcome="error")

    async def _site_file(self, url: str) -> str | None:
        """Fetch a robots.txt or the like; None where there is none (4xx, 429 aside: RFC 9309, 2.3.1)."""
        headers = self._headers("", "", "text/plain, application/json, */*;q=0.5")
        try:
            response = await self._follow(
                url, _Ask(headers, ROBOTS_MAX_BYTES, False, cut=True, for_site=True)
            )
        except StatusError as error:
            if 400 <= error.status < 500 and error.status != 429:
                return None
            raise
        return decode(response.body, [response.charset])

    def _loop_time(self) -> float:
        return asyncio.get_running_loop().time()

    def _headers(self, etag: str, last_modified: str, accept: str | None) -> dict[str, str]:
        headers = {
            "User-Agent": self.limits.user_agent,
            "Accept": accept or DEFAULT_ACCEPT,
            "Accept-Encoding": ACCEPT_ENCODING,
        }
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        return headers

    def _checked_host(self, url: str, *, first: bool) -> str:
        """Return the host of `url`. Raises SourceError for an address that must not be asked at all.

        Permanent for the `first` address, which a person wrote; where a server redirects to can change.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise bad_address(url, str(error), permanent=first) from error
        if parts.scheme not in ("http", "https") or not host:
            raise bad_address(url, "only http and https addresses are read", permanent=first)
        if parts.username is not None or parts.password is not None:
            why = "a user name or password in an address is not sent; remove it"
            raise bad_address(url, why, permanent=first)
        port = port or (443 if parts.scheme == "https" else 80)
        literal = literal_address(host)
        if literal is not None and (host, port) not in self._allowed and not is_public(literal):
            raise refused(url, f"{literal} is not a public address", permanent=first)
        return host

    @contextlib.asynccontextmanager
    async def _turn(self, host: str, url: str, ask: _Ask) -> AsyncIterator[None]:
        """Wait until it is our turn at `host`. Raises SourceError while it, or `url`, is to be left alone."""
        state = self._host(host)
        async with state.turn:
            self._check_patience(host, url, state)
            wait = state.next_start - self._clock()
            if wait > 0:
                await self._sleep(wait)
            state.next_start = self._clock() + max(self.limits.pace, state.delay, ask.pace)
            try:
                yield
            except SourceError as error:
                if error.retry_after is not None:
                    self._leave_alone(url, state, error.retry_after, ask)
                raise

    def _check_patience(self, host: str, url: str, state: _Host) -> None:
        """Raise SourceError while the host, or this address of it, asked to be left alone."""
        now = self._clock()
        closed, postponed = state.closed_until - now, self._postponed.get(url, 0.0) - now
        left = max(closed, postponed)
        if left > 0:
            who = host if closed >= postponed else "it"
            raise SourceError(
                f"{shown(url)} was not asked: {who} wants no request for another {left:.0f} s",
                outcome="blocked",
                retry_after=left,
            )

    def _leave_alone(self, url: str, state: _Host, seconds: float, ask: _Ask) -> None:
        now = self._clock()
        state.closed_until = now + min(seconds, HOST_CLOSED_MOST)
        if seconds <= HOST_CLOSED_MOST or ask.for_site:
            return  # a file that rules over the site must not close it for longer either
        if len(self._postponed) >= _POSTPONED_MOST:
            self._postponed = {each: until for each, until in self._postponed.items() if until > now}
        if len(self._postponed) < _POSTPONED_MOST:
            self._postponed[url] = now + seconds

    def _host(self, host: str) -> _Host:
        if len(self._hosts) > _IDLE_HOSTS:
            now = self._clock()
            busy = {
                name: state
                for name, state in self._hosts.items()
                if state.turn.locked() or max(state.next_start, state.closed_until) > now
            }
            self._hosts = busy
        return self._hosts.setdefault(host.lower(), _Host())

    async def _hop(self, url: str, ask: _Ask, time_left: float) -> Response | _Redirect:
        """Ask one address once, within `time_left` seconds."""
        if self._session is None:
            raise RuntimeError("Http is used outside its `async with`")
        try:
            async with asyncio.timeout(max(time_left, 0)), self._connection(url, ask) as answer:
                return await self._read(url, ask, answer)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise wrapped(error, url, self.limits) from error

    @contextlib.asynccontextmanager
    async def _connection(self, url: str, ask: _Ask) -> AsyncIterator[aiohttp.ClientResponse]:
        assert self._session is not None
        parts = urlsplit(url)
        place = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        token = host_is_allowed.set(place in self._allowed)
        try:
            async with self._session.get(url, headers=ask.headers, allow_redirects=False) as answer:
                yield answer
        finally:
            host_is_allowed.reset(token)

    async def _read(self, url: str, ask: _Ask, answer: aiohttp.ClientResponse) -> Response | _Redirect:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if answer.status in _REDIRECTS and "location" in headers:
            return _Redirect(headers["location"], answer.status)
        not_modified = answer.status == 304 and bool(
            ask.headers.keys() & {"If-None-Match", "If-Modified-Since"}
        )
        if not not_modified and answer.status not in _WHOLE:
            seen = await self._seen_challenge(url, ask, answer) if answer.status in _CHALLENGED else ""
            raise status_error(url, answer.status, headers, self._wall(), seen)
        media_type, charset = parse_content_type(headers.get("content-type", ""))
        body = b"" if not_modified else await self._body(url, ask, answer)
        seen = challenge(headers, body) if media_type in _PAGES else ""
        if seen:
            raise status_error(url, answer.status, headers, self._wall(), seen)
        return Response(
            url=str(answer.url),
            status=answer.status,
            headers=headers,
            body=body,
            media_type=media_type,
            charset=charset,
            not_modified=not_modified,
            received_at=self._wall(),
        )

    async def _seen_challenge(self, url: str, ask: _Ask, answer: aiohttp.ClientResponse) -> str:
        """What of a challenge the beginning of a refusal shows, if it can be read in good time."""
        headers = {name.lower(): value for name, value in answer.headers.items()}
        try:
            async with asyncio.timeout(_REFUSAL_READ):
                body = await self._body(url, replace(ask, max_bytes=LOOKED_AT, cut=True), answer)
        except (SourceError, aiohttp.ClientError, OSError, ValueError):
            body = b""
        return challenge(headers, body)

    async def _body(self, url: str, ask: _Ask, answer: aiohttp.ClientResponse) -> bytes:
        """Read and decompress the body; stops at the limit, however much more the server has.

        All bodies under way have a limit together: beyond it, large ones are broken off and tried later.
        """
        stages = decoders(answer.headers.get("Content-Encoding", ""))
        body = bytearray()
        raw = 0
        try:
            async for chunk in answer.content.iter_any():
                raw += len(chunk)
                before = len(body)
                for piece in inflate(stages, chunk):
                    body += piece
                    if len(body) > ask.max_bytes:
                        break
                self._held += len(body) - before
                if len(body) > ask.max_bytes or raw > ask.max_bytes + _RAW_SLACK:
                    answer.close()
                    if ask.cut:
                        return bytes(body[: ask.max_bytes])
                    raise too_large(url, ask.max_bytes)
                if self._held > self.limits.max_held and len(body) > _SMALL_BODY:
                    answer.close()
                    raise SourceError(f"{shown(url)} was broken off: too much is being read at this time")
            check_complete(stages)
            return bytes(body)
        finally:
            self._held -= len(body)
