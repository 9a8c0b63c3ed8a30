"""The `feed` kind: RSS, Atom and JSON Feed, each entry with the page that it links to.

Options and cursor are those of `entries`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

from monitor.ingest.request import Get
from monitor.ingest.sources.entries import ListCheck, in_thread, read_entries, with_move
from monitor.ingest.syndication import read_feed
from monitor.model import Document, Gap, Source, SourceState

ACCEPT_FEED = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)


async def collect_feed(
    source: Source, state: SourceState, get: Get, now: datetime
) -> AsyncIterator[Document | Gap | SourceState]:
    """Read a feed and the pages of its new and changed entries; see `sources.Collector`.

    An empty feed gives a gap with the outcome "empty". The state's ETag is only set when everything in the
    feed was read: as long as something is left, the next check must not end at "not modified".
    """
    marks = (state.etag, state.last_modified)
    response = await get(source.location, *marks, accept=ACCEPT_FEED, configured=True)
    if response.not_modified:
        yield with_move(state, response)
        return
    check = ListCheck.begin(source, state, get, now, response.url)
    check.came = response.capture(now, part=True)
    open_state = replace(state, etag="", last_modified="")
    chunks = in_thread(read_feed(response.body, response.charset, response.url, now))
    async for item in read_entries(check, chunks, open_state):
        yield item
    final = check.state(open_state)
    if not check.present:
        yield Gap(source.location, "empty", f"{response.url} is a feed without entries")
    elif check.finished:
        final = replace(final, etag=response.etag, last_modified=response.last_modified)
    yield with_move(final, response)
