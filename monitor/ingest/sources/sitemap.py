"""The `sitemap` kind: the pages of a site by its sitemap, its news sitemap, or an index of them.

Options besides those of `entries`: `max_age` (seconds, 30 days: what is dated before is not read), `max_maps`
(50 files of an index a check), `include` and `exclude` (patterns that an address must and must not hold). A
file of an index is not fetched again while the index gives it the same date.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from monitor.errors import SourceError
from monitor.ingest.entry import Entry, digest, in_chunks, make_entry
from monitor.ingest.request import Get, Response
from monitor.ingest.sitemap import MAX_BYTES, MOST_ADDRESSES, SitemapEntry, read_sitemap
from monitor.ingest.sources.entries import Chunks, ListCheck, read_entries, with_move
from monitor.ingest.sources.options import integer_option, pattern_option
from monitor.model import Document, Gap, Source, SourceState

ACCEPT_SITEMAP = "application/xml, text/xml, application/gzip;q=0.9, text/plain;q=0.8, */*;q=0.5"
_DEPTH = 2  # an index of indexes is against the protocol, and seen
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


async def collect_sitemap(
    source: Source, state: SourceState, get: Get, now: datetime
) -> AsyncIterator[Document | Gap | SourceState]:
    """Read a sitemap and its new and changed pages; see `sources.Collector`.

    A sitemap without addresses (or without one that `include` fits) gives a gap with the outcome "empty". The
    state's ETag is only set for a url set of which everything was read.
    """
    marks = (state.etag, state.last_modified)
    response = await get(source.location, *marks, MAX_BYTES, ACCEPT_SITEMAP, configured=True)
    if response.not_modified:
        yield with_move(state, response)
        return
    check = ListCheck.begin(source, state, get, now, response.url)
    check.came = response.capture(now, part=True)
    walk = _Walk(check, _Choice.of(source, now), integer_option(source, "max_maps", 50), _known_maps(state))
    places = await _places(response, now)
    open_state = replace(state, etag="", last_modified="")
    async for item in read_entries(check, walk.chunks(places), open_state):
        yield item
    if not walk.fitting:
        yield Gap(source.location, "empty", f"{response.url} holds no address of a page that fits")
    final = check.state(open_state)
    final = replace(final, cursor={**final.cursor, "maps": walk.remembered()})
    if walk.fitting and check.finished and not any(place.is_map for place in places):
        final = replace(final, etag=response.etag, last_modified=response.last_modified)
    yield with_move(final, response)


async def _places(response: Response, now: datetime) -> list[SitemapEntry]:
    arguments = (response.body, response.charset, response.url, now)
    return await asyncio.to_thread(read_sitemap, *arguments)


def _known_maps(state: SourceState) -> dict[str, str]:
    maps = state.cursor.get("maps")
    return dict(maps) if isinstance(maps, dict) else {}


@dataclass(frozen=True, slots=True)
class _Choice:
    """Which addresses are wanted."""

    oldest: datetime
    include: re.Pattern[str] | None
    exclude: re.Pattern[str] | None

    @classmethod
    def of(cls, source: Source, now: datetime) -> _Choice:
        age = timedelta(seconds=integer_option(source, "max_age", 30 * 86_400))
        return cls(now - age, pattern_option(source, "include"), pattern_option(source, "exclude"))

    def fits(self, place: SitemapEntry) -> bool:
        wanted = self.include is None or self.include.search(place.url) is not None
        return wanted and (self.exclude is None or self.exclude.search(place.url) is None)

    def recent(self, place: SitemapEntry) -> bool:
        return place.date is None or place.date >= self.oldest


@dataclass(slots=True)
class _Walk:
    """The way through a sitemap and the files of its index; the newest first."""

    check: ListCheck
    choice: _Choice
    maps_left: int
    known: dict[str, str]  # digest of a file's address -> its date when all of it was read
    seen: dict[str, str] = field(default_factory=dict)
    fitting: int = 0
    cut: bool = False

    async def chunks(self, places: list[SitemapEntry], depth: int = 0) -> Chunks:
        pages = [place for place in places if not place.is_map and self.choice.fits(place)]
        self.fitting += len(pages)
        for chunk in in_chunks(map(_entry, self._newest(pages))):
            yield chunk
        if len(places) >= MOST_ADDRESSES:
            yield self._gap(f"only the first {MOST_ADDRESSES:,} addresses of a sitemap are read")
        maps = [place for place in places if place.is_map]
        for place in self._newest(maps):
            async for item in self._map(place, depth + 1):
                yield item
        self.check.partial |= len(list(filter(self.choice.recent, maps))) < len(maps)

    async def _map(self, place: SitemapEntry, depth: int) -> Chunks:
        """One file of an index, if it may have changed."""
        key = digest(place.url)
        if place.mark and self.known.get(key) == place.mark:
            self.seen[key] = place.mark
            self.check.partial = True
            self.fitting += 1
            return
        if self.maps_left <= 0 or depth > _DEPTH:
            self.check.partial = True
            if not self.cut:
                yield self._gap("the index holds more files than max_maps, or too deep; the rest is not read")
            self.cut = True
            return
        self.maps_left -= 1
        try:
            response = await self.check.get(place.url, "", "", MAX_BYTES, ACCEPT_SITEMAP)
            places = await _places(response, self.check.now)
            self.check.came = response.capture(self.check.now, part=True)
        except SourceError as error:
            self.check.partial = True
            yield Gap(place.url, error.outcome, str(error))
            return
        async for item in self.chunks(places, depth):
            yield item
        self.seen[key] = place.mark

    def remembered(self) -> dict[str, str]:
        """The files that need not be fetched again. Nothing new when something of them was put off."""
        if self.check.finished:
            return {key: mark for key, mark in self.seen.items() if mark}
        return {key: mark for key, mark in self.known.items() if self.seen.get(key) == mark}

    def _newest(self, places: list[SitemapEntry]) -> list[SitemapEntry]:
        recent = filter(self.choice.recent, places)
        return sorted(recent, key=lambda place: place.date or _LONG_AGO, reverse=True)

    def _gap(self, message: str) -> Gap:
        return Gap(f"{self.check.origin}#rest", "too-large", f"{self.check.origin}: {message}")


def _entry(place: SitemapEntry) -> Entry:
    return make_entry(
        link=place.url,
        title=place.title,
        changed=place.mark,
        published_at=place.published_at,
        language=place.language,
    )
