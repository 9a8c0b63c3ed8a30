"""A source over many runs: stale, moved, turned bad, well again."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from tests.servers import answer, status
from tests.worlds import (
    Clock,
    allowing,
    feed_source,
    opened,
    page,
    rows,
    rss,
    served,
    write_config,
)

NEWS = "Officers found two drums of examplium chloride on board."
OTHER = "A chemist named testosin as well."


def dated(count: int, newest: datetime) -> str:
    """A feed of items a day apart."""
    days = ((number, format_datetime(newest - timedelta(days=number))) for number in range(count))
    items = "".join(
        f"<item><title>Day {number}</title><guid isPermaLink='false'>{number}</guid>"
        f"<description>It rained.</description><pubDate>{day}</pubDate></item>"
        for number, day in days
    )
    return f'<rss version="2.0"><channel><title>Feed</title>{items}</channel></rss>'


def test_a_feed_that_falls_silent_is_stale_and_well_again_with_the_next_item(tmp_path: Path) -> None:
    clock = Clock()
    routes: dict[str, object] = {"/feed": answer(dated(15, clock.now), "text/xml")}
    with served(routes) as server:  # type: ignore[arg-type]
        config = write_config(tmp_path, feed_source("news", f"{server.url}/feed"), more=allowing(server))
        with opened(config, clock) as monitor:
            told = []
            for days in (0, 3, 2, 1, 1):
                clock.forward(days=days)
                (check,) = monitor.run().checks
                told.append((check.outcome, check.turned))
            assert told == [("ok", ""), ("unchanged", ""), ("stale", ""), ("stale", ""), ("stale", "bad")]
            assert "its longest pause before was 24 hours" in check.message
            assert check.next_check == clock.now + timedelta(minutes=15)  # no back-off: it was read
            routes["/feed"] = answer(dated(16, clock.now), "text/xml")
            (check,) = monitor.run().checks
    assert (check.outcome, check.turned) == ("ok", "well")
    assert rows(tmp_path, "SELECT turned, outcome FROM v_source_events") == [("bad", "stale"), ("well", "ok")]
    assert rows(tmp_path, "SELECT health, open_gaps FROM v_source_health") == [("ok", 0)]


def test_a_feed_that_moved_for_good_is_read_and_told(tmp_path: Path) -> None:
    routes: dict[str, object] = {"/new": answer(rss({}), "text/xml")}
    with served(routes) as server:  # type: ignore[arg-type]
        routes["/page"] = page("Weather", "It rained.")
        routes["/new"] = answer(rss({f"{server.url}/page": "Weather"}), "text/xml")
        routes["/old"] = status(301, Location=f"{server.url}/new")
        config = write_config(tmp_path, feed_source("news", f"{server.url}/old"), more=allowing(server))
        with opened(config, Clock()) as monitor:
            (check,) = monitor.run().checks
    assert (check.outcome, check.done.new, check.turned) == ("moved", 1, "")
    assert f"{server.url}/new" in check.message
    assert rows(tmp_path, "SELECT health, failures, open_gaps FROM v_source_health") == [("moved", 0, 0)]


def test_a_source_that_fails_three_times_turns_bad_once(tmp_path: Path) -> None:
    clock = Clock()
    routes: dict[str, object] = {"/feed": status(403)}
    with served(routes) as server:  # type: ignore[arg-type]
        config = write_config(tmp_path, feed_source("news", f"{server.url}/feed"), more=allowing(server))
        turns = []
        for step in range(6):
            if step == 5:
                routes["/feed"] = answer(rss({f"{server.url}/page": "Weather"}), "text/xml")
            with opened(config, clock) as monitor:
                turns.append(monitor.run().checks[0].turned)
            clock.forward(hours=1)
    assert turns == ["", "", "bad", "", "", "well"]
