"""The reports over a filled database: what falls into the period, and in which order."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest

from monitor.errors import StoreError
from monitor.reports import REPORTS, run_report
from monitor.store import Store, open_store
from tests.store.cases import HOUR, NOW, article, record
from tests.store.test_views import fill


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(database_url, now=NOW) as opened:
        yield opened


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_runs_empty_and_filled(store: Store, name: str) -> None:
    engine = store.engine_readonly()
    empty = run_report(engine, name, NOW - HOUR)
    assert len(empty) == 0
    fill(store)
    filled = run_report(engine, name, NOW - HOUR, NOW + HOUR)
    assert len(filled) > 0
    assert list(filled.columns) == list(empty.columns)
    assert filled.attrs["report"] == name


def test_times_are_utc_timestamps(store: Store) -> None:
    fill(store)
    frame = run_report(store.engine_readonly(), "alerts", NOW - HOUR)
    assert set(frame["raised_at"]) == {pd.Timestamp(NOW)}
    assert str(frame["published_at"].dtype.tz) == "UTC"


def test_the_period_has_its_beginning_and_not_its_end(store: Store) -> None:
    fill(store)
    engine = store.engine_readonly()
    assert len(run_report(engine, "alerts", NOW)) == 2
    assert len(run_report(engine, "alerts", NOW - HOUR, NOW)) == 0
    assert len(run_report(engine, "alerts", NOW + HOUR)) == 0


def test_the_gravest_and_surest_come_first(store: Store) -> None:
    store.record([record(article(f"https://news.example/{n}", f"fentanyl {n}")) for n in range(3)], now=NOW)
    frame = run_report(store.engine_readonly(), "alerts", NOW - HOUR)
    assert list(frame["alert_id"]) == [1, 2, 3]


def test_trouble_comes_first_among_sources_and_open_gaps_stay_in_view(store: Store) -> None:
    fill(store)
    engine = store.engine_readonly()
    assert list(run_report(engine, "sources", NOW - HOUR)["health"]) == ["failing", "ok", "ok"]
    later = run_report(engine, "coverage", NOW + 1000 * HOUR)
    assert list(later["gap"]) == ["open", "open"]


def test_an_unknown_report_and_a_naive_time_are_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="no report 'prices'"):
        run_report(store.engine_readonly(), "prices", NOW)
    with pytest.raises(ValueError, match="no time zone"):
        run_report(store.engine_readonly(), "alerts", NOW.replace(tzinfo=None))


def test_a_database_that_cannot_be_read_is_told(tmp_path: object) -> None:
    with open_store(f"sqlite:///{tmp_path}/a.db", now=NOW) as store:
        engine = store.engine_readonly()
        with store._writer.begin() as connection:
            connection.exec_driver_sql("DROP VIEW v_alerts")
        with pytest.raises(StoreError, match="could not run the report alerts"):
            run_report(engine, "alerts", NOW)
