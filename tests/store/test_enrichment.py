"""PubChem's answers, proposals with their decisions, and jobs in the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from monitor.store import ACCEPTED, OPEN, REJECTED, Job, Store, StoredAnswer, open_store
from tests.store.cases import HOUR, NOW


@dataclass(frozen=True)
class Finding:
    """A proposed change, shaped like the chemistry wing's."""

    substance: str = "phenethyl-bromide"
    kind: str = "synonym"
    before: str = ""
    after: str = "2-phenylethyl bromide"
    detail: str = ""
    reason: str = "short"
    source: str = "PubChem CID 7666, 2026-11-20"
    safe: str = ""


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(database_url, now=NOW) as opened:
        yield opened


def test_answers_are_kept_and_replaced(store: Store) -> None:
    first = StoredAnswer("synonyms cid 1", True, [{"CID": 1, "Synonym": ["β-x", "y"]}], NOW)
    store.put_answers([first, StoredAnswer("cids name nothing", False, [], NOW)])
    later = StoredAnswer("synonyms cid 1", False, [], NOW + HOUR)
    assert store.answers(["synonyms cid 1", "never asked"]) == {"synonyms cid 1": first}
    store.put_answers([later])
    assert store.answers(["synonyms cid 1"]) == {"synonyms cid 1": later}
    many = [StoredAnswer(f"synonyms cid {n}", True, [], NOW) for n in range(1200)]
    store.put_answers(many)
    assert len(store.answers([each.question for each in many])) == 1200


def test_a_proposal_is_kept_once_and_a_safe_one_is_accepted(store: Store) -> None:
    safe = Finding(after="2-phenylethyl bromide", reason="", safe="long and unambiguous")
    assert store.propose([Finding(after="PEB"), safe], NOW) == (2, 1)
    assert store.propose([Finding(after="PEB"), safe], NOW + HOUR) == (0, 0)
    waiting, accepted = store.proposals()
    assert (waiting.status, waiting.reason, waiting.found_at, waiting.decided_at) == (
        OPEN,
        "short",
        NOW,
        None,
    )
    assert (accepted.status, accepted.who, accepted.why, accepted.decided_at) == (
        ACCEPTED,
        "rule",
        "long and unambiguous",
        NOW,
    )
    assert store.proposals(OPEN) == [waiting]
    assert store.proposals(ACCEPTED) == [accepted]


def test_decisions_are_added_never_changed(store: Store) -> None:
    store.propose([Finding(after="PEB"), Finding(after="peb-x")], NOW)
    one, two = (each.id for each in store.proposals())
    assert store.decide_proposals([one, two, one], REJECTED, who="Ann", why="too short", now=NOW) == []
    assert store.decide_proposals([one], ACCEPTED, who="Bob", why="in use", now=NOW + HOUR) == []
    first, second = store.proposals()
    assert (first.status, first.who, first.why, first.decided_at) == (ACCEPTED, "Bob", "in use", NOW + HOUR)
    assert (second.status, second.who) == (REJECTED, "Ann")
    assert store.propose([Finding(after="peb-x", safe="now a rule likes it")], NOW) == (0, 0)
    query = "SELECT who, status FROM proposal_decision ORDER BY id"
    with store.engine_readonly().connect() as connection:
        kept = [tuple(row) for row in connection.execute(text(query))]
    assert kept == [("Ann", REJECTED), ("Ann", REJECTED), ("Bob", ACCEPTED)]


def test_an_unknown_number_stops_the_whole_decision(store: Store) -> None:
    store.propose([Finding()], NOW)
    (proposal,) = store.proposals()
    assert store.decide_proposals([proposal.id, 99], ACCEPTED, who="Ann", why="x", now=NOW) == [99]
    assert store.proposals(OPEN) == [proposal]


def test_a_job_is_planned_and_planned_anew(store: Store) -> None:
    assert store.job("sync") is None
    store.put_job(Job("sync", NOW + HOUR))
    assert store.job("sync") == Job("sync", NOW + HOUR)
    failed = Job("sync", NOW + 2 * HOUR, NOW, "failed", "could not be reached", 1)
    store.put_job(failed)
    assert store.job("sync") == failed
