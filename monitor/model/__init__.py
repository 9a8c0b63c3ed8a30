"""The nouns of the program: frozen values, one meaning each; standard library only, no I/O.

Offsets are code points into `Article.text`, half open: `[start, stop)`. Times are aware datetimes: UTC, but
for `published_at`, which keeps the offset that it was written with.
"""

from __future__ import annotations

from monitor.model.findings import (
    Alert,
    ListingStatus,
    Mention,
    Pin,
    Rule,
    Snippet,
    StoryRules,
    Suppression,
    stands_in,
)
from monitor.model.sources import (
    OF_READ,
    Article,
    Capture,
    DatedBy,
    Document,
    Gap,
    Hop,
    Outcome,
    Secret,
    Source,
    SourceState,
    WarcPlace,
)
from monitor.model.watched import InForce, ListInfo, Listing, Name, Severity, Substance, Watchlist

__all__ = [
    "OF_READ",
    "Alert",
    "Article",
    "Capture",
    "DatedBy",
    "Document",
    "Gap",
    "Hop",
    "InForce",
    "ListInfo",
    "Listing",
    "ListingStatus",
    "Mention",
    "Name",
    "Outcome",
    "Pin",
    "Rule",
    "Secret",
    "Severity",
    "Snippet",
    "Source",
    "SourceState",
    "StoryRules",
    "Substance",
    "Suppression",
    "WarcPlace",
    "Watchlist",
    "stands_in",
]
