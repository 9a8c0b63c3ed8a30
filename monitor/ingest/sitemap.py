"""Sitemaps as bytes to addresses: url sets, news sitemaps, indexes, plain lists; packed or not. Pure.

The format is that of https://www.sitemaps.org/protocol.html, with Google's news extension. XML is read
without entities: none is needed here, and they are what XML is attacked with.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.errors import SourceError
from monitor.ingest.dates import parse_date
from monitor.ingest.decode import clean, decode
from monitor.ingest.entry import absolute
from monitor.ingest.page import language_code, plain_title
from monitor.ingest.request import MEBIBYTE
from monitor.ingest.xml import escape_bare_ampersands

MAX_BYTES = 50 * MEBIBYTE  # unpacked; what the protocol allows
MOST_ADDRESSES = 50_000  # in one file; likewise
_GZIP = b"\x1f\x8b"
_PLAIN_LINE = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """One address of a sitemap. `mark` is its lastmod as written, `changed_at` the same as a date.

    `is_map` is true for an entry of an index. Title, date and language are those of a news sitemap.
    """

    url: str
    is_map: bool = False
    mark: str = ""
    changed_at: datetime | None = None
    title: str = ""
    published_at: datetime | None = None
    language: str | None = None

    @property
    def date(self) -> datetime | None:
        """The newest that is known of it."""
        return max(filter(None, (self.changed_at, self.published_at)), default=None)


def unpacked(body: bytes, url: str) -> bytes:
    """Unpack a .gz file, which servers send as a file and not as an encoding.

    Raises SourceError: too-large beyond 50 MiB, parse-error for damage.
    """
    if not body.startswith(_GZIP):
        return body
    from monitor.ingest.inflate import check_complete, decoders, inflate

    stages = decoders("gzip")
    out = bytearray()
    for piece in inflate(stages, body):
        out += piece
        if len(out) > MAX_BYTES:
            raise SourceError(f"{url} is larger than {MAX_BYTES:,} bytes, unpacked", outcome="too-large")
    check_complete(stages)
    return bytes(out)


def read_sitemap(body: bytes, charset: str | None, url: str, now: datetime) -> list[SitemapEntry]:
    """Return the addresses of a sitemap in its order, 50,000 at most; `url` is where it came from.

    Raises SourceError: not-a-feed for anything that is no sitemap, parse-error for one that declares
    entities, too-large for one that unpacks to more than 50 MiB.
    """
    raw = unpacked(body, url)
    head = raw[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((b"http://", b"https://")):
        return _plain_list(decode(raw, [charset]), url)
    text = decode(raw, [charset])
    root = re.search(r"<(?:[\w.-]+:)?(urlset|sitemapindex)\b", text[:65_536], re.IGNORECASE)
    if root is None:
        start = " ".join(text[:200].split())[:60]
        raise SourceError(f"{url} is not a sitemap; it begins with {start!r}", outcome="not-a-feed")
    if "<!ENTITY" in text[: root.start()].upper():
        raise SourceError(f"{url} declares entities, which no sitemap needs; not read", outcome="parse-error")
    xml = escape_bare_ampersands(text[root.start() :], named=False)
    return list(_entries(xml.encode("utf-8"), url, now))


def _plain_list(text: str, url: str) -> list[SitemapEntry]:
    lines = (line.strip() for line in text.splitlines()[:MOST_ADDRESSES])
    return [SitemapEntry(line) for line in lines if _PLAIN_LINE.fullmatch(line)]


def _entries(body: bytes, url: str, now: datetime) -> Iterator[SitemapEntry]:
    """Read element by element: the tree of a large sitemap would take ten times its size."""
    from lxml import etree

    events = etree.iterparse(
        io.BytesIO(body),
        tag=("{*}url", "{*}sitemap"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
        remove_comments=True,
    )
    found = 0
    try:
        for _, element in events:
            place = _entry(element, url, now)
            _forget(element)
            if place is not None:
                yield place
                found += 1
            if found >= MOST_ADDRESSES:
                return
    except etree.LxmlError as error:
        if not found:
            message = f"{url} could not be parsed: {' '.join(str(error).split())}"
            raise SourceError(message, outcome="parse-error") from error


def _forget(element: Any) -> None:
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _entry(element: Any, url: str, now: datetime) -> SitemapEntry | None:
    texts: dict[str, str] = {}
    for child in (*element, *element.iterdescendants()):  # its own before those of its pictures
        if isinstance(child.tag, str) and child.text:
            texts.setdefault(child.tag.rpartition("}")[2].lower(), clean(child.text).strip())
    link = absolute(texts.get("loc", ""), url)
    if not link:
        return None
    news = "publication_date" in texts  # only then the title is that of an article, not of a picture
    return SitemapEntry(
        url=link,
        is_map=element.tag.rpartition("}")[2].lower() == "sitemap",
        mark=texts.get("lastmod", "")[:40],
        changed_at=parse_date(texts.get("lastmod"), now),
        title=plain_title(texts.get("title", "")) if news else "",
        published_at=parse_date(texts.get("publication_date"), now),
        language=language_code(texts.get("language")) if news else None,
    )
