"""What comes from elsewhere: PubChem's answers, proposals for the watchlist with their decisions, jobs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, select, update

from monitor.store import schema as t
from monitor.store.columns import CHEMICAL, fit
from monitor.store.engine import insert, upsert
from monitor.store.values import ACCEPTED, OPEN, FindingLike, Job, Proposal, StoredAnswer

RULE = "rule"
"""Who decided, when no person did."""

_AT_ONCE = 500  # questions in one statement: databases limit its parameters


# --- answers --------------------------------------------------------------------------------------


def answers(connection: Connection, questions: Sequence[str]) -> dict[str, StoredAnswer]:
    """Question -> what was answered last, however long ago; questions never asked are missing."""
    table = t.pubchem_answer
    found: dict[str, StoredAnswer] = {}
    for first in range(0, len(questions), _AT_ONCE):
        part = {fit(each, CHEMICAL.most): each for each in questions[first : first + _AT_ONCE]}
        query = select(table).where(table.c.question.in_(part))
        for row in connection.execute(query).mappings():
            asked = part[row["question"]]
            found[asked] = StoredAnswer(**{**row, "question": asked})
    return found


def put_answers(connection: Connection, rows: Iterable[StoredAnswer]) -> None:
    """Keep answers; a newer one takes the place of the one before."""
    upsert(connection, t.pubchem_answer, [asdict(row) for row in rows])


# --- proposals ------------------------------------------------------------------------------------


def propose(connection: Connection, findings: Iterable[FindingLike], now: datetime) -> tuple[int, int]:
    """Keep the findings that are new; those a rule calls safe are accepted at once, with its words.

    Gives how many are new and how many of them were accepted. What was decided before stays decided.
    """
    new = accepted = 0
    for finding in findings:
        row = {
            "substance": finding.substance,
            "kind": finding.kind,
            "before": finding.before,
            "after": finding.after,
            "detail": finding.detail,
            "reason": finding.reason,
            "source": finding.source,
            "found_at": now,
            "status": OPEN,
        }
        statement = insert(connection, t.proposal).values(row).on_conflict_do_nothing()
        number = connection.execute(statement.returning(t.proposal.c.id)).scalar()
        if number is None:
            continue
        new += 1
        if finding.safe:
            accepted += 1
            _decide(connection, int(number), ACCEPTED, RULE, finding.safe, now)
    return new, accepted


def decide(
    connection: Connection, ids: Iterable[int], status: str, who: str, why: str, now: datetime
) -> list[int]:
    """Write a decision for each proposal; the numbers that do not exist come back and nothing is written."""
    wanted = list(dict.fromkeys(ids))
    known = set(connection.execute(select(t.proposal.c.id).where(t.proposal.c.id.in_(wanted))).scalars())
    unknown = [number for number in wanted if number not in known]
    if not unknown:
        for number in wanted:
            _decide(connection, number, status, who, why, now)
    return unknown


def _decide(connection: Connection, number: int, status: str, who: str, why: str, now: datetime) -> None:
    row = {"proposal_id": number, "status": status, "who": who, "why": why, "at": now}
    connection.execute(t.proposal_decision.insert().values(row))
    connection.execute(update(t.proposal).where(t.proposal.c.id == number).values(status=status))


def proposals(connection: Connection, status: str | None = None) -> list[Proposal]:
    """Proposals with this status (None: all) in the order in which they were found."""
    p, d = t.proposal.c, t.proposal_decision
    newest = select(d.c.proposal_id, func.max(d.c.id).label("id")).group_by(d.c.proposal_id).subquery()
    query = (
        select(t.proposal, d.c.who, d.c.why, d.c.at.label("decided_at"))
        .join(newest, newest.c.proposal_id == p.id, isouter=True)
        .join(d, d.c.id == newest.c.id, isouter=True)
        .order_by(p.id)
    )
    if status is not None:
        query = query.where(p.status == status)
    return [_proposal(row) for row in connection.execute(query).mappings()]


def _proposal(row: RowMapping) -> Proposal:
    return Proposal(**{**row, "who": row["who"] or "", "why": row["why"] or ""})


def newest_decisions(connection: Connection) -> tuple[int, int]:
    """The numbers of the last decisions about a proposal and about a novel name; 0 before the first."""
    tables = t.proposal_decision, t.novel_decision
    first, second = (connection.execute(select(func.max(table.c.id))).scalar() or 0 for table in tables)
    return first, second


# --- jobs -----------------------------------------------------------------------------------------


def job(connection: Connection, name: str) -> Job | None:
    """When the job is due and how it ended; None before it was ever planned."""
    row = connection.execute(select(t.job).where(t.job.c.name == name)).mappings().one_or_none()
    return None if row is None else Job(**row)


def put_job(connection: Connection, state: Job) -> None:
    """Plan a job and keep how it ended."""
    upsert(connection, t.job, [asdict(state)])
