"""From the address of a site to the sources that it offers: feeds, else sitemaps, else the page itself."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from monitor.errors import SourceError
from monitor.ingest.decode import decode
from monitor.ingest.entry import absolute
from monitor.ingest.page import parse_tree
from monitor.ingest.request import Get, Response
from monitor.ingest.robots import robots_address
from monitor.ingest.sitemap import read_sitemap
from monitor.ingest.syndication import read_feed

_FEED_TYPES = ("rss+xml", "atom+xml", "rdf+xml", "feed+json")
_FEED_LINK = re.compile(r"(?:/|\.|\b)(?:rss|feed|atom)(?:\b|/|\.xml|$)", re.IGNORECASE)
_FEED_PLACES = ("/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/rss")
_SITEMAP_PLACES = ("/news-sitemap.xml", "/sitemap.xml", "/sitemap_index.xml")
_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_MOST_TRIED = 8  # addresses of one sort
_ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/html;q=0.8, */*;q=0.5"


@dataclass(frozen=True, slots=True)
class OfferedSource:
    """A source that was tried: how many entries it holds, and the date of the newest where one is known."""

    kind: str
    url: str
    entries: int = 0
    newest: datetime | None = None


async def find_sources(url: str, get: Get, now: datetime) -> list[OfferedSource]:
    """Return what can be read at a site, the best first; never empty.

    An address that is a feed or a sitemap itself is the only answer. Raises SourceError when `url` cannot be
    read.
    """
    response = await get(url, accept=_ACCEPT, configured=True)
    own = await _judge(response, now)
    if own is not None:
        return [own]
    text = decode(response.body, [response.charset])
    found = await _tried(_linked_feeds(text, response.url), "feed", get, now)
    found = found or await _tried(_places(response.url, _FEED_PLACES), "feed", get, now)
    if not found:
        maps = [*await _named_sitemaps(response.url, get), *_places(response.url, _SITEMAP_PLACES)]
        found = await _tried(sorted(maps, key=lambda place: "news" not in place), "sitemap", get, now)
    return found or [OfferedSource("page", response.url)]


async def _tried(places: Iterable[str], kind: str, get: Get, now: datetime) -> list[OfferedSource]:
    """Those of some addresses that hold entries; those with the newest entry first."""
    found: dict[str, OfferedSource] = {}
    for place in list(dict.fromkeys(places))[:_MOST_TRIED]:
        try:
            judged = await _judge(await get(place, accept=_ACCEPT, configured=True), now)
        except SourceError:
            continue  # one guess among several
        if judged is not None and judged.kind == kind and judged.entries:
            found.setdefault(judged.url, judged)
    return sorted(
        found.values(), key=lambda each: each.newest.timestamp() if each.newest else 0, reverse=True
    )


async def _judge(response: Response, now: datetime) -> OfferedSource | None:
    """Read an answer as a feed, then as a sitemap; None when it is neither."""
    try:
        return await asyncio.to_thread(_as_feed, response, now)
    except SourceError:
        pass
    try:
        return await asyncio.to_thread(_as_sitemap, response, now)
    except SourceError:
        return None


def _as_feed(response: Response, now: datetime) -> OfferedSource:
    chunks = read_feed(response.body, response.charset, response.url, now)
    dates = [entry.published_at for chunk in chunks for entry in chunk]
    return OfferedSource("feed", response.url, len(dates), max(filter(None, dates), default=None))


def _as_sitemap(response: Response, now: datetime) -> OfferedSource:
    places = read_sitemap(response.body, response.charset, response.url, now)
    newest = max(filter(None, (place.date for place in places)), default=None)
    return OfferedSource("sitemap", response.url, len(places), newest)


def _linked_feeds(text: str, url: str) -> Iterator[str]:
    """Feeds that a page names in its head, then links that look like feeds."""
    tree = parse_tree(text)
    if tree is None:
        return
    for element in tree.xpath("//link[@href]"):
        if any(word in (element.get("type") or "").lower() for word in _FEED_TYPES):
            yield absolute(element.get("href"), url)
    for element in tree.xpath("//a[@href]"):
        link = absolute(element.get("href"), url)
        if link and _FEED_LINK.search(link.partition("://")[2].partition("/")[2]):
            yield link


def _places(url: str, paths: Iterable[str]) -> list[str]:
    return [urljoin(url, path) for path in paths]


async def _named_sitemaps(url: str, get: Get) -> list[str]:
    """The sitemaps that a robots.txt names."""
    try:
        response = await get(robots_address(url), configured=True)
    except SourceError:
        return []
    lines = _SITEMAP_LINE.findall(decode(response.body, [response.charset]))
    return [link for link in (absolute(line, url) for line in lines) if link]
