"""The `feed` kind: RSS, Atom and JSON Feed, each entry with the page that it links to.

Options: `fetch_pages` (true), `max_pages` (100 a check), `max_entries` (1000 a check). What is beyond these
is read at the next checks. The cursor remembers which entries were read, and how often a page failed.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urldefrag, urlsplit

from monitor.errors import SourceError
from monitor.ingest.pdf import check_pdf, is_pdf
from monitor.ingest.request import MEBIBYTE, Get, Response
from monitor.ingest.robots import check_reservation
from monitor.ingest.sources.batch import Batch, integer_option
from monitor.ingest.syndication import Entry, read_feed
from monitor.model import Document, Gap, Source, SourceState

ACCEPT_FEED = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
ACCEPT_PAGE = "text/html, application/xhtml+xml, application/pdf;q=0.9, text/plain;q=0.8, */*;q=0.5"
PAGE_TRIES = 4  # checks at which a page that could not be read is asked for
PAGE_MAX_BYTES = 8 * MEBIBYTE
_STRIKES = 3  # pages of one host that time out in a row, after which it is left alone for this check
_MOST_REMEMBERED = 200_000  # entries
_READABLE = ("text/html", "application/xhtml+xml", "text/plain", "text/xml", "application/xml", "")


@dataclass(slots=True)
class _Memory:
    """What the cursor holds: the print of each entry read, and the failed tries of pages to be read again."""

    prints: dict[str, str]
    tries: dict[str, int]

    @classmethod
    def of(cls, state: SourceState) -> _Memory:
        prints, tries = state.cursor.get("prints"), state.cursor.get("tries")
        return cls(
            dict(prints) if isinstance(prints, dict) else {},
            dict(tries) if isinstance(tries, dict) else {},
        )

    def keep(self, keys: set[str]) -> None:
        """Forget entries that are no longer in the feed."""
        self.prints = {key: value for key, value in self.prints.items() if key in keys}
        self.tries = {key: value for key, value in self.tries.items() if key in keys}

    def cursor(self) -> dict[str, object]:
        newest = list(self.prints.items())[-_MOST_REMEMBERED:]
        return {"prints": dict(newest), "tries": dict(self.tries)}


@dataclass(slots=True)
class _Check:
    """One check of one feed: what it may still spend, and what it has met."""

    source: Source
    get: Get
    now: datetime
    memory: _Memory
    fetch_pages: bool
    pages_left: int
    entries_left: int
    feed_url: str
    landed: set[str] = field(default_factory=set)
    strikes: Counter[str] = field(default_factory=Counter)
    complete: bool = False  # all of the feed was read, and it is not empty

    @property
    def spent(self) -> bool:
        return self.entries_left <= 0 or (self.fetch_pages and self.pages_left <= 0)


async def collect_feed(
    source: Source, state: SourceState, get: Get, now: datetime
) -> AsyncIterator[Document | Gap | SourceState]:
    """Read a feed and the pages of its new and changed entries; see `sources.Collector`.

    An empty feed gives a gap with the outcome "empty". The state's ETag is only set when everything in the
    feed was read: as long as something is left, the next check must not be told "not modified".
    """
    response = await get(
        source.location, state.etag, state.last_modified, accept=ACCEPT_FEED, configured=True
    )
    if response.not_modified:
        yield _told(state, response)
        return
    check = _Check(
        source=source,
        get=get,
        now=now,
        memory=_Memory.of(state),
        fetch_pages=source.options.get("fetch_pages", True) is not False,
        pages_left=integer_option(source, "max_pages", 100),
        entries_left=integer_option(source, "max_entries", 1000),
        feed_url=response.url,
    )
    open_state = replace(state, etag="", last_modified="")
    batch = Batch()
    async for item in _read_entries(check, response):
        yield item
        if batch.add(item):
            yield replace(open_state, cursor=check.memory.cursor())
    final = replace(open_state, cursor=check.memory.cursor())
    if check.complete and not check.memory.tries:
        final = replace(final, etag=response.etag, last_modified=response.last_modified)
    yield _told(final, response)


def _told(state: SourceState, response: Response) -> SourceState:
    """Note in the cursor that the feed has moved for good, or that it no longer says so."""
    cursor = {key: value for key, value in state.cursor.items() if key != "moved_to"}
    if response.moved_to:
        cursor["moved_to"] = response.moved_to
    return replace(state, cursor=cursor)


async def _read_entries(check: _Check, response: Response) -> AsyncIterator[Document | Gap]:
    """Yield what the entries give, as far as this check may go.

    New entries come first, then changed ones and those whose page failed: a feed that rewrites its old
    entries at each check must not keep the new ones out.
    """
    present: set[str] = set()
    later: list[Entry] = []
    most_later, put_off = max(check.pages_left, 1), False
    chunks = read_feed(response.body, response.charset, response.url, check.now)
    # In a thread: parsing a large feed takes seconds, and other sources have deadlines to keep.
    while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
        for entry in chunk:
            present.add(entry.key)
            if entry.key not in check.memory.prints:
                if check.spent:
                    return
                async for item in _read_entry(check, entry):
                    yield item
            elif check.memory.prints[entry.key] != entry.print or entry.key in check.memory.tries:
                put_off = put_off or len(later) >= most_later
                later = later if put_off else [*later, entry]
    for entry in later:
        if check.spent:
            put_off = True
            break
        async for item in _read_entry(check, entry):
            yield item
    check.memory.keep(present)
    if not present:
        yield Gap(check.source.location, "empty", f"{check.feed_url} is a feed without entries")
    check.complete = bool(present) and not put_off


async def _read_entry(check: _Check, entry: Entry) -> AsyncIterator[Document | Gap]:
    """Yield the document of one entry: its page, else its own content and a gap for the page."""
    check.entries_left -= 1
    memory = check.memory
    repeated = memory.prints.get(entry.key) == entry.print
    memory.prints[entry.key] = entry.print
    # Entries of a live page share it; its second entry must not become a revision of the first.
    shared = urldefrag(entry.link).url in check.landed
    if not (check.fetch_pages and entry.link) or shared:
        memory.tries.pop(entry.key, None)
        yield _own_document(check, entry, f"{check.feed_url}#entry-{entry.key}" if shared else "")
        return
    try:
        document = await _page(check, entry)
    except SourceError as error:
        gap = Gap(entry.link, error.outcome, _count_try(memory, entry, error))
        if not repeated:  # at a repeated try, the entry's own content is in already
            yield _own_document(check, entry)
        yield gap
        return
    memory.tries.pop(entry.key, None)
    yield document


def _count_try(memory: _Memory, entry: Entry, error: SourceError) -> str:
    """Count a failed page, and say what will become of it."""
    tries = memory.tries.get(entry.key, 0) + 1
    if error.permanent or tries >= PAGE_TRIES:
        memory.tries.pop(entry.key, None)
        return f"{error}; not tried again, only what the feed holds of it was read"
    memory.tries[entry.key] = tries
    return f"{error}; will be tried again"


async def _page(check: _Check, entry: Entry) -> Document:
    """Fetch the page of an entry. Raises SourceError when it cannot be had, or is plainly another page."""
    host = urlsplit(entry.link).hostname or ""
    if check.strikes[host] >= _STRIKES:
        message = f"{entry.link} was not asked: {host} did not answer {_STRIKES} times in this check"
        raise SourceError(message, outcome="timeout")
    check.pages_left -= 1
    try:
        response = await check.get(entry.link, max_bytes=PAGE_MAX_BYTES, accept=ACCEPT_PAGE)
    except SourceError as error:
        check.strikes[host] += error.outcome in ("timeout", "unreachable")
        raise
    check.strikes[host] = 0
    check_reservation(response)
    _check_page(check, entry, response)
    if is_pdf(response.body, response.media_type):
        await asyncio.to_thread(check_pdf, response.body, response.url)
    return Document(
        source=check.source.name,
        url=response.url,
        body=response.body,
        media_type=response.media_type,
        fetched_at=check.now,
        charset=response.charset,
        title=entry.title,
        summary=entry.summary,
        published_at=entry.published_at,
        language=check.source.language or entry.language,
    )


def _check_page(check: _Check, entry: Entry, response: Response) -> None:
    """Raise SourceError for an answer that cannot be the entry's article."""
    readable = response.media_type in _READABLE or is_pdf(response.body, response.media_type)
    if not readable:
        message = f"{response.url} is {response.media_type}, which is not read"
        raise SourceError(message, permanent=True, outcome="error")
    asked = urldefrag(entry.link).url
    if response.url != asked:
        # Consent walls, log-ins and deleted articles redirect all links to one place.
        if urlsplit(response.url).path in ("", "/") and urlsplit(entry.link).path not in ("", "/"):
            raise SourceError(f"{entry.link} redirects to the front page {response.url}", outcome="error")
        if response.url in check.landed:
            raise SourceError(
                f"{entry.link} redirects to {response.url}, as another entry did", outcome="error"
            )
    check.landed.update((asked, response.url))


def _own_document(check: _Check, entry: Entry, url: str = "") -> Document:
    """The entry itself as a document."""
    return Document(
        source=check.source.name,
        url=url or entry.link or f"{check.feed_url}#entry-{entry.key}",
        body=(entry.content or entry.title).encode("utf-8", "replace"),
        media_type=entry.content_type if entry.content else "text/plain",
        fetched_at=check.now,
        charset="utf-8",
        title=entry.title,
        summary=entry.summary,
        published_at=entry.published_at,
        language=check.source.language or entry.language,
    )
