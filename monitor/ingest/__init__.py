"""Ingestion: collect documents from sources, extract articles from documents.

`Http` is loaded when it is first asked for: aiohttp must not slow down `--help`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.ingest.discover import OfferedSource, find_sources
from monitor.ingest.extract import canonical_url, extract
from monitor.ingest.request import Get, HttpLimits, Response
from monitor.ingest.sources import KINDS, collect
from monitor.ingest.versions import extractor_version

if TYPE_CHECKING:
    from monitor.ingest.fetch import Http

__all__ = [
    "KINDS",
    "Get",
    "Http",
    "HttpLimits",
    "OfferedSource",
    "Response",
    "canonical_url",
    "collect",
    "extract",
    "extractor_version",
    "find_sources",
]


def __getattr__(name: str) -> object:
    if name != "Http":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from monitor.ingest.fetch import Http

    return Http
