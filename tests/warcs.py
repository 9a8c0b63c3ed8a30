"""WARC files for tests, written by hand: as other programs write them, and as nobody should."""

from __future__ import annotations

import gzip


def http(
    body: bytes, *lines: str, status: str = "200 OK", media_type: str = "text/html; charset=utf-8"
) -> bytes:
    """The block of a response record."""
    head = [f"HTTP/1.1 {status}", *([f"Content-Type: {media_type}"] if media_type else []), *lines]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def record(
    block: bytes,
    url: str = "https://example.org/a",
    *lines: str,
    kind: str = "response",
    content_type: str = "application/http;msgtype=response",
    length: int | None = None,
    date: str = "2020-01-02T03:04:05Z",
) -> bytes:
    """One record, not packed; `length` is what it says of itself."""
    head = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{abs(hash((block, url))):032x}>",
        f"WARC-Date: {date}",
        f"WARC-Target-URI: {url}",
        f"Content-Type: {content_type}",
        *lines,
        f"Content-Length: {len(block) if length is None else length}",
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def packed(*records: bytes) -> bytes:
    """Each record a gzip member of its own, as the standard wants it."""
    return b"".join(gzip.compress(each, mtime=0) for each in records)


def page(number: int) -> bytes:
    text = f"<p>Text {number} of the archive, long enough for a test.</p>"
    return record(http(f"<html><body>{text}</body></html>".encode()), f"https://example.org/{number}")
