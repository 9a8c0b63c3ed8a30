"""Notices in the database: proposals that wait, are brought up to date while open, and stay as decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from monitor.store import ACCEPTED, OPEN, REJECTED, NoticeProposal, ReadNotice, Store, open_store
from tests.store.cases import NOW

PLACED = NoticeProposal(
    "novex",
    "listing",
    "not on it",
    "places it on dea-schedule-1 (2026-1)",
    "The DEA places novex in schedule I",
    "a notice of 2026-11-20 places it on dea-schedule-1 (not reviewed)",
    "Federal Register 2026-1",
    {"action": "place", "list": "dea-schedule-1", "effective": "", "name": "Novex"},
)
NOTICE = ReadNotice(
    "federal-register",
    "2026-1",
    "https://www.federalregister.gov/d/2026-1",
    "Placement of Novex in Schedule I",
    "2026-11-20",
    "place",
    "place",
    "dea-schedule-1",
    "",
    "",
    "The DEA places novex in schedule I",
    ("title: place",),
    "register",
    (PLACED,),
)
WHOLE = replace(
    NOTICE,
    effective="2026-12-20",
    proposals=(
        replace(PLACED, after="from 2026-12-20", change={**PLACED.change, "effective": "2026-12-20"}),
    ),
)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(database_url, now=NOW) as opened:
        yield opened


def test_a_notice_waits_and_is_brought_up_to_date_while_it_does(store: Store) -> None:
    store.record([], found_notices=[NOTICE], now=NOW)
    (waiting,) = store.proposals(OPEN)
    assert (waiting.substance, waiting.kind, waiting.after) == ("novex", "listing", PLACED.after)
    assert store.pending_notices() == {"novex": (PLACED.reason,)}
    assert store.reviewed_notices() == set()
    store.record([], found_notices=[WHOLE], now=NOW)
    (again,) = store.proposals()
    assert (again.id, again.after, again.status) == (waiting.id, "from 2026-12-20", OPEN)
    assert store.notice_changes()[again.id]["effective"] == "2026-12-20"
    assert store.notice_counts()["dea-schedule-1"].waiting == 1


@pytest.mark.parametrize("status", [ACCEPTED, REJECTED])
def test_what_was_decided_stays_as_it_was(store: Store, status: str) -> None:
    store.record([], found_notices=[NOTICE], now=NOW)
    (waiting,) = store.proposals(OPEN)
    assert store.decide_proposals([waiting.id], status, who="Ann", why="read it", now=NOW) == []
    store.record([], found_notices=[WHOLE], now=NOW)
    (decided,) = store.proposals()
    assert (decided.id, decided.after, decided.status) == (waiting.id, PLACED.after, status)
    assert store.notice_changes()[decided.id]["effective"] == ""
    assert (store.pending_notices(), store.reviewed_notices()) == ({}, {"2026-1"})
    assert [each.substance for each in store.accepted_changes()] == ["novex"] * (status == ACCEPTED)


def test_a_day_that_a_person_looked_up_is_kept(store: Store) -> None:
    store.record([], found_notices=[NOTICE], now=NOW)
    (waiting,) = store.proposals(OPEN)
    assert store.put_effective([waiting.id, 99], "2027-01-04") == [99]
    store.decide_proposals([waiting.id], ACCEPTED, who="Ann", why="read it", now=NOW)
    (change,) = store.accepted_changes()
    assert (change.published, change.change["effective"]) == ("2026-11-20", "2027-01-04")


def test_two_notices_that_say_the_same_of_one_substance_are_two_proposals(store: Store) -> None:
    other = replace(NOTICE, num="2026-2", proposals=(replace(PLACED, after="places it (2026-2)"),))
    store.record([], found_notices=[NOTICE, other], now=NOW)
    assert len(store.proposals(OPEN)) == 2
    assert store.notice_days() == [("dea-schedule-1", "2026-11-20")] * 2
