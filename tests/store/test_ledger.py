"""Sources, runs, checks and gaps: who was read when, and what was not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from monitor.model import Gap, Outcome, Source, SourceState
from monitor.store import Store, open_store
from monitor.store.process import identity, is_alive
from monitor.store.schema import gap
from tests.store.cases import HOUR, NOW, article, record

FEED = Source("Example News", "feed", "https://news.example/rss")
FOLDER = Source("samples", "folder", "samples", every=None, cron="0 6 * * *", options={"token": "secret"})


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(database_url, now=NOW) as opened:
        opened.put_sources([FEED, FOLDER], NOW)
        yield opened


def rows(store: Store, query: str) -> list[tuple[object, ...]]:
    with store.engine_readonly().connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def health(store: Store) -> dict[object, object]:
    return dict(rows(store, "SELECT source, health FROM v_source_health"))  # type: ignore[arg-type]


def dead_pid() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_states_come_back_as_they_were_put(store: Store) -> None:
    state = SourceState(FEED.name, '"e"', "yesterday", {"seen": ["a", 1], "deep": {"x": None}}, NOW, 2)
    store.record([], state, now=NOW)
    assert store.states() == {FEED.name: state}


def test_a_source_that_moved_forgets_its_state_and_one_that_is_gone_is_off(store: Store) -> None:
    for source in (FEED, FOLDER):
        store.record([], SourceState(source.name, '"e"', next_check=NOW), now=NOW)
    moved = Source("Example News", "feed", "https://news.example/atom")
    store.put_sources([moved], NOW + HOUR)
    assert set(store.states()) == {FOLDER.name}
    assert health(store) == {FEED.name: "never checked", FOLDER.name: "off"}
    assert store.waiting(NOW + HOUR) == [FEED.name]


def test_the_longest_waiting_source_comes_first(store: Store) -> None:
    later = Source("Later", "feed", "https://later.example/rss")
    store.put_sources([FEED, FOLDER, later], NOW)
    store.record([], SourceState(FEED.name, next_check=NOW - HOUR), now=NOW)
    store.record([], SourceState(later.name, next_check=NOW + HOUR), now=NOW)
    assert store.waiting(NOW) == [FOLDER.name, FEED.name]


def test_a_check_counts_what_was_recorded(store: Store) -> None:
    run = store.begin_run("once", NOW)
    check = store.begin_check(run, FEED.name, NOW, planned=NOW - HOUR)
    store.record([record(article())], check=check, unchanged=3, now=NOW)
    store.record(
        [record(article())], check=check, gaps=[Gap("https://x.example", "timeout", "slow")], now=NOW
    )
    store.end_check(check, Outcome.OK, NOW + HOUR, state=SourceState(FEED.name, next_check=NOW + HOUR))
    store.end_run(run, NOW + HOUR, message="all read")
    counted = "SELECT fetched, new, unchanged, matched, alerted, failed, outcome FROM source_check"
    assert rows(store, counted) == [(5, 1, 4, 1, 2, 1, "ok")]
    assert rows(store, "SELECT status, message FROM run") == [("done", "all read")]
    assert health(store)[FEED.name] == "ok"


def test_a_failed_check_is_a_gap_until_the_source_is_read(store: Store) -> None:
    run = store.begin_run("watch", NOW)
    for step, outcome in enumerate(["timeout", "timeout", "blocked"]):
        check = store.begin_check(run, FEED.name, NOW + step * HOUR)
        store.end_check(check, outcome, NOW + step * HOUR, message="no answer")
    query = "SELECT outcome, times, is_open FROM v_coverage_gaps ORDER BY outcome"
    assert rows(store, query) == [("blocked", 1, 1), ("timeout", 2, 1)]
    assert rows(store, "SELECT DISTINCT location FROM v_coverage_gaps") == [(FEED.location,)]
    assert health(store)[FEED.name] == "failing"
    store.end_check(store.begin_check(run, FEED.name, NOW + 4 * HOUR), "unchanged", NOW + 4 * HOUR)
    assert rows(store, query) == [("blocked", 1, 0), ("timeout", 2, 0)]
    store.end_check(store.begin_check(run, FEED.name, NOW + 5 * HOUR), "timeout", NOW + 5 * HOUR)
    assert rows(store, query) == [("blocked", 1, 0), ("timeout", 3, 1)]


def test_an_item_gap_counts_once_a_check_and_closes_when_the_article_comes(store: Store) -> None:
    run = store.begin_run("watch", NOW)
    gap = Gap(article().url, Outcome.TIMEOUT, "slow")
    check = store.begin_check(run, FEED.name, NOW)
    for _ in range(2):
        store.record([], check=check, gaps=[gap], now=NOW)
    query = "SELECT scope, outcome, times, is_open FROM v_coverage_gaps"
    assert rows(store, query) == [("item", "timeout", 1, 1)]
    store.record([record(article())], check=check, now=NOW + HOUR)
    assert rows(store, query) == [("item", "timeout", 1, 0)]


def test_a_gap_closes_when_its_address_is_read_under_whatever_name(store: Store) -> None:
    check = store.begin_check(store.begin_run("watch", NOW), FEED.name, NOW)
    link = "https://news.example/rss-link?utm=1"
    store.record([], check=check, gaps=[Gap(link, "timeout", "slow")], now=NOW)
    store.record([], check=check, unchanged=1, read=[link], now=NOW + HOUR)
    assert rows(store, "SELECT is_open FROM v_coverage_gaps") == [(0,)]


def test_an_empty_feed_is_told_apart(store: Store) -> None:
    run = store.begin_run("once", NOW)
    store.end_check(store.begin_check(run, FEED.name, NOW), Outcome.EMPTY, NOW)
    assert health(store)[FEED.name] == "empty"


def ended(store: Store, *outcomes: str) -> None:
    """One check after the other, an hour apart."""
    run = store.begin_run("watch", NOW)
    for step, outcome in enumerate(outcomes):
        check = store.begin_check(run, FEED.name, NOW + step * HOUR)
        store.end_check(check, outcome, NOW + step * HOUR, message=f"check {step}")


def test_a_stale_source_was_read_and_is_a_gap_all_the_same(store: Store) -> None:
    ended(store, "timeout", "stale", "stale")
    query = "SELECT outcome, times, is_open FROM v_coverage_gaps ORDER BY outcome"
    assert rows(store, query) == [("stale", 2, 1), ("timeout", 1, 0)]
    assert health(store)[FEED.name] == "stale"
    counts = "SELECT checks, failed_checks FROM v_source_health WHERE source = 'Example News'"
    assert rows(store, counts) == [(3, 1)]
    ended(store, "moved")
    assert rows(store, query) == [("stale", 2, 0), ("timeout", 1, 0)]
    assert health(store)[FEED.name] == "moved"


def test_a_source_that_turns_bad_is_one_event_and_its_recovery_another(store: Store) -> None:
    ended(
        store, "ok", "timeout", "gone", "ok", "timeout", "interrupted", "empty", "stale", "gone", "ok", "ok"
    )
    query = "SELECT turned, outcome, message FROM v_source_events ORDER BY check_id"
    assert rows(store, query) == [("bad", "stale", "check 7"), ("well", "ok", "check 9")]
    assert store.last_outcomes(FEED.name, 4) == ["ok", "ok", "gone", "stale"]
    assert store.last_outcomes("nobody", 4) == []


def test_the_times_of_items_are_those_of_publication_where_they_are_told(store: Store) -> None:
    told = article()
    untold = replace(article("https://news.example/2", "Another text of the day."), published_at=None)
    store.record([record(told), record(untold)], now=NOW)
    assert set(store.item_times(told.source)) == {told.published_at, NOW}
    assert len(store.item_times(told.source, 1)) == 1


def test_a_gap_that_lasts_keeps_its_beginning_though_its_place_was_read(store: Store) -> None:
    """The page is read at each check and has the same gap each time: part of it is left out, say."""
    page = article()
    for hour in range(3):
        now = NOW + hour * HOUR
        check = store.begin_check(store.begin_run("once", now), FEED.name, now)
        store.record([record(page)], check=check, read=[page.url], now=now)
        store.record([], check=check, gaps=[Gap(page.url, "cut", "too long")], read=[page.url], now=now)
        store.end_check(check, Outcome.OK, now)
    assert rows(store, "SELECT times, is_open FROM v_coverage_gaps") == [(3, 1)]
    assert began(store) == NOW
    now = NOW + 3 * HOUR
    check = store.begin_check(store.begin_run("once", now), FEED.name, now)
    store.record([], check=check, read=[page.url], now=now)
    store.end_check(check, Outcome.OK, now)
    assert rows(store, "SELECT is_open FROM v_coverage_gaps") == [(0,)]
    later = NOW + 4 * HOUR  # it was over for a check: another stretch
    check = store.begin_check(store.begin_run("once", later), FEED.name, later)
    store.record([], check=check, gaps=[Gap(page.url, "cut", "too long")], now=later)
    assert began(store) == later


def began(store: Store) -> object:
    with store.engine_readonly().connect() as connection:
        return connection.execute(select(gap.c.since)).scalar_one()


def test_a_run_of_a_dead_process_is_closed_as_interrupted(store: Store) -> None:
    dead = store.begin_run("watch", NOW, pid=dead_pid())
    store.begin_check(dead, FEED.name, NOW)
    mine = store.begin_run("once", NOW + HOUR)
    runs = dict(rows(store, "SELECT id, status FROM run"))  # type: ignore[arg-type]
    assert runs == {dead: "interrupted", mine: "running"}
    assert rows(store, "SELECT outcome FROM source_check") == [("interrupted",)]
    store.begin_run("once", NOW + HOUR)
    assert dict(rows(store, "SELECT id, status FROM run"))[mine] == "running"  # type: ignore[arg-type]


def test_a_run_elsewhere_is_closed_when_it_has_been_silent_for_long(store: Store) -> None:
    silent, busy = store.begin_run("watch", NOW), store.begin_run("watch", NOW)
    with store._writer.begin() as connection:
        connection.execute(text("UPDATE run SET host = 'a container of yesterday'"))
    store.begin_check(busy, FEED.name, NOW + 20 * HOUR)
    mine = store.begin_run("once", NOW + 25 * HOUR)
    runs = dict(rows(store, "SELECT id, status FROM run"))  # type: ignore[arg-type]
    assert runs == {silent: "interrupted", busy: "running", mine: "running"}


def test_a_process_is_known_by_more_than_its_number() -> None:
    mine = identity(os.getpid())
    assert is_alive(mine)
    assert not is_alive(f"{os.getpid()}:an earlier one")
    assert not is_alive(identity(dead_pid()))
    assert not is_alive("")


def test_heartbeats_are_one_row_a_name(store: Store) -> None:
    store.heartbeat("watch", NOW, pid=7)
    store.heartbeat("watch", NOW + HOUR, pid=8)
    assert store.heartbeats() == {"watch": (NOW + HOUR, 8)}
