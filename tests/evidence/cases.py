"""Cases for the tests of bundles: the alerts of the store's tests, with an origin."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace
from datetime import date

from monitor.evidence import Case, Origin, Told
from monitor.model import Capture, DatedBy, Hop, WarcPlace
from tests.store.cases import FILLER, LISTS, NOW, PEB, WATCHLIST, alert, article, mentions

PROGRAM = "substance-monitor 1"
BODY = b"<html><script>alert(1)</script><p>Police found (2-bromoethyl)benzene.</p></html>"
PLACE = WarcPlace("a-00001.warc.gz", 0, 0, "urn:uuid:0b1d7a3e-0000-4000-8000-000000000001")


def case(
    text: str = "Police found fentanyl and (2-bromoethyl)benzene." + FILLER,
    *,
    number: int = 12,
    kept: bool = True,
    body: bytes | None = BODY,
    **changes: object,
) -> Case:
    """A case whose text names (2-bromoethyl)benzene; `kept`: its text is not forgotten yet."""
    page = article(text=text)
    found = next(m for m in mentions(page) if m.substance == PEB.key)
    capture = Capture(
        NOW,
        (Hop("http://news.example/1", 301), Hop("https://news.example/1", 200)),
        {"content-type": "text/html; charset=utf-8", "server": "nginx"},
    )
    made = Case(
        number=number,
        status="new",
        alert=alert(page, found),
        substance=PEB,
        lists=LISTS,
        listings_heading="Lists, at the article's date (2026-11-19)",
        listing_words=("DEA special surveillance list: under surveillance since 2023-10-24",),
        title=page.title,
        language="en",
        published_at=page.published_at,
        first_seen=NOW,
        article_day=date(2026, 11, 19),
        dated_by=DatedBy.PUBLISHED,
        told=Told(1, NOW, page.sha256, len(text), text if kept else None),
        origin=Origin(
            "https://news.example/1",
            "text/html",
            "utf-8",
            hashlib.sha256(body or BODY).hexdigest(),
            len(body or BODY),
            "substance-monitor 1, trafilatura 2",
            capture,
            body,
        ),
        source={"name": "Example News", "kind": "feed", "location": "https://news.example/rss"},
        watchlist={"in_force_since": "2026-11-01T00:00:00Z", "substances": len(WATCHLIST.substances)},
        versions={"last_matched_by": PROGRAM},
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def warc_record(payload: bytes = BODY, *, record: str = PLACE.record, digest: str = "") -> bytes:
    """A WARC response record, not packed."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + payload
    digest = digest or hashlib.sha256(payload).hexdigest()
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <{record}>\r\n"
        f"WARC-Date: 2026-11-20T12:00:00Z\r\n"
        f"WARC-Target-URI: https://news.example/1\r\nWARC-Payload-Digest: sha256:{digest}\r\n"
        f"Content-Type: application/http;msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def with_record(made: Case, record: bytes | None, missing: str = "") -> Case:
    assert made.origin is not None
    capture = replace(made.origin.capture, warc=PLACE)
    return replace(made, origin=replace(made.origin, capture=capture, record=record, record_missing=missing))


def packed(record: bytes) -> bytes:
    return gzip.compress(record, mtime=0)
