"""Dates as feeds, pages, mails and files write them, to aware UTC; what is absurd is None."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)  # midnight of the day before is an unset clock
_TOLERANCE = timedelta(days=1)
_MILLISECONDS = 1e11  # a number of seconds above this would be the year 5138
_ISO = re.compile(r"\d{4}-?\d{2}-?\d{2}(?:[T ]\d{2}:?\d{2}.{0,30})?")
_TIME = re.compile(
    r"\b(\d{1,2})[:.h](\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([ap])?\.?(?:m\b\.?)?\s*([+-]\d{2}:?\d{2}|[a-z]{1,4}\b)?",
    re.IGNORECASE,
)
_HALF_DAY = re.compile(r"\d\s?[ap]\.?m\b", re.IGNORECASE)
_DAY_MONTH_YEAR = re.compile(
    r"\b(\d{1,2})(?:\.|º|°|er|st|nd|rd|th)?[\s-]+(?:de\s+|of\s+)?([^\W\d_]{3,})[.,]?[\s-]+(?:de\s+|del\s+)?(\d{4})\b"
)
_MONTH_DAY_YEAR = re.compile(r"\b([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_NUMBERS = re.compile(
    r"(?<!\d)(?:(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})"
    r"|(?P<y2>\d{4})[/年.]\s?(?P<m2>\d{1,2})[/月.]\s?(?P<d2>\d{1,2}))(?!\d)"
)
# The first letters of the months, without accents: English, German, French, Spanish, Italian, Portuguese,
# Dutch, Polish, Turkish, Scandinavian, Russian.
_MONTHS = {
    stem: number
    for number, stems in enumerate(
        (
            "jan ene gen sty oca янв",
            "feb fev lut sub фев",
            "mar mae mrz mrt maa мар",
            "apr abr avr kwi nis апр",
            "may mai mei mag maj маи мая",
            "jun juin giu cze haz июн",
            "jul juil lug lip tem июл",
            "aug ago aou sie agu авг",
            "sep set wrz eyl сен",
            "oct okt ott out paz eki окт",
            "nov lis kas ноя",
            "dec dez dic des gru ara дек",
        ),
        1,
    )
    for stem in stems.split()
}


def parse_date(value: object, latest: datetime) -> datetime | None:
    """Read ISO 8601, RFC 2822, a day in words of a European language, or seconds since 1970.

    Without a zone it is taken as UTC.
    Returns None for what cannot be read, and for a date before 1970 or more than a day after `latest`.
    """
    if isinstance(value, datetime):
        return plausible(value, latest)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(float(value), latest)
    if not isinstance(value, str):
        return None
    text = value.strip()[:100]
    # The library reads "3:04 PM" as four minutes past three at night.
    readers = (_from_words, _from_mail) if _HALF_DAY.search(text) else (_from_mail, _from_words)
    parsed = _from_iso(text) or readers[0](text) or readers[1](text)
    return plausible(parsed, latest) if parsed else None


def plausible(value: datetime, latest: datetime) -> datetime | None:
    """Return `value` in UTC, or None when no article can be of that date."""
    try:
        aware = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except (OverflowError, ValueError):
        return None
    return aware if _EARLIEST <= aware <= latest + _TOLERANCE else None


def _from_number(value: float, latest: datetime) -> datetime | None:
    seconds = value / 1000 if value > _MILLISECONDS else value
    try:
        return plausible(datetime.fromtimestamp(seconds, UTC), latest)
    except (OverflowError, ValueError, OSError):
        return None


def _from_iso(text: str) -> datetime | None:
    if not _ISO.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text[:10])  # a time that is not one: the day still counts
    except ValueError:
        return None


def _from_mail(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _from_words(text: str) -> datetime | None:
    """Read "mer, 16 nov 2022 00:38:15 +0100", "November 16, 2022", "16.11.2022 12:30", "2022/11/16"."""
    day = _day_in(text)
    if day is None:
        return None
    year, month, number, end = day
    time = _TIME.search(text, end)
    clock, zone = "00:00:00", "+0000"
    if time:
        hour = int(time[1]) % 12 + 12 * (time[4].lower() == "p") if time[4] else int(time[1])
        clock, zone = f"{hour}:{time[2]}:{time[3] or '00'}", (time[5] or "+0000").replace(":", "")
    name = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[month - 1]
    start = f"{number} {name} {year}"
    return _from_mail(f"{start} {clock} {zone}") or _from_mail(f"{start} 00:00:00 +0000")


def _day_in(text: str) -> tuple[int, int, int, int] | None:
    """Find a day: year, month, day of the month, and where in the text it ends."""
    if match := _DAY_MONTH_YEAR.search(text):
        number, word, year = match.groups()
    elif match := _MONTH_DAY_YEAR.search(text):
        word, number, year = match.groups()
    elif match := _NUMBERS.search(text):
        year, word, number = filter(None, match.group("y", "y2", "m", "m2", "d", "d2"))
    else:
        return None
    month = int(word) if word.isdecimal() else _month(word)
    return (int(year), month, int(number), match.end()) if 1 <= month <= 12 else None


def _month(word: str) -> int:
    """The number of a month by its first letters, in any of the languages; 0 for another word."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(char for char in letters if not unicodedata.combining(char))
    return _MONTHS.get(plain[:4]) or _MONTHS.get(plain[:3], 0)
