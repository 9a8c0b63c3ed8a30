"""What people decide about alerts: which step leads from which status to which. Pure.

Nothing is overwritten: each decision is a row of its own, and an alert's status is what the newest says.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from monitor.errors import MonitorError


class Status(enum.StrEnum):
    """What is decided about an alert so far. The first four are open: somebody still has to decide."""

    NEW = "new"
    ASSIGNED = "assigned"
    ESCALATED = "escalated"
    SNOOZED = "snoozed"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    RETRACTED = "retracted"


class Action(enum.StrEnum):
    """One step of triage."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    ASSIGN = "assign"
    COMMENT = "comment"
    ESCALATE = "escalate"
    RETRACT = "retract"
    REOPEN = "reopen"
    SNOOZE = "snooze"


OPEN = (Status.NEW, Status.ASSIGNED, Status.ESCALATED, Status.SNOOZED)
CLOSED = (Status.CONFIRMED, Status.DISMISSED, Status.RETRACTED)
EVERY = (*OPEN, *CLOSED)
WHY_NEEDED = (Action.DISMISS, Action.RETRACT, Action.COMMENT)
"""Steps that say nothing without a reason."""

STEPS: Mapping[Action, tuple[tuple[Status, ...], Status | None]] = {
    Action.CONFIRM: (OPEN, Status.CONFIRMED),
    Action.DISMISS: (OPEN, Status.DISMISSED),
    Action.ASSIGN: (OPEN, Status.ASSIGNED),
    Action.COMMENT: (EVERY, None),
    Action.ESCALATE: (OPEN, Status.ESCALATED),
    Action.RETRACT: ((*OPEN, Status.CONFIRMED), Status.RETRACTED),
    Action.REOPEN: ((*CLOSED, Status.SNOOZED), Status.NEW),
    Action.SNOOZE: (OPEN, Status.SNOOZED),
}
"""Action -> the statuses that it may be taken in, and the status after it (None: the same)."""

MANY = 5  # dismissals of one kind, without a confirmation, after which a suppression is proposed


def status_after(status: str, action: Action) -> Status:
    """The status after a step. MonitorError when it cannot be taken: the message says what to do."""
    before, after = STEPS[action]
    if status not in before:
        advice = "reopen it first" if status in CLOSED and action is not Action.REOPEN else "nothing to do"
        raise MonitorError(f"it is {status}, and cannot be {_PAST[action]}: {advice}")
    return Status(status) if after is None else after


_PAST = {
    Action.CONFIRM: "confirmed",
    Action.DISMISS: "dismissed",
    Action.ASSIGN: "assigned",
    Action.COMMENT: "commented on",
    Action.ESCALATE: "escalated",
    Action.RETRACT: "retracted",
    Action.REOPEN: "reopened",
    Action.SNOOZE: "snoozed",
}


def check_step(
    action: Action, *, why: str, code: str, assignee: str, until: str, today: date, codes: Iterable[str]
) -> None:
    """MonitorError when something that the step needs is missing or wrong. `until` is an ISO day or ""."""
    if action in WHY_NEEDED and not why and not code:
        raise MonitorError(f"to {action} an alert takes a reason: --why TEXT (or --code CODE)")
    known = tuple(codes)
    if code and code not in known:
        there_are = f"there are {', '.join(known)}" if known else "none is configured under `triage: reasons`"
        raise MonitorError(f"there is no reason code “{code}”; {there_are}")
    if action is Action.ASSIGN and not assignee:
        raise MonitorError("to assign an alert takes a person: --to NAME")
    if action is Action.SNOOZE and (not until or until <= today.isoformat()):
        raise MonitorError("to snooze an alert takes a day to come: --until 2026-12-24")


def proposals(decided: Iterable[tuple[str, str, str]], many: int = MANY) -> list[tuple[str, str, int]]:
    """Substance, source and number of dismissals of each kind that was dismissed `many` times or more.

    `decided`: substance, source and status of alerts. A kind that was once confirmed is not proposed.
    """
    dismissed: Counter[tuple[str, str]] = Counter()
    confirmed: set[tuple[str, str]] = set()
    for substance, source, status in decided:
        if status == Status.DISMISSED:
            dismissed[substance, source] += 1
        elif status in (Status.CONFIRMED, Status.ESCALATED):
            confirmed.add((substance, source))
    return [
        (substance, source, times)
        for (substance, source), times in dismissed.most_common()
        if times >= many and (substance, source) not in confirmed
    ]
