"""Triage: every step from every status, what it takes, and when a suppression is proposed."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.alerts.triage import CLOSED, EVERY, OPEN, Action, Status, check_step, proposals, status_after
from monitor.errors import MonitorError

TODAY = date(2026, 11, 20)
# action: the statuses in which it may be taken, and the one after it
ALLOWED: dict[str, tuple[str, str]] = {
    "confirm": ("new assigned escalated snoozed", "confirmed"),
    "dismiss": ("new assigned escalated snoozed", "dismissed"),
    "assign": ("new assigned escalated snoozed", "assigned"),
    "escalate": ("new assigned escalated snoozed", "escalated"),
    "snooze": ("new assigned escalated snoozed", "snoozed"),
    "retract": ("new assigned escalated snoozed confirmed", "retracted"),
    "reopen": ("confirmed dismissed retracted snoozed", "new"),
    "comment": ("new assigned escalated snoozed confirmed dismissed retracted", ""),
}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("status", Status)
def test_each_step_from_each_status(action: Action, status: Status) -> None:
    before, after = ALLOWED[action]
    if status in before.split():
        assert status_after(status, action) == (after or status)
    else:
        with pytest.raises(MonitorError, match=f"it is {status}, and cannot be"):
            status_after(status, action)


def test_a_status_is_open_or_closed() -> None:
    assert set(OPEN) | set(CLOSED) == set(EVERY) == set(Status)
    assert not set(OPEN) & set(CLOSED)


STEP = {"why": "because", "code": "", "assignee": "", "until": ""}


@pytest.mark.parametrize(
    ("action", "changes", "words"),
    [
        ("confirm", {"why": ""}, ""),
        ("dismiss", {}, ""),
        ("dismiss", {"why": ""}, "takes a reason"),
        ("dismiss", {"why": "", "code": "fiction"}, ""),
        ("dismiss", {"code": "other"}, "no reason code “other”; there are fiction"),
        ("retract", {"why": ""}, "takes a reason"),
        ("comment", {"why": ""}, "takes a reason"),
        ("assign", {}, "takes a person"),
        ("assign", {"assignee": "Ben"}, ""),
        ("snooze", {}, "takes a day to come"),
        ("snooze", {"until": "2026-11-20"}, "takes a day to come"),
        ("snooze", {"until": "2026-11-21"}, ""),
    ],
)
def test_what_a_step_takes(action: str, changes: dict[str, str], words: str) -> None:
    def check() -> None:
        check_step(Action(action), today=TODAY, codes=["fiction"], **{**STEP, **changes})

    if not words:
        check()
        return
    with pytest.raises(MonitorError, match=words):
        check()


def test_repeated_dismissals_of_one_kind_propose_a_suppression() -> None:
    many = [("cannabis", "Court", "dismissed")] * 5
    assert proposals(many) == [("cannabis", "Court", 5)]
    assert proposals(many[:4]) == []
    assert proposals([*many, ("cannabis", "Court", "confirmed")]) == []
    assert proposals([*many, ("cannabis", "Other", "confirmed")]) == [("cannabis", "Court", 5)]
    assert proposals([*many[:3], *[("cannabis", "Other", "dismissed")] * 3]) == []
