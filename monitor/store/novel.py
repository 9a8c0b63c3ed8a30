"""Names that no list has: what OPSIN said of them, where they were read, who decided what about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, case, func, select, update

from monitor.store import schema as t
from monitor.store.columns import CHEMICAL, fit
from monitor.store.engine import insert, upsert
from monitor.store.values import OPEN, WATCH, NovelName, StoredReading, WatchedName

_AT_ONCE = 500  # names in one statement: databases limit its parameters


# --- what OPSIN said ------------------------------------------------------------------------------


def readings(connection: Connection, names: Sequence[str], version: str) -> dict[str, StoredReading]:
    """Name -> what this version of OPSIN said of it; names never asked are missing."""
    c = t.opsin_answer.c
    found: dict[str, StoredReading] = {}
    for first in range(0, len(names), _AT_ONCE):
        part = {fit(name, CHEMICAL.most): name for name in names[first : first + _AT_ONCE]}
        query = select(t.opsin_answer).where(c.version == version, c.name.in_(part))
        for row in connection.execute(query):
            found[part[row.name]] = StoredReading(row.smiles, row.message, row.ambiguous, row.failures)
    return found


def put_readings(
    connection: Connection, answers: Mapping[str, StoredReading], version: str, now: datetime
) -> None:
    """Keep answers; a newer one takes the place of the one before. Failures in a row are counted up."""
    rows: list[dict[str, object]] = [
        {
            "name": name,
            "version": version,
            "smiles": each.smiles,
            "message": each.message,
            "ambiguous": each.ambiguous,
            "failures": each.failures,
            "asked_at": now,
        }
        for name, each in answers.items()
    ]
    statement = insert(connection, t.opsin_answer)
    old, new = t.opsin_answer.c, statement.excluded
    changes = {column: new[column] for column in ("smiles", "message", "ambiguous", "asked_at")}
    changes["failures"] = case((new.failures == 0, 0), else_=old.failures + new.failures)
    statement = statement.on_conflict_do_update(index_elements=["name", "version"], set_=changes)
    connection.execute(statement, rows)


# --- the queue ------------------------------------------------------------------------------------


def write(connection: Connection, article_id: int, revision: int, names: Iterable[NovelName]) -> None:
    """Keep names with the place where they were read: one place an article, however often it is read."""
    for each in names:
        row = {
            "novel_id": _put_name(connection, each),
            "article_id": article_id,
            "revision": revision,
            "times": each.times,
            "snippet": each.snippet,
            "near": each.near,
        }
        upsert(connection, t.novel_place, [row])


def _put_name(connection: Connection, name: NovelName) -> int:
    """The number of a name; what is known of its structure is kept when a later look knows less."""
    statement = insert(connection, t.novel_name).values(
        key=name.key,
        name=name.name,
        smiles=name.smiles,
        inchikey=name.inchikey,
        via=name.via,
        reason=name.reason,
        classes=name.classes,
        status=OPEN,
    )
    old, new = t.novel_name.c, statement.excluded
    better = (new.smiles != "") | (old.smiles == "")
    changes = {
        column: case((better, new[column]), else_=old[column])
        for column in ("smiles", "inchikey", "via", "reason", "classes")
    }
    statement = statement.on_conflict_do_update(index_elements=["key"], set_=changes)
    return int(connection.execute(statement.returning(old.id)).scalar_one())


def find(connection: Connection, key: str) -> int | None:
    """The number of the name with this key."""
    return connection.execute(select(t.novel_name.c.id).where(t.novel_name.c.key == key)).scalar()


def decide(connection: Connection, number: int, status: str, who: str, why: str, now: datetime) -> str | None:
    """Write a decision about a name and return the name; None, and nothing written, for no such number."""
    c = t.novel_name.c
    statement = update(t.novel_name).where(c.id == number).values(status=status).returning(c.name)
    name = connection.execute(statement).scalar()
    if name is not None:
        row = {"novel_id": number, "status": status, "who": who, "why": why, "at": now}
        connection.execute(t.novel_decision.insert().values(row))
    return name


def watched(connection: Connection) -> list[WatchedName]:
    """The names that somebody decided to watch, in the order of the decisions."""
    n, d = t.novel_name.c, t.novel_decision
    newest = select(func.max(d.c.id).label("id")).group_by(d.c.novel_id).subquery()
    query = (
        select(n.name, n.smiles, n.inchikey, d.c.who, d.c.why, d.c.at)
        .join(d, d.c.novel_id == n.id)
        .join(newest, newest.c.id == d.c.id)
        .where(n.status == WATCH)
        .order_by(d.c.id)
    )
    return [WatchedName(*row) for row in connection.execute(query)]
