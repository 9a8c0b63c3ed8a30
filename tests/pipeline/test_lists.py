"""How old the lists are: complete to which day, notices since then, and when an old list is a gap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from monitor.model import ListInfo, Watchlist
from monitor.pipeline.lists import PATIENCE, ListAge, check, list_ages, stale_words
from monitor.store import Store, open_store
from tests.store.cases import NOW
from tests.store.test_notices import NOTICE

TODAY = date(2026, 11, 28)


def info(id: str, complete_to: str, kind: str = "schedule") -> ListInfo:
    return ListInfo(id, f"List {id}", "Nobody", "XX", kind, complete_to=complete_to)


def ages(*infos: ListInfo, **more: str) -> dict[str, ListAge]:
    watchlist = Watchlist({}, (), (), {each.id: each for each in infos})
    published = [("x-1", day) for day in more.get("days", "").split()]
    return {age.list_id: age for age in list_ages(watchlist, published, {"x-1": 2}, TODAY)}


@pytest.mark.parametrize(
    ("complete_to", "state"),
    [
        ((TODAY - PATIENCE).isoformat(), "current"),
        ((TODAY - PATIENCE - timedelta(days=1)).isoformat(), "old"),
        ("2026-11-28", "current"),
        ("2026-05", "current"),  # it may be its last day
        ("2026-04", "old"),
        ("2026", "current"),
        ("2025", "old"),
        ("", "not known"),
    ],
)
def test_a_list_is_old_after_half_a_year(complete_to: str, state: str) -> None:
    assert ages(info("x-1", complete_to))["x-1"].state == state


def test_notices_that_are_younger_than_the_list_are_counted() -> None:
    found = ages(info("x-1", "2026-02-10"), info("x-2", ""), days="2026-02-10 2026-02-11 2026-07-01")
    assert (found["x-1"].notices, found["x-1"].newest, found["x-1"].waiting) == (2, "2026-07-01", 2)
    assert (found["x-2"].notices, found["x-2"].newest, found["x-2"].waiting) == (0, "", 0)
    said = "known to be complete to 2026-02-10 only; 2 notices since, 2 to be reviewed"
    assert stale_words(list(found.values())) == {"x-1": said}


def test_a_users_own_list_and_a_class_have_no_age() -> None:
    assert ages(info("x-1", "2020-01-01", "house"), info("x-2", "2020-01-01", "class")) == {}


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(database_url, now=NOW) as opened:
        yield opened


def gaps(store: Store) -> list[tuple[object, ...]]:
    columns = "source, scope, location, outcome, is_open, began_at = last_at"
    query = text(f"SELECT {columns} FROM v_coverage_gaps ORDER BY location")
    with store.engine_readonly().connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_an_old_list_is_a_gap_until_a_newer_one_comes(store: Store) -> None:
    old, new = (Watchlist({}, (), (), {"x-1": info("x-1", day)}) for day in ("2020-01-01", "2026-11-01"))
    store.record([], found_notices=[NOTICE], now=NOW)
    check(old, store, NOW)
    assert gaps(store) == [("watchlist", "list", "x-1", "stale", 1, 1)]
    check(old, store, NOW + timedelta(days=1))
    assert gaps(store) == [("watchlist", "list", "x-1", "stale", 1, 0)]
    check(new, store, NOW + timedelta(days=2))
    assert gaps(store) == [("watchlist", "list", "x-1", "stale", 0, 0)]
    check(old, store, NOW + timedelta(days=3))
    assert gaps(store) == [("watchlist", "list", "x-1", "stale", 1, 1)]
