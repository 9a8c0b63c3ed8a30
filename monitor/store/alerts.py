"""One stored alert read back as it was raised."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from monitor.model import (
    Alert,
    DatedBy,
    InForce,
    ListInfo,
    Listing,
    ListingStatus,
    Mention,
    Severity,
    Snippet,
)
from monitor.store import schema as t
from monitor.store import stories
from monitor.store.columns import published, unpack
from monitor.store.values import StoredAlert


def read(connection: Connection, alert_id: int) -> StoredAlert | None:
    """The alert with all that was kept for it; None when there is no such number."""
    row = connection.execute(select(t.alert).where(t.alert.c.id == alert_id)).mappings().one_or_none()
    if row is None:
        return None
    a, r = t.article.c, t.revision.c
    query = (
        select(t.article, r.text.label("body"), r.codec, r.fetched_at)
        .join(t.revision, (r.article_id == a.id) & (r.n == row["revision"]))
        .where(a.id == row["article_id"])
    )
    article = connection.execute(query).mappings().one()
    listings = _children(connection, t.alert_listing, alert_id, "n")
    return StoredAlert(
        id=alert_id,
        status=row["status"],
        alert=_alert(connection, row, article["url"], listings),
        revision=row["revision"],
        source=article["source"],
        title=row["title"],
        language=row["language"],
        published_at=published(row["published_at"], row["published_offset"]),
        article_day=date.fromisoformat(row["article_day"]),
        dated_by=_dated_by(row["dated_by"], article),
        first_seen=article["first_seen"],
        fetched_at=article["fetched_at"],
        text=None if article["body"] is None else unpack(article["body"], article["codec"]),
        lists={entry["list_id"]: _info(entry) for entry in listings},
        story=row["story_id"],
        articles=1 + stories.count_behind(connection, alert_id),
        behind=stories.sources(connection, alert_id),
    )


def _children(connection: Connection, table: Any, alert_id: int, *order: str) -> list[RowMapping]:
    query = select(table).where(table.c.alert_id == alert_id).order_by(*(table.c[name] for name in order))
    return list(connection.execute(query).mappings())


def _alert(connection: Connection, row: RowMapping, url: str, listings: list[RowMapping]) -> Alert:
    substance = row["substance"]
    mentions = _children(connection, t.alert_mention, row["id"], "start", "stop")
    snippets = _children(connection, t.alert_snippet, row["id"], "n")
    return Alert(
        substance=substance,
        article_url=url,
        rule=row["rule"],
        severity=Severity(row["severity"]),
        score=row["score"],
        mentions=tuple(_mention(substance, m) for m in mentions),
        snippets=tuple(Snippet(s["start"], s["stop"], s["text"]) for s in snippets),
        listings=tuple(_status(substance, entry) for entry in listings),
        reasons=row["reasons"],
        watchlist=row["watchlist"],
        raised_at=row["raised_at"],
        quiet=row["quiet"],
        again=row["again"],
        places=row["places"],
        not_listed=row["not_listed"],
        found_on=row["found_on"],
    )


def _mention(substance: str, row: RowMapping) -> Mention:
    return Mention(
        start=row["start"],
        stop=row["stop"],
        surface=row["surface"],
        substance=substance,
        name=row["name"],
        method=row["method"],
        score=row["score"],
        form=row["form"],
        features=tuple((name, value) for name, value in row["features"]),
        reasons=row["reasons"],
        tags=row["tags"],
    )


def _status(substance: str, row: RowMapping) -> ListingStatus:
    names = [name for name in Listing.__dataclass_fields__ if name != "substance"]
    listing = Listing(substance=substance, **{name: row[name] for name in names})
    return ListingStatus(listing, InForce(row["status"]))


def _info(row: RowMapping) -> ListInfo:
    return ListInfo(row["list_id"], **{name: row[name] for name in t.LIST_COLUMNS})


def _dated_by(kept: str, article: RowMapping) -> DatedBy:
    """What the article's day rests on; older alerts did not keep it."""
    if kept:
        return DatedBy(kept)
    return DatedBy.FETCHED if article["published_at"] is None else DatedBy.PUBLISHED
