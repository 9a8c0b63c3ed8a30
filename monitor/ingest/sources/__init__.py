"""The kinds of sources: one file and one row each. A kind is a `Collector`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Protocol

from monitor.errors import SourceError
from monitor.ingest.request import Get
from monitor.ingest.sources.api import collect_api
from monitor.ingest.sources.feed import collect_feed
from monitor.ingest.sources.folder import collect_folder
from monitor.ingest.sources.gdelt import collect_gdelt
from monitor.ingest.sources.mail import collect_mail
from monitor.ingest.sources.page import collect_page
from monitor.ingest.sources.sitemap import collect_sitemap
from monitor.ingest.sources.warc import collect_warc
from monitor.model import Document, Gap, Source, SourceState

Item = Document | Gap | SourceState


class Collector(Protocol):
    """Read one source.

    Yields documents one by one, a gap for each thing that could not be read, and states as checkpoints: all
    documents before a state may be recorded together with it. The last item is always a state. Raises
    SourceError when the source as a whole could not be read.
    """

    def __call__(
        self, source: Source, state: SourceState, get: Get, now: datetime
    ) -> AsyncIterator[Item]: ...


KINDS: dict[str, Collector] = {
    "api": collect_api,
    "feed": collect_feed,
    "folder": collect_folder,
    "gdelt": collect_gdelt,
    "mail": collect_mail,
    "page": collect_page,
    "sitemap": collect_sitemap,
    "warc": collect_warc,
}


def collect(source: Source, state: SourceState, get: Get, now: datetime) -> AsyncIterator[Item]:
    """Read a source of any kind; see `Collector`. Raises SourceError at once for a kind that there is not."""
    collector = KINDS.get(source.kind)
    if collector is None:
        kinds = ", ".join(sorted(KINDS))
        raise SourceError(
            f"{source.name}: there is no kind {source.kind!r}; kinds are {kinds}", permanent=True
        )
    return collector(source, state, get, now)
