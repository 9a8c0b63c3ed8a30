"""Ingestion: collect documents from sources, extract articles from documents.

The verbs are loaded when they are first asked for: aiohttp and lxml must not slow down `--help`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.ingest.extract import canonical_url, extract
    from monitor.ingest.fetch import Http
    from monitor.ingest.request import Get, HttpLimits, Response
    from monitor.ingest.sources import KINDS, collect

__all__ = ["KINDS", "Get", "Http", "HttpLimits", "Response", "canonical_url", "collect", "extract"]

_HOMES = {
    "Get": "monitor.ingest.request",
    "Http": "monitor.ingest.fetch",
    "HttpLimits": "monitor.ingest.request",
    "KINDS": "monitor.ingest.sources",
    "Response": "monitor.ingest.request",
    "canonical_url": "monitor.ingest.extract",
    "collect": "monitor.ingest.sources",
    "extract": "monitor.ingest.extract",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)
