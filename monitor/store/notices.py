"""Notices of gazettes that were read, and the proposals that rest on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, select, update

from monitor.store import schema as t
from monitor.store.engine import insert
from monitor.store.values import ACCEPTED, OPEN, ReadNotice

LISTING, NOTICE = "listing", "notice"
"""Kinds of proposals: an entry of a list, and a notice whose substances a person has to find."""


@dataclass(frozen=True, slots=True)
class AcceptedChange:
    """What an accepted proposal of a notice does to the watchlist; `change` is as it was proposed."""

    proposal: int
    substance: str
    source: str
    published: str
    change: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class NoticeCount:
    """Of one list: its newest notice's day, and how many proposals of notices wait for a person."""

    list_id: str
    newest: str
    waiting: int


def put(connection: Connection, notices: Iterable[ReadNotice], now: datetime) -> int:
    """Keep notices with their proposals; how many proposals are new.

    A notice that is read again (with the whole text, or by a newer program) brings its proposals up to date
    while nobody has decided about them; what was decided stays as it was.
    """
    return sum(_put(connection, each, now) for each in notices)


def _put(connection: Connection, read: ReadNotice, now: datetime) -> int:
    table = t.notice
    row = {
        "gazette": read.gazette,
        "num": read.num,
        "url": read.url,
        "title": read.title,
        "published": read.published,
        "action": read.action,
        "act": read.act,
        "list_id": read.list_id,
        "from_list": read.from_list,
        "effective": read.effective,
        "sentence": read.sentence,
        "reasons": read.reasons,
        "source": read.source,
        "read_at": now,
    }
    same = select(table.c.id).where(table.c.gazette == read.gazette, table.c.num == read.num)
    number = connection.execute(same).scalar()
    if number is None:
        number = connection.execute(insert(connection, table).values(row).returning(table.c.id)).scalar_one()
    else:
        connection.execute(update(table).where(table.c.id == number).values(row))
    return sum(_propose(connection, int(number), index, read, now) for index in range(len(read.proposals)))


def _propose(connection: Connection, notice: int, index: int, read: ReadNotice, now: datetime) -> int:
    """Add one proposal of a notice, or bring the open one up to date; 1 when it is new."""
    of, p, c = read.proposals[index], t.proposal.c, t.notice_change.c
    row = {
        "substance": of.substance,
        "kind": of.kind,
        "before": of.before,
        "after": of.after,
        "detail": of.detail,
        "reason": of.reason,
        "source": of.source,
    }
    known = connection.execute(
        select(p.id, p.status)
        .join(t.notice_change, c.proposal_id == p.id)
        .where(c.notice_id == notice, p.substance == of.substance, p.kind == of.kind)
    ).one_or_none()
    if known is not None:
        if known.status == OPEN:
            connection.execute(update(t.proposal).where(p.id == known.id).values(row))
            connection.execute(
                update(t.notice_change).where(c.proposal_id == known.id).values(change=dict(of.change))
            )
        return 0
    added = insert(connection, t.proposal).values(**row, found_at=now, status=OPEN).on_conflict_do_nothing()
    number = connection.execute(added.returning(p.id)).scalar()
    if number is None:
        return 0
    change = {"proposal_id": number, "notice_id": notice, "change": dict(of.change)}
    connection.execute(insert(connection, t.notice_change).values(change))
    return 1


def pending(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Substance -> what notices say of it that nobody has reviewed yet, in words, the oldest first."""
    p, c = t.proposal.c, t.notice_change.c
    query = (
        select(p.substance, p.reason)
        .join(t.notice_change, c.proposal_id == p.id)
        .where(p.status == OPEN, p.substance != "")
        .order_by(p.id)
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(query):
        found[row.substance] = (*found.get(row.substance, ()), row.reason)
    return found


def reviewed(connection: Connection) -> set[str]:
    """The numbers of the notices that nothing of waits for a person any more."""
    p, c, n = t.proposal.c, t.notice_change.c, t.notice.c
    waits = (
        select(c.notice_id)
        .join(t.proposal, c.proposal_id == p.id)
        .where(c.notice_id == n.id, p.status == OPEN)
        .exists()
    )
    return set(connection.execute(select(n.num).where(~waits)).scalars())


def accepted(connection: Connection) -> list[AcceptedChange]:
    """What was accepted of notices, in the order of their publication."""
    p, c, n = t.proposal.c, t.notice_change.c, t.notice.c
    query = (
        select(p.id, p.substance, p.source, n.published, c.change)
        .join(t.notice_change, c.proposal_id == p.id)
        .join(t.notice, n.id == c.notice_id)
        .where(p.status == ACCEPTED, p.kind == LISTING)
        .order_by(n.published, p.id)
    )
    return [AcceptedChange(*row) for row in connection.execute(query)]


def changes(connection: Connection) -> dict[int, dict[str, object]]:
    """Number of a proposal of a notice -> what it does to the watchlist; {} where a person has to look."""
    c = t.notice_change.c
    return {row.proposal_id: row.change for row in connection.execute(select(c.proposal_id, c.change))}


def put_effective(connection: Connection, ids: Iterable[int], day: str) -> list[int]:
    """Set the day of force of proposals, which a person has looked up; the numbers of those without one."""
    c = t.notice_change.c
    wanted = list(dict.fromkeys(ids))
    rows = connection.execute(select(c.proposal_id, c.change).where(c.proposal_id.in_(wanted))).all()
    for row in rows:
        change = {**row.change, "effective": day}
        where = update(t.notice_change).where(c.proposal_id == row.proposal_id)
        connection.execute(where.values(change=change))
    return sorted(set(wanted) - {row.proposal_id for row in rows})


def counts(connection: Connection) -> dict[str, NoticeCount]:
    """List -> its newest notice, and how many proposals of its notices wait; "" stands for no list."""
    p, c, n = t.proposal.c, t.notice_change.c, t.notice.c
    newest = connection.execute(select(n.list_id, func.max(n.published)).group_by(n.list_id))
    found = {row[0]: NoticeCount(row[0], row[1], 0) for row in newest}
    waiting = (
        select(n.list_id, func.count())
        .select_from(t.proposal)
        .join(t.notice_change, c.proposal_id == p.id)
        .join(t.notice, n.id == c.notice_id)
        .where(p.status == OPEN)
        .group_by(n.list_id)
    )
    for list_id, number in connection.execute(waiting):
        found[list_id] = NoticeCount(list_id, found[list_id].newest, int(number))
    return found


def published(connection: Connection) -> list[tuple[str, str]]:
    """(list, day of publication) of every notice that was read."""
    n = t.notice.c
    return [(row[0], row[1]) for row in connection.execute(select(n.list_id, n.published))]


def put_stale_lists(connection: Connection, stale: Mapping[str, str], now: datetime) -> None:
    """Keep which lists are old (list -> in words) as gaps; those that are old no more are closed."""
    s = t.stale_list.c
    over = s.closed_at.is_(None) & s.list_id.not_in(list(stale))
    connection.execute(update(t.stale_list).where(over).values(closed_at=now))
    for list_id, message in stale.items():
        row = {"list_id": list_id, "message": message, "since": now, "last_at": now}
        statement = insert(connection, t.stale_list).values(row)
        given = statement.excluded
        goes_on = s.closed_at.is_(None)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["list_id"],
                set_={
                    "message": given.message,
                    "since": case((goes_on, s.since), else_=given.since),
                    "last_at": given.last_at,
                    "closed_at": None,
                },
            )
        )
