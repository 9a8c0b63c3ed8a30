"""Which deliveries there are, and when they are due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Severity
from monitor.notify import AlertFacts, DeliveryRule, next_attempt, plan_alert, plan_source
from monitor.notify.plan import after_quiet_hours, next_digest

NOW = datetime(2026, 3, 28, 21, 30, tzinfo=UTC)
FACTS = AlertFacts("BMK", Severity.HIGH, frozenset({"eu-1"}), "desk", frozenset({"seizure"}), quiet=False)
RULE = DeliveryRule("all", ("mail",))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"severity": Severity.HIGH}, True),
        ({"severity": Severity.CRITICAL}, False),
        ({"substances": ("BMK", "PMK")}, True),
        ({"substances": ("PMK",)}, False),
        ({"lists": ("eu-1",)}, True),
        ({"lists": ("eu-2",)}, False),
        ({"sources": ("desk",)}, True),
        ({"sources": ("other",)}, False),
        ({"tags": ("seizure",)}, True),
        ({"tags": ("legislation",)}, False),
    ],
)
def test_a_rule_fits_by_all_that_it_names(change: dict[str, object], fits: bool) -> None:
    assert bool(plan_alert(FACTS, [replace(RULE, **change)], NOW)) == fits


def test_quiet_alerts_go_where_they_are_wanted() -> None:
    quiet = replace(FACTS, quiet=True)
    assert plan_alert(quiet, [RULE], NOW) == ()
    assert len(plan_alert(quiet, [replace(RULE, quiet_alerts=True)], NOW)) == 1


def test_one_notice_a_channel_by_the_earliest_rule_and_an_escalation_beside_it() -> None:
    digest = DeliveryRule("later", ("mail", "chat"), when="hourly")
    escalation = DeliveryRule("nobody", ("mail",), undecided_for=timedelta(hours=4))
    planned = plan_alert(FACTS, [RULE, digest, escalation], NOW)
    assert [(p.channel, p.rule, p.kind, p.due_at, p.digest) for p in planned] == [
        ("mail", "all", "alert", NOW, False),
        ("chat", "later", "alert", at("2026-03-28T22:00"), True),
        ("mail", "nobody", "escalation", NOW + timedelta(hours=4), False),
    ]


def test_sources_are_for_rules_about_sources() -> None:
    rule = replace(RULE, about_sources=True, sources=("desk",))
    assert plan_source("desk", [RULE], NOW) == ()
    assert [p.kind for p in plan_source("desk", [rule], NOW)] == ["source"]
    assert plan_source("other", [rule], NOW) == ()


@pytest.mark.parametrize(
    ("now", "when", "due"),
    [
        ("2026-03-28T21:30", "at-once", "2026-03-28T21:30"),
        ("2026-03-28T21:30", "hourly", "2026-03-28T22:00"),
        ("2026-03-28T22:00", "hourly", "2026-03-28T22:00"),
        ("2026-03-28T05:59", "07:00 Europe/Berlin", "2026-03-28T06:00"),
        ("2026-03-28T06:00", "07:00 Europe/Berlin", "2026-03-28T06:00"),
        ("2026-03-28T06:01", "07:00 Europe/Berlin", "2026-03-29T05:00"),  # summer time has begun
        ("2026-03-29T00:30", "02:30 Europe/Berlin", "2026-03-29T01:30"),  # a time that this day leaves out
        ("2026-10-24T23:00", "02:30 Europe/Berlin", "2026-10-25T00:30"),  # the first of two
    ],
)
def test_when_a_digest_goes(now: str, when: str, due: str) -> None:
    assert next_digest(at(now), when) == at(due)


@pytest.mark.parametrize(
    ("moment", "hours", "due"),
    [
        ("2026-01-10T12:00", "", "2026-01-10T12:00"),
        ("2026-01-10T20:59", "22:00-06:00 Europe/Berlin", "2026-01-10T20:59"),
        ("2026-01-10T21:00", "22:00-06:00 Europe/Berlin", "2026-01-11T05:00"),
        ("2026-01-11T04:59", "22:00-06:00 Europe/Berlin", "2026-01-11T05:00"),
        ("2026-01-11T05:00", "22:00-06:00 Europe/Berlin", "2026-01-11T05:00"),
        ("2026-01-11T12:30", "12:00-13:00 UTC", "2026-01-11T13:00"),
        ("2026-01-11T12:30", "12:00-12:00 UTC", "2026-01-11T12:30"),  # an empty span is quiet at no time
    ],
)
def test_quiet_hours(moment: str, hours: str, due: str) -> None:
    assert after_quiet_hours(at(moment), hours) == at(due)


@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)), st.sampled_from(["02:30", "00:00", "23:59"]))  # noqa: DTZ001
def test_a_daily_digest_is_never_in_the_past_and_never_two_days_away(naive: datetime, clock: str) -> None:
    now = naive.replace(tzinfo=UTC)
    due = next_digest(now, f"{clock} America/New_York")
    assert timedelta() <= due - now <= timedelta(hours=26)


def test_attempts_come_later_and_later_and_differ_from_each_other() -> None:
    waits = [(next_attempt(NOW, n, "a") - NOW).total_seconds() for n in range(1, 12)]
    assert 30 <= waits[0] <= 36
    assert 60 <= waits[1] <= 72
    assert all(3600 <= wait <= 4320 for wait in waits[7:])
    assert next_attempt(NOW, 3, "a") == next_attempt(NOW, 3, "a") != next_attempt(NOW, 3, "b")
