"""How ingestion asks the web: one verb (`Get`), its answer (`Response`), its limits; no I/O here.

Sources are handed a `Get` and never open a connection themselves, so a test hands in a dictionary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from monitor.model import Capture, Hop

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What one client may spend. Times are seconds.

    `timeout_connect` bounds connecting, and the time between two pieces of an answer. `timeout_total` bounds
    one `get` from the first byte sent to the last one read, over all redirects; waiting for the host's turn
    is not counted. `max_bytes` counts bytes after decompression. `pace` is the least time between the starts
    of two requests to one host. `allow_hosts` holds "host" or "host:port" entries that may be at a non-public
    address. With `robots`, robots.txt is obeyed. `max_held` bounds the bytes of all bodies under way. Without
    `keep_alive` every connection is closed after its answer: idle ones take up open files.
    """

    timeout_connect: float = 10.0
    timeout_total: float = 60.0
    max_bytes: int = 32 * MEBIBYTE
    max_redirects: int = 5
    pace: float = 1.0
    user_agent: str = "substance-monitor/0.1 (+https://pypi.org/project/substance-monitor/)"
    allow_hosts: tuple[str, ...] = ()
    robots: bool = True
    max_held: int = 128_000_000
    keep_alive: bool = True


@dataclass(frozen=True, slots=True)
class Response:
    """A successful answer. Header names are lower case; `body` is decompressed.

    `url` is where the answer came from, after redirects. `moved_to` is set when the address asked for has
    moved for good (301 or 308 from the first hop on). With `not_modified` the body is empty. `hops` are the
    addresses asked, `received_at` is when the last byte came.
    """

    url: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    media_type: str = ""
    charset: str | None = None
    not_modified: bool = False
    moved_to: str = ""
    hops: tuple[Hop, ...] = ()
    received_at: datetime | None = None

    @property
    def etag(self) -> str:
        return self.headers.get("etag", "")

    @property
    def last_modified(self) -> str:
        return self.headers.get("last-modified", "")

    def capture(self, now: datetime, *, part: bool = False) -> Capture:
        """How it came, for the documents made of it; `now` where nobody noted when."""
        hops = self.hops or (Hop(self.url, self.status),)
        return Capture(self.received_at or now, hops, self.headers, part)


class Get(Protocol):
    """Fetch one address; see `fetch.Http.get`. Raises SourceError and nothing else."""

    async def __call__(
        self,
        url: str,
        etag: str = "",
        last_modified: str = "",
        max_bytes: int | None = None,
        accept: str | None = None,
        configured: bool = False,
        pace: float = 0.0,
    ) -> Response: ...


def parse_content_type(value: str) -> tuple[str, str | None]:
    """Split a Content-Type header: (media type in lower case or "", charset or None). Never raises."""
    media_type, *parameters = value.split(";")
    charset = None
    for parameter in parameters:
        name, _, given = parameter.partition("=")
        if name.strip().lower() == "charset" and given.strip(" \t\"'"):
            charset = given.strip(" \t\"'")
    return media_type.strip().lower(), charset
