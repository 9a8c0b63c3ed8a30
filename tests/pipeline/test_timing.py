"""When a source is due: its rhythm, and a back-off that grows, is capped and heeds the server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Source, SourceState
from monitor.pipeline.timing import first_check, next_check, trigger

NOW = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)  # a Saturday; Europe's clocks change the night after
HOUR = 3600.0


def wait(
    every: float | None, failures: int = 0, retry_after: float | None = None, cron: str | None = None
) -> float:
    source = Source("s", "feed", "https://example.org/", every=every, cron=cron)
    due = next_check(source, NOW, failures=failures, retry_after=retry_after)
    assert due.utcoffset() == timedelta(0)
    return (due - NOW) / timedelta(hours=1)


@pytest.mark.parametrize(
    ("every", "failures", "retry_after", "hours"),
    [
        (HOUR, 0, None, 1),
        (HOUR, 1, None, 0.25),
        (HOUR, 2, None, 0.5),
        (HOUR, 5, None, 4),
        (HOUR, 8, None, 24),  # 32 hours, capped
        (HOUR, 4000, None, 24),
        (60.0, 1, None, 1 / 60),  # never rarer than its own rhythm at first
        (48 * HOUR, 20, None, 48),
        (HOUR, 1, 2 * HOUR, 2),
        (HOUR, 1, 1.0, 0.25),  # a server cannot make us ask sooner
        (HOUR, 1, 1e9, 168),  # nor silence a source for good
    ],
)
def test_interval_and_back_off(every: float, failures: int, retry_after: float | None, hours: float) -> None:
    assert wait(every, failures, retry_after) == pytest.approx(hours)


@pytest.mark.parametrize(
    ("cron", "failures", "hours"),
    [
        ("0 6 * * *", 0, 18),
        ("0 12 * * *", 0, 24),  # the minute of now is over
        ("0 6 * * sun", 0, 18),
        ("0 6 * * mon", 0, 42),
        ("0 6 * * mon", 1, 0.25),  # sooner than a week
        ("0 6 * * mon", 30, 24),
        ("30 12 * * *", 9, 0.5),  # the line itself comes first
        ("0 0 1 feb *", 0, 24 * 310 - 12),
    ],
)
def test_cron_in_utc(cron: str, failures: int, hours: float) -> None:
    assert wait(None, failures, cron=cron) == pytest.approx(hours)


@pytest.mark.parametrize(
    ("planned", "failures", "hours"),
    [
        (None, 0, 0),
        (-5, 0, 0),  # overdue: at once
        (0.5, 0, 0.5),
        (20, 0, 1),  # the rhythm was a day, and is an hour now
        (24 * 3650, 0, 1),  # the clock was wrong by ten years
        (20, 3, 20),  # a back-off is kept
        (24 * 3650, 3, 168),
    ],
)
def test_the_first_check_of_a_scheduler(planned: float | None, failures: int, hours: float) -> None:
    source = Source("s", "feed", "https://news.example/feed", HOUR)
    due = None if planned is None else NOW + timedelta(hours=planned)
    state = SourceState("s", failures=failures, next_check=due)
    assert first_check(source, NOW, state) == NOW + timedelta(hours=hours)
    assert first_check(source, NOW, None) == NOW


@pytest.mark.parametrize("cron", [None, "*/5 * * * *", "0 6 * * mon"])
@pytest.mark.parametrize("missed", [timedelta(seconds=30), timedelta(days=1), timedelta(days=36500)])
def test_missed_times_are_skipped_at_once(cron: str | None, missed: timedelta) -> None:
    """The clock jumps by a century: what APScheduler asks for next is in the future."""
    rhythm = trigger(Source("s", "feed", "https://news.example/feed", None if cron else 5.0, cron))
    due = rhythm.get_next_fire_time(NOW - missed, NOW)
    assert NOW <= due <= NOW + timedelta(days=7)
    if cron is None:
        assert due == NOW + timedelta(seconds=5)
        assert rhythm.get_next_fire_time(due, NOW) == NOW + timedelta(seconds=10)
