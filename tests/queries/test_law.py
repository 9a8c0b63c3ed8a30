"""Alerts keep what the law was said to be; what it is known to be now stands beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from monitor.alerts import differences
from monitor.model import InForce, Watchlist
from monitor.queries.law import law_changes, lines_of_now
from monitor.store import open_store
from tests.store.cases import NOW, PEB, WATCHLIST, article, record

YES, NOT_YET, ENDED, UNKNOWN = InForce.YES, InForce.NOT_YET, InForce.ENDED, InForce.UNKNOWN


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ([], [], []),
        ([("a", YES)], [("a", YES)], []),
        ([("a", YES), ("a", YES)], [("a", YES)], []),
        ([("a", UNKNOWN)], [("a", ENDED)], ["a: date not known -> no longer in force"]),
        ([], [("a", YES)], ["a: no entry -> in force"]),
        ([("b", YES), ("a", YES)], [("b", YES)], ["a: in force -> no entry"]),
        ([("a", YES), ("a", ENDED)], [("a", YES)], ["a: in force and no longer in force -> in force"]),
    ],
)
def test_differences(
    before: list[tuple[str, InForce]], after: list[tuple[str, InForce]], words: list[str]
) -> None:
    assert [each.words for each in differences(before, after)] == words


def corrected(ended_on: date) -> Watchlist:
    """The watchlist of the store's tests with the surveillance of phenethyl bromide ended on that day."""
    listings = tuple(
        replace(each, until=ended_on.isoformat()) if each.substance == PEB.key else each
        for each in WATCHLIST.listings
    )
    return replace(WATCHLIST, listings=listings)


def test_what_the_law_is_known_to_be_now_stands_beside_alerts_that_stay(tmp_path: Path) -> None:
    page = article()
    with open_store(f"sqlite:///{tmp_path}/a.db", now=NOW) as store:
        store.record([record(page)], now=NOW)
        assert law_changes(store, WATCHLIST) == []
        later = corrected(page.date)
        (change,) = law_changes(store, later)
        stored = store.alert(change.alerts[0])
        assert stored is not None
        assert stored.alert.substance == PEB.key
        assert change.sentence == (
            f"{PEB.key}, dea-sss: in force -> no longer in force (alert {change.alerts[0]})"
        )
        assert stored.alert.listings[0].status is YES  # the alert keeps what it said
        assert lines_of_now(stored, WATCHLIST) == []
        assert any("no longer at the article's date" in line for line in lines_of_now(stored, later))


def test_a_substance_that_is_no_longer_watched_is_left_out(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/a.db", now=NOW) as store:
        store.record([record(article())], now=NOW)
        assert law_changes(store, Watchlist({}, ())) == []
