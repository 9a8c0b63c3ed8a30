"""What goes wrong when the web is asked: one word for the ledger, and a sentence for people. No I/O.

Whatever aiohttp, ssl or the system raises becomes a SourceError here.
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import aiohttp

from monitor.errors import SourceError
from monitor.ingest.guard import AddressRefusedError
from monitor.ingest.request import HttpLimits

MAX_RETRY_AFTER = 86_400.0  # seconds; an address whose server asks for more is asked again after a day
_NOT_WHOLE = {
    202: ": it has no answer yet",
    204: ": it has nothing there",
    205: ": it has nothing there",
    206: " with a part of the document, though all of it was asked for",
}


class StatusError(SourceError):
    """The server answered with a status that is no success."""

    status = 0


def shown(url: str) -> str:
    """The address for a message: without user name and password, and not endless."""
    before, separator, rest = url.partition("://")
    place, slash, path = rest.partition("/")
    return f"{before}{separator}{place.rpartition('@')[2]}{slash}{path}"[:300]


def bad_address(url: str, why: str, *, permanent: bool = True) -> SourceError:
    return SourceError(f"{shown(url)}: {why}", permanent=permanent, outcome="refused")


def refused(url: str, why: str, *, permanent: bool = False) -> SourceError:
    return SourceError(
        f"{shown(url)} was not asked: {why} (name the host under http: allow_hosts: to allow it)",
        permanent=permanent,
        outcome="refused",
    )


def too_large(url: str, limit: int) -> SourceError:
    return SourceError(f"{shown(url)} is larger than {limit:,} bytes", outcome="too-large")


def joined(base: str, location: str) -> str:
    try:
        return urljoin(base, location.strip())
    except ValueError as error:
        raise bad_address(location, str(error), permanent=False) from error


def _asks(seen: str) -> str:
    return f" with a page that asks for a human ({seen[:200]})" if seen else ""


def status_error(
    url: str, status: int, headers: dict[str, str], now: datetime, seen: str = ""
) -> SourceError:
    outcome = "error"
    if seen or status in (401, 402, 403, 429, 451):
        outcome = "blocked"
    elif status in (404, 410):
        outcome = "gone"
    elif status in (408, 504):
        outcome = "timeout"
    retry_after = _retry_after(headers, now) if status in (429, 503) else None
    error = StatusError(
        f"{shown(url)} answered {status}{_NOT_WHOLE.get(status, '')}{_asks(seen)}",
        permanent=status == 410,
        outcome=outcome,
        retry_after=retry_after,
    )
    error.status = status
    return error


def _retry_after(headers: dict[str, str], now: datetime) -> float | None:
    """Read Retry-After (RFC 9110, 10.2.3: seconds or a date) as seconds from now."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return min(float(value[:9]), MAX_RETRY_AFTER)
    until = _http_date(value)
    if until is None:
        return None
    # By the server's own clock where it sends it: ours may differ.
    reference = _http_date(headers.get("date", "")) or now
    return min(max((until - reference).total_seconds(), 0.0), MAX_RETRY_AFTER)


def _http_date(value: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def wrapped(error: Exception, url: str, limits: HttpLimits) -> SourceError:
    """Turn an exception of aiohttp, ssl or the system into ours."""
    address = shown(url)
    guarded = _cause(error, AddressRefusedError)
    if guarded is not None:
        return refused(url, str(guarded))
    if isinstance(error, aiohttp.InvalidURL):
        return bad_address(url, "this is not a valid address")
    if isinstance(error, TimeoutError):
        silent = isinstance(error, aiohttp.ServerTimeoutError)
        waited = limits.timeout_connect if silent else limits.timeout_total
        return SourceError(f"{address} did not answer in time ({waited:g} s)", outcome="timeout")
    if isinstance(error, (aiohttp.ClientSSLError, ssl.SSLError)):
        return SourceError(f"{address}: the TLS connection failed: {error}", outcome="unreachable")
    if isinstance(error, (aiohttp.ClientConnectorError, OSError)):
        return SourceError(f"{address} could not be reached: {error}", outcome="unreachable")
    if isinstance(error, aiohttp.ClientError):
        return SourceError(
            f"{address} gave an unreadable answer: {error or type(error).__name__}", outcome="error"
        )
    return bad_address(url, f"this is not a valid address ({error})")


def _cause(error: BaseException | None, kind: type[Exception]) -> BaseException | None:
    for _ in range(10):  # a chain of causes is short
        if error is None or isinstance(error, kind):
            return error
        error = getattr(error, "os_error", None) or error.__cause__ or error.__context__
    return None
