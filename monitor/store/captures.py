"""How each text came to us: written beside its revision, read back for a bundle of evidence."""

from __future__ import annotations

import zlib
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, func, select, update

from monitor.model import Capture, Hop, WarcPlace
from monitor.store import alerts
from monitor.store import schema as t
from monitor.store.columns import storable, unpack
from monitor.store.engine import insert as insert_or
from monitor.store.values import (
    Disappearance,
    Exhibit,
    Original,
    OtherArticle,
    StoredCapture,
    StoredSource,
    WatchlistVersion,
)

KEPT_HEADERS = (
    "age",
    "content-encoding",
    "content-language",
    "content-length",
    "content-type",
    "date",
    "etag",
    "last-modified",
    "memento-datetime",
    "server",
    "tdm-reservation",
    "x-robots-tag",
)
"""The headers of an answer that are kept: what it says of its content, its age and its server. No cookies."""

_LONGEST = 2000  # characters of an address or a header that are kept


def write(connection: Connection, article_id: int, number: int, original: Original) -> None:
    """Keep how a revision came, once: a text that is met again was captured at the first time."""
    document = original.document
    capture = document.capture or Capture(document.fetched_at)
    warc = capture.warc
    row = {
        "article_id": article_id,
        "revision": number,
        "captured_at": capture.at,
        "url": document.url[:_LONGEST],
        "media_type": document.media_type[:_LONGEST],
        "charset": document.charset,
        "sha256": document.sha256,
        "size": len(document.body),
        "part": capture.part,
        "hops": [[storable(hop.url)[:_LONGEST], hop.status] for hop in capture.hops],
        "headers": _headers(capture),
        "extractor": original.extractor,
        "body": zlib.compress(document.body, 3) if original.keep_body else None,
        "codec": "zlib" if original.keep_body else "",
        "warc_file": warc.file if warc else None,
        "warc_offset": warc.offset if warc else None,
        "warc_length": warc.length if warc else None,
        "warc_record": warc.record if warc else None,
    }
    statement = insert_or(connection, t.capture).values(row)
    connection.execute(statement.on_conflict_do_nothing(index_elements=["article_id", "revision"]))


def of(article_id: ColumnElement[int], revision: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that joins a revision to how it came."""
    return (t.capture.c.article_id == article_id) & (t.capture.c.revision == revision)


def _headers(capture: Capture) -> list[list[str]]:
    kept = ((name, capture.headers.get(name)) for name in KEPT_HEADERS)
    return [[name, storable(value)[:_LONGEST]] for name, value in kept if value is not None]


def forget_bodies(connection: Connection, before: datetime) -> None:
    """Forget the bytes of pages whose text is forgotten with them; hashes and headers stay."""
    c, r = t.capture.c, t.revision.c
    old = select(r.id).where(r.article_id == c.article_id, r.n == c.revision, r.fetched_at < before)
    connection.execute(update(t.capture).where(c.body.is_not(None), old.exists()).values(body=None, codec=""))


def exhibit(connection: Connection, alert_id: int) -> Exhibit | None:
    """Everything that is kept for one alert; None when there is no such number."""
    stored = alerts.read(connection, alert_id)
    if stored is None:
        return None
    a, r, c = t.alert.c, t.revision.c, t.capture.c
    query = (
        select(r.sha256.label("text_sha256"), r.length, r.watchlist, r.program)
        .join(t.alert, (a.article_id == r.article_id) & (a.revision == r.n))
        .where(a.id == alert_id)
    )
    text = connection.execute(query).mappings().one()
    found = connection.execute(
        select(t.capture)
        .join(t.alert, (a.article_id == c.article_id) & (a.revision == c.revision))
        .where(a.id == alert_id)
    )
    row = found.mappings().one_or_none()
    return Exhibit(
        stored=stored,
        text_sha256=text["text_sha256"],
        text_length=text["length"],
        matched_with=text["watchlist"],
        program=text["program"],
        capture=None if row is None else _capture(row),
        source=_source(connection, stored.source),
        watchlist=_version(connection, stored.alert.watchlist, stored.alert.raised_at),
        gone=_gone(connection, alert_id),
        others=_others(connection, alert_id),
    )


def _gone(connection: Connection, alert_id: int) -> tuple[Disappearance, ...]:
    """The names of an alert that disappeared from its page. What is over is never changed any more."""
    a, p, r, c = t.alert.c, t.term_presence.c, t.revision.c, t.capture.c
    read = func.coalesce(p.gone_article_id, p.article_id)
    query = (
        select(t.term_presence, r.sha256, r.text, r.codec, c.captured_at, c.sha256.label("body_sha256"))
        .join(t.alert, (a.article_id == p.article_id) & (a.substance == p.substance))
        .join(t.revision, (r.article_id == read) & (r.n == p.gone_revision), isouter=True)
        .join(t.capture, of(read, p.gone_revision), isouter=True)
        .where(a.id == alert_id, p.gone_at.is_not(None))
        .order_by(p.source, p.name, p.n)
    )
    return tuple(
        Disappearance(
            name=row["name"],
            surface=row["surface"],
            absent_at=row["absent_at"],
            appeared_at=row["appeared_at"],
            last_seen_at=row["last_seen_at"],
            gone_at=row["gone_at"],
            reason=row["gone_reason"],
            revision=row["gone_revision"],
            text_sha256=row["sha256"] or "",
            text=None if row["text"] is None else unpack(row["text"], row["codec"]),
            captured_at=row["captured_at"],
            body_sha256=row["body_sha256"] or "",
            article=None if row["gone_article_id"] == row["article_id"] else row["gone_article_id"],
        )
        for row in connection.execute(query).mappings()
    )


def _others(connection: Connection, alert_id: int) -> tuple[OtherArticle, ...]:
    """The articles of the same story that raised no alert of their own."""
    k, a, r, c = t.alert_source.c, t.article.c, t.revision.c, t.capture.c
    query = (
        select(a.url, a.title, a.source, a.published_at, a.first_seen, k.added_at, k.score)
        .add_columns(r.sha256, c.captured_at, c.sha256.label("body_sha256"))
        .join(t.article, a.id == k.article_id)
        .join(t.revision, (r.article_id == a.id) & (r.n == a.revision))
        .join(t.capture, of(r.article_id, r.n), isouter=True)
        .where(k.alert_id == alert_id)
        .order_by(k.added_at, a.id)
    )
    return tuple(
        OtherArticle(
            url=row["url"],
            title=row["title"],
            source=row["source"],
            published_at=row["published_at"],
            first_seen=row["first_seen"],
            added_at=row["added_at"],
            score=row["score"],
            text_sha256=row["sha256"],
            captured_at=row["captured_at"],
            body_sha256=row["body_sha256"] or "",
        )
        for row in connection.execute(query).mappings()
    )


def _capture(row: RowMapping) -> StoredCapture:
    warc = None
    if row["warc_file"] is not None:
        warc = WarcPlace(row["warc_file"], row["warc_offset"], row["warc_length"] or 0, row["warc_record"])
    return StoredCapture(
        url=row["url"],
        media_type=row["media_type"],
        charset=row["charset"],
        sha256=row["sha256"],
        size=row["size"],
        extractor=row["extractor"],
        body=None if row["body"] is None else zlib.decompress(row["body"]),
        capture=Capture(
            at=row["captured_at"],
            hops=tuple(Hop(str(url), int(status)) for url, status in row["hops"]),
            headers={str(name): str(value) for name, value in row["headers"]},
            part=row["part"],
            warc=warc,
        ),
    )


def _source(connection: Connection, name: str) -> StoredSource | None:
    row = connection.execute(select(t.source).where(t.source.c.name == name)).mappings().one_or_none()
    return None if row is None else StoredSource(row["name"], row["kind"], row["location"])


def _version(connection: Connection, digest: str, at: datetime) -> WatchlistVersion | None:
    """The watchlist of this digest that was in force at that moment (one may come back later)."""
    c = t.watchlist_version.c
    query = select(t.watchlist_version).where(c.digest == digest).order_by(c.loaded_at > at, c.id.desc())
    row = connection.execute(query.limit(1)).mappings().one_or_none()
    if row is None:
        return None
    counts = {name: row[name] for name in ("substances", "names", "listings", "lists")}
    return WatchlistVersion(row["digest"], row["loaded_at"], counts)
