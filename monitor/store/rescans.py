"""Stored articles that were judged by less than what is in force: which they are, and what is new in them.

`article.basis` is the progress: it is written in the transaction that holds what was found, so a rescan that
is killed goes on where it was, and no alert is raised twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, select, update

from monitor.model import Article, ListInfo
from monitor.store import captures, novel
from monitor.store import schema as t
from monitor.store.articles import mention_rows, put_alerts
from monitor.store.columns import published, stated, unpack
from monitor.store.engine import upsert
from monitor.store.values import Record, Recorded, StoredText


def newest(connection: Connection) -> tuple[int, str]:
    """Number and digest of the basis in force; (0, "") before the first."""
    row = connection.execute(select(t.basis).order_by(t.basis.c.id.desc()).limit(1)).one_or_none()
    return (0, "") if row is None else (row.id, row.digest)


def put(connection: Connection, digest: str, watchlist: str, now: datetime) -> int:
    """Add a basis, by which every stored article waits for the rescan; its number."""
    row = {"digest": digest, "watchlist": watchlist, "at": now}
    return int(connection.execute(t.basis.insert().values(row).returning(t.basis.c.id)).scalar_one())


def count(connection: Connection, basis: int, since: str) -> int:
    """How many articles wait for the rescan; `since` is a day or ""."""
    query = select(func.count()).select_from(t.article).where(_waits(basis, since))
    return int(connection.execute(query).scalar_one())


def waiting(
    connection: Connection, basis: int, *, since: str, after: int, limit: int, size: int
) -> list[StoredText]:
    """The next articles that wait, numbered higher than `after`; `size` bounds the packed bytes of texts."""
    a, r = t.article.c, t.revision.c
    query = (
        select(t.article, r.sha256, r.text, r.codec, r.fetched_at, t.capture.c.captured_at)
        .join(t.revision, (r.article_id == a.id) & (r.n == a.revision))
        .join(t.capture, captures.of(r.article_id, r.n), isouter=True)
        .where(_waits(basis, since), a.id > after)
        .order_by(a.id)
        .limit(limit)
    )
    found: list[Row[Any]] = []
    held = 0
    with connection.execute(query.execution_options(stream_results=True)) as rows:
        for row in rows:
            found.append(row)
            held += len(row.text or b"")
            if held >= size:
                break
    known = _mentions(connection, found)
    return [_stored(connection, row, known[row.id]) for row in found]


def _waits(basis: int, since: str) -> ColumnElement[bool]:
    lower = t.article.c.basis < basis
    return lower & (t.article.c.day >= since) if since else lower


def _mentions(connection: Connection, articles: Sequence[Row[Any]]) -> dict[int, set[Any]]:
    """Article -> the mentions kept for its current revision."""
    known: defaultdict[int, set[Any]] = defaultdict(set)
    if not articles:
        return known
    c = t.mention.c
    query = select(c.article_id, c.revision, c.start, c.stop, c.substance, c.score).where(
        c.article_id.in_([row.id for row in articles])
    )
    current = {row.id: row.revision for row in articles}
    for row in connection.execute(query):
        if row.revision == current[row.article_id]:
            known[row.article_id].add((row.start, row.stop, row.substance, row.score))
    return known


def _stored(connection: Connection, row: Row[Any], known: Iterable[Any]) -> StoredText:
    text, codec = row.text, row.codec
    if text is None:  # forgotten here, but an article read later may hold the very same text
        r = t.revision.c
        same = select(r.text, r.codec).where(r.sha256 == row.sha256, r.text.is_not(None)).limit(1)
        text, codec = next(iter(connection.execute(same)), (None, ""))
    if text is None:
        return StoredText(row.id, row.revision, row.sha256, None)
    article = Article(
        source=row.source,
        url=row.url,
        title=row.title,
        text=unpack(text, codec),
        fetched_at=row.fetched_at,
        language=row.language,
        published_at=published(row.published_at, row.published_offset),
        captured_at=row.captured_at,
        stated_on=stated(row.stated_on),
    )
    return StoredText(row.id, row.revision, row.sha256, article, frozenset(known))


def write(
    connection: Connection,
    found: Iterable[tuple[StoredText, Record]],
    passed: Iterable[StoredText],
    basis: int,
    lists: dict[str, ListInfo],
) -> Recorded:
    """Add what is new, and mark all of `passed` as judged by `basis`. What was known before stays."""
    done = Recorded()
    for stored, record in found:
        key = {"article_id": stored.id, "revision": stored.revision}
        before = _count_mentions(connection, stored)
        upsert(connection, t.mention, [{**key, **row} for row in mention_rows(record.mentions)])
        added = _count_mentions(connection, stored) - before
        novel.write(connection, stored.id, stored.revision, record.novel)
        done += put_alerts(connection, stored.id, stored.revision, record, lists)
        done += Recorded(mentions=added)
    marks = [{"article": each.id, "n": each.revision} for each in passed]
    if marks:
        c = t.article.c
        # an edited text that came in meanwhile has a later revision, and was judged when it came
        statement = update(t.article).where(
            c.id == bindparam("article"), c.revision == bindparam("n"), c.basis < basis
        )
        connection.execute(statement.values(basis=basis), marks)
    return done


def _count_mentions(connection: Connection, stored: StoredText) -> int:
    c = t.mention.c
    query = select(func.count()).where(c.article_id == stored.id, c.revision == stored.revision)
    return int(connection.execute(query).scalar_one())
