"""Articles, revisions, copies and alerts: what is added, and what is not added twice."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from monitor.model import Gap, SourceState
from monitor.store import Record, Recorded, Store, open_store
from tests.store.cases import FILLER, HOUR, NOW, WATCHLIST, alert, article, edited, mention, mentions, record


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(database_url, now=NOW) as opened:
        opened.put_watchlist(WATCHLIST, (), NOW)
        yield opened


TABLES = ("article", "revision", "mention", "alert", "alert_mention", "alert_snippet", "alert_listing")


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.engine_readonly().connect() as connection:
        return {
            table: sorted(
                (tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))), key=repr
            )
            for table in TABLES
        }


def test_a_new_article_is_kept_with_its_mentions_and_alerts(store: Store) -> None:
    done = store.record([record(article())], now=NOW)
    assert replace(done, alert_ids=()) == Recorded(new=1, matched=1, mentions=2, alerts=2)
    known = store.revision(article().url, article().sha256)
    assert (known.number, known.sha256, known.copy_of) == (1, article().sha256, "")
    assert known.alerted == {"fentanyl", "phenethyl-bromide"}
    assert known.watchlist == WATCHLIST.digest
    assert known.fetched_at == NOW


def test_the_same_again_adds_nothing(store: Store) -> None:
    store.record([record(article())], now=NOW)
    before = contents(store)
    later = replace(article(), fetched_at=NOW + HOUR)
    assert store.record([record(later, now=NOW + HOUR)], now=NOW + HOUR) == Recorded(unchanged=1)
    assert contents(store) == before


def test_nothing_is_known_of_an_unknown_url(store: Store) -> None:
    known = store.revision("https://news.example/none", article().sha256)
    assert (known.number, known.sha256, known.copy_of, known.alerted) == (0, "", "", frozenset())


def test_an_edited_article_alerts_only_for_what_is_new(store: Store) -> None:
    first = article(text="Police found fentanyl." + FILLER)
    store.record([record(first)], now=NOW)
    second = edited(first, "Police found fentanyl and (2-bromoethyl)benzene." + FILLER)
    done = store.record([record(second)], now=NOW + HOUR)
    assert replace(done, alert_ids=()) == Recorded(revised=1, matched=1, mentions=2, alerts=1)
    (added,) = done.alert_ids
    told = store.alert(added)
    assert told is not None
    assert told.alert.substance == "phenethyl-bromide"
    assert told.revision == 2


def test_a_text_that_comes_back_is_the_old_revision(store: Store) -> None:
    first = article()
    second = edited(first, "The page was changed." + FILLER)
    for each in (first, second):
        store.record([record(each)], now=NOW)
    assert store.record([record(first)], now=NOW) == Recorded(revised=1, matched=1)
    assert store.revision(first.url).number == 1
    assert store.record([record(first)], now=NOW) == Recorded(unchanged=1)


def test_a_name_that_is_pinned_away_is_not_current_when_its_text_comes_back(store: Store) -> None:
    first = article()
    second = edited(first, "The page was changed." + FILLER)
    store.record([replace(record(first), basis=1)], now=NOW)
    store.record([replace(record(second), basis=2)], now=NOW)  # a pin came in between
    judged_anew = tuple(m for m in mentions(first) if m.substance != "fentanyl")
    done = store.record([Record(first, judged_anew, (), WATCHLIST.digest, "1", basis=2)], now=NOW)
    assert (done.revised, done.mentions) == (1, 0)
    with store.engine_readonly().connect() as connection:
        current = connection.execute(text("SELECT substance FROM v_mentions WHERE is_current = 1"))
        assert current.scalars().all() == ["phenethyl-bromide"]


def test_the_same_text_elsewhere_is_a_copy_without_alerts(store: Store) -> None:
    store.record([record(article())], now=NOW)
    copy = replace(article(), url="https://other.example/1", source="Other")
    assert store.revision(copy.url, copy.sha256).copy_of == article().url
    assert store.revision(copy.url, copy.sha256).alerted == {"fentanyl", "phenethyl-bromide"}
    done = store.record([record(copy)], now=NOW)
    assert done == Recorded(new=1, copies=1, matched=1, mentions=2)
    # A rescan of the original is not mistaken for a copy of its copy.
    assert store.revision(article().url, article().sha256).copy_of == ""


def test_an_edited_copy_goes_on_from_its_original(store: Store) -> None:
    first = article(text="Police found fentanyl." + FILLER)
    copy = replace(first, url="https://other.example/1", source="Other")
    store.record([record(first), record(copy)], now=NOW)
    more = edited(copy, "Police found fentanyl and (2-bromoethyl)benzene." + FILLER)
    assert store.revision(more.url, more.sha256).alerted == {"fentanyl"}
    done = store.record([record(more)], now=NOW)
    assert (done.revised, done.copies, done.alerts) == (1, 0, 1)


def test_short_texts_are_no_copies(store: Store) -> None:
    short = article(text="Police found fentanyl.")
    other = replace(short, url="https://other.example/1")
    assert store.record([record(short), record(other)], now=NOW).alerts == 2


def test_another_watchlist_replaces_the_mentions_and_adds_the_new_alerts(store: Store) -> None:
    page = article()
    fentanyl = mention(page.text, "fentanyl", "fentanyl")
    store.record([Record(page, (fentanyl,), (alert(page, fentanyl),), "old", "1")], now=NOW)
    done = store.record([record(page)], now=NOW)
    assert replace(done, alert_ids=()) == Recorded(unchanged=1, mentions=1, alerts=1)  # one was there
    assert len(contents(store)["mention"]) == 2
    assert store.revision(page.url).watchlist == WATCHLIST.digest


def test_an_alert_is_read_back_as_it_was_told(store: Store) -> None:
    page = article()
    given_record = record(page)
    done = store.record([given_record], now=NOW)
    for number, told in zip(done.alert_ids, given_record.alerts, strict=True):
        stored = store.alert(number)
        assert stored is not None
        assert stored.alert == replace(told, places=len(told.mentions))
        assert stored.text == page.text
        for found in stored.alert.mentions:
            assert stored.text[found.start : found.stop] == found.surface
        assert set(stored.lists) == {entry.listing.list_id for entry in told.listings}
    assert store.alert(999) is None


def test_text_expires_and_evidence_stays(store: Store) -> None:
    old, young = (
        article(),
        article(url="https://news.example/2", text="fentanyl" + FILLER, fetched_at=NOW + HOUR),
    )
    ids = store.record([record(old), record(young)], now=NOW).alert_ids
    assert store.expire_texts(NOW + HOUR) == 1
    assert store.expire_texts(NOW + HOUR) == 0
    stored = store.alert(ids[0])
    assert stored is not None
    assert stored.text is None
    assert stored.alert.snippets[0].text in old.text
    assert store.revision(old.url).sha256 == old.sha256
    assert [each.url for each in store.articles()] == [young.url]
    assert store.record([record(old)], now=NOW) == Recorded(unchanged=1)


def test_kept_articles_come_back_as_they_were(store: Store) -> None:
    store.record([record(article())], now=NOW)
    assert list(store.articles()) == [article()]


def test_what_a_database_cannot_hold_is_replaced_one_for_one(store: Store) -> None:
    page = article(text="NUL \x00 and half a pair \ud800 beside fentanyl." + FILLER, title="a\x00b\udfff")
    (number,) = store.record([record(page)], now=NOW).alert_ids
    stored = store.alert(number)
    assert stored is not None
    assert stored.text == page.text  # kept compressed, hence exact
    assert stored.title == "a\ufffdb\ufffd"
    assert store.record([record(page)], now=NOW) == Recorded(unchanged=1)


def test_quiet_alerts_do_not_prolong_the_quiet_period(store: Store) -> None:
    first = article(text="fentanyl one" + FILLER)
    second = article(url="https://news.example/2", text="fentanyl two" + FILLER)
    found = mention(second.text, "fentanyl", "fentanyl")
    store.record([record(first)], now=NOW)
    late = alert(second, found, now=NOW + HOUR, quiet=True)
    store.record([Record(second, (found,), (late,))], now=NOW + HOUR)
    assert store.last_alerts() == {("everything", "fentanyl"): NOW}


def test_a_naive_time_is_refused(store: Store) -> None:
    naive = replace(article(), fetched_at=NOW.replace(tzinfo=None))
    with pytest.raises(ValueError, match="no time zone"):
        store.record([record(naive)], now=NOW)
    assert store.revision(naive.url).number == 0


def test_a_batch_is_written_whole_or_not_at_all(store: Store) -> None:
    naive = replace(article(url="https://news.example/2"), fetched_at=NOW.replace(tzinfo=None))
    state = SourceState("Example News", etag='"1"')
    with pytest.raises(ValueError, match="no time zone"):
        store.record([record(article()), record(naive)], state, now=NOW)
    assert store.revision(article().url).number == 0
    assert store.states() == {}


def test_gaps_need_a_check(store: Store) -> None:
    with pytest.raises(ValueError, match="check"):
        store.record([], gaps=[Gap("https://a.example", "timeout", "too slow")], now=NOW)


URLS = ("https://a.example/1", "https://b.example/2", "https://c.example/3")
TEXTS = (
    "Police found fentanyl." + FILLER,
    "Police found fentanyl and (2-bromoethyl)benzene." + FILLER,
    "Nothing was found." + FILLER,
    "fentanyl",
)
BATCHES = st.lists(st.lists(st.tuples(st.sampled_from(URLS), st.sampled_from(TEXTS)), max_size=3), max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BATCHES, st.integers(0, 3))
def test_a_batch_written_again_changes_nothing(batches: list[list[tuple[str, str]]], again: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(f"sqlite:///{Path(folder)}/a.db", now=NOW) as store,
    ):
        for batch in batches:
            records = [record(article(url, body)) for url, body in batch]
            last = dict(batch)
            store.record(records, now=NOW)
            before = contents(store)
            final = [record(article(url, body)) for url, body in last.items()]
            for _ in range(again):
                done = store.record(final, now=NOW + HOUR)
                assert done == Recorded(unchanged=len(final))
            assert contents(store) == before
        alerts = contents(store)["alert"]
        assert len({(row[1], row[3]) for row in alerts}) == len(alerts)
