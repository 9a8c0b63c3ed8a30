"""The watchlist in the database: the same value back, withdrawn rows kept, changes kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from monitor.model import Watchlist
from monitor.store import Store, open_store
from tests.store.cases import FENTANYL, HOUR, LISTINGS, LISTS, NAMES, NOW, WATCHLIST, Change


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(database_url, now=NOW) as opened:
        yield opened


def rows(store: Store, query: str) -> list[tuple[object, ...]]:
    with store.engine_readonly().connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_there_is_none_at_first(store: Store) -> None:
    assert store.watchlist() is None
    assert store.watchlist_digest() == ""


def test_it_comes_back_as_it_was_put(store: Store) -> None:
    assert store.put_watchlist(WATCHLIST, (), NOW)
    back = store.watchlist()
    assert back is not None
    assert back.digest == WATCHLIST.digest == store.watchlist_digest()
    assert back.substances == WATCHLIST.substances
    assert back.lists == LISTS
    assert set(back.names) == set(NAMES)
    assert set(back.listings) == set(LISTINGS)


def test_the_one_in_force_is_not_written_again(store: Store) -> None:
    store.put_watchlist(WATCHLIST, (), NOW)
    assert not store.put_watchlist(WATCHLIST, [Change("added", "name", "x")], NOW + HOUR)
    assert rows(store, "SELECT COUNT(*) FROM watchlist_version") == [(1,)]
    assert rows(store, "SELECT COUNT(*) FROM watchlist_change") == [(0,)]


def test_withdrawn_rows_stay_and_come_back(store: Store) -> None:
    smaller = Watchlist({"fentanyl": FENTANYL}, NAMES[2:], LISTINGS[1:], {"un-1961-I": LISTS["un-1961-I"]})
    for step, watchlist in enumerate((WATCHLIST, smaller, WATCHLIST)):
        store.put_watchlist(watchlist, (), NOW + step * HOUR)
        back = store.watchlist()
        assert back is not None
        assert back.digest == watchlist.digest
        gone = 1 if watchlist is smaller else 0
        assert rows(store, "SELECT COUNT(*) FROM substance WHERE withdrawn_at IS NOT NULL") == [(gone,)]
    assert rows(store, "SELECT COUNT(*) FROM name") == [(len(NAMES),)]
    assert rows(store, "SELECT COUNT(*) FROM watchlist_version") == [(3,)]


def test_a_changed_row_is_the_old_one_withdrawn_and_a_new_one(store: Store) -> None:
    store.put_watchlist(WATCHLIST, (), NOW)
    moved = replace(LISTINGS[0], since="2024-10-28")
    changed = replace(WATCHLIST, listings=(moved, *LISTINGS[1:]))
    store.put_watchlist(changed, [Change("changed", "listing", "phenethyl-bromide", LISTINGS[0], moved)], NOW)
    query = (
        "SELECT since, withdrawn_at IS NULL FROM listing WHERE substance = 'phenethyl-bromide' ORDER BY since"
    )
    assert rows(store, query) == [("2023-10-24", False), ("2024-10-28", True)]
    ((action, before),) = rows(store, "SELECT action, before FROM watchlist_change")
    assert action == "changed"
    assert "2023-10-24" in str(before)


def test_exact_repetitions_keep_the_digest(store: Store) -> None:
    twice = replace(WATCHLIST, names=(*NAMES, NAMES[0]))
    store.put_watchlist(twice, (), NOW)
    back = store.watchlist()
    assert back is not None
    assert back.digest == twice.digest
