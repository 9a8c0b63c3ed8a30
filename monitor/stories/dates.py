"""Days that a text names: "14 March", "14. März 2026", "on Tuesday". Pure.

A day without a year is the one nearest to the article's own day; a day of the week is the last one before it,
only where the article's day is known.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from monitor.stories.text import fold

_MONTHS = (
    "january januar januari enero janvier gennaio janeiro stycznia jan",
    "february februar februari febrero fevrier febbraio fevereiro lutego feb",
    "march marz maart marzo mars marco marca mar",
    "april abril avril aprile kwietnia apr",
    "may mai mei mayo maggio maio maja",
    "june juni junio juin giugno junho czerwca jun",
    "july juli julio juillet luglio julho lipca jul",
    "august augustus agosto aout sierpnia aug",
    "september septiembre septembre settembre setembro wrzesnia sep sept",
    "october oktober octubre octobre ottobre outubro pazdziernika oct okt",
    "november noviembre novembre novembro listopada nov",
    "december dezember diciembre decembre dicembre dezembro grudnia dec dez",
)
_WEEKDAYS = (
    "monday montag lunes lundi maandag lunedi montagmorgen montagabend maandagnacht poniedzialek",
    "tuesday dienstag martes mardi dinsdag martedi wtorek",
    "wednesday mittwoch miercoles mercredi woensdag mercoledi srode sroda",
    "thursday donnerstag jueves jeudi donderdag giovedi czwartek",
    "friday freitag viernes vendredi vrijdag venerdi piatek",
    "saturday samstag sabado samedi zaterdag sabato sobote sobota",
    "sunday sonntag domingo dimanche zondag domenica niedziele niedziela",
)
_MONTH = {word: number for number, row in enumerate(_MONTHS, 1) for word in row.split()}
_WEEKDAY = {word: number for number, row in enumerate(_WEEKDAYS) for word in row.split()}
CALENDAR = frozenset(_MONTH) | frozenset(_WEEKDAY)
"""Names of months and days, which are capitalised in some languages and name nobody."""

_DAY_MONTH = re.compile(
    r"\b(\d{1,2})(?:\.|er|st|nd|rd|th)?\s+(?:de\s+)?([^\W\d_]{3,12})\.?(?:,?\s+(?:de\s+)?(\d{4})\b)?"
)
_MONTH_DAY = re.compile(
    r"\b([^\W\d_]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b(?!\s*[%.,]?\d)(?:,?\s+(\d{4})\b)?"
)
_DIGITS = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b|\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b")
_WORD = re.compile(r"[^\W\d_]+")


def days(text: str, day: date, dated: bool) -> tuple[frozenset[date], frozenset[date]]:
    """The days written out in `text`, and those told by a day of the week; `day` is the article's own.

    Without a date of its own (`dated` false) an article's days of the week say nothing.
    """
    written = set()
    for match in _DAY_MONTH.finditer(text):
        written.add(_day(match[1], _MONTH.get(fold(match[2]), 0), match[3], day))
    for match in _MONTH_DAY.finditer(text):
        written.add(_day(match[2], _MONTH.get(fold(match[1]), 0), match[3], day))
    for match in _DIGITS.finditer(text):
        if match[1]:
            written.add(_made(int(match[1]), int(match[2]), int(match[3])))
        else:
            written.add(_made(int(match[6]), int(match[5]), int(match[4])))
    named = _weekdays(text, day) if dated else set()
    return frozenset(each for each in written if each is not None), frozenset(named)


def _weekdays(text: str, day: date) -> set[date]:
    numbers = {_WEEKDAY[word] for m in _WORD.finditer(text) if (word := fold(m[0])) in _WEEKDAY}
    return {day - timedelta(days=(day.weekday() - number) % 7) for number in numbers}


def _day(number: str, month: int, year: str | None, near: date) -> date | None:
    if not month:
        return None
    if year:
        return _made(int(year), month, int(number))
    around = (_made(near.year + step, month, int(number)) for step in (-1, 0, 1))
    return min(filter(None, around), key=lambda each: abs(each - near), default=None)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
