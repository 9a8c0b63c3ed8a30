"""The `warc` kind: web archives, a .warc or .warc.gz file or a folder of them (needs the extra `warc`).

Pages, texts, PDF documents and entries of feeds become documents; pictures, scripts, redirects and answers
other than 200 are passed over. Option: `max_bytes` (32 MiB a record). The cursor remembers how far each file
was read, so that one that grows is read on. The date of a record is when its page was captured.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from monitor.errors import SourceError
from monitor.ingest.archive import ArchiveRecord, Trouble, http_answer, read_records
from monitor.ingest.entry import Entry
from monitor.ingest.pdf import is_pdf
from monitor.ingest.request import MEBIBYTE, Get, Response, parse_content_type
from monitor.ingest.reservation import check_reservation
from monitor.ingest.sources.checkpoints import Checkpoints
from monitor.ingest.sources.files import File, file_gap, find_files
from monitor.ingest.sources.options import integer_option
from monitor.ingest.syndication import read_feed
from monitor.ingest.warcs import missing
from monitor.model import Capture, Document, Gap, Hop, Source, SourceState, WarcPlace

_TEXTS = ("text/html", "application/xhtml+xml", "text/plain", "application/pdf")
_FEEDS = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")
_MAYBE = ("text/xml", "application/xml", "")
_FEED_START = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|rdf:RDF)\b", re.DOTALL)
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.DOTALL
)
_AT_ONCE = 50  # things that are read in a thread before others get their turn
_BYTES_AT_ONCE = 4 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far a file was read: up to `offset`, when it had this stamp; `done`: to its end."""

    stamp: tuple[int, int]
    offset: int = 0
    done: bool = False


async def collect_warc(
    source: Source, state: SourceState, get: Get, now: datetime
) -> AsyncIterator[Document | Gap | SourceState]:
    """Read the new records of WARC files; see `sources.Collector`. `get` is not used.

    Raises SourceError: permanent when FastWARC is not installed; gone when there is no such file or folder.
    """
    if missing():
        raise SourceError(f"{source.name}: {missing()}", permanent=True)
    max_bytes = integer_option(source, "max_bytes", 32 * MEBIBYTE)
    files, gaps = await asyncio.to_thread(_find, source)
    for gap in gaps:
        yield gap
    known = _known(state)
    seen = {file.name: _begin(file, known.get(file.name)) for file in files}
    checkpoints = Checkpoints()
    for file in files:
        if seen[file.name].done:
            continue
        items = _read_file(source, file, seen[file.name].offset, max_bytes, now)
        async for item in _in_thread(items):
            if isinstance(item, _Progress):
                seen[file.name] = item
            else:
                yield item
                if checkpoints.add(item):
                    yield _state(state, seen)
    yield _state(state, seen)


def _find(source: Source) -> tuple[list[File], list[Gap]]:
    place = Path(source.location).expanduser()
    if place.is_file():
        found = place.stat()
        return [File(place.absolute(), place.name, (found.st_mtime_ns, found.st_size))], []
    return find_files(source, place, _is_archive, others_are_gaps=False)


def _is_archive(path: Path) -> bool:
    return path.name.lower().endswith((".warc", ".warc.gz"))


def _begin(file: File, known: _Progress | None) -> _Progress:
    """Where to go on. A file that has only grown is read on; one that shrank is another one."""
    if known is None or file.stamp[1] < known.offset:
        return _Progress(file.stamp)
    return known if known.stamp == file.stamp else _Progress(file.stamp, known.offset)


async def _in_thread(
    items: Iterator[Document | Gap | _Progress],
) -> AsyncIterator[Document | Gap | _Progress]:
    """Read some at a time in a thread: a large file must not hold up the deadlines of other sources."""
    while some := await asyncio.to_thread(_some, items):
        for item in some:
            yield item


def _some(items: Iterator[Document | Gap | _Progress]) -> list[Document | Gap | _Progress]:
    found: list[Document | Gap | _Progress] = []
    size = 0
    for item in items:
        found.append(item)
        size += len(item.body) if isinstance(item, Document) else 0
        if len(found) >= _AT_ONCE or size >= _BYTES_AT_ONCE:
            break
    return found


# --- one file ------------------------------------------------------------------------------------------


def _read_file(
    source: Source, file: File, start: int, max_bytes: int, now: datetime
) -> Iterator[Document | Gap | _Progress]:
    """Documents, gaps, and how far the file was read."""
    reached = start
    try:
        for found in read_records(file.path, start, max_bytes):
            if isinstance(found, int):
                reached = found
                yield _Progress(file.stamp, reached)
            elif isinstance(found, Trouble):
                place = f"{file.path.as_uri()}#{found.offset}"
                yield Gap(place, "parse-error", f"{place}: {found.message}")
            else:
                yield from _documents(source, file, found, max_bytes, now)
    except OSError as error:
        yield file_gap(file.path, error)
        return
    yield _Progress(file.stamp, reached, done=True)


def _documents(
    source: Source, file: File, record: ArchiveRecord, max_bytes: int, now: datetime
) -> Iterator[Document | Gap]:
    """What one record holds: one document, the entries of a feed, or nothing for people to read."""
    place = f"{file.path.as_uri()}#{record.offset}"
    try:
        answer = _answer(record, max_bytes)
        if answer is None:
            return
        if record.cut:
            raise SourceError(f"{record.url} is larger than {max_bytes:,} bytes", outcome="too-large")
        check_reservation(answer)
        hops = (Hop(answer.url, answer.status),) if record.kind == "response" else ()
        warc = WarcPlace(file.name, record.offset, 0, record.id)
        capture = Capture(record.at or now, hops, answer.headers, warc=warc)
        if _is_feed(answer):
            for entries in read_feed(answer.body, answer.charset, answer.url, now):
                yield from (_entry(source, each, answer, capture, now) for each in entries)
        else:
            yield _document(source, answer, capture, now)
        if record.truncated:
            raise SourceError(f"{record.url}: only its beginning is in the archive", outcome="too-large")
    except SourceError as error:
        yield Gap(place, error.outcome, f"{place}: {error}")


def _answer(record: ArchiveRecord, max_bytes: int) -> Response | None:
    """What a record holds as an answer of the web; None when there is nothing to read in it."""
    try:
        parts = urlsplit(record.url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https", "file") or parts.path == "/robots.txt":
        return None
    if record.kind == "response":
        answer = http_answer(record, max_bytes)
    else:
        media_type, charset = parse_content_type(record.content_type)
        body = b"" if record.cut else record.block
        answer = Response(record.url, body=body, media_type=media_type, charset=charset)
    return answer if answer is not None and answer.status == 200 and _is_readable(answer) else None


def _is_readable(answer: Response) -> bool:
    if answer.media_type in (*_TEXTS, *_FEEDS):
        return True
    start = answer.body[:2000]
    return answer.media_type in _MAYBE and (
        _FEED_START.match(start) is not None or _HTML_START.match(start) is not None or is_pdf(answer.body)
    )


def _is_feed(answer: Response) -> bool:
    return answer.media_type in _FEEDS or _FEED_START.match(answer.body[:2000]) is not None


def _document(source: Source, answer: Response, capture: Capture, now: datetime) -> Document:
    return Document(
        source=source.name,
        url=answer.url,
        body=answer.body,
        media_type=answer.media_type,
        fetched_at=now,
        charset=answer.charset,
        language=source.language,
        capture=capture,
    )


def _entry(source: Source, entry: Entry, answer: Response, capture: Capture, now: datetime) -> Document:
    """An entry of an archived feed: what the feed itself says of it, as its page was perhaps not archived."""
    return Document(
        source=source.name,
        url=entry.link or f"{answer.url}#entry-{entry.key}",
        body=(entry.content or entry.title).encode("utf-8", "replace"),
        media_type=entry.content_type if entry.content else "text/plain",
        fetched_at=now,
        charset="utf-8",
        title=entry.title,
        summary=entry.summary,
        published_at=entry.published_at,
        language=source.language or entry.language,
        capture=replace(capture, part=True),
    )


# --- the cursor ----------------------------------------------------------------------------------------


def _known(state: SourceState) -> dict[str, _Progress]:
    files = state.cursor.get("files")
    if not isinstance(files, dict):
        return {}
    return {name: _Progress((row[0], row[1]), row[2], bool(row[3])) for name, row in files.items()}


def _state(state: SourceState, seen: dict[str, _Progress]) -> SourceState:
    files = {name: [*each.stamp, each.offset, int(each.done)] for name, each in seen.items()}
    return replace(state, cursor={"files": files})
