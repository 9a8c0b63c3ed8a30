"""Dates as feeds, pages, mails and files write them, read strictly. Pure: the day of reading decides nothing.

A wrong date is worse than none: it moves an article out of reports, and looks its legal status up at the
wrong day. What can be read in two ways ("05-11-2023") is therefore no date, and neither is a year without
its century but in a mail's form, a day that the calendar does not have, or a text with other numbers beside.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from monitor.ingest.months import month
from monitor.ingest.zones import ZONE, zone_at

# Software writes its smallest date where it has none: the Unix epoch, in any zone, is the one of our age.
_EARLIEST = date(1970, 1, 3)
_CLOCKS_APART = timedelta(minutes=10)  # that a server's clock may be ahead of ours
_LONGEST = 100  # characters of a date
_MILLISECONDS = 1e11  # a number of seconds above this would be the year 5138
_SECONDS = re.compile(r"1\d{9}(?:\d{3})?")  # since 1970, from 2001 to 2033; with its milliseconds

_PACKED = re.compile(r"^(\d{8})(\d{6})\b")

_WORD = r"(?P<word>[^\W\d_]{3,}\.?)"
_DAY = r"(?P<day>\d{1,2})"
_YEAR = r"(?P<year>\d{4})"
_DAYS = tuple(
    re.compile(rf"(?<!\d)(?:{pattern})(?!\d)")
    for pattern in (
        # 2024-06-12, 2024/6/12, 2024. 6. 12., 2024年6月12日, 2024년 6월 12일
        rf"{_YEAR}(?P<border>[-/.年년])\s?(?P<month>\d{{1,2}})(?:(?P=border)|[月월])\s?{_DAY}",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?=$|[T ]|\d{6})",
        rf"{_DAY}\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}",  # 12.6.2024: the day first, wherever dots are used
        rf"(?P<one>\d{{1,2}})(?P<border>[-/])(?P<other>\d{{1,2}})(?P=border){_YEAR}",
        rf"{_DAY}(?P<dot>\.)?(?:º|°|er|st|nd|rd|th)?[\s/-]*(?:(?:de|of)\s+)?{_WORD},?[\s/-]*(?:del?\s+)?{_YEAR}",
        rf"{_WORD}\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}",
        rf"{_YEAR}[.,]?[\s-]+{_WORD}[\s-]+{_DAY}",  # 2024-Jun-12, 2024. június 12.
        rf"{_DAY}[\s-]+{_WORD}[\s-]+(?P<short>\d{{2}})(?=\s+\d{{1,2}}:\d{{2}})",  # 12 Jun 24 08:30, RFC 822
        rf"{_WORD}\s+{_DAY}(?P<clock>\s+\d{{1,2}}:.{{2,20}}\s){_YEAR}$",  # Wed Jun 12 08:30:00 CEST 2024
    )
)
_HALVES = {  # words for the halves of the day, before the time
    "am": ("上午", "午前", "오전", "凌晨", "早上"),
    "pm": ("下午", "午後", "오후", "晚上"),
}
_TIME = re.compile(
    r"""
    (?<![\d+\u2212-]) T?
    (?: (?P<hour>\d{1,2}) \s?[:.hH時时시]\s? (?P<minute>\d{2}|\d(?=\s?[分분]))
        (?: [:.分분]\s? (?P<second>\d{2}) (?:[.,]\d{1,9})? )?
      | (?P<only>\d{1,2}) (?=\s?(?:[aApP]\.?[mM]|[hH時时시]))
    )
    [分秒분초hH時时시]?
    (?:\s?(?P<half>[aApP])\.?[mM]\b\.?)?
    (?:\s?(?:[Uu]hr|[Hh]rs)\b)?
    """,
    re.VERBOSE,
)
_PACKED_TIME = re.compile(r"(?<!\d)T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?(?:\.\d{1,9})?")


def parse_date(value: object, latest: datetime) -> datetime | None:
    """Read ISO 8601, RFC 2822, a day in words of a language of Europe or its like, or seconds since 1970.

    The result has the offset that the date was written with; one without a zone is taken as UTC. A time of
    day that cannot be read, or whose zone is not known, leaves the day. None for what is no date, is not
    sure, or cannot be: before 1970-01-03, or after `latest`, the time at which it was read.
    """
    if isinstance(value, datetime):
        return plausible(value, latest)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(float(value), latest)
    if not isinstance(value, str) or len(value) > 4 * _LONGEST:
        return None
    text = " ".join(unicodedata.normalize("NFKC", value).split())
    if _SECONDS.fullmatch(text):
        return _from_number(float(text), latest)
    found = _read(_PACKED.sub(r"\1T\2", text)) if len(text) <= _LONGEST else None
    return plausible(found, latest) if found else None


def plausible(value: datetime, latest: datetime) -> datetime | None:
    """Return `value` with a zone (UTC if it has none), or None when no article can be of that date."""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    try:
        known = min(aware.date(), aware.astimezone(UTC).date()) >= _EARLIEST
        return aware if known and aware <= latest + _CLOCKS_APART else None
    except (OverflowError, ValueError):
        return None


def _from_number(value: float, latest: datetime) -> datetime | None:
    seconds = value / 1000 if value > _MILLISECONDS else value
    try:
        return plausible(datetime.fromtimestamp(seconds, UTC), latest)
    except (OverflowError, ValueError, OSError):
        return None


def _read(text: str) -> datetime | None:
    """The date in a text, naive where it has no zone."""
    for pattern in _DAYS:
        match = pattern.search(text)
        if match is None:
            continue
        word = match.groupdict().get("word")
        if word and not month(word):
            continue
        day = _day(match.groupdict())
        if day is None:
            return None
        clock = match.groupdict().get("clock") or ""
        before, after = text[: match.start()], clock or text[match.end() :]
        return _with_time(day, before, after)
    return None


def _day(found: dict[str, str | None]) -> date | None:
    """The day in what a pattern matched; None for one that is not sure, or that there is not."""
    short = found.get("short")
    year = _century(int(short)) if short else int(found["year"] or 0)
    if found.get("one"):
        one, other = int(found["one"] or 0), int(found["other"] or 0)
        if one != other and one <= 12 and other <= 12:
            return None  # day and month, or month and day
        number, of_month = max(one, other), min(one, other)
    else:
        word = found.get("word")
        number, of_month = int(found["day"] or 0), month(word) if word else int(found["month"] or 0)
        if word and word.casefold() == "listopada" and found.get("dot"):
            return None  # with the dot it is Croatian, and October; else Polish, and November
    try:
        return date(year, of_month, number)
    except ValueError:
        return None


def _century(short: int) -> int:
    """The year of two digits, as RFC 5322, 4.3 has it."""
    return short + (2000 if short < 50 else 1900)


def _with_time(day: date, before: str, after: str) -> datetime | None:
    """Add the time of day that stands after a day, or before it; None when other numbers stand there."""
    rest = f"{before}\n{after}"
    times = list(_TIME.finditer(rest)) or list(_PACKED_TIME.finditer(after.strip()))[:1]
    zone: str | None = None
    if times:
        clock = times[0]
        behind = clock.string[clock.end() :].lstrip(" ,")
        match = ZONE.match(behind)
        zone, behind = (match[0], behind[match.end() :]) if match else (None, behind)
        other = clock.string[: clock.start()] + behind
    else:
        clock, other = None, rest
    if len(times) > 1 or clock is None:
        return None if _numbers(re.sub(_TIME, "", rest)) else datetime.combine(day, time())
    if _numbers(_without_zones(other)):
        return None
    at = _time(clock.groupdict(), before + after)
    return _placed(day, at, zone) if at else datetime.combine(day, time())


def _numbers(text: str) -> bool:
    return any(char.isdigit() for char in text)


def _without_zones(text: str) -> str:
    """Without a zone's place or comment behind its offset: +02:00[Europe/Berlin], +0200 (GMT+2)."""
    return re.sub(r"[(\[][^)\]]{0,40}[)\]]", "", text)


def _placed(day: date, at: time, zone: str | None) -> datetime:
    wall = datetime.combine(day, at)
    if zone is None:
        return wall
    offset: tzinfo | None = zone_at(zone, wall)
    return datetime.combine(day, time()) if offset is None else wall.replace(tzinfo=offset)


def _time(found: dict[str, str | None], around: str) -> time | None:
    """The time of day in what the pattern matched; None for one that there is not."""
    hour = int(found["hour"] or found.get("only") or 0)
    half = (found.get("half") or "").lower()
    half = half or next((key[0] for key, words in _HALVES.items() if any(w in around for w in words)), "")
    if half and hour <= 12:
        hour = hour % 12 + 12 * (half == "p")
    elif half == "a":
        return None
    try:
        return time(hour, int(found["minute"] or 0), min(int(found["second"] or 0), 59))
    except ValueError:
        return None
