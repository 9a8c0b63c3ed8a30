"""The period of a report or a list: what `--since` and `--until` mean. Pure.

A day as the end belongs to the period: `--since 2026-01-01 --until 2026-01-31` is January, and the same day
twice is that day. `1m` is refused, as half of those who write it mean a minute and the others a month.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from monitor.errors import ConfigError

_BACK = re.compile(r"(\d{1,5})\s*(min|mo|h|d|w|y)", re.IGNORECASE)
_MINUTE_OR_MONTH = re.compile(r"(\d+)\s*m", re.IGNORECASE)
_UNITS = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_MONTHS = {"mo": 1, "y": 12}
HINT = "write 7d, 24h, 2w, 1mo or a day such as 2026-01-31"


def period(
    since: str, until: str | None, now: datetime, zone: tzinfo = UTC
) -> tuple[datetime, datetime | None]:
    """The half-open period `start <= time < stop` (None: no end) that two options mean, as aware times.

    Days and times without an offset are read in `zone`; an `until` that is a day ends after that day. Raises
    ConfigError with a hint for anything else, and for a period that ends before it begins.
    """
    start = moment(since, now, "--since", zone)
    stop = moment(until, now, "--until", zone, whole_day=True) if until else None
    if stop is not None and stop <= start:
        raise ConfigError(f"--until {until} is not after --since {since}: exchange them")
    return start, stop


def moment(
    written: str, now: datetime, option: str, zone: tzinfo = UTC, *, whole_day: bool = False
) -> datetime:
    """One moment: a time before `now` ("7d"), a day, or an ISO time. `whole_day`: a day means its end.

    Raises ConfigError, naming `option`.
    """
    text = written.strip()
    if match := _MINUTE_OR_MONTH.fullmatch(text):
        count = match[1]
        raise ConfigError(f"{option} {written}: write {count}mo for months or {count}min for minutes")
    try:
        if match := _BACK.fullmatch(text):
            return _before(now, int(match[1]), match[2].lower())
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            day = date.fromisoformat(text) + timedelta(days=1 if whole_day else 0)
            return datetime(day.year, day.month, day.day, tzinfo=zone)
        parsed = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise ConfigError(f"{option} {written}: {HINT}") from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)


def month(written: str, zone: tzinfo = UTC) -> tuple[datetime, datetime]:
    """The half-open period of a month ("2026-01") in `zone`. Raises ConfigError."""
    match = re.fullmatch(r"(\d{4})-(\d\d)", written.strip())
    try:
        if match is None:
            raise ValueError(written)
        start = datetime(int(match[1]), int(match[2]), 1, tzinfo=zone)
        return start, _months(start, 1)
    except (ValueError, OverflowError) as error:
        raise ConfigError(f"“{written}” is no month; write one such as 2026-01") from error


def _before(now: datetime, count: int, unit: str) -> datetime:
    if unit in _MONTHS:
        return _months(now, -count * _MONTHS[unit])
    return now - count * _UNITS[unit]


def _months(moment: datetime, count: int) -> datetime:
    """So many calendar months later; the 31st becomes the last day of a shorter month."""
    index = moment.year * 12 + moment.month - 1 + count
    first = moment.replace(year=index // 12, month=index % 12 + 1, day=1)
    following = (index + 1) // 12, (index + 1) % 12 + 1
    last = (date(*following, 1) - timedelta(days=1)).day
    return first.replace(day=min(moment.day, last))
