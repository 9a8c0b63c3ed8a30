"""Stories: how articles are found again, which belong together, what alerts were raised."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from monitor.model import Alert
from monitor.store import schema as t
from monitor.store.columns import ADDRESS, fit
from monitor.store.engine import insert as insert_or
from monitor.store.values import Behind, Member, StoredMember, StoredStory

PER_KEY = 16  # articles read of each key before, and of each after a moment: the nearest in time
AT_ONCE = 500  # stories read by one query
COMPARED = 24  # articles that share the most keys, whose traces are read
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Written out, as they run some forty times an article and SQLAlchemy's own work would be most of their cost.
_BEFORE = (
    "SELECT article_id FROM story_key WHERE key = {0} AND at <= {0} AND at >= {0} ORDER BY at DESC LIMIT {0}"
)
_MEMBER = (
    "SELECT first.url, article.url, m.trace FROM story_member m JOIN article ON article.id = m.article_id "
    "JOIN story ON story.id = m.story_id JOIN article AS first ON first.id = story.article_id "
    "WHERE m.article_id = {0} AND m.trace IS NOT NULL"
)
_AFTER = "SELECT article_id FROM story_key WHERE key = {0} AND at > {0} AND at <= {0} ORDER BY at LIMIT {0}"


# --- what is known --------------------------------------------------------------------------------


def near(
    connection: Connection, keys: Sequence[int], at: datetime, window: timedelta, limit: int = COMPARED
) -> list[StoredMember]:
    """Articles filed under the most of `keys`, at most `window` away; bounded whatever is stored."""
    moment, span = seconds(at), int(window.total_seconds())
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    before, after = _BEFORE.format(mark), _AFTER.format(mark)
    found: Counter[int] = Counter()
    for key in keys:
        found.update(_ids(connection, before, (key, moment, moment - span, PER_KEY)))
        found.update(_ids(connection, after, (key, moment, moment + span, PER_KEY)))
    best = [article for article, _ in found.most_common(limit)]
    return list(_members(connection, best, mark))


def _ids(connection: Connection, query: str, values: tuple[int, ...]) -> Iterator[int]:
    return (row[0] for row in connection.exec_driver_sql(query, values))


def _members(connection: Connection, articles: Sequence[int], mark: str) -> Iterator[StoredMember]:
    query = _MEMBER.format(mark)
    for article in articles:
        row = connection.exec_driver_sql(query, (article,)).one_or_none()
        if row is not None:
            yield StoredMember(str(row[0]), str(row[1]), bytes(row[2]))


def story_of(connection: Connection, url: str) -> str:
    """The address of the first article of the story that the article at `url` belongs to; "" for none."""
    first, article = t.article.alias("first"), t.article
    query = (
        select(first.c.url)
        .join(t.story, t.story.c.article_id == first.c.id)
        .join(t.story_member, t.story_member.c.story_id == t.story.c.id)
        .join(article, article.c.id == t.story_member.c.article_id)
        .where(article.c.url == url)
    )
    return str(connection.execute(query).scalar() or "")


def read(connection: Connection, firsts: Collection[str]) -> dict[str, StoredStory]:
    """What stories have raised, by the address of their first article; unknown ones are left out."""
    found: dict[str, StoredStory] = {}
    sought = sorted(firsts)
    for start in range(0, len(sought), AT_ONCE):
        found.update(_read(connection, sought[start : start + AT_ONCE]))
    return found


def _read(connection: Connection, firsts: Sequence[str]) -> dict[str, StoredStory]:
    s, first = t.story.c, t.article.c
    query = select(s.id, first.url).join(t.article, first.id == s.article_id).where(first.url.in_(firsts))
    asked = {fit(url, ADDRESS.most): url for url in firsts}
    names: dict[int, str] = {int(number): asked[url] for number, url in connection.execute(query)}
    if not names:
        return {}
    a, m = t.alert.c, t.story_member.c
    loud = func.count().filter(~a.quiet)
    alerts = (
        select(a.story_id, a.substance, func.max(a.severity), func.max(a.raised_at), loud)
        .where(a.story_id.in_(names))
        .group_by(a.story_id, a.substance)
    )
    told: dict[int, dict[str, tuple[int, datetime, bool]]] = {number: {} for number in names}
    for number, substance, severity, at, count in connection.execute(alerts):
        told[number][substance] = (int(severity), at, bool(count))
    outlets: dict[int, set[str]] = {number: set() for number in names}
    reporting = select(m.story_id, m.outlet).where(m.story_id.in_(names)).distinct()
    for number, outlet in connection.execute(reporting):
        outlets[number].add(outlet)
    return {url: StoredStory(told[number], frozenset(outlets[number])) for number, url in names.items()}


def behind(connection: Connection, article_id: int | None) -> frozenset[str]:
    """Substances for which the article stands behind an alert of its story."""
    s = t.alert_source.c
    query = select(s.substance).where(s.article_id == article_id)
    return frozenset(connection.execute(query).scalars())


def count_behind(connection: Connection, alert_id: int) -> int:
    """How many articles stand behind the alert."""
    s = t.alert_source.c
    query = select(func.count(s.article_id.distinct())).where(s.alert_id == alert_id)
    return int(connection.execute(query).scalar_one())


def sources(connection: Connection, alert_id: int, limit: int = 20) -> tuple[Behind, ...]:
    """The first articles that stand behind the alert."""
    s, a, m = t.alert_source.c, t.article.c, t.story_member.c
    query = (
        select(a.url, a.title, m.outlet, a.language, a.published_at, s.added_at, m.score, m.reasons)
        .join(t.article, a.id == s.article_id)
        .join(t.story_member, m.article_id == s.article_id)
        .where(s.alert_id == alert_id)
        .order_by(s.added_at, s.article_id)
        .limit(limit)
    )
    return tuple(Behind(*row) for row in connection.execute(query))


def _number(connection: Connection, story: str) -> int | None:
    query = (
        select(t.story.c.id)
        .join(t.article, t.article.c.id == t.story.c.article_id)
        .where(t.article.c.url == story)
    )
    found = connection.execute(query).scalar()
    return None if found is None else int(found)


# --- writing --------------------------------------------------------------------------------------


def join(connection: Connection, article_id: int, member: Member) -> int:
    """Put an article into its story and give the story's number. Once in a story, always in it.

    An article that was edited is filed anew; a story that is gone by now, or that is its own, begins with it.
    """
    m = t.story_member.c
    known = connection.execute(
        select(m.story_id, m.filed, m.at).where(m.article_id == article_id)
    ).one_or_none()
    if known is not None:
        _unfile(connection, [(article_id, known.filed, known.at)])
        values = {"trace": member.trace, "filed": _packed(member.keys), "at": seconds(member.at)}
        connection.execute(update(t.story_member).where(m.article_id == article_id).values(values))
        number = int(known.story_id)
    else:
        number = _number(connection, member.story) or _open(connection, article_id, member.joined_at)
        connection.execute(insert(t.story_member).values(_row(connection, article_id, number, member)))
    _file(connection, article_id, member)
    mine = (t.alert.c.article_id == article_id) & t.alert.c.story_id.is_(None)
    connection.execute(update(t.alert).where(mine).values(story_id=number))
    return number


def _open(connection: Connection, article_id: int, now: datetime) -> int:
    row = {"article_id": article_id, "opened_at": now}
    return int(connection.execute(insert(t.story).values(row).returning(t.story.c.id)).scalar_one())


def _row(connection: Connection, article_id: int, number: int, member: Member) -> dict[str, object]:
    near_id = connection.execute(select(t.article.c.id).where(t.article.c.url == member.near)).scalar()
    return {
        "article_id": article_id,
        "story_id": number,
        "near_id": near_id if member.near else None,
        "score": member.score,
        "reasons": member.reasons,
        "outlet": member.outlet,
        "at": seconds(member.at),
        "joined_at": member.joined_at,
        "trace": member.trace,
        "filed": _packed(member.keys),
    }


def _file(connection: Connection, article_id: int, member: Member) -> None:
    at = seconds(member.at)
    rows = [{"key": key, "at": at, "article_id": article_id} for key in dict.fromkeys(member.keys)]
    if rows:
        connection.execute(insert_or(connection, t.story_key).on_conflict_do_nothing(), rows)


def can_stand_behind(connection: Connection, story: int | None, alert: Alert, added: bool) -> bool:
    """Is there an alert of the story that the article only has to stand behind?

    One that is to be raised again (`Alert.again`) is raised. `added`: it was decided not to raise it, so that
    an alert of the story for another substance will do as well.
    """
    if story is None or alert.again:
        return False
    return _told(connection, story, alert.substance) is not None or (
        added and _told(connection, story, None) is not None
    )


def _told(connection: Connection, story: int, substance: str | None) -> int | None:
    """The last alert of the story (for that substance); None before the first."""
    a = t.alert.c
    query = select(func.max(a.id)).where(a.story_id == story)
    if substance is not None:
        query = query.where(a.substance == substance)
    found = connection.execute(query).scalar()
    return None if found is None else int(found)


def add_sources(
    connection: Connection, story: int, article_id: int, alerts: Iterable[Alert], now: datetime
) -> int:
    """Put the article behind the last alert of its story for each substance; how many rows are new.

    Where a story has no alert for a substance (new substances are switched off), its last alert counts.
    """
    added = 0
    for alert in alerts:
        number = _told(connection, story, alert.substance) or _told(connection, story, None)
        if number is None or alert.substance in behind(connection, article_id):
            continue
        row = {
            "alert_id": number,
            "article_id": article_id,
            "substance": alert.substance,
            "rule": alert.rule,
            "severity": int(alert.severity),
            "score": alert.score,
            "added_at": now,
        }
        statement = insert_or(connection, t.alert_source).values(row).on_conflict_do_nothing()
        added += connection.execute(statement).rowcount
    return added


def forget(connection: Connection, before: datetime, limit: int) -> int:
    """Forget what articles that joined before that moment are found by; how many."""
    m = t.story_member.c
    query = select(m.article_id, m.filed, m.at).where(m.joined_at < before, m.filed.is_not(None)).limit(limit)
    rows = [(row.article_id, row.filed, row.at) for row in connection.execute(query)]
    _unfile(connection, rows)
    if rows:
        gone = m.article_id.in_([article for article, _, _ in rows])
        connection.execute(update(t.story_member).where(gone).values(trace=None, filed=None))
    return len(rows)


def unfile(connection: Connection, article_id: int) -> None:
    """Forget what one article is found by; it stays in its story."""
    m = t.story_member.c
    rows = connection.execute(select(m.article_id, m.filed, m.at).where(m.article_id == article_id)).all()
    _unfile(connection, [(row.article_id, row.filed, row.at) for row in rows])
    connection.execute(
        update(t.story_member).where(m.article_id == article_id).values(trace=None, filed=None)
    )


def _unfile(connection: Connection, filed: Sequence[tuple[int, bytes | None, int]]) -> None:
    rows = [
        {"old_key": key, "old_at": at, "old_article": article}
        for article, kept, at in filed
        for key in _unpacked(kept)
    ]
    if rows:
        k = t.story_key.c
        place = (k.key == bindparam("old_key")) & (k.at == bindparam("old_at"))
        connection.execute(delete(t.story_key).where(place, k.article_id == bindparam("old_article")), rows)


def seconds(at: datetime) -> int:
    """Seconds since 1970."""
    return int((at - _EPOCH).total_seconds())


def _packed(keys: Sequence[int]) -> bytes:
    return array("q", keys).tobytes()


def _unpacked(kept: bytes | None) -> list[int]:
    keys = array("q")
    keys.frombytes(kept or b"")
    return keys.tolist()
