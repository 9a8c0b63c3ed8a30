"""Dates as feeds, pages, mails and files write them, to aware UTC; what is absurd is None."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)  # midnight of the day before is an unset clock
_TOLERANCE = timedelta(days=1)
_MILLISECONDS = 1e11  # a number of seconds above this would be the year 5138
_ISO = re.compile(r"\d{4}-?\d{2}-?\d{2}(?:[T ]\d{2}:?\d{2}.{0,30})?")


def parse_date(value: object, latest: datetime) -> datetime | None:
    """Read ISO 8601, RFC 2822 or seconds since 1970; without a zone it is taken as UTC.

    Returns None for what cannot be read, and for a date before 1970 or more than a day after `latest`.
    """
    if isinstance(value, datetime):
        return plausible(value, latest)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(float(value), latest)
    if not isinstance(value, str):
        return None
    text = value.strip()[:100]
    parsed = _from_iso(text) or _from_mail(text)
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
