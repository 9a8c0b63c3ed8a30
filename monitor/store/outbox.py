"""The outbox: deliveries planned with their alerts, claimed under a lease, and closed. At least once.

A delivery is claimed before it is sent and closed afterwards; a process that is killed between the two leaves
a lease that runs out, and the delivery goes again under the same `uid`.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, func, or_, select, text, update

from monitor.store import schema as t
from monitor.store.engine import insert as insert_or
from monitor.store.values import PlannedLike

WAITING, SENT, FAILED, GIVEN_UP, NOT_NEEDED = "waiting", "sent", "failed", "given-up", "not-needed"
"""States of a delivery; the last four are its end, and FAILED can be tried again by a person."""

MOST_TOGETHER = 500  # deliveries in one digest

Result = TypeVar("Result")
Writer = Callable[[str], AbstractContextManager[Connection]]


class Reader(Protocol):
    """Runs a query against the database; "what" is for the error."""

    def __call__(self, what: str, query: Callable[[Connection], Result], /) -> Result: ...


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """A delivery of the outbox. `attempts` counts this one as well."""

    id: int
    uid: str
    alert_id: int | None
    check_id: int | None
    channel: str
    rule: str
    kind: str
    digest: bool
    planned_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class SourceTurn:
    """A source that turned bad, or is well again, with the check at which it did."""

    source: str
    turned: str
    at: datetime
    message: str
    check_id: int


def plan(connection: Connection, alert_id: int, planned: Iterable[PlannedLike], now: datetime) -> None:
    """Write the deliveries of a new alert, in the transaction that writes the alert."""
    _insert(connection, [_row(f"alert {alert_id}", each, now, alert_id=alert_id) for each in planned])


def _row(about: str, planned: PlannedLike, now: datetime, **of: int) -> dict[str, object]:
    return {
        "key": f"{about} {planned.kind} {planned.channel}",
        "uid": uuid.uuid4().hex,
        "channel": planned.channel,
        "rule": planned.rule,
        "kind": planned.kind,
        "digest": int(planned.digest),
        "created_at": now,
        "planned_at": planned.due_at,
        "due_at": planned.due_at,
        **of,
    }


def _insert(connection: Connection, rows: Sequence[dict[str, object]]) -> int:
    added = 0
    for row in rows:
        statement = insert_or(connection, t.delivery).values(row)
        statement = statement.on_conflict_do_nothing(index_elements=["key"]).returning(t.delivery.c.id)
        added += connection.execute(statement).scalar() is not None
    return added


class Outbox:
    """The verbs of the outbox; each may raise StoreError."""

    def __init__(self, write: Writer, read: Reader) -> None:
        self._write, self._read = write, read

    def claim(
        self, now: datetime, leased_until: datetime, channels: Collection[str]
    ) -> tuple[StoredDelivery, ...]:
        """Take what goes next to one of these channels: a delivery, or those of one digest; () for none."""
        d = t.delivery.c
        free = (d.state == WAITING) & (d.due_at <= now) & d.channel.in_(list(channels))
        free &= or_(d.leased_until.is_(None), d.leased_until <= now)
        with self._write("could not read the outbox") as connection:
            first = connection.execute(select(t.delivery).where(free).order_by(d.due_at, d.id).limit(1))
            row = first.mappings().one_or_none()
            if row is None:
                return ()
            ids = [row["id"]]
            if row["digest"]:
                same = (d.channel == row["channel"]) & (d.rule == row["rule"]) & (d.digest == 1)
                query = select(d.id).where(free & same).order_by(d.id).limit(MOST_TOGETHER)
                ids = list(connection.execute(query).scalars())
            taken = connection.execute(
                update(t.delivery)
                .where(d.id.in_(ids))
                .values(leased_until=leased_until, attempts=d.attempts + 1)
                .returning(t.delivery)
            )
            return tuple(sorted((_delivery(each) for each in taken.mappings()), key=lambda each: each.id))

    def close(self, ids: Collection[int], state: str, now: datetime, message: str = "") -> None:
        """End deliveries: sent, failed, given up, or not needed any more."""
        values: dict[str, object] = {"state": state, "leased_until": None, "message": message}
        if state == SENT:
            values["sent_at"] = now
        self._set(ids, values)

    def postpone(self, ids: Collection[int], due_at: datetime, message: str) -> None:
        """Try deliveries again later."""
        self._set(ids, {"due_at": due_at, "leased_until": None, "message": message})

    def release(self, ids: Collection[int]) -> None:
        """Give claimed deliveries back as they were."""
        with self._write("could not write the outbox") as connection:
            d = t.delivery.c
            connection.execute(
                update(t.delivery)
                .where(d.id.in_(list(ids)))
                .values(leased_until=None, attempts=d.attempts - 1)
            )

    def retry(self, now: datetime) -> int:
        """Let everything that failed or was given up go again, counted anew from now; how many there are."""
        d = t.delivery.c
        values = {"state": WAITING, "due_at": now, "planned_at": now, "attempts": 0, "leased_until": None}
        with self._write("could not write the outbox") as connection:
            done = connection.execute(
                update(t.delivery).where(d.state.in_([FAILED, GIVEN_UP])).values(values)
            )
            return int(done.rowcount)

    def sent(self) -> int:
        """How many deliveries this database knows to be sent."""
        query = select(func.count()).select_from(t.delivery).where(t.delivery.c.state == SENT)
        return self._read("could not read the outbox", lambda c: int(c.execute(query).scalar_one()))

    def counts(self) -> dict[tuple[str, str], int]:
        """(channel, state) -> deliveries."""
        d = t.delivery.c
        query = select(d.channel, d.state, func.count()).group_by(d.channel, d.state)
        return self._read(
            "could not read the outbox", lambda c: {(a, b): int(n) for a, b, n in c.execute(query)}
        )

    def troubles(self, limit: int = 10) -> list[tuple[str, str, int, str, datetime]]:
        """The newest deliveries with trouble: channel, state, attempts, message, next attempt."""
        d = t.delivery.c
        query = select(d.channel, d.state, d.attempts, d.message, d.due_at)
        query = query.where(d.message != "", d.state != NOT_NEEDED).order_by(d.id.desc()).limit(limit)
        return self._read(
            "could not read the outbox",
            lambda c: [(row[0], row[1], row[2], row[3], row[4]) for row in c.execute(query)],
        )

    def plan_source(self, turn: SourceTurn, planned: Iterable[PlannedLike], now: datetime) -> int:
        """Write the deliveries about a source's turn; those that were planned before are left alone."""
        rows = [_row(f"check {turn.check_id}", each, now, check_id=turn.check_id) for each in planned]
        with self._write("could not write the outbox") as connection:
            return _insert(connection, rows)

    def plan_retractions(self, now: datetime) -> int:
        """Plan a delivery to each channel that heard of an alert that is retracted now; how many are new."""
        d, a = t.delivery.c, t.alert.c
        heard = (
            select(d.alert_id, d.channel, d.rule)
            .join(t.alert, a.id == d.alert_id)
            .where(a.status == "retracted", d.state == SENT, d.kind.in_(["alert", "escalation"]))
            .distinct()
        )
        with self._write("could not write the outbox") as connection:
            rows = [
                _row(f"alert {alert}", _Retraction(channel, rule, now), now, alert_id=alert)
                for alert, channel, rule in connection.execute(heard).all()
            ]
            return _insert(connection, rows)

    def source_turns(self, since: datetime) -> list[SourceTurn]:
        """Sources that turned bad or well since that moment, the oldest first."""
        query = text(
            "SELECT source, turned, turned_at, message, check_id FROM v_source_events "
            "WHERE turned_at >= :since ORDER BY check_id"
        ).columns(turned_at=t.delivery.c.due_at.type)

        def read(connection: Connection) -> list[SourceTurn]:
            written = since.strftime("%Y-%m-%d %H:%M:%S")
            moment = written if connection.dialect.name == "sqlite" else since
            return [SourceTurn(*row) for row in connection.execute(query, {"since": moment})]

        return self._read("could not read the sources", read)

    def source_turn(self, check_id: int) -> SourceTurn | None:
        """What a source's check turned; None when it is not kept any more."""
        query = text(
            "SELECT source, turned, turned_at, message, check_id FROM v_source_events WHERE check_id = :id"
        ).columns(turned_at=t.delivery.c.due_at.type)

        def read(connection: Connection) -> SourceTurn | None:
            row = connection.execute(query, {"id": check_id}).one_or_none()
            return None if row is None else SourceTurn(*row)

        return self._read("could not read the sources", read)

    def began(self, now: datetime) -> datetime:
        """Since when deliveries are sent from this database; the first call says now."""
        with self._write("could not write the outbox") as connection:
            c = t.meta.c
            statement = insert_or(connection, t.meta).values(key="outbox", value=now.isoformat())
            connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]))
            return datetime.fromisoformat(
                connection.execute(select(c.value).where(c.key == "outbox")).scalar_one()
            )

    def newest_alerts(self, limit: int) -> list[int]:
        """Numbers of the newest alerts that are not quiet, the newest first."""
        a = t.alert.c
        query = select(a.id).where(a.quiet.is_(False)).order_by(a.id.desc()).limit(limit)
        return self._read("could not read the alerts", lambda c: list(c.execute(query).scalars()))

    def _set(self, ids: Collection[int], values: dict[str, object]) -> None:
        with self._write("could not write the outbox") as connection:
            connection.execute(update(t.delivery).where(t.delivery.c.id.in_(list(ids))).values(values))


@dataclass(frozen=True, slots=True)
class _Retraction:
    channel: str
    rule: str
    due_at: datetime
    kind: str = "retraction"
    digest: bool = False


def together(deliveries: Iterable[StoredDelivery]) -> str:
    """The name of one message made of these deliveries: the same deliveries, the same name."""
    uids = sorted(each.uid for each in deliveries)
    return uids[0] if len(uids) == 1 else hashlib.sha256(" ".join(uids).encode()).hexdigest()[:32]


def _delivery(row: Any) -> StoredDelivery:
    names = ("id", "uid", "alert_id", "check_id", "channel", "rule", "kind", "planned_at", "attempts")
    return StoredDelivery(**{name: row[name] for name in names}, digest=bool(row["digest"]))
