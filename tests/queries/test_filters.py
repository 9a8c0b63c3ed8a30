"""One filter for all that lists alerts: each condition by what it lets through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from monitor.errors import MonitorError
from monitor.model import Severity
from monitor.queries.filters import AlertFilter, severity_of
from monitor.reports import select_alerts
from monitor.store import NewDecision, Store, open_store
from tests.store.cases import FILLER, HOUR, NOW, WATCHLIST, article, record

SECOND = article(
    "https://news.example/100%_pure", "fentanyl in Ghent." + FILLER, source="Other", title="O'Hara"
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path_factory.mktemp('f')}/a.db", now=NOW) as opened:
        opened.put_watchlist(WATCHLIST, (), NOW)
        opened.record([record(article()), record(SECOND, now=NOW + HOUR)], now=NOW)
        opened.decisions.decide(
            [NewDecision(1, "assign", "new", "assigned", assignee="Ann")], by="B", now=NOW
        )
        yield opened


def chosen(store: Store, wanted: AlertFilter) -> list[int]:
    where, values = wanted.where()
    frame = select_alerts(store.engine_readonly(), "alert_id", where, values, wanted.since, wanted.until, 100)
    return sorted(int(number) for number in frame["alert_id"])


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (AlertFilter(), [1, 2, 3]),
        (AlertFilter(severity=Severity.HIGH), [1, 2, 3]),
        (AlertFilter(severity=Severity.CRITICAL), []),
        (AlertFilter(substances=("fentanyl",)), [1, 3]),
        (AlertFilter(substances=("(2-BROMOETHYL)benzene",)), [2]),
        (AlertFilter(substances=("fentanyl", "phenethyl-bromide")), [1, 2, 3]),
        (AlertFilter(lists=("un-1961-I",)), [1, 3]),
        (AlertFilter(lists=("un-1961",)), []),  # no part of an id
        (AlertFilter(lists=("un-1961%",)), []),
        (AlertFilter(lists=("dea-sss", "un-1961-I")), [1, 2, 3]),
        (AlertFilter(sources=("Other",)), [3]),
        (AlertFilter(languages=("en",)), [1, 2, 3]),
        (AlertFilter(languages=("de",)), []),
        (AlertFilter(tags=("seizure",)), [1, 2, 3]),
        (AlertFilter(tags=("seiz",)), []),
        (AlertFilter(statuses=("new",)), [2, 3]),
        (AlertFilter(statuses=("new", "assigned")), [1, 2, 3]),
        (AlertFilter(assignees=("Ann",)), [1]),
        (AlertFilter(text="GHENT"), [3]),
        (AlertFilter(text="o'hara"), [3]),
        (AlertFilter(text="100%_p"), [3]),
        (AlertFilter(text="1%e"), []),
        (AlertFilter(text="'; DROP TABLE alert; --"), []),
        (AlertFilter(since=NOW + HOUR), [3]),
        (AlertFilter(until=NOW + HOUR), [1, 2]),
        (AlertFilter(since=NOW - timedelta(days=1), until=NOW), []),
        (AlertFilter(suppressed=True), []),
        (AlertFilter(suppressed=False), [1, 2, 3]),
        (AlertFilter(substances=("fentanyl",), sources=("Other",), statuses=("new",)), [3]),
    ],
    ids=repr,
)
def test_what_a_filter_lets_through(store: Store, wanted: AlertFilter, numbers: list[int]) -> None:
    assert chosen(store, wanted) == numbers


def test_a_severity_by_its_name() -> None:
    assert severity_of("High") is Severity.HIGH
    with pytest.raises(MonitorError, match="there are low, medium, high, critical"):
        severity_of("grave")
