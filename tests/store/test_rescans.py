"""What the store keeps for the rescan: who waits, what is new, and nothing taken away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.store import RESCAN, Record, Store, StoredText, open_store
from tests.store.cases import HOUR, NOW, alert, article, edited, mention, record


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(database_url, now=NOW) as opened:
        yield opened


def put(store: Store, basis: int, *urls: str) -> None:
    store.record([replace(record(article(url)), basis=basis) for url in urls], now=NOW)


def found(text: StoredText, surface: str, substance: str) -> tuple[StoredText, Record]:
    """A record as the rescan makes it: one new mention and its alert."""
    assert text.article is not None
    new = mention(text.article.text, surface, substance)
    told = replace(alert(text.article, new, now=NOW + HOUR), found_on=RESCAN)
    return text, Record(text.article, (new,), (told,), "new digest", "1")


def count(store: Store, what: str) -> int:
    with store.engine_readonly().connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT COUNT(*) FROM {what}").scalar_one())


def test_a_basis_has_one_number_until_it_changes(store: Store) -> None:
    one = store.basis("a", "w", NOW)
    assert store.basis("a", "w", NOW) == one
    two = store.basis("b", "w", NOW)
    assert two > one
    assert store.basis("b", "w", NOW, again=True) > two
    assert store.basis("a", "w", NOW) > two  # back again: what came in between was judged by the other


def test_what_was_judged_by_less_waits_in_order(store: Store) -> None:
    old, new = store.basis("a", "w", NOW), store.basis("b", "w", NOW)
    put(store, old, "https://a.example/1", "https://a.example/2")
    put(store, new, "https://a.example/3")
    assert store.count_waiting(new) == 2
    first, second = store.waiting_texts(new)
    assert [text.article.url[-1] for text in (first, second) if text.article] == ["1", "2"]
    assert store.waiting_texts(new, limit=1) == [first]
    assert store.waiting_texts(new, size=1) == [first]  # a batch of large texts is cut, never empty
    assert store.waiting_texts(new, after=first.id) == [second]
    assert {(start, substance) for start, _, substance, _ in first.mentions} == {
        (article().text.index("fentanyl"), "fentanyl"),
        (article().text.index("(2-bromo"), "phenethyl-bromide"),
    }


def test_only_articles_of_a_day_or_later(store: Store) -> None:
    put(store, 0, "https://a.example/1")
    new = store.basis("b", "w", NOW)
    day = article().date
    assert store.count_waiting(new, day.isoformat()) == 1
    assert store.count_waiting(new, (day + timedelta(days=1)).isoformat()) == 0
    assert store.waiting_texts(new, since=(day + timedelta(days=1)).isoformat()) == []


def test_what_is_new_is_added_and_nothing_taken_away(store: Store) -> None:
    put(store, 0, "https://a.example/1")
    new = store.basis("b", "w", NOW)
    (text,) = store.waiting_texts(new)
    done = store.record_rescan([found(text, "Police", "police")], [text], new, NOW)
    assert (done.mentions, done.alerts) == (1, 1)
    assert (count(store, "mention"), count(store, "alert"), store.count_waiting(new)) == (3, 3, 0)
    told = store.alert(done.alert_ids[0])
    assert told is not None
    assert told.alert.found_on == "rescan"
    again = store.record_rescan([found(text, "Police", "police")], [text], new, NOW)
    assert (again.mentions, again.alerts) == (0, 0)
    assert (count(store, "mention"), count(store, "alert")) == (3, 3)


def test_what_was_told_stays_silent(store: Store) -> None:
    put(store, 0, "https://a.example/1")
    new = store.basis("b", "w", NOW)
    (text,) = store.waiting_texts(new)
    done = store.record_rescan([found(text, "fentanyl", "fentanyl")], [text], new, NOW)
    assert (done.mentions, done.alerts, count(store, "alert")) == (0, 0, 2)


def test_a_text_edited_meanwhile_goes_on_waiting(store: Store) -> None:
    """It came in under the old watchlist after the rescan had read the text before."""
    put(store, 0, "https://a.example/1")
    new = store.basis("b", "w", NOW)
    (text,) = store.waiting_texts(new)
    store.record([record(edited(article("https://a.example/1"), "Nothing of it is left."))], now=NOW)
    store.record_rescan([], [text], new, NOW)
    (left,) = store.waiting_texts(new)
    assert left.revision == 2


def test_a_forgotten_text_is_taken_from_a_copy(store: Store) -> None:
    late = article("https://a.example/2", fetched_at=NOW + HOUR)
    store.record([record(article("https://a.example/1"))], now=NOW)
    store.record([record(late)], now=NOW)
    assert store.expire_texts(NOW + HOUR) == 1
    new = store.basis("b", "w", NOW)
    first, second = store.waiting_texts(new)
    assert first.article is not None
    assert (first.article.url, first.article.text) == ("https://a.example/1", late.text)
    assert store.expire_texts(NOW + 2 * HOUR) == 1
    assert [text.article for text in store.waiting_texts(new)] == [None, None]
    assert second.article is not None


def test_alerts_of_old_articles_never_quieten_the_news(store: Store) -> None:
    put(store, 0, "https://a.example/1")
    new = store.basis("b", "w", NOW)
    (text,) = store.waiting_texts(new)
    store.record_rescan([found(text, "Police", "police")], [text], new, NOW)
    assert ("everything", "police") not in store.last_alerts()
    assert store.last_alerts(rescan=True)["everything", "police"] == NOW + HOUR
