"""Decisions in a chain, suppressions, forgetting: what is written, refused and noticed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from monitor.model import Severity, Suppression
from monitor.store import NewDecision, Store, open_store
from monitor.store.decisions import BEGINNING
from tests.store.cases import FILLER, HOUR, NOW, WATCHLIST, article, edited, record

DAY = timedelta(days=1)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(database_url, now=NOW) as opened:
        opened.put_watchlist(WATCHLIST, (), NOW)
        opened.record(
            [record(article()), record(article("https://news.example/2", "fentanyl " * 40))], now=NOW
        )
        yield opened


def rows(store: Store, query: str) -> list[tuple[object, ...]]:
    with store.engine_readonly().connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def change(store: Store, statement: str) -> None:
    with store._writer.begin() as connection:
        connection.execute(text(statement))


def step(alert: int, action: str, seen: str, after: str, **more: str) -> NewDecision:
    return NewDecision(alert, action, seen, after, **more)


def decide(store: Store, *steps: NewDecision, by: str = "Ann") -> list[bool]:
    return [each.written for each in store.decisions.decide(steps, by=by, now=NOW + HOUR)]


def test_a_decision_is_kept_with_who_and_why_and_the_status_follows(store: Store) -> None:
    assert decide(store, step(1, "assign", "new", "assigned", assignee="Ben")) == [True]
    assert decide(store, step(1, "dismiss", "assigned", "dismissed", why="a novel", code="fiction")) == [True]
    seen = "SELECT status, assignee, decided_by, reason FROM v_alerts WHERE alert_id = 1"
    assert rows(store, seen) == [("dismissed", "Ben", "Ann", "a novel")]
    listed = "SELECT decision_id, action, decided_by, assignee, status_before, status_after FROM v_decisions"
    assert rows(store, f"{listed} ORDER BY decision_id") == [
        (1, "assign", "Ann", "Ben", "new", "assigned"),
        (2, "dismiss", "Ann", "", "assigned", "dismissed"),
    ]
    assert store.decisions.verify()[::2] == (2, [])


def test_a_comment_changes_nothing(store: Store) -> None:
    later = (NOW + DAY).date().isoformat()
    decide(store, step(1, "snooze", "new", "snoozed", until=later))
    decide(store, step(1, "comment", "snoozed", "snoozed", why="asked the customs office"))
    assert store.decisions.states([1])[1].status == "snoozed"
    assert store.decisions.wake(NOW + HOUR) == 0
    assert store.decisions.wake(NOW + DAY) == 1
    assert rows(store, "SELECT status, decided_by FROM v_alerts WHERE alert_id = 1") == [
        ("new", "substance-monitor")
    ]
    assert store.decisions.verify()[2] == []


def test_a_check_opens_snoozed_alerts_again(store: Store) -> None:
    decide(store, step(1, "snooze", "new", "snoozed", until=(NOW + DAY).date().isoformat()))
    run = store.begin_run("once", NOW + 2 * DAY)
    store.begin_check(run, "Example News", NOW + 2 * DAY)
    assert store.decisions.states([1])[1].status == "new"


def test_a_decision_made_meanwhile_is_not_overwritten(store: Store) -> None:
    assert decide(store, step(1, "confirm", "new", "confirmed")) == [True]
    assert decide(store, step(1, "dismiss", "new", "dismissed", why="x"), by="Ben") == [False]
    assert decide(store, step(99, "dismiss", "new", "dismissed", why="x")) == [False]
    assert store.decisions.states([1, 99]).keys() == {1}
    assert store.decisions.states([1])[1].by == "Ann"


def test_of_two_at_once_one_decides(store: Store) -> None:
    steps = [step(1, "confirm", "new", "confirmed"), step(1, "dismiss", "new", "dismissed", why="x")]
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(decide, store, steps[n % 2], by=f"p{n}") for n in range(8)]
    assert sum(each.result()[0] for each in done) == 1
    assert store.decisions.verify()[::2] == (1, [])


# --- the chain ------------------------------------------------------------------------------------


@pytest.fixture
def chain(store: Store) -> Store:
    decide(
        store,
        step(1, "assign", "new", "assigned", assignee="Ben"),
        step(1, "comment", "assigned", "assigned", why="looked at it"),
        step(2, "dismiss", "new", "dismissed", why="a novel"),
        step(1, "confirm", "assigned", "confirmed"),
    )
    return store


TAMPERED = {
    "another reason": "UPDATE decision SET why = 'bribed' WHERE n = 3",
    "another person": "UPDATE decision SET person = 'x' WHERE n = 2",
    "another action": "UPDATE decision SET action = 'confirm' WHERE n = 3",
    "another time": "UPDATE decision SET at = '2026-01-01 00:00:00' WHERE n = 2",
    "removed": "DELETE FROM decision WHERE n = 2",
    "the first removed": "DELETE FROM decision WHERE n = 1",
    "a status": "UPDATE alert SET status = 'confirmed' WHERE id = 3",
    "a status taken back": "UPDATE alert SET status = 'new' WHERE id = 2",
    "inserted": (
        "INSERT INTO decision (n, alert_id, action, person, why_mark, status_before, status_after, at, "
        "previous, hash) VALUES (5, 3, 'confirm', 'x', 'x', 'new', 'confirmed', '2026-11-20 13:00:00', "
        "'x', 'x')"
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_every_change_of_the_chain_is_told(chain: Store, what: str) -> None:
    assert chain.decisions.verify()[2] == []
    change(chain, TAMPERED[what])
    assert chain.decisions.verify()[2] != []


def test_what_a_head_known_elsewhere_tells(chain: Store) -> None:
    count, head, wrong = chain.decisions.verify()
    assert (count, len(head), wrong) == (4, 64, [])
    assert chain.decisions.verify(head)[2] == []
    decide(chain, step(3, "confirm", "new", "confirmed"))
    assert chain.decisions.verify(head)[2] == []  # the chain went on
    assert chain.decisions.verify(BEGINNING)[2] == []
    change(chain, "DELETE FROM decision WHERE n >= 4")
    change(chain, "UPDATE alert SET status = 'assigned', decision_n = 1 WHERE id = 1")
    change(chain, "UPDATE alert SET status = 'new' WHERE id = 3")
    assert chain.decisions.verify()[2] == []  # the newest taken away: nothing inside tells it
    assert "no decision has the hash" in chain.decisions.verify(head)[2][0]


def test_a_name_is_erased_and_the_chain_holds(chain: Store) -> None:
    assert not chain.decisions.erase_person("nobody", why="x", by="Eve", now=NOW)
    assert chain.decisions.erase_person("Ann", why="left the firm", by="Eve", now=NOW)
    assert rows(chain, "SELECT COUNT(*) FROM v_decisions WHERE decided_by = 'Ann'") == [(0,)]
    assert rows(chain, "SELECT COUNT(DISTINCT person) FROM v_decisions WHERE action <> 'erase person'") == [
        (1,)
    ]
    assert chain.decisions.verify()[2] == []
    decide(chain, step(3, "confirm", "new", "confirmed"))  # another Ann is another person
    assert rows(chain, "SELECT COUNT(DISTINCT person) FROM v_decisions") == [(3,)]


# --- suppressions ---------------------------------------------------------------------------------

WANTED = Suppression(Severity.HIGH, (NOW + 30 * DAY).date().isoformat(), substance="fentanyl")


@pytest.mark.parametrize(
    ("wanted", "held"),
    [
        (WANTED, True),
        (replace(WANTED, source="Example News", list_id="un-1961-I", tag="seizure", name="fentanyl"), True),
        (replace(WANTED, substance="heroin"), False),
        (replace(WANTED, source="Other"), False),
        (replace(WANTED, list_id="dea-sss"), False),
        (replace(WANTED, tag="research"), False),
        (replace(WANTED, name="china white"), False),
        (replace(WANTED, severity=Severity.MEDIUM), False),
        (replace(WANTED, until=(NOW - DAY).date().isoformat()), False),
    ],
)
def test_what_fits_is_kept_and_not_raised(store: Store, wanted: Suppression, held: bool) -> None:
    number = store.decisions.suppress(wanted, why="every day", by="Ann", now=NOW)
    done = store.record([record(article("https://news.example/3", "fentanyl again" + FILLER))], now=NOW)
    assert (done.alerts, done.suppressed, len(done.alert_ids)) == ((0, 1, 0) if held else (1, 0, 1))
    assert rows(store, "SELECT held_back FROM v_suppressions") == [(int(held),)]
    assert rows(store, "SELECT COUNT(*) FROM v_alerts") == [(4,)]  # never lost
    assert store.decisions.end_suppression(number, why="enough", by="Ann", now=NOW)
    assert not store.decisions.end_suppression(number, why="enough", by="Ann", now=NOW)
    again = store.record([record(article("https://news.example/4", "fentanyl once more" + FILLER))], now=NOW)
    assert (again.alerts, again.suppressed) == (1, 0)
    assert store.decisions.verify()[2] == []


# --- forgetting -----------------------------------------------------------------------------------


def test_an_article_is_forgotten_and_its_facts_stay(store: Store) -> None:
    decide(store, step(1, "dismiss", "new", "dismissed", why="Mr Smith asked"))
    done = store.decisions.forget(article().url, why="a request", by="Ann", now=NOW, comments=True)
    assert done is not None
    assert (done.texts, done.alerts) == (1, (1, 2))
    stored = store.alert(1)
    assert stored is not None
    assert (stored.text, stored.title, stored.status) == (None, "", "dismissed")
    assert {snippet.text for snippet in stored.alert.snippets} == {""}
    assert stored.alert.mentions[0].surface
    everything = " ".join(str(row) for row in rows(store, "SELECT * FROM v_alerts WHERE article_id = 1"))
    assert "inquiry" not in everything
    assert "Smith" not in str(rows(store, "SELECT * FROM v_decisions"))
    assert store.decisions.verify()[2] == []
    again = store.record([record(edited(article(), "It is back: fentanyl." + FILLER))], now=NOW)
    assert (again.unchanged, again.alerts) == (1, 0)
    assert rows(store, "SELECT COUNT(*) FROM revision WHERE article_id = 1 AND text IS NOT NULL") == [(0,)]
    assert store.decisions.forget("https://news.example/none", why="x", by="Ann", now=NOW) is None
