"""Decisions and suppressions: written one after another in a chain, read back, and checked.

Each row of `decision` carries the hash of the one before, over a pseudonym of the person and a mark of the
reason, so that names and reasons can be erased and the chain still holds. Whoever can write the database
can write the whole chain anew: only a hash that is known elsewhere tells that.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from monitor.model import Severity, Suppression
from monitor.store import schema as t
from monitor.store.decision_tables import decision, person, suppression
from monitor.store.decision_values import Decided, DecisionState, NewDecision

BEGINNING = "0" * 64
"""What the first row has for the hash of the one before."""
PROGRAM = "substance-monitor"
"""Who decided when no person did."""


# --- the chain ------------------------------------------------------------------------------------


def head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the newest decision; (0, BEGINNING) before the first."""
    row = connection.execute(
        select(decision.c.n, decision.c.hash).order_by(decision.c.n.desc()).limit(1)
    ).first()
    return (0, BEGINNING) if row is None else (int(row.n), str(row.hash))


def append(connection: Connection, now: datetime, by: str, action: str, **more: Any) -> int:
    """Add one row to the chain; its number. `why` is text, the rest are columns."""
    n, previous = head(connection)
    nonce = secrets.token_hex(16)
    row: dict[str, Any] = {
        "n": n + 1,
        "alert_id": None,
        "suppression_id": None,
        "article_id": None,
        "action": action,
        "person": pseudonym(connection, by, now),
        "assignee": "",
        "until": "",
        "code": "",
        "why": "",
        "status_before": "",
        "status_after": "",
        **more,
        "nonce": nonce,
        "at": now.astimezone(UTC).replace(microsecond=0),
        "previous": previous,
    }
    row["why_mark"] = mark(nonce, row["why"])
    row["hash"] = digest(row)
    connection.execute(insert(decision).values(row))
    return n + 1


def mark(nonce: str, why: str) -> str:
    """What the chain has of a reason: nobody can guess the reason from it once the nonce is erased."""
    return hashlib.sha256(f"{nonce}\n{why}".encode("utf-8", "replace")).hexdigest()


_HASHED = (
    "n alert_id suppression_id article_id action person assignee until code why_mark "
    "status_before status_after at previous"
).split()


def digest(row: Any) -> str:
    """The hash of a row, over everything in it but the reason's own words."""
    values = [row[name].isoformat() if name == "at" else row[name] for name in _HASHED]
    return hashlib.sha256(json.dumps(values, ensure_ascii=True).encode()).hexdigest()


def verify(connection: Connection, known_head: str = "") -> tuple[int, str, list[str]]:
    """Number of decisions, the newest hash, and what is wrong, in words; `known_head` from outside."""
    wrong: list[str] = []
    previous, expected, found_head = BEGINNING, 1, not known_head or known_head == BEGINNING
    statuses: dict[int, str] = {}
    query = select(decision).order_by(decision.c.n)
    for row in connection.execute(query).mappings():
        if row["n"] != expected:
            wrong.append(
                f"decision {expected} is missing" if row["n"] > expected else f"{row['n']} is twice there"
            )
        if row["previous"] != previous:
            wrong.append(f"decision {row['n']} does not follow the one before it")
        if digest(row) != row["hash"]:
            wrong.append(f"decision {row['n']} was changed")
        if row["nonce"] and mark(row["nonce"], row["why"]) != row["why_mark"]:
            wrong.append(f"the reason of decision {row['n']} was changed")
        if row["alert_id"] is not None and row["status_after"]:
            before = statuses.get(row["alert_id"], "new")
            if row["status_before"] != before:
                wrong.append(
                    f"decision {row['n']} begins with {row['status_before']}, the alert was {before}"
                )
            statuses[row["alert_id"]] = row["status_after"]
        found_head = found_head or row["hash"] == known_head.lower()
        previous, expected = row["hash"], row["n"] + 1
    wrong += _strays(connection, statuses)
    if not found_head:
        wrong.append(f"no decision has the hash {known_head}: some were removed, or all were written anew")
    return expected - 1, previous, wrong


def _strays(connection: Connection, statuses: dict[int, str]) -> Iterator[str]:
    """Alerts whose status is not what their decisions say."""
    c = t.alert.c
    for row in connection.execute(select(c.id, c.status).where(c.status != "new")):
        if statuses.get(row.id, "new") != row.status:
            yield f"alert {row.id} is {row.status}, its decisions say {statuses.get(row.id, 'new')}"
    changed = [number for number, status in statuses.items() if status != "new"]
    for first in range(0, len(changed), 500):
        part = changed[first : first + 500]
        for number in connection.execute(select(c.id).where(c.id.in_(part), c.status == "new")).scalars():
            yield f"alert {number} is new, its decisions say {statuses[number]}"


# --- people ---------------------------------------------------------------------------------------


def pseudonym(connection: Connection, name: str, now: datetime) -> str:
    """The number of the person with this name, made by dice at the first decision."""
    found = connection.execute(select(person.c.id).where(person.c.name == name)).scalar()
    if found is None:
        found = secrets.token_hex(16)
        connection.execute(insert(person).values(id=found, name=name, added_at=now))
    return str(found)


def erase_person(connection: Connection, name: str, now: datetime) -> bool:
    """Erase a person's name; the decisions stay, under the number. False when there is none."""
    statement = update(person).where(person.c.name == name).values(name=None, erased_at=now)
    return connection.execute(statement).rowcount > 0


# --- decisions about alerts -----------------------------------------------------------------------


def states(connection: Connection, alerts: Sequence[int]) -> dict[int, DecisionState]:
    """Alert -> its status, with the newest decision; numbers that do not exist are missing."""
    c, d = t.alert.c, decision.c
    query = (
        select(c.id, c.status, c.substance, d.at, person.c.name, d.why, d.code)
        .join(decision, d.n == c.decision_n, isouter=True)
        .join(person, person.c.id == d.person, isouter=True)
        .where(c.id.in_(alerts))
    )
    return {
        row.id: DecisionState(
            row.id, row.status, row.substance, row.at, row.name or "", row.why or row.code or ""
        )
        for row in connection.execute(query)
    }


def decide(connection: Connection, steps: Sequence[NewDecision], by: str, now: datetime) -> list[Decided]:
    """Write decisions, each only if the alert still has the status that was seen.

    Every step comes back, with the status that was found; `written` False: somebody decided meanwhile.
    """
    done = []
    for step in steps:
        found = connection.execute(select(t.alert.c.status).where(t.alert.c.id == step.alert)).scalar()
        if found != step.seen:
            done.append(Decided(step, found or "", False))
            continue
        assignee = pseudonym(connection, step.assignee, now) if step.assignee else ""
        n = append(
            connection,
            now,
            by,
            step.action,
            alert_id=step.alert,
            assignee=assignee,
            until=step.until,
            code=step.code,
            why=step.why,
            status_before=found,
            status_after=step.after,
        )
        if step.action != "comment":
            values: dict[str, object] = {"status": step.after, "snoozed_until": step.until, "decision_n": n}
            values |= {"assignee": assignee} if assignee else {}
            connection.execute(update(t.alert).where(t.alert.c.id == step.alert).values(values))
        done.append(Decided(step, found, True, n))
    return done


def wake(connection: Connection, now: datetime) -> int:
    """Open the alerts again whose day has come; how many."""
    c, today = t.alert.c, now.astimezone(UTC).date().isoformat()
    due = connection.execute(
        select(c.id, c.snoozed_until).where(c.status == "snoozed", c.snoozed_until <= today)
    )
    steps = [
        NewDecision(row.id, "reopen", "snoozed", "new", why=f"it was snoozed until {row.snoozed_until}")
        for row in due.all()
    ]
    return sum(each.written for each in decide(connection, steps, PROGRAM, now)) if steps else 0


def dismissals(connection: Connection, alerts: Sequence[int], since: datetime) -> list[tuple[str, str, str]]:
    """Substance, source and status of the alerts decided since then, of the kinds of these alerts."""
    c, a, d = t.alert.c, t.article.c, decision.c
    of = select(c.substance, a.source).join(t.article, a.id == c.article_id)
    kinds = {tuple(row) for row in connection.execute(of.where(c.id.in_(alerts)))}
    query = (
        select(c.substance, a.source, c.status)
        .join(t.article, a.id == c.article_id)
        .join(decision, d.n == c.decision_n)
        .where(d.at >= since, c.substance.in_({substance for substance, _ in kinds}))
    )
    rows = connection.execute(query)
    return [(row[0], row[1], row[2]) for row in rows if (row[0], row[1]) in kinds]


# --- suppressions ---------------------------------------------------------------------------------


def add_suppression(connection: Connection, wanted: Suppression, why: str, by: str, now: datetime) -> int:
    """Hold alerts back from now on; the number of the suppression."""
    row = {name: getattr(wanted, name) for name in ("substance", "source", "list_id", "tag", "name", "until")}
    values = {**row, "severity": int(wanted.severity), "added_at": now}
    statement = insert(suppression).values(values).returning(suppression.c.id)
    number = int(connection.execute(statement).scalar_one())
    append(connection, now, by, "suppress", suppression_id=number, until=wanted.until, why=why)
    return number


def end_suppression(connection: Connection, number: int, why: str, by: str, now: datetime) -> bool:
    """End a suppression; False when there is none that is not over."""
    c = suppression.c
    statement = update(suppression).where(c.id == number, c.ended_at.is_(None)).values(ended_at=now)
    if not connection.execute(statement).rowcount:
        return False
    append(connection, now, by, "end", suppression_id=number, why=why)
    return True


def in_force(connection: Connection, day: date) -> list[Suppression]:
    """The suppressions of that day, the oldest first."""
    c = suppression.c
    query = select(suppression).where(c.ended_at.is_(None), c.until >= day.isoformat()).order_by(c.id)
    return [_suppression(row) for row in connection.execute(query)]


def _suppression(row: Row[Any]) -> Suppression:
    names = ("id", "substance", "source", "list_id", "tag", "name", "until")
    return Suppression(severity=Severity(row.severity), **{name: getattr(row, name) for name in names})


def gravest(connection: Connection, wanted: Suppression) -> Severity | None:
    """The gravest severity of the alerts so far of that substance and source; None when there is none."""
    c, a = t.alert.c, t.article.c
    query = select(func.max(c.severity)).join(t.article, a.id == c.article_id)
    if wanted.substance:
        query = query.where(c.substance == wanted.substance)
    if wanted.source:
        query = query.where(a.source == wanted.source)
    found = connection.execute(query).scalar()
    return None if found is None else Severity(found)
