"""The `api` kind: a JSON API that the configuration describes, page by page.

The location is a template: `{since}` and `{until}` are times, `{page}` counts answers from 1, `{offset}`
items from 0. Options besides those of `entries`: `items` (path of the list), `fields` (name of a field -> its
path or paths), `next` (path of the address of the next answer), `since_format` (strftime, UTC), `lookback`
(seconds before the first check, a week), `max_requests` (10 a check), `pace` (seconds between two requests).

The cursor holds the time of the last check that read everything; `since` is two days before it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

from monitor.errors import SourceError
from monitor.ingest.dates import parse_date
from monitor.ingest.entry import CHUNK, absolute
from monitor.ingest.records import Mapped, at, find_items, read_item, read_json
from monitor.ingest.request import Get
from monitor.ingest.sources.entries import Chunks, ListCheck, read_entries
from monitor.ingest.sources.options import integer_option
from monitor.model import Document, Gap, Source, SourceState

ACCEPT_JSON = "application/json, application/*+json;q=0.9, */*;q=0.5"
OVERLAP = timedelta(days=2)  # what is put into an API late, or under an earlier date, is still found


async def collect_api(
    source: Source, state: SourceState, get: Get, now: datetime
) -> AsyncIterator[Document | Gap | SourceState]:
    """Ask an API for what is new and read it; see `sources.Collector`.

    More answers than `max_requests` give a gap (too-large). Raises SourceError: parse-error for an answer
    that is not JSON or has no list where it should be.
    """
    check = ListCheck.begin(source, state, get, now, source.location.partition("{")[0])
    call = _Call.of(source, state, now)
    async for item in read_entries(check, call.chunks(check), state):
        yield item
    final = check.state(state)
    if check.complete:
        final = replace(final, cursor={**final.cursor, "since": now.isoformat()})
    if not check.present and "{since}" not in source.location:
        yield Gap(source.location, "empty", f"{call.url(1, 0)} answered without any item")
    yield final


@dataclass(slots=True)
class _Call:
    """How to ask, and how to read the answers."""

    source: Source
    since: str
    until: str
    items: str
    mapped: Mapped
    following: str
    requests: int
    pace: float

    @classmethod
    def of(cls, source: Source, state: SourceState, now: datetime) -> _Call:
        """Raises SourceError (permanent) for an option that is none."""
        last = parse_date(state.cursor.get("since"), now)
        lookback = timedelta(seconds=integer_option(source, "lookback", 7 * 86_400))
        since = last - OVERLAP if last else now - lookback
        form = str(source.options.get("since_format") or "%Y-%m-%d")
        fields = source.options.get("fields")
        pace = source.options.get("pace") or 0
        return cls(
            source=source,
            since=quote(since.strftime(form), safe=":-"),
            until=quote(now.strftime(form), safe=":-"),
            items=str(source.options.get("items") or ""),
            mapped=_mapped(fields if isinstance(fields, Mapping) else {}),
            following=str(source.options.get("next") or ""),
            requests=integer_option(source, "max_requests", 10),
            pace=float(pace) if isinstance(pace, int | float) else 0.0,
        )

    def url(self, page: int, offset: int) -> str:
        filled = {"{since}": self.since, "{until}": self.until, "{page}": str(page), "{offset}": str(offset)}
        url = self.source.location
        for name, value in filled.items():
            url = url.replace(name, value)
        return url

    async def chunks(self, check: ListCheck) -> Chunks:
        """Ask for one answer after the other, until one is empty or leads nowhere."""
        asked: set[str] = set()
        url, offset = self.url(1, 0), 0
        for number in range(1, self.requests + 1):
            asked.add(url)
            answer, items, base = await self._ask(check, url)
            for start in range(0, len(items), CHUNK):
                entries = (
                    read_item(item, self.mapped, base, check.now) for item in items[start : start + CHUNK]
                )
                yield [entry for entry in entries if entry is not None]
            offset += len(items)
            url = self._next(answer, base) if self.following else self.url(number + 1, offset)
            if not items or not url or url in asked:
                return
        check.partial = True
        message = f"there are more answers than max_requests ({self.requests}); the rest is not read"
        yield Gap(f"{url}#rest", "too-large", f"{self.source.name}: {message}")

    async def _ask(self, check: ListCheck, url: str) -> tuple[object, list[object], str]:
        """One answer, its items, and where it came from."""
        same_host = urlsplit(url).netloc == urlsplit(self.source.location).netloc
        response = await check.get(url, accept=ACCEPT_JSON, configured=same_host, pace=self.pace)
        check.came = response.capture(check.now, part=True)
        answer = await asyncio.to_thread(read_json, response.body, response.charset, response.url)
        items = find_items(answer, self.items, response.url)
        if items and not any(read_item(item, self.mapped, response.url, check.now) for item in items[:50]):
            message = f"{response.url}: no item has a title, text or url where `fields` says"
            raise SourceError(message, outcome="parse-error")
        return answer, items, response.url

    def _next(self, answer: object, base: str) -> str:
        found = at(answer, self.following)
        return absolute(found, base) if isinstance(found, str) else ""


def _mapped(fields: Mapping[str, object]) -> Mapped:
    return Mapped(
        title=_paths(fields.get("title")),
        url=str(fields.get("url") or ""),
        text=_paths(fields.get("text")),
        date=str(fields.get("date") or ""),
        id=str(fields.get("id") or ""),
        language=str(fields.get("language") or ""),
    )


def _paths(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()
