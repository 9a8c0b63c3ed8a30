"""Keys from the outside world: whatever their length, they fit into an index and find themselves again."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Index, PrimaryKeyConstraint, String, Table, UniqueConstraint, text

from monitor.model import Gap, Outcome, Source, SourceState
from monitor.store import Store, StoredAnswer, StoredReading, open_store
from monitor.store.columns import Key, Lines, Str, Words, fit
from monitor.store.engine import open_engine, parse_url
from monitor.store.schema import metadata
from tests.migrations.test_migrations import at_revision
from tests.store.cases import HOUR, NOW, WATCHLIST, alert, article, mention, record

LARGEST = 2_704  # bytes of an index row of PostgreSQL: a third of a page of 8 kB
FIXED = 40  # bytes that a number, a time, and the row's own head take at most
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789éя"


def long(length: int, seed: int = 1) -> str:
    """A text that does not become shorter by packing, as PostgreSQL tries that first."""
    return "".join(random.Random(seed).choices(LETTERS, k=length))


# --- every key column --------------------------------------------------------------------------------


def bytes_of(column: Column[object]) -> int:
    kind = column.type
    if isinstance(kind, Key):
        return kind.most
    assert not isinstance(kind, Str | Words | Lines), f"{column}: a text of any length in a key"
    return 4 * kind.length if isinstance(kind, String) and kind.length else FIXED


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_no_key_and_no_index_can_grow_too_large(table: Table) -> None:
    keys = [each for each in table.constraints if isinstance(each, PrimaryKeyConstraint | UniqueConstraint)]
    indexes: list[Index] = list(table.indexes)
    for each in [*keys, *indexes]:
        size = sum(bytes_of(column) for column in each.columns)
        assert size <= LARGEST, f"{each.name}: {size} bytes"


@given(st.text(max_size=300), st.integers(40, 200))
def test_a_text_is_cut_to_fit_and_stays_itself(written: str, most: int) -> None:
    cut = fit(written, most)
    assert fit(cut, most) == cut
    assert len(cut.encode("utf-8", "surrogatepass")) <= max(most, 3 * len(written))
    if len(written.encode("utf-8", "replace")) <= most and "\0" not in written:
        assert cut == written or not written.isprintable()


def test_two_long_texts_with_one_beginning_stay_two() -> None:
    one, other = long(3500) + "a", long(3500) + "b"
    assert fit(one, 1000) != fit(other, 1000)
    assert len(fit(one, 1000).encode()) <= 1000
    assert fit(one, 1000)[:900] == one[:900]
    assert fit("x" * 1000, 1000) == "x" * 1000


# --- the verbs ---------------------------------------------------------------------------------------


def rows(store: Store, query: str) -> list[tuple[object, ...]]:
    with store.engine_readonly().connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_an_address_of_3500_characters_is_an_article_like_any_other(database_url: str) -> None:
    url = f"https://news.example/{long(3500)}"
    page = article(url)
    shop = Source("shop " + "é" * 95, "page", url)
    with open_store(database_url, now=NOW) as store:
        store.put_watchlist(WATCHLIST, (), NOW)
        for hour in range(2):
            now = NOW + hour * HOUR
            store.put_sources([shop], now)
            check = store.begin_check(store.begin_run("once", now), shop.name, now)
            state = SourceState(shop.name, cursor={"n": hour})
            gaps = [Gap(url, Outcome.UNRESOLVED, "a name"), Gap(url + "/2", "timeout", "slow")]
            done = store.record([record(page)], state, check=check, read=[url], gaps=gaps, now=now)
            store.end_check(check, Outcome.OK, now, state=state)
            assert (done.new, done.alerts) == ((1, 2) if hour == 0 else (0, 0))
        assert store.revision(url).number == 1
        assert store.states()[shop.name].cursor == {"n": 1}
        assert rows(store, "SELECT times, is_open FROM v_coverage_gaps") == [(2, 1), (2, 1)]
        edited = replace(page, text=page.text + " More of it.")
        assert store.record([record(edited)], now=NOW).revised == 1


def test_long_names_and_questions_find_themselves_again(database_url: str) -> None:
    name, other = long(2500), long(2500, 2)
    with open_store(database_url, now=NOW) as store:
        store.put_readings({name: StoredReading("C"), other: StoredReading("CC")}, "1", NOW)
        found = store.readings([name, other, "never"], "1")
        assert {key: each.smiles for key, each in found.items()} == {name: "C", other: "CC"}
        store.put_answers([StoredAnswer(name, True, [{"cid": 1}], NOW)])
        assert store.answers([name])[name].answer == [{"cid": 1}]
        store.heartbeat(name, NOW)


def test_after_an_upgrade_a_long_address_is_known_and_alerts_no_more(tmp_path: object) -> None:
    url, database = f"https://news.example/{long(3500)}", f"sqlite:///{tmp_path}/a.db"
    open_store(database, now=NOW).close()
    page = article("https://news.example/short")
    with open_store(database, now=NOW) as store:
        store.put_watchlist(WATCHLIST, (), NOW)
        assert store.record([record(page)], now=NOW).alerts == 2
    at_revision(database, "0008").dispose()
    engine = open_engine(parse_url(database))
    with engine.begin() as connection:
        connection.execute(text("UPDATE article SET url = :url"), {"url": url})
    engine.dispose()
    with open_store(database, now=NOW) as store:
        assert store.revision(url).number == 1
        assert store.record([record(replace(page, url=url))], now=NOW).alert_ids == ()
        assert rows(store, "SELECT mentions FROM v_alerts") == [(1,), (1,)]


# --- what an alert keeps -----------------------------------------------------------------------------


def test_an_alert_keeps_the_number_of_its_places(database_url: str) -> None:
    page = article()
    found = mention(page.text, "fentanyl", "fentanyl")
    raised = replace(alert(page, found), places=250)  # of which one was kept
    with open_store(database_url, now=NOW) as store:
        (number,) = store.record([replace(record(page), alerts=(raised,))], now=NOW).alert_ids
        stored = store.alert(number)
        assert stored is not None
        assert (stored.alert.places, len(stored.alert.mentions)) == (250, 1)
        assert rows(store, "SELECT mentions FROM v_alerts") == [(250,)]
