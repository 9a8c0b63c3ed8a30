"""Stories in the database: who belongs where, what is found again, what stands behind an alert."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from monitor.model import Severity
from monitor.store import Member, Record, Store, open_store
from tests.store.cases import FILLER, HOUR, NOW, WATCHLIST, alert, article, mentions, record

DAY = timedelta(days=1)
WEEK = 7 * DAY
FIRST = "https://news.example/1"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(database_url, now=NOW) as opened:
        opened.put_watchlist(WATCHLIST, (), NOW)
        yield opened


def member(url: str = FIRST, *, keys: tuple[int, ...] = (1, 2), at: int = 0, near: str = "") -> Member:
    moment = NOW + at * HOUR
    return Member(url, "news.example", moment, NOW, f"trace of {at}".encode(), keys, near, 4.0, ("+4.0 it",))


def put(store: Store, url: str, belongs: Member, *, raised: bool = True, **options: object) -> Record:
    page = article(url, f"Police found fentanyl, says {url}." + FILLER)
    found = mentions(page)
    told = (replace(alert(page, found[0]), **options),)  # type: ignore[arg-type]
    made = Record(page, found, told if raised else (), WATCHLIST.digest, "1", member=belongs)
    made = made if raised else replace(made, added=told)
    store.record([made], now=NOW)
    return made


def rows(store: Store, query: str) -> list[tuple[object, ...]]:
    with store.engine_readonly().connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_a_story_begins_and_is_joined_and_the_same_again_adds_nothing(store: Store) -> None:
    for _ in range(2):
        put(store, FIRST, member())
        put(store, "https://b.example/2", member(near=FIRST, at=1), raised=False)
    assert rows(store, "SELECT url, articles, alerts, severity_rank FROM v_stories") == [(FIRST, 2, 1, 3)]
    assert rows(store, "SELECT url, is_first, score FROM v_story_articles ORDER BY url") == [
        ("https://b.example/2", 0, 4.0),
        (FIRST, 1, 4.0),
    ]
    assert rows(store, "SELECT url, substance, likeness FROM v_alert_sources") == [
        ("https://b.example/2", "fentanyl", 4.0)
    ]
    assert rows(store, "SELECT articles, outlets FROM v_alerts") == [(2, 1)]
    assert store.story_of("https://b.example/2") == FIRST
    assert store.story_of("https://nobody.example") == ""
    assert store.stories(["https://nobody.example"]) == {}
    told = store.stories([FIRST, "https://nobody.example"])[FIRST]
    assert told.told == {"fentanyl": (Severity.HIGH, NOW, True)}
    assert told.outlets == {"news.example"}
    kept = store.alert(1)
    assert kept is not None
    assert (kept.articles, [each.url for each in kept.behind]) == (2, ["https://b.example/2"])


def test_what_another_process_told_meanwhile_is_seen_at_the_writing(store: Store) -> None:
    put(store, FIRST, member())
    put(store, "https://b.example/2", member(near=FIRST))  # decided before the first was written
    assert rows(store, "SELECT COUNT(*) FROM v_alerts") == [(1,)]
    assert rows(store, "SELECT url FROM v_alert_sources") == [("https://b.example/2",)]


def test_a_story_is_told_again_only_when_that_was_decided(store: Store) -> None:
    put(store, FIRST, member())
    put(store, "https://b.example/2", member(near=FIRST), again="the severity is critical now, high before")
    assert rows(store, "SELECT told_again FROM v_alerts ORDER BY alert_id") == [
        ("",),
        ("the severity is critical now, high before",),
    ]
    put(store, "https://c.example/3", member(near=FIRST), raised=False)
    assert rows(store, "SELECT alert_id FROM v_alert_sources") == [(2,)]  # the last one that told it


def test_articles_are_found_by_the_keys_that_they_share(store: Store) -> None:
    put(store, FIRST, member(keys=(1, 2, 3)))
    put(store, "https://b.example/2", member("https://b.example/2", keys=(3, 4), at=-24))
    put(store, "https://c.example/3", member("https://c.example/3", keys=(1, 2, 3), at=24 * 8))
    found = store.near((1, 2, 3, 4), NOW, WEEK)
    assert [(each.url, each.story, each.trace) for each in found] == [
        (FIRST, FIRST, b"trace of 0"),
        ("https://b.example/2", "https://b.example/2", b"trace of -24"),
    ]
    assert store.near((9,), NOW, WEEK) == []
    assert [each.url for each in store.near((1,), NOW + 8 * DAY, DAY)] == ["https://c.example/3"]


def test_no_more_is_read_than_is_compared(store: Store) -> None:
    for number in range(30):
        put(store, f"https://n.example/{number}", member(f"https://n.example/{number}", keys=(5,), at=number))
    found = store.near((5,), NOW + 15 * HOUR, WEEK)
    assert {int(each.url.rpartition("/")[2]) for each in found} == {*range(16), *range(16, 24)}
    for number in range(30, 60):
        put(store, f"https://n.example/{number}", member(f"https://n.example/{number}", keys=(5,), at=number))
    near = {int(each.url.rpartition("/")[2]) for each in store.near((5,), NOW + 30 * HOUR, WEEK)}
    assert near == set(range(15, 39))  # sixteen before and the rest after, the nearest in time


def test_an_edit_stays_in_its_story_and_is_filed_anew(store: Store) -> None:
    put(store, FIRST, member(keys=(1, 2)))
    put(store, FIRST, member("https://other.example", keys=(7,)))
    assert store.near((1, 2), NOW, WEEK) == []
    assert [each.story for each in store.near((7,), NOW, WEEK)] == [FIRST]
    assert rows(store, "SELECT COUNT(*) FROM v_stories") == [(1,)]


def test_what_stories_are_found_by_is_forgotten_and_the_stories_stay(store: Store) -> None:
    put(store, FIRST, member())
    assert store.forget_traces(NOW) == 0
    assert store.forget_traces(NOW + HOUR) == 1
    assert store.forget_traces(NOW + HOUR) == 0
    assert store.near((1, 2), NOW, WEEK) == []
    assert rows(store, "SELECT COUNT(*) FROM story_key") == [(0,)]
    assert rows(store, "SELECT articles FROM v_stories") == [(1,)]


def test_an_article_of_before_takes_its_alerts_into_its_story(store: Store) -> None:
    page = article()
    store.record([record(page)], now=NOW)
    assert rows(store, "SELECT DISTINCT story_id FROM v_alerts") == [(None,)]
    store.record([replace(record(page), member=member())], now=NOW)
    assert rows(store, "SELECT DISTINCT story_id FROM v_alerts") == [(1,)]
