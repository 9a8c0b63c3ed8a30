"""Erasing what an article says, on request: its facts and the decisions about it stay."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from monitor.store import schema as t
from monitor.store import stories
from monitor.store.decision_values import Forgotten
from monitor.store.decisions import append


def find(connection: Connection, what: str) -> int | None:
    """The article of an address, or of the number of one."""
    c = t.article.c
    found = connection.execute(select(c.id).where(c.url == what)).scalar()
    if found is None and what.isdecimal() and len(what) < 10:
        found = connection.execute(select(c.id).where(c.id == int(what))).scalar()
    return None if found is None else int(found)


def forget(
    connection: Connection, article: int, why: str, by: str, now: datetime, *, comments: bool = False
) -> Forgotten:
    """Erase texts, bytes, headers, titles, snippets and what its story is found by; note who and why.

    The address stays, so that it is not read again; so do hashes, offsets, the names that were found, alerts
    and decisions (with `comments`, without their reasons in words). What was written to WARC files is not
    touched: its places come back.
    """
    of_alerts = select(t.alert.c.id).where(t.alert.c.article_id == article)
    alerts = tuple(connection.execute(of_alerts.order_by(t.alert.c.id)).scalars())
    r, c = t.revision.c, t.capture.c
    texts = update(t.revision).where(r.article_id == article, r.text.is_not(None)).values(text=None, codec="")
    counted = connection.execute(texts).rowcount
    kept = select(c.warc_file, c.warc_offset, c.warc_record, c.body.is_not(None).label("body"))
    captures = connection.execute(kept.where(c.article_id == article)).all()
    connection.execute(
        update(t.capture).where(c.article_id == article).values(body=None, codec="", headers=[], hops=[])
    )
    connection.execute(update(t.article).where(t.article.c.id == article).values(title="", forgotten_at=now))
    connection.execute(update(t.alert).where(t.alert.c.article_id == article).values(title=""))
    snippets = update(t.alert_snippet).where(t.alert_snippet.c.alert_id.in_(of_alerts))
    connection.execute(snippets.values(text=""))
    connection.execute(
        update(t.novel_place).where(t.novel_place.c.article_id == article).values(snippet="", near=())
    )
    stories.unfile(connection, article)
    if comments:
        about = t.decision.c.alert_id.in_(of_alerts)
        connection.execute(update(t.decision).where(about).values(why="", nonce=""))
    append(connection, now, by, "forget", article_id=article, why=why)
    url = connection.execute(select(t.article.c.url).where(t.article.c.id == article)).scalar_one()
    return Forgotten(
        article=article,
        url=url,
        texts=counted,
        bodies=sum(bool(row.body) for row in captures),
        alerts=alerts,
        warc=tuple(
            (row.warc_file, row.warc_offset or 0, row.warc_record or "") for row in captures if row.warc_file
        ),
    )
