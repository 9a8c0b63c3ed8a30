"""Bundles of evidence: what the store keeps of alerts, put into a folder.

Reads the database only; checking a bundle needs neither the database nor the configuration.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import __version__
from monitor.errors import MonitorError
from monitor.model import Substance, Watchlist

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.evidence import Case, Checked, Gone, Made, Origin
    from monitor.store.values import Disappearance, Exhibit, OtherArticle

MOST_ALERTS = 100  # of one bundle: its files are held in memory, and nobody reads a page of more


def write_evidence(config: Config, numbers: Sequence[int], folder: Path, now: datetime) -> Made:
    """Write the evidence of these alerts into `folder`. Raises MonitorError, among them for no such alert."""
    from monitor.evidence import bundle, write
    from monitor.store import open_store

    wanted = list(dict.fromkeys(numbers))
    if len(wanted) > MOST_ALERTS:
        raise MonitorError(f"{len(wanted)} alerts are too many for one bundle; name {MOST_ALERTS} at most")
    with open_store(config.database, now=now) as store:
        watchlist = store.watchlist() or Watchlist({}, ())
        cases = []
        for number in wanted:
            exhibit = store.exhibit(number)
            if exhibit is None:
                raise MonitorError(
                    f"there is no alert {number}; `substance-monitor report alerts` lists those there are"
                )
            cases.append(_case(exhibit, watchlist, config))
    return write(bundle(cases, f"substance-monitor {__version__}"), folder)


def check_evidence(folder: Path, expected: str = "") -> Checked:
    """Compare a bundle with its manifest; see `evidence.verify`."""
    from monitor.evidence import verify

    return verify(folder, expected)


def _case(exhibit: Exhibit, watchlist: Watchlist, config: Config) -> Case:
    from monitor.alerts import lists_heading, say
    from monitor.evidence import Case, Told

    stored = exhibit.stored
    alert = stored.alert
    return Case(
        number=stored.id,
        status=stored.status,
        alert=alert,
        substance=watchlist.substances.get(alert.substance) or Substance(alert.substance, alert.substance),
        lists=stored.lists,
        listings_heading=lists_heading(stored.article_day, stored.dated_by),
        listing_words=tuple(
            say(each, stored.lists.get(each.listing.list_id), stored.article_day, dated=stored.dated_by.own)
            for each in alert.listings
        ),
        title=stored.title,
        language=stored.language,
        published_at=stored.published_at,
        first_seen=stored.first_seen,
        article_day=stored.article_day,
        dated_by=stored.dated_by,
        told=Told(stored.revision, stored.fetched_at, exhibit.text_sha256, exhibit.text_length, stored.text),
        origin=_origin(exhibit, config),
        source=_source(exhibit),
        watchlist=_watchlist(exhibit),
        versions={
            "last_matched_by": f"substance-monitor {exhibit.program}" if exhibit.program else None,
            "last_matched_with": exhibit.matched_with or None,
        },
        gone=tuple(map(_gone, exhibit.gone)),
        others=tuple(map(_other, exhibit.others)),
    )


def _origin(exhibit: Exhibit, config: Config) -> Origin | None:
    from monitor.evidence import Origin

    kept = exhibit.capture
    if kept is None:
        return None
    record, why = _record(exhibit, config)
    return Origin(
        url=kept.url,
        media_type=kept.media_type,
        charset=kept.charset,
        sha256=kept.sha256,
        size=kept.size,
        extractor=kept.extractor,
        capture=kept.capture,
        body=kept.body,
        record=record,
        record_missing=why,
    )


def _record(exhibit: Exhibit, config: Config) -> tuple[bytes | None, str]:
    """The WARC record that the text came from (in our own files, or the source's), or why there is none."""
    from monitor.evidence import find_record

    place = exhibit.capture.capture.warc if exhibit.capture else None
    if place is None:
        return None, ""
    source = exhibit.source
    if source is not None and source.kind == "warc":
        folder = Path(source.location).expanduser()
        return find_record(folder if folder.is_dir() else folder.parent, place)
    if config.evidence.warc is None:
        return None, "the configuration names no folder of WARC files any more (`evidence: warc`)"
    return find_record(config.evidence.warc, place)


def _gone(found: Disappearance) -> Gone:
    from monitor.evidence import Gone

    facts: dict[str, object] = {
        "name": found.name,
        "absent_before_at": _moment(found.absent_at),
        "appeared_at": _moment(found.appeared_at),
        "last_seen_at": _moment(found.last_seen_at),
        "gone_at": _moment(found.gone_at),
        "reason": found.reason,
        "captured_at": _moment(found.captured_at),
        "body_sha256": found.body_sha256 or None,
    }
    return Gone(facts, found.surface, found.revision, found.text_sha256, found.text, found.article)


def _other(article: OtherArticle) -> dict[str, object]:
    return {
        "url": article.url,
        "title": article.title,
        "source": article.source,
        "published_at": _moment(article.published_at),
        "first_seen_at": _moment(article.first_seen),
        "added_at": _moment(article.added_at),
        "score": article.score,
        "text_sha256": article.text_sha256,
        "captured_at": _moment(article.captured_at),
        "body_sha256": article.body_sha256 or None,
    }


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _source(exhibit: Exhibit) -> dict[str, object]:
    source = exhibit.source
    if source is None:
        return {"name": exhibit.stored.source}
    return {"name": source.name, "kind": source.kind, "location": source.location}


def _watchlist(exhibit: Exhibit) -> dict[str, object]:
    version = exhibit.watchlist
    if version is None:
        return {}
    return {"in_force_since": _moment(version.loaded_at), **version.counts}
