"""What `--since` and `--until` mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ConfigError
from monitor.queries.periods import moment, month, period

NOW = datetime(2026, 3, 31, 12, 30, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "start", "stop"),
    [
        ("2026-01-01", "2026-01-31", "2026-01-01", "2026-02-01"),  # a month: the 31st belongs to it
        ("2026-01-05", "2026-01-05", "2026-01-05", "2026-01-06"),  # one day
        ("2026-01-05", "2026-01-05T12:00", "2026-01-05", "2026-01-05T12:00"),  # a time ends where it says
        ("2026-01-05T08:00+02:00", None, "2026-01-05T06:00", None),
        ("7d", None, "2026-03-24T12:30", None),
        ("24h", "1h", "2026-03-30T12:30", "2026-03-31T11:30"),
        ("2w", None, "2026-03-17T12:30", None),
        ("1mo", None, "2026-02-28T12:30", None),  # no 31st of February
        ("13mo", None, "2025-02-28T12:30", None),
        ("1y", None, "2025-03-31T12:30", None),
        ("90min", None, "2026-03-31T11:00", None),
    ],
)
def test_periods(since: str, until: str | None, start: str, stop: str | None) -> None:
    assert period(since, until, NOW) == (at(start), at(stop) if stop else None)


@pytest.mark.parametrize(
    ("since", "until", "hint"),
    [
        ("1m", None, "--since 1m: write 1mo for months or 1min for minutes"),
        ("7d", "3M", "--until 3M: write 3mo for months or 3min for minutes"),
        ("soon", None, "--since soon: write 7d, 24h, 2w, 1mo or a day"),
        ("2026-02-30", None, "--since 2026-02-30: write 7d"),
        ("99999y", None, "--since 99999y: write 7d"),
        ("2026-01-05", "2026-01-04", "--until 2026-01-04 is not after --since 2026-01-05: exchange them"),
        ("", None, "--since : write 7d"),
        ("9999-12-31", "9999-12-31", "--until 9999-12-31: write 7d"),
    ],
)
def test_what_is_refused_with_a_hint(since: str, until: str | None, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        period(since, until, NOW)
    assert hint in str(caught.value)


def test_days_in_a_zone_begin_there_also_when_the_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start, stop = month("2026-03", berlin)
    assert (start.astimezone(UTC), stop.astimezone(UTC)) == (at("2026-02-28T23:00"), at("2026-03-31T22:00"))
    assert moment("2026-03-29", NOW, "--until", berlin, whole_day=True).astimezone(UTC) == at(
        "2026-03-29T22:00"
    )


@pytest.mark.parametrize("written", ["2026-13", "2026", "26-01", "2026-1", "0000-01", "January", "9999-12"])
def test_what_is_no_month(written: str) -> None:
    with pytest.raises(ConfigError, match="is no month"):
        month(written)


@given(st.dates(), st.integers(-14, 14))
def test_a_day_as_the_end_is_exactly_a_day_longer_than_as_the_beginning(day: object, hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    try:
        end = moment(str(day), NOW, "--until", zone, whole_day=True)
    except ConfigError:
        assert str(day) == "9999-12-31"
        return
    assert end - moment(str(day), NOW, "--since", zone) == timedelta(days=1)
