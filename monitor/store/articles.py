"""Articles, revisions, mentions and alerts: what is known of them, and how one record is written.

An alert keeps what its article was called when it was raised.

The keys decide: one article a URL, one revision an article and text, one alert an article and substance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, RowMapping, Select, delete, func, insert, select, update

from monitor.model import Alert, Article, ListInfo, Mention, Snippet
from monitor.store import captures, decisions, novel, outbox, stories
from monitor.store import schema as t
from monitor.store.columns import offset_of, pack, published, stated, unpack
from monitor.store.engine import insert as insert_or
from monitor.store.values import COPY_LENGTH, RESCAN, Record, Recorded, StoredRevision

# --- what is known --------------------------------------------------------------------------------


def known(connection: Connection, url: str, sha256: str) -> StoredRevision:
    """What is stored under `url`, and whether the text `sha256` was first met elsewhere."""
    row = _current(connection, url)
    article_id = row["id"] if row else None
    original = _original(connection, article_id, sha256) if sha256 else None
    # An edited copy goes on from its original: what that has alerts for raises none again.
    told = (article_id, row["copy_of"] if row else None, original)
    where = "" if original is None else _url(connection, original)
    own = _alerted(connection, (article_id,)) | (
        stories.behind(connection, article_id) if row else frozenset()
    )
    result = StoredRevision(url=url, copy_of=where, alerted=_alerted(connection, told), told=own)
    if row is None:
        return result
    return replace(
        result,
        number=row["revision"],
        sha256=row["sha256"],
        watchlist=row["watchlist"],
        program=row["program"],
        basis=row["basis"],
        fetched_at=row["fetched_at"],
    )


def _current(connection: Connection, url: str) -> RowMapping | None:
    a, r = t.article.c, t.revision.c
    query = (
        select(
            a.id,
            a.revision,
            a.copy_of,
            a.basis,
            a.forgotten_at,
            r.sha256,
            r.watchlist,
            r.program,
            r.fetched_at,
        )
        .join(t.revision, (r.article_id == a.id) & (r.n == a.revision))
        .where(a.url == url)
    )
    return connection.execute(query).mappings().one_or_none()


def _original(connection: Connection, article_id: int | None, sha256: str) -> int | None:
    """The article that had this text before article `article_id` did (None: an unknown one); None if none.

    Revision ids grow in the order in which texts were first met.
    """
    r = t.revision.c
    query = select(r.article_id).where(r.sha256 == sha256, r.length >= COPY_LENGTH).order_by(r.id).limit(1)
    first = connection.execute(query).scalar()
    return None if first == article_id else first


def _alerted(connection: Connection, articles: tuple[int | None, ...]) -> frozenset[str]:
    query = select(t.alert.c.substance).where(
        t.alert.c.article_id.in_({a for a in articles if a is not None})
    )
    return frozenset(connection.execute(query).scalars())


def _url(connection: Connection, article_id: int) -> str:
    return str(connection.execute(select(t.article.c.url).where(t.article.c.id == article_id)).scalar_one())


def last_alerts(connection: Connection, *, rescan: bool = False) -> dict[tuple[str, str], datetime]:
    """(rule, substance) -> when it last raised an alert that was not quiet.

    Old articles found on rescan quieten each other (`rescan`), and never the fresh news.
    """
    c = t.alert.c
    query = select(c.rule, c.substance, func.max(c.raised_at)).where(~c.quiet).group_by(c.rule, c.substance)
    if not rescan:
        query = query.where(c.found_on != RESCAN)
    return {(rule, substance): at for rule, substance, at in connection.execute(query)}


def articles(connection: Connection) -> Iterator[Article]:
    """The current revision of every article whose text is still kept, oldest first."""
    query = _texts().order_by(t.article.c.id)
    for row in connection.execution_options(stream_results=True).execute(query):
        yield _article(row)


def _texts() -> Select[Any]:
    a, r = t.article.c, t.revision.c
    return (
        select(t.article, r.text, r.codec, r.fetched_at, t.capture.c.captured_at)
        .join(t.revision, (r.article_id == a.id) & (r.n == a.revision))
        .join(t.capture, captures.of(r.article_id, r.n), isouter=True)
        .where(r.text.is_not(None))
    )


def _article(row: Row[Any]) -> Article:
    return Article(
        source=row.source,
        url=row.url,
        title=row.title,
        text=unpack(row.text, row.codec),
        fetched_at=row.fetched_at,
        language=row.language,
        published_at=published(row.published_at, row.published_offset),
        captured_at=row.captured_at,
        stated_on=stated(row.stated_on),
    )


# --- writing --------------------------------------------------------------------------------------


def write(connection: Connection, record: Record, lists: dict[str, ListInfo]) -> Recorded:
    """Write one record. The same again changes nothing; an edited text is a new revision."""
    article = record.article
    stored = _current(connection, article.url)
    if stored is not None and stored["forgotten_at"] is not None:
        return Recorded(unchanged=1)  # somebody asked that nothing of it is kept
    article_id = stored["id"] if stored else _add_article(connection, article)
    number, fresh = _put_revision(connection, article_id, record)
    original = _original(connection, article_id, article.sha256)
    if record.original is not None:
        captures.write(connection, article_id, number, record.original)
    changed = stored is None or stored["revision"] != number
    if changed:
        _point(connection, article_id, number, record, _root(connection, article_id, original))
    added = 0
    judged_otherwise = stored is not None and stored["basis"] != record.basis
    if judged_otherwise and not changed:
        connection.execute(update(t.article).where(t.article.c.id == article_id).values(basis=record.basis))
    # A text that comes back was judged by what was in force then: pins and rules may be others by now.
    if changed or judged_otherwise or _made_otherwise(connection, article_id, number, record):
        added = _put_mentions(connection, article_id, number, record, replace_old=not fresh)
    novel.write(connection, article_id, number, record.novel)
    if original is not None and record.member is None:
        record = replace(record, alerts=())
    raised = put_alerts(connection, article_id, number, record, lists)
    return raised + Recorded(
        new=int(stored is None),
        revised=int(changed and stored is not None),
        unchanged=int(not changed),
        copies=int(changed and original is not None),
        matched=int(changed and bool(record.mentions)),
        mentions=added,
        joined=int(stored is None and record.member is not None and record.member.near != ""),
    )


def _add_article(connection: Connection, article: Article) -> int:
    row = {
        "url": article.url,
        "source": article.source,
        "first_seen": article.fetched_at,
        "day": article.date.isoformat(),
        "revision": 0,
        "place": article.place or None,
    }
    return int(connection.execute(insert(t.article).values(row).returning(t.article.c.id)).scalar_one())


def _put_revision(connection: Connection, article_id: int, record: Record) -> tuple[int, bool]:
    """The number of the revision with this text, and whether it had to be added."""
    r, article = t.revision.c, record.article
    same = select(r.n).where(r.article_id == article_id, r.sha256 == article.sha256)
    number = connection.execute(same).scalar()
    if number is not None:
        return int(number), False
    newest = connection.execute(select(func.max(r.n)).where(r.article_id == article_id)).scalar() or 0
    row = {
        "article_id": article_id,
        "n": newest + 1,
        "sha256": article.sha256,
        "fetched_at": article.fetched_at,
        "text": pack(article.text),
        "codec": "zlib",
        "length": len(article.text),
        "watchlist": record.watchlist,
        "program": record.program,
    }
    connection.execute(insert(t.revision).values(row))
    return newest + 1, True


def _root(connection: Connection, article_id: int, original: int | None) -> int | None:
    """What `article_id` is a copy of in the end: copies of copies point to the first."""
    if original is None:
        return None
    root = connection.execute(select(t.article.c.copy_of).where(t.article.c.id == original)).scalar()
    root = root or original
    return None if root == article_id else root


def _point(connection: Connection, article_id: int, number: int, record: Record, copy_of: int | None) -> None:
    """Make `number` the current revision. Once a copy, always linked: see `known`."""
    article = record.article
    values: dict[str, object] = {
        "revision": number,
        "basis": record.basis,
        "title": article.title,
        "language": article.language,
        "published_at": article.published_at,
        "published_offset": offset_of(article.published_at),
        "stated_on": article.stated_on.isoformat() if article.stated_on else None,
        "declared_url": article.declared_url,
    }
    if article.dated_by.own:
        values["day"] = article.date.isoformat()
    if copy_of is not None:
        values["copy_of"] = copy_of
    connection.execute(update(t.article).where(t.article.c.id == article_id).values(values))


def _made_otherwise(connection: Connection, article_id: int, number: int, record: Record) -> bool:
    """True when the stored mentions come from another watchlist or program than the record's."""
    r = t.revision.c
    query = select(r.watchlist, r.program).where(r.article_id == article_id, r.n == number)
    return tuple(connection.execute(query).one()) != (record.watchlist, record.program)


def _put_mentions(
    connection: Connection, article_id: int, number: int, record: Record, *, replace_old: bool
) -> int:
    """Write a revision's mentions; how many were not there before."""
    c, r = t.mention.c, t.revision.c
    before: set[tuple[object, ...]] = set()
    if replace_old:
        these = (c.article_id == article_id) & (c.revision == number)
        gone = connection.execute(delete(t.mention).where(these).returning(c.start, c.stop, c.substance))
        before = {tuple(row) for row in gone}
        connection.execute(
            update(t.revision)
            .where(r.article_id == article_id, r.n == number)
            .values(watchlist=record.watchlist, program=record.program)
        )
    key = {"article_id": article_id, "revision": number}
    rows = [{**key, **row} for row in mention_rows(record.mentions)]
    if rows:
        connection.execute(insert(t.mention), rows)
    return sum((row["start"], row["stop"], row["substance"]) not in before for row in rows)


def mention_rows(mentions: tuple[Mention, ...]) -> list[dict[str, object]]:
    """The rows of an article's mentions without its key, one a place and substance."""
    return [{**_mention_row(m), "substance": m.substance} for m in _distinct(mentions, True)]


def _distinct(mentions: tuple[Mention, ...], by_substance: bool = False) -> list[Mention]:
    """One mention a place (and substance): the best, in the order of the text."""
    found: dict[tuple[object, ...], Mention] = {}
    for m in sorted(mentions, key=lambda m: -m.score):
        found.setdefault((m.start, m.stop, m.substance if by_substance else ""), m)
    return sorted(found.values(), key=lambda m: (m.start, m.stop))


def _mention_row(mention: Mention) -> dict[str, object]:
    row = asdict(mention)
    del row["substance"]
    return {**row, "features": [list(pair) for pair in mention.features]}


# --- alerts ---------------------------------------------------------------------------------------


def put_alerts(
    connection: Connection, article_id: int, number: int, record: Record, lists: dict[str, ListInfo]
) -> Recorded:
    """Put the article into its story, add the alerts that are not raised yet, put it behind the others.

    Gives the counts of alerts only. Nothing is raised twice for an article, for the one that it was first a
    copy of, or (but for `Alert.again`) for a story. What a suppression holds back is written all the same.
    """
    story = stories.join(connection, article_id, record.member) if record.member else None
    if not record.alerts and not record.added:
        return Recorded()
    origin = connection.execute(select(t.article.c.copy_of).where(t.article.c.id == article_id)).scalar()
    own, told = _alerted(connection, (article_id,)), _alerted(connection, (article_id, origin))
    behind: list[Alert] = []
    ids: list[int] = []
    held_back = 0
    for alert in (*record.alerts, *record.added):
        if alert.substance in own:
            continue
        # An alert of before may have been raised by another process meanwhile, or be missing after all.
        if stories.can_stand_behind(connection, story, alert, alert in record.added):
            behind.append(alert)
        elif alert.substance not in told:
            held_by = _held_by(connection, alert, record.article.source)
            key = {"article_id": article_id, "revision": number, "story_id": story, "suppression_id": held_by}
            alert_id = _add_alert(connection, key, record.article, alert)
            if alert_id is not None:
                _add_evidence(connection, alert_id, alert, lists)
                if held_by is None:
                    planned = record.deliveries.get(alert.substance, ())
                    outbox.plan(connection, alert_id, planned, alert.raised_at)
                held_back += held_by is not None
                ids += [alert_id] if held_by is None else []
    done = Recorded(alerts=len(ids), alert_ids=tuple(ids), suppressed=held_back)
    if story is None:
        return done
    now = record.member.joined_at if record.member else record.article.fetched_at
    return done + Recorded(added=stories.add_sources(connection, story, article_id, behind, now))


def _held_by(connection: Connection, alert: Alert, source: str) -> int | None:
    """The suppression that holds the alert back, the oldest of several."""
    in_force = decisions.in_force(connection, alert.raised_at.date())
    return next((each.id for each in in_force if each.holds(alert, source)), None)


def _add_alert(
    connection: Connection, key: dict[str, int | None], article: Article, alert: Alert
) -> int | None:
    """The new alert's id; None when the key was there already."""
    row = {
        **key,
        "substance": alert.substance,
        "rule": alert.rule,
        "severity": int(alert.severity),
        "score": alert.score,
        "reasons": alert.reasons,
        "tags": sorted({tag for mention in alert.mentions for tag in mention.tags}),
        "watchlist": alert.watchlist,
        "article_day": article.date.isoformat(),
        "dated_by": article.dated_by.value,
        "not_listed": alert.not_listed,
        "raised_at": alert.raised_at,
        "quiet": alert.quiet,
        "found_on": alert.found_on,
        "again": alert.again,
        "places": max(alert.places, len(_distinct(alert.mentions))),
        "title": article.title,
        "language": article.language,
        "published_at": article.published_at,
        "published_offset": offset_of(article.published_at),
    }
    statement = insert_or(connection, t.alert).values(row)
    statement = statement.on_conflict_do_nothing(index_elements=["article_id", "substance"])
    added = connection.execute(statement.returning(t.alert.c.id)).scalar()
    return None if added is None else int(added)


def _add_evidence(connection: Connection, alert_id: int, alert: Alert, lists: dict[str, ListInfo]) -> None:
    key = {"alert_id": alert_id}
    if mentions := [{**key, **_mention_row(m)} for m in _distinct(alert.mentions)]:
        connection.execute(insert(t.alert_mention), mentions)
    best = best_snippet(alert)
    snippets = [{**key, "n": n, "best": n == best, **asdict(s)} for n, s in enumerate(alert.snippets)]
    if snippets:
        connection.execute(insert(t.alert_snippet), snippets)
    if listings := [{**key, "n": n, **row} for n, row in enumerate(_listing_rows(alert, lists))]:
        connection.execute(insert(t.alert_listing), listings)


def best_snippet(alert: Alert) -> int:
    """The place in `alert.snippets` of the one around the best mention (the first of equals)."""
    ranked = sorted(alert.mentions, key=lambda m: (-m.score, m.start))
    for mention in ranked:
        for n, snippet in enumerate(alert.snippets):
            if _holds(snippet, mention):
                return n
    return 0


def _holds(snippet: Snippet, mention: Mention) -> bool:
    return snippet.start <= mention.start and mention.stop <= snippet.stop


def _listing_rows(alert: Alert, lists: dict[str, ListInfo]) -> Iterator[dict[str, object]]:
    for entry in alert.listings:
        row = asdict(entry.listing)
        del row["substance"]
        info = lists.get(entry.listing.list_id) or ListInfo(entry.listing.list_id, "", "", "", "")
        row |= {name: getattr(info, name) for name in t.LIST_COLUMNS}
        yield {**row, "status": entry.status.value}


# --- retention ------------------------------------------------------------------------------------


def expire_texts(connection: Connection, before: datetime) -> int:
    """Forget the texts fetched before that moment; offsets, hashes and snippets stay. The number of texts."""
    captures.forget_bodies(connection, before)
    r = t.revision.c
    done = connection.execute(
        update(t.revision).where(r.fetched_at < before, r.text.is_not(None)).values(text=None, codec="")
    )
    return int(done.rowcount)
