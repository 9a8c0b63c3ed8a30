"""The `page` kind: one page that is watched for change, or a listing whose links are followed.

Options besides those of `entries`: `links` (a pattern: the pages that the links it is found in lead to are
read, each once) and `read_page` (whether the page itself is a document; by default only without `links`). The
cursor also holds the digest of the page as it was read last.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from monitor.errors import SourceError
from monitor.ingest.decode import decode
from monitor.ingest.entry import Entry, in_chunks, make_entry
from monitor.ingest.links import find_links
from monitor.ingest.request import Get, Response
from monitor.ingest.sources.entries import (
    ACCEPT_PAGE,
    PAGE_MAX_BYTES,
    ListCheck,
    check_readable,
    in_thread,
    read_entries,
    with_move,
)
from monitor.ingest.sources.options import pattern_option
from monitor.model import Document, Gap, Source, SourceState

_FEWEST_WORDS = 4  # of a link that say something: "Read more" does not


async def collect_page(
    source: Source, state: SourceState, get: Get, now: datetime
) -> AsyncIterator[Document | Gap | SourceState]:
    """Read a page when it has changed, and the new pages that it links to; see `sources.Collector`.

    The page keeps its address, so that a change of its text is a revision. A listing without a link that fits
    gives a gap with the outcome "empty". Raises SourceError when the page itself cannot be read.
    """
    pattern = pattern_option(source, "links")
    marks = (state.etag, state.last_modified)
    response = await get(source.location, *marks, PAGE_MAX_BYTES, ACCEPT_PAGE, configured=True)
    if response.not_modified:
        yield with_move(state, response)
        return
    await check_readable(response)
    check = ListCheck.begin(source, state, get, now, response.url)
    check.came = response.capture(now, part=True)
    state = replace(state, etag="", last_modified="")
    wanted = source.options.get("read_page")
    if wanted is True or (wanted is None and pattern is None):
        if pattern is None:
            _check_landing(source, response)
        digest = hashlib.sha256(response.body).hexdigest()
        if state.cursor.get("sha256") != digest:
            yield _document(source, response, now)
        state = replace(state, cursor={**state.cursor, "sha256": digest})
        yield state
    if pattern is not None:
        async for item in read_entries(check, in_thread(in_chunks(_entries(response, pattern))), state):
            yield item
        if not check.present:
            yield Gap(source.location, "empty", f"{response.url} has no link that fits {pattern.pattern}")
        state = check.state(state)
    if pattern is None or (check.present and check.finished):
        state = replace(state, etag=response.etag, last_modified=response.last_modified)
    yield with_move(state, response)


def _check_landing(source: Source, response: Response) -> None:
    """Raise SourceError for a page that leads to the front page.

    Shops do that with what they drop, and sites with everything that they cannot show: it proves nothing.
    """
    if urlsplit(response.url).path in ("", "/") and urlsplit(source.location).path not in ("", "/"):
        message = f"{source.location} leads to the front page {response.url}: gone for good, or for now"
        raise SourceError(message)


def _entries(response: Response, pattern: re.Pattern[str]) -> Iterator[Entry]:
    links = find_links(decode(response.body, [response.charset]), response.url)
    for link, text in links.items():
        if pattern.search(link):
            # Words of a link are no title: the page has its own. They are read when it cannot be had.
            words = text if len(text.split()) >= _FEWEST_WORDS else ""
            yield make_entry(link=link, content=words, content_type="text/plain")


def _document(source: Source, response: Response, now: datetime) -> Document:
    return Document(
        source=source.name,
        url=source.location,
        body=response.body,
        media_type=response.media_type,
        fetched_at=now,
        charset=response.charset,
        language=source.language,
        capture=response.capture(now),
    )
