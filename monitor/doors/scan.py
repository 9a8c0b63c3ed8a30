"""Door: match a corpus of any size, JSON Lines in and out, line by line; needs no database and no network.

Every line in gives one line out, in order (blank lines give none):

    {"id": ..., "text": "...", "lang"?: "de", "title"?: "...", "published_at"?: "2024-10-28"}
    {"id": ..., "mentions": [{"start", "stop", "surface", "substance", "name", "method", "score", "reasons",
                              "listings": [{"list", "code", "since", "status", "wording"}]}]}

Offsets are code points into `text`: `text[start:stop] == surface`. A line that cannot be read gives
{"id": ..., "error": "line N: ...", "mentions": []}; a date that cannot be read adds a "note". Where a
text is so long that a part was not looked at, or in a language that the watchlist has no names in, "notes",
a list, say so. With
`structures` names that no lexicon has are read as structures too: those of a file for many lines at once,
those of a stream line by line, as whoever writes it may wait for the answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from monitor.doors.jsonl import STANDARD, dump_line, open_lines, parse_line
from monitor.model import Article, ListingStatus, Mention, Watchlist
from monitor.pipeline.listing_rows import listing_row
from monitor.pipeline.reading import not_covered

if TYPE_CHECKING:
    from monitor.pipeline.interpret import StructureFindings
    from monitor.pipeline.structures import Structures

_LINES_AT_ONCE, _BYTES_AT_ONCE = 256, 4_000_000  # whose names go to OPSIN together
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?![\d-])")


class Search(Protocol):
    """What was found in a text; `left_out` says what of a very long one was not looked at, `uncovered` its
    language where the watchlist has no names in it."""

    @property
    def mentions(self) -> list[Mention]: ...

    @property
    def left_out(self) -> tuple[str, ...]: ...

    @property
    def uncovered(self) -> str: ...


class Finder(Protocol):
    """What the scan needs of a matcher; `monitor.pipeline.run.build_matcher` gives one."""

    @property
    def watchlist(self) -> Watchlist: ...

    def search(self, text: str, language: str | None) -> Search: ...

    def listings(self, substance: str, at: date) -> list[ListingStatus]: ...


Stated = Callable[[str, date], date | None]  # the day that a text states as its own, no later than the other


def _nothing_stated(text: str, today: date) -> date | None:
    return None


@dataclass(slots=True)
class ScanSummary:
    """What a scan did; `errors` counts lines that could not be read, `notes` dates that could not, and
    `unresolved` lines with names that OPSIN gave no answer to."""

    lines: int = 0
    mentions: int = 0
    errors: int = 0
    notes: int = 0
    unresolved: int = 0


def scan_files(
    source: str,
    target: str,
    finder: Finder,
    *,
    today: date,
    progress: bool = False,
    structures: Structures | None = None,
    stated: Stated = _nothing_stated,
) -> ScanSummary:
    """Scan the file `source` into the file `target`.

    Either may be "-"; names that end in .gz are packed. The target appears whole or not at all. Without a
    published_at the listings are of the day that `stated` finds in the text, else of `today`. Raises
    MonitorError when a file cannot be opened or written.
    """
    with open_lines(source, target, progress=progress) as (lines, write):
        ahead = 1 if source == STANDARD else _LINES_AT_ONCE
        return scan_lines(
            lines, write, finder, today=today, structures=structures, ahead=ahead, stated=stated
        )


def scan_lines(
    lines: Iterable[bytes],
    write: Callable[[bytes], object],
    finder: Finder,
    *,
    today: date,
    structures: Structures | None = None,
    ahead: int = 1,
    stated: Stated = _nothing_stated,
) -> ScanSummary:
    """Scan lines of JSON; `write` gets one line of JSON for each that is not blank.

    `ahead`: how many lines may be read before the first of them is answered.
    """
    summary = ScanSummary()
    listings = _listing_cache(finder)
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line and not line.isspace())
    drafts = (_draft(line, number, finder, today, stated) for number, line in numbered)
    for draft in drafts if structures is None else _looked(drafts, finder.watchlist, structures, ahead):
        answer = draft.answer
        if draft.rests_on and draft.mentions:
            answer[draft.rests_on] = draft.day.isoformat()
        answer["mentions"] = [_spell(each, listings(each.substance, draft.day)) for each in draft.mentions]
        summary.lines += 1
        summary.mentions += len(draft.mentions)
        summary.errors += "error" in answer
        summary.notes += "note" in answer
        summary.unresolved += "unresolved" in answer
        write(dump_line(answer))
    return summary


# --- one line ---------------------------------------------------------------------------------------

_Listings = Callable[[str, date], list[dict[str, str]]]


@dataclass(slots=True)
class _Line:
    """A line on its way to its answer, whose `mentions` are put into words last.

    `rests_on` names what the day of a text without a published_at is: "stated_on" or "as_of"; "" with one.
    """

    answer: dict[str, Any]
    day: date
    text: str = ""
    language: str | None = None
    mentions: list[Mention] = field(default_factory=list)
    rests_on: str = ""


def _draft(line: bytes, number: int, finder: Finder, today: date, stated: Stated) -> _Line:
    try:
        record = parse_line(line)
    except ValueError as error:
        return _Line({"id": None, "error": f"line {number}: {error}"}, today)
    wrong = _wrong(record)
    if wrong:
        return _Line({"id": record.get("id"), "error": f"line {number}: {wrong}"}, today)
    day = _day(record.get("published_at"))
    text, language = record["text"], record.get("lang") or None
    answer = {"id": record["id"], "mentions": []}
    if day is None and record.get("published_at"):
        answer["note"] = f"line {number}: published_at is no date: listings are as of {today.isoformat()}"
    own = stated(text, today) if day is None and not record.get("published_at") else None
    rests_on = "" if record.get("published_at") else "stated_on" if own else "as_of"
    found = finder.search(text, language)
    notes = [*found.left_out, *([not_covered(found.uncovered)] if found.uncovered else [])]
    if notes:
        answer["notes"] = [f"line {number}: {each}" for each in notes]
    return _Line(answer, day or own or today, text, language, found.mentions, rests_on)


def _looked(
    drafts: Iterable[_Line], watchlist: Watchlist, structures: Structures, ahead: int
) -> Iterator[_Line]:
    """Add what lines name that no lexicon has; in order, and most lines, which name nothing such, at once."""
    waiting: list[_Line] = []
    size = 0
    for draft in drafts:
        if not waiting and not structures.spots(draft.text, draft.mentions):
            yield draft
            continue
        waiting.append(draft)
        size += len(draft.text)
        if len(waiting) >= ahead or size > _BYTES_AT_ONCE:
            yield from _resolved(waiting, watchlist, structures)
            waiting, size = [], 0
    yield from _resolved(waiting, watchlist, structures)


def _resolved(drafts: Sequence[_Line], watchlist: Watchlist, structures: Structures) -> Iterator[_Line]:
    from monitor.pipeline.interpret import MatchedArticle

    pages = [MatchedArticle(_article(each), tuple(each.mentions)) for each in drafts]
    for draft, found in zip(drafts, structures.read(watchlist, pages), strict=True):
        yield _with(draft, found)


def _article(of: _Line) -> Article:
    moment = datetime(of.day.year, of.day.month, of.day.day, tzinfo=UTC)
    return Article("", "", "", of.text, moment, of.language, moment)


def _with(draft: _Line, found: StructureFindings) -> _Line:
    if found.mentions:
        draft.mentions = sorted((*draft.mentions, *found.mentions), key=lambda each: (each.start, each.stop))
    if found.trouble:
        draft.answer["unresolved"] = found.trouble
    return draft


def _wrong(record: dict[str, Any]) -> str:
    for key in ("id", "text"):
        if key not in record:
            return f'"{key}" is missing'
    if not isinstance(record["text"], str):
        return '"text" is not a string'
    if not isinstance(record.get("lang"), str | None):
        return '"lang" is not a string'
    return ""


def _day(written: object) -> date | None:
    """The day of an ISO 8601 or RFC 5322 date, in the offset that it is written with."""
    if not isinstance(written, str) or not written.strip():
        return None
    try:
        if _DATE.fullmatch(written.strip()):
            return date.fromisoformat(written.strip())
        moment = _moment(written.strip())
        moment.astimezone(UTC)  # refuses a moment outside the calendar
        return moment.date()
    except (ValueError, OverflowError):
        return None


def _moment(written: str) -> datetime:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return parsedate_to_datetime(written)


def _spell(mention: Mention, listings: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "start": mention.start,
        "stop": mention.stop,
        "surface": mention.surface,
        "substance": mention.substance,
        "name": mention.name,
        "method": mention.method,
        "score": round(mention.score, 3),
        "reasons": mention.reasons,
        "listings": listings,
    }


def _listing_cache(finder: Finder) -> _Listings:
    @lru_cache(maxsize=10_000)
    def listings(substance: str, at: date) -> list[dict[str, str]]:
        return [listing_row(status, finder.watchlist) for status in finder.listings(substance, at)]

    return listings
