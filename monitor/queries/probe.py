"""Trying a source without recording anything: one that is configured, or one that a site offers."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.errors import ConfigError, SourceError
from monitor.model import Document, Gap, Mention, Source, SourceState
from monitor.pipeline.prepare import Matcher, http_limits, with_terms

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.ingest import Get, OfferedSource, Response

__all__ = ["OfferedSource", "configured_source", "offered_sources", "try_source"]

Show = Callable[[str], None]


def configured_source(config: Config, name: str) -> Source:
    """The source of this name, switched off or not. Raises ConfigError when there is none."""
    known = {entry.name: entry for entry in config.sources}
    if name not in known:
        listed = ", ".join(known) or "none"
        raise ConfigError(f"no source has the name “{name}”; the configured ones are: {listed}")
    return config.to_source(known[name])


def try_source(
    config: Config, source: Source, matcher: Matcher, now: datetime, most: int, show: Show
) -> bool:
    """Read a source as at a first check, `most` articles of it, and show each step; false when it cannot be.

    Nothing is recorded, and no state is used.
    """
    (source,) = with_terms((source,), matcher.watchlist)
    fewer = {"max_pages": most, "max_entries": most, "max_messages": most}
    source = replace(source, options={**source.options, **fewer})
    return asyncio.run(_try(config, source, matcher, now, most, show))


async def _try(
    config: Config, source: Source, matcher: Matcher, now: datetime, most: int, show: Show
) -> bool:
    from monitor.ingest import Http, collect

    show(f"{source.name} ({source.kind}): {source.location}")
    articles = gaps = 0
    async with Http(http_limits(config)) as http:
        items = collect(source, SourceState(source.name), _traced(http.get, show), now)
        try:
            async with aclosing(items) as reading:  # type: ignore[type-var]
                async for item in reading:
                    if isinstance(item, Gap):
                        gaps += 1
                        show(f"  gap      {item.outcome}: {item.message}")
                    elif isinstance(item, Document):
                        read = _show_document(item, matcher, show)
                        articles, gaps = articles + read, gaps + (not read)
                    if source.kind in ("folder", "mail", "warc") and articles >= most:
                        break  # the other kinds keep to their options
        except SourceError as error:
            show(f"  failed   {error.outcome}: {error}")
            show(f"articles: {articles}, gaps: {gaps} and the whole source; nothing was recorded")
            return False
    show(f"articles: {articles}, gaps: {gaps}; nothing was recorded")
    return True


def _traced(get: Get, show: Show) -> Get:
    """The same `get`, showing what is asked and what comes back."""

    async def traced(
        url: str,
        etag: str = "",
        last_modified: str = "",
        max_bytes: int | None = None,
        accept: str | None = None,
        configured: bool = False,
        pace: float = 0.0,
    ) -> Response:
        show(f"  asking   {url}")
        response = await get(url, etag, last_modified, max_bytes, accept, configured, pace)
        moved = f", moved for good to {response.moved_to}" if response.moved_to else ""
        kind = response.media_type or "no media type"
        show(f"  answer   {response.status}, {kind}, {len(response.body):,} bytes{moved}")
        return response

    return traced


def _show_document(document: Document, matcher: Matcher, show: Show) -> bool:
    """Show what becomes of a document; false when it gives no article."""
    from monitor.ingest import extract

    try:
        article = extract(document)
    except SourceError as error:
        show(f"  gap      {error.outcome}: {error}")
        return False
    day = f"{article.published_at:%Y-%m-%d}" if article.published_at else "no date"
    show(f"  article  {article.title or '(no title)'}")
    show(f"           {article.url}")
    length = f"{len(article.text):,} characters"
    named = _named(matcher.find(article.text, article.language, article.source))
    show(f"           {day}, {article.language or 'language not known'}, {length}, {named}")
    return True


def _named(mentions: list[Mention]) -> str:
    if not mentions:
        return "nothing watched is named"
    counts = Counter(mention.substance for mention in mentions)
    return "names " + ", ".join(f"{key} ({count})" for key, count in counts.most_common(5))


def offered_sources(config: Config, url: str, now: datetime) -> list[OfferedSource]:
    """What a site offers, the best first; see `ingest.find_sources`. Raises SourceError."""
    return asyncio.run(_offered(config, url, now))


async def _offered(config: Config, url: str, now: datetime) -> list[OfferedSource]:
    from monitor.ingest import Http, find_sources

    async with Http(http_limits(config)) as http:
        return await find_sources(url, http.get, now)
