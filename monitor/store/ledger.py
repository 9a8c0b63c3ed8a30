"""Sources and their states, runs, checks, gaps and heartbeats: who was read when, and what was not."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, delete, func, or_, select, update

from monitor.model import OF_READ, Gap, Outcome, Source, SourceState
from monitor.store import schema as t
from monitor.store.columns import ADDRESS, fit
from monitor.store.engine import insert, upsert
from monitor.store.process import identity, is_alive
from monitor.store.values import Recorded

READ = (Outcome.OK.value, Outcome.UNCHANGED.value, Outcome.MOVED.value)
"""Outcomes of a check that mean: the source was read."""

ANSWERED = (*READ, Outcome.STALE.value)
"""The same, whether or not there was anything to read: older failures are over."""

SILENT = timedelta(hours=24)
"""A run on another machine that began no check for so long is taken for dead: its process cannot be asked."""


# --- sources --------------------------------------------------------------------------------------


def put_sources(connection: Connection, sources: Sequence[Source], now: datetime) -> None:
    """Write the configured sources; others are switched off, and one that moved forgets its state."""
    stored: dict[str, Row[Any]] = {row.name: row for row in connection.execute(select(t.source))}
    moved = [s.name for s in sources if s.name in stored and _place(s) != _place(stored[s.name])]
    if moved:
        connection.execute(delete(t.source_state).where(t.source_state.c.source.in_(moved)))
    upsert(connection, t.source, [_source_row(s, stored, now) for s in sources])
    names = [s.name for s in sources]
    connection.execute(update(t.source).where(t.source.c.name.not_in(names)).values(active=False))


def _place(source: Source | Row[Any]) -> tuple[str, str]:
    return (source.kind, fit(source.location, ADDRESS.most))


def _source_row(source: Source, stored: dict[str, Row[Any]], now: datetime) -> dict[str, object]:
    row = asdict(source)
    row.pop("options")  # may hold secrets, and the configuration has them
    known = stored.get(source.name)
    return {**row, "active": True, "first_seen": known.first_seen if known else now}


def states(connection: Connection) -> dict[str, SourceState]:
    """Source name -> its state, for every source that was checked at least once."""
    rows = connection.execute(select(t.source_state)).mappings()
    return {row["source"]: SourceState(**row) for row in rows}


def put_state(connection: Connection, state: SourceState) -> None:
    row = {name: getattr(state, name) for name in SourceState.__dataclass_fields__}
    upsert(connection, t.source_state, [{**row, "cursor": dict(state.cursor)}])


# --- runs -----------------------------------------------------------------------------------------


def begin_run(connection: Connection, kind: str, pid: int, now: datetime) -> int:
    """Open a run; runs left "running" by a process that is gone are closed as "interrupted" first."""
    host = platform.node()
    for left in connection.execute(select(t.run).where(t.run.c.status == "running")).all():
        dead = not is_alive(left.process) if left.host == host else _is_silent(connection, left, now)
        if dead:
            _interrupt(connection, left.id, now)
    row = {
        "kind": kind,
        "status": "running",
        "started": now,
        "host": host,
        "process": identity(pid) or f"{pid}:",
    }
    return int(connection.execute(t.run.insert().values(row).returning(t.run.c.id)).scalar_one())


def _is_silent(connection: Connection, run: Row[Any], now: datetime) -> bool:
    """True when a run elsewhere (a container gone, say) has done nothing for so long that it must be over."""
    newest = select(func.max(t.source_check.c.started)).where(t.source_check.c.run_id == run.id)
    last = connection.execute(newest).scalar() or run.started
    return bool(now - last > SILENT)


def _interrupt(connection: Connection, run: int, now: datetime) -> None:
    message = "the program ended before the run did"
    connection.execute(
        update(t.run).where(t.run.c.id == run).values(status="interrupted", ended=now, message=message)
    )
    table = t.source_check
    connection.execute(
        update(table)
        .where(table.c.run_id == run, table.c.ended.is_(None))
        .values(outcome="interrupted", ended=now, message=message)
    )


def end_run(connection: Connection, run: int, status: str, message: str, now: datetime) -> None:
    connection.execute(
        update(t.run).where(t.run.c.id == run).values(status=status, ended=now, message=message)
    )


# --- checks ---------------------------------------------------------------------------------------


def begin_check(
    connection: Connection, run: int, source: str, planned: datetime | None, now: datetime
) -> int:
    row = {"run_id": run, "source": source, "planned": planned, "started": now}
    table = t.source_check
    return int(connection.execute(table.insert().values(row).returning(table.c.id)).scalar_one())


def count(connection: Connection, check: int, done: Recorded) -> None:
    """Add what one batch changed to the check's row."""
    c = t.source_check.c
    values = {
        c.fetched: c.fetched + done.new + done.revised + done.unchanged,
        c.new: c.new + done.new,
        c.revised: c.revised + done.revised,
        c.unchanged: c.unchanged + done.unchanged,
        c.copies: c.copies + done.copies,
        c.matched: c.matched + done.matched,
        c.alerted: c.alerted + done.alerts,
    }
    connection.execute(update(t.source_check).where(c.id == check).values(values))


def end_check(
    connection: Connection, check: int, outcome: str, message: str, location: str, now: datetime
) -> None:
    """Close a check. A source that was read closes its gap; one that was not opens it, as `location`."""
    c = t.source_check.c
    row = connection.execute(
        update(t.source_check)
        .where(c.id == check)
        .values(outcome=outcome, message=message, ended=now)
        .returning(c.source)
    ).one()
    if outcome in ANSWERED:
        others = (t.gap.c.source == row.source) & (t.gap.c.scope == "source") & (t.gap.c.outcome != outcome)
        _close(connection, others, now)
    if outcome in READ:
        return
    place = location or _location(connection, row.source)
    _put_gap(connection, row.source, "source", Gap(place, outcome, message), check, now)


def last_outcomes(connection: Connection, source: str, limit: int) -> list[str]:
    """How the last checks of a source ended, the newest first; those that were interrupted say nothing."""
    c = t.source_check.c
    query = select(c.outcome).where(c.source == source, c.outcome.is_not(None), c.outcome != "interrupted")
    return list(connection.execute(query.order_by(c.id.desc()).limit(limit)).scalars())


def item_times(connection: Connection, source: str, limit: int) -> list[datetime]:
    """When the articles that a source brought last were published, else first seen."""
    c = t.article.c
    query = select(c.published_at, c.first_seen).where(c.source == source).order_by(c.first_seen.desc())
    return [row.published_at or row.first_seen for row in connection.execute(query.limit(limit))]


def _location(connection: Connection, source: str) -> str:
    found = connection.execute(select(t.source.c.location).where(t.source.c.name == source)).scalar()
    return found or source


def put_gaps(connection: Connection, check: int, gaps: Iterable[Gap], now: datetime) -> None:
    """Keep what could not be read within a check; the same gap again only counts up, once a check."""
    source = _check(connection, check).source
    failed = 0
    for gap in gaps:
        failed += gap.outcome not in OF_READ
        _put_gap(connection, source, "item", gap, check, now)
    if failed:
        c = t.source_check.c
        connection.execute(update(t.source_check).where(c.id == check).values(failed=c.failed + failed))


def _check(connection: Connection, check: int) -> Row[str, datetime]:
    c = t.source_check.c
    return connection.execute(select(c.source, c.started).where(c.id == check)).one()


def _put_gap(connection: Connection, source: str, scope: str, gap: Gap, check: int, now: datetime) -> None:
    """Open a gap, or count it once more. One that this very check closed was never over: it goes on."""
    statement = insert(connection, t.gap).values(
        source=source,
        scope=scope,
        location=gap.location,
        outcome=str(gap.outcome),
        message=gap.message,
        since=now,
        last_at=now,
        times=1,
        check_id=check,
    )
    old, given = t.gap.c, statement.excluded
    again = case((old.check_id == given.check_id, 0), else_=1)
    goes_on = old.closed_at.is_(None) | (old.closed_at >= _check(connection, check).started)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["source", "scope", "location", "outcome"],
            set_={
                "message": given.message,
                "since": case((goes_on, old.since), else_=given.since),
                "last_at": given.last_at,
                "times": old.times + again,
                "check_id": given.check_id,
                "closed_at": None,
            },
        )
    )


def close_gaps(
    connection: Connection, places: Iterable[str], now: datetime, outcome: str | None = None
) -> None:
    """Close the gaps (of this outcome only) at these addresses: they have been read."""
    found = sorted(places)
    which = t.gap.c.scope == "item"
    if outcome is not None:
        which &= t.gap.c.outcome == outcome
    for i in range(0, len(found), 500):  # databases limit the parameters of a statement
        _close(connection, which & t.gap.c.location.in_(found[i : i + 500]), now)


def _close(connection: Connection, which: ColumnElement[bool], now: datetime) -> None:
    open_ones = t.gap.c.closed_at.is_(None)
    connection.execute(update(t.gap).where(which, open_ones).values(closed_at=now))


# --- the clock ------------------------------------------------------------------------------------


def beat(connection: Connection, name: str, pid: int, now: datetime) -> None:
    upsert(connection, t.heartbeat, [{"name": name, "at": now, "pid": pid}])


def heartbeats(connection: Connection) -> dict[str, tuple[datetime, int]]:
    """Name -> (time of the last beat, process id)."""
    return {row.name: (row.at, row.pid) for row in connection.execute(select(t.heartbeat))}


def waiting(connection: Connection, now: datetime) -> list[str]:
    """Active sources whose next check is due at `now` or was never planned, the longest waiting first."""
    due = t.source_state.c.next_check
    query = (
        select(t.source.c.name)
        .join(t.source_state, t.source_state.c.source == t.source.c.name, isouter=True)
        .where(t.source.c.active, or_(due.is_(None), due <= now))
        .order_by(case((due.is_(None), 0), else_=1), due, t.source.c.name)
    )
    return list(connection.execute(query).scalars())
