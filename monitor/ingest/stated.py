"""The day that a text or page without a date states itself: a dateline, a label, the page's own marks. Pure.

It is for texts that their source gave no date. Only what says of itself that it is the text's date counts: a
line that is a date, a date after a place at the beginning of a line, a date after a word like "Published" or
"Stand". A date in a sentence is that of an event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

from monitor.ingest.dates import parse_date

_FIRST_LINES, _LAST_LINES = 8, 3  # where a text says its own date; blank lines are not counted
_LONGEST_LINE = 300  # characters of a line that are looked at
_DATE = (
    r"(?P<date>\d{4}-\d{2}-\d{2}|\d{4}年\d{1,2}月\d{1,2}日|\d{1,2}\.\s?\d{1,2}\.\s?\d{4}"
    r"|\d{1,2}(?:\.|st|nd|rd|th|er|º)?\s+(?:de\s+)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+|del\s+)?\d{4}"
    r"|[^\W\d_]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4})"
)
_TIME = (
    r"(?:,?\s*(?:at|um|à|a las|alle|o|в)?\s*\d{1,2}[:.h]\d{2}(?::\d{2})?"
    r"\s*(?:uhr|[ap]\.?m\.?)?(?:\s*[A-Z]{2,4})?)?"
)
_WEEKDAY = r"(?:[^\W\d_]{2,14},?\s+(?:den\s+|le\s+|el\s+)?)?"
_LABEL = (
    r"(?:published|posted|released|issued|last updated|updated|date|datum|stand|veröffentlicht|publié"
    r"|date de publication|publicado|fecha|pubblicato|data|gepubliceerd"
    r"|opublikowano|publicerad|опубликовано|дата|发布时间|发布日期|日期)"
)
_ALONE = re.compile(rf"{_WEEKDAY}{_DATE}{_TIME}[.]?", re.IGNORECASE)
_LABELLED = re.compile(
    rf"(?:^|[|·•(]\s*){_LABEL}(?:\s+(?:on|am|le|el|il|op|den))?\s*[::]?\s*{_WEEKDAY}{_DATE}", re.I
)
# A place in capitals or capitalised words, perhaps an agency in brackets, the date, and a border.
_PLACE = r"(?:\b[^\W\d_a-zà-ÿ][\w.'’-]*\s?(?:(?:de|of|am|an der|sur|upon|la|le|del|di)\s)?){1,4}"
_DATELINE = re.compile(
    rf"{_PLACE}(?:\([\w. ]{{2,30}}\)\s*)?,\s*(?:(?:den|le|el|il)\s+)?{_WEEKDAY}{_DATE}\s*(?:$|[-–—:.|(/])"
)


def stated_day(text: str, latest: datetime) -> date | None:
    """The day that `text` states as its own, no later than `latest`; None where it states none.

    Looked at are its first eight lines and its last three.
    """
    for line in _lines(text):
        found = _ALONE.fullmatch(line) or _DATELINE.match(line) or _LABELLED.search(line)
        moment = parse_date(found["date"], latest) if found else None
        if moment is not None:
            return moment.date()
    return None


def _lines(text: str) -> Iterator[str]:
    lines = [line for line in (each.strip() for each in text[:20_000].splitlines()) if line]
    yield from (line[:_LONGEST_LINE] for line in lines[:_FIRST_LINES])
    tail = [line for line in (each.strip() for each in text[-5_000:].splitlines()) if line]
    yield from (line for line in tail[-_LAST_LINES:] if len(line) <= _LONGEST_LINE)


def page_day(html: str, url: str, latest: datetime) -> date | None:
    """The day that the marks of a page, or its address, give it (by htmldate); None where there is none.

    No date is guessed from its text: what stands there may be the date of anything.
    """
    from htmldate import find_date

    try:
        found = find_date(
            html,
            extensive_search=False,
            original_date=True,
            url=url or None,
            max_date=latest.date().isoformat(),
        )
    except Exception:  # noqa: BLE001 - a library that reads hostile pages: without an answer there is no date
        return None
    return date.fromisoformat(found) if found else None
