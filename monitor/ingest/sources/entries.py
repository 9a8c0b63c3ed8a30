"""What all kinds that list entries share: new and changed entries, each with the page that it links to.

The cursor remembers which entries were read (`prints`), and how often a page failed (`tries`). Options:
`fetch_pages` (true), `max_pages` (100 a check), `max_entries` (1000 a check). What is beyond these is read at
the next checks.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from urllib.parse import urldefrag, urlsplit

from monitor.errors import SourceError
from monitor.ingest.entry import Entry, digest
from monitor.ingest.pdf import check_pdf, is_pdf
from monitor.ingest.request import MEBIBYTE, Get, Response
from monitor.ingest.reservation import check_reservation
from monitor.ingest.sources.checkpoints import Checkpoints
from monitor.ingest.sources.options import integer_option
from monitor.model import Capture, Document, Gap, Source, SourceState

ACCEPT_PAGE = "text/html, application/xhtml+xml, application/pdf;q=0.9, text/plain;q=0.8, */*;q=0.5"
PAGE_TRIES = 4  # checks at which a page that could not be read is asked for
PAGE_MAX_BYTES = 8 * MEBIBYTE
_STRIKES = 3  # pages of one host that time out in a row, after which it is left alone for this check
_MOST_REMEMBERED = 200_000  # entries
_LARGE_CURSOR = 40  # a checkpoint writes all that is remembered: the more there is, the rarer it comes
_READABLE = ("text/html", "application/xhtml+xml", "text/plain", "text/xml", "application/xml", "")

Chunks = AsyncIterator[list[Entry] | Gap]
"""The entries of a source, some hundred at a time, and gaps for parts of it that cannot be read."""


@dataclass(slots=True)
class Memory:
    """What the cursor holds: the print of each entry read, and the failed tries of pages to be read again.

    `shared` are keys that several entries of the list have: each of these is known by its content instead.
    """

    prints: dict[str, str]
    tries: dict[str, int]
    shared: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, state: SourceState) -> Memory:
        prints, tries = state.cursor.get("prints"), state.cursor.get("tries")
        shared = state.cursor.get("shared")
        return cls(
            dict(prints) if isinstance(prints, dict) else {},
            dict(tries) if isinstance(tries, dict) else {},
            set(map(str, shared)) if isinstance(shared, list) else set(),
        )

    def keep(self, keys: set[str]) -> None:
        """Forget entries that are no longer listed."""
        self.prints = {key: value for key, value in self.prints.items() if key in keys}
        self.tries = {key: value for key, value in self.tries.items() if key in keys}
        self.shared &= keys

    def cursor(self) -> dict[str, object]:
        newest = list(self.prints.items())[-_MOST_REMEMBERED:]
        shared = {"shared": sorted(self.shared)} if self.shared else {}
        return {"prints": dict(newest), "tries": dict(self.tries), **shared}


@dataclass(slots=True)
class ListCheck:
    """One check of one source: what it may still spend, and what it has met.

    `origin` is the address of the list, after redirects; `came` says how its newest part came. `partial` is
    set by the kind when it did not look at all of the list: then nothing is forgotten. `complete` is set when
    every entry that was given is read.
    """

    source: Source
    get: Get
    now: datetime
    memory: Memory
    fetch_pages: bool
    pages_left: int
    entries_left: int
    origin: str
    came: Capture | None = None
    landed: set[str] = field(default_factory=set)
    strikes: Counter[str] = field(default_factory=Counter)
    present: set[str] = field(default_factory=set)
    contents: dict[str, str] = field(default_factory=dict)  # key -> what its first entry of this check says
    partial: bool = False
    complete: bool = False

    @classmethod
    def begin(cls, source: Source, state: SourceState, get: Get, now: datetime, origin: str) -> ListCheck:
        """Raises SourceError (permanent) for an option that is none."""
        return cls(
            source=source,
            get=get,
            now=now,
            memory=Memory.of(state),
            fetch_pages=source.options.get("fetch_pages", True) is not False,
            pages_left=integer_option(source, "max_pages", 100),
            entries_left=integer_option(source, "max_entries", 1000),
            origin=origin,
        )

    @property
    def spent(self) -> bool:
        return self.entries_left <= 0 or (self.fetch_pages and self.pages_left <= 0)

    @property
    def finished(self) -> bool:
        """Everything is read, and no page is left to be tried again: "not modified" may be believed."""
        return self.complete and not self.memory.tries

    def meet(self, entry: Entry) -> tuple[Entry, Literal["new", "changed", "known"]]:
        """Say what is to be done with an entry, under the key that it is known by.

        One that was met before in this check is known. Another with its key is an entry of its own: there are
        feeds that give one guid to all their entries, and some that give one link.
        """
        entry = self._by_content(entry)
        met = entry.key in self.present
        self.present.add(entry.key)
        if met:
            return entry, "known"
        if entry.key not in self.memory.prints:
            return entry, "new"
        changed = self.memory.prints[entry.key] != entry.print or entry.key in self.memory.tries
        return entry, "changed" if changed else "known"

    def _by_content(self, entry: Entry) -> Entry:
        content = _content(entry)
        first = self.contents.setdefault(entry.key, content)
        memory = self.memory
        if entry.key not in memory.shared:
            if first == content or not first or not content:
                return entry
            memory.shared.add(entry.key)
            # The first one was read under the bare key; at the next check it is known by its content.
            own = digest(entry.key, first)
            memory.prints[own] = memory.prints.get(entry.key, "")
            self.present.add(own)
        self.present.add(entry.key)
        return replace(entry, key=digest(entry.key, content)) if content else entry

    def state(self, state: SourceState) -> SourceState:
        """`state` with what is remembered so far."""
        return replace(state, cursor={**state.cursor, **self.memory.cursor()})


def _content(entry: Entry) -> str:
    """What an entry says, as far as it shows that another with the same key is another one; "" for nothing.

    Where both lead to the same page, a summary that differs is not enough: sections of one feed cut it anew.
    """
    words = (entry.title,) if entry.link else (entry.title, entry.summary)
    return digest(*words) if any(words) else ""


async def in_thread(chunks: Iterator[list[Entry]]) -> Chunks:
    """Parse in a thread: a large list takes seconds, and other sources have deadlines to keep."""
    while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
        yield chunk


def with_move(state: SourceState, response: Response) -> SourceState:
    """Note in the cursor that the source has moved for good, or that it no longer says so."""
    cursor = {key: value for key, value in state.cursor.items() if key != "moved_to"}
    if response.moved_to:
        cursor["moved_to"] = response.moved_to
    return replace(state, cursor=cursor)


async def read_entries(
    check: ListCheck, chunks: Chunks, state: SourceState
) -> AsyncIterator[Document | Gap | SourceState]:
    """Yield what the entries give, as far as this check may go, with checkpoints made of `state`."""
    checkpoints = Checkpoints()
    async for item in _read(check, chunks):
        yield item
        if checkpoints.add(item):
            yield check.state(state)
            checkpoints.documents = max(checkpoints.documents, len(check.memory.prints) // _LARGE_CURSOR)


async def _read(check: ListCheck, chunks: Chunks) -> AsyncIterator[Document | Gap]:
    """New entries come first, then changed ones and those whose page failed.

    A source that rewrites its old entries at each check must not keep the new ones out.
    """
    later: list[tuple[Entry, Capture | None]] = []
    most_later, put_off = max(check.pages_left, 1), False
    async for chunk in chunks:
        if isinstance(chunk, Gap):
            yield chunk
            continue
        for entry in chunk:
            entry, standing = check.meet(entry)
            if standing == "new":
                if check.spent:
                    return
                async for item in _read_entry(check, entry):
                    yield item
            elif standing == "changed":
                put_off = put_off or len(later) >= most_later
                later = later if put_off else [*later, (entry, check.came)]
    for entry, check.came in later:
        if check.spent:
            put_off = True
            break
        async for item in _read_entry(check, entry):
            yield item
    if not check.partial:
        check.memory.keep(check.present)
    check.complete = not put_off


async def _read_entry(check: ListCheck, entry: Entry) -> AsyncIterator[Document | Gap]:
    """Yield the document of one entry: its page, else its own content and a gap for the page."""
    check.entries_left -= 1
    memory = check.memory
    repeated = memory.prints.get(entry.key) == entry.print
    memory.prints[entry.key] = entry.print
    # Entries of a live page share it; its second entry must not become a revision of the first.
    shared = urldefrag(entry.link).url in check.landed
    if not (check.fetch_pages and entry.link) or shared:
        memory.tries.pop(entry.key, None)
        yield _own_document(check, entry, f"{check.origin}#entry-{entry.key}" if shared else "")
        return
    try:
        document = await _page(check, entry)
    except SourceError as error:
        gap = Gap(entry.link, error.outcome, _count_try(memory, entry, error))
        # At a repeated try, the entry's own content is in already.
        if not repeated and (entry.title or entry.summary or entry.content):
            yield _own_document(check, entry)
        yield gap
        return
    memory.tries.pop(entry.key, None)
    yield document


def _count_try(memory: Memory, entry: Entry, error: SourceError) -> str:
    """Count a failed page, and say what will become of it."""
    tries = memory.tries.get(entry.key, 0) + 1
    if error.permanent or tries >= PAGE_TRIES:
        memory.tries.pop(entry.key, None)
        return f"{error}; not tried again, only what the source itself says of it was read"
    memory.tries[entry.key] = tries
    return f"{error}; will be tried again"


async def _page(check: ListCheck, entry: Entry) -> Document:
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
    await check_readable(response)
    _check_landing(check, entry, response)
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
        capture=response.capture(check.now),
    )


async def check_readable(response: Response) -> None:
    """Raise SourceError for what may not or cannot be read: reserved, of another kind, a damaged PDF."""
    check_reservation(response)
    if is_pdf(response.body, response.media_type):
        await asyncio.to_thread(check_pdf, response.body, response.url)
    elif response.media_type not in _READABLE:
        message = f"{response.url} is {response.media_type}, which is not read"
        raise SourceError(message, permanent=True, outcome="error")


def _check_landing(check: ListCheck, entry: Entry, response: Response) -> None:
    """Raise SourceError for an answer that cannot be the entry's article."""
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


def _own_document(check: ListCheck, entry: Entry, url: str = "") -> Document:
    """The entry itself as a document."""
    return Document(
        source=check.source.name,
        url=url or entry.link or f"{check.origin}#entry-{entry.key}",
        body=(entry.content or entry.title).encode("utf-8", "replace"),
        media_type=entry.content_type if entry.content else "text/plain",
        fetched_at=check.now,
        charset="utf-8",
        title=entry.title,
        summary=entry.summary,
        published_at=entry.published_at,
        language=check.source.language or entry.language,
        capture=check.came,
    )
