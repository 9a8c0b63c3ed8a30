"""The day from which a notice is in force, where it says so. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date, timedelta

_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}
_DAY = rf"({'|'.join(_MONTHS)}) (\d{{1,2}}), (\d{{4}})"
_DATES = re.compile(
    r"\b(?:EFFECTIVE )?DATES?:\s*(.{3,2500}?)"
    r"(?=\n\s*(?:ADDRESSES|FOR FURTHER)|FOR FURTHER INFORMATION|$)",
    re.DOTALL,
)
_FROM = re.compile(
    r"\b(?:effective(?: date)?(?: of| is| on| as of|:| beginning| from)*|takes? effect(?: on)?"
    rf"|becomes? effective(?: on)?|effective date (?:of|for) (?:this|the) .{{1,60}}? is) {_DAY}",
    re.IGNORECASE,
)
_AT_ONCE = re.compile(r"\beffective (?:immediately|(?:up)?on (?:the date of )?publication)\b", re.IGNORECASE)
_LATER = re.compile(
    r"\beffective (?:date is )?(\d{1,3}) days (?:after|from) (?:the date of )?publication\b", re.IGNORECASE
)
_UNTIL = re.compile(
    rf"\b(?:until|through|expires? (?:on )?|expiring (?:on )?|ends? on) ?{_DAY}", re.IGNORECASE
)
_NOW_UNTIL = re.compile(
    r"\b(?:currently|presently|is|was|are|were) (?:in effect|effective|(?:set|scheduled|due) to expire)"
    rf"(?: until| through| on)? {_DAY}|\b(?:expires?|expiring) (?:on )?{_DAY}",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"\bfor (?:(?:an|a) (?:additional|further) |another |up to )?"
    r"(one|two|three|an?|1|2|3|six|6|twelve|12)[ -](year|month)s?\b",
    re.IGNORECASE,
)
_NUMBERS = {"one": 1, "a": 1, "an": 1, "two": 2, "three": 3, "six": 6, "twelve": 12}


def effective_day(
    sentences: Sequence[str], text: str, published: date | None, *, last: bool = False
) -> date | None:
    """The first day of force that a notice states; of an extension (`last`) its last day; None for neither.

    `text`: the whole document, whose part DATES goes first. A day is never guessed: a rule that does not say
    when it takes effect has none here.
    """
    stated = _DATES.search(text)
    places = [" ".join(stated[1].split())] if stated else []
    for place in (*places, *sentences):
        found = _last(place, sentences) if last else _first(place, published)
        if found is not None:
            return found
    return None


def _first(text: str, published: date | None) -> date | None:
    if found := _FROM.search(text):
        return _day(*found.groups())
    if published and _AT_ONCE.search(text):
        return published
    if published and (later := _LATER.search(text)):
        return published + timedelta(days=int(later[1]))
    return None


def _last(text: str, sentences: Sequence[str]) -> date | None:
    """Of "in effect until A" and "extended for one year" the day a year after A; else the latest "until"."""
    if now := _NOW_UNTIL.search(text):
        groups = [each for each in now.groups() if each]
        start = _day(*groups)
        span = next(filter(None, map(_SPAN.search, (text, *sentences))), None)
        if start and span:
            return _after(start, _NUMBERS.get(span[1].casefold()) or int(span[1]), span[2].casefold())
    days = list(filter(None, (_day(*each.groups()) for each in _UNTIL.finditer(text))))
    return max(days) if days and re.search(r"\bexten", text, re.IGNORECASE) else None


def _after(day: date, count: int, unit: str) -> date:
    months = day.month - 1 + count * (12 if unit == "year" else 1)
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _day(month: str, day: str, year: str) -> date | None:
    try:
        return date(int(year), _MONTHS[month.casefold()], int(day))
    except ValueError:
        return None
