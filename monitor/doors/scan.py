"""Door: match a corpus of any size, JSON Lines in and out, line by line; needs no database and no network.

Every line in gives one line out, in order (blank lines give none):

    {"id": ..., "text": "...", "lang"?: "de", "title"?: "...", "published_at"?: "2024-10-28"}
    {"id": ..., "mentions": [{"start", "stop", "surface", "substance", "name", "method", "score", "reasons",
                              "listings": [{"list", "code", "since", "status", "wording"}]}]}

Offsets are code points into `text`: `text[start:stop] == surface`. A line that cannot be read gives
{"id": ..., "error": "line N: ...", "mentions": []}; a date that cannot be read adds a "note". Where a
text is so long that a part was not looked at, "notes", a list, say what was left out. With
`structures` names that no lexicon has are read as structures too: those of a file for many lines at once,
those of a stream line by line, as whoever writes it may wait for the answer.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import stat
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, cast

import orjson

from monitor.errors import MonitorError
from monitor.model import Article, ListingStatus, Mention, Watchlist
from monitor.pipeline.listing_rows import listing_row

if TYPE_CHECKING:
    from monitor.pipeline.interpret import StructureFindings
    from monitor.pipeline.structures import Structures

STANDARD = "-"
"""As a path: standard input or output."""

MAX_LINE = 256 * 1024 * 1024
"""Bytes of one line; a longer one is an error, so that memory stays bounded whatever comes in."""

# Being on one of these lists is no legal control: its status must not read as if it were.
_BUFFER = 1024 * 1024
_LINES_AT_ONCE, _BYTES_AT_ONCE = 256, 4_000_000  # whose names go to OPSIN together
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?![\d-])")


class Search(Protocol):
    """What was found in a text; `left_out` says what of a very long one was not looked at."""

    @property
    def mentions(self) -> list[Mention]: ...

    @property
    def left_out(self) -> tuple[str, ...]: ...


class Finder(Protocol):
    """What the scan needs of a matcher; `monitor.pipeline.run.build_matcher` gives one."""

    @property
    def watchlist(self) -> Watchlist: ...

    def search(self, text: str, language: str | None) -> Search: ...

    def listings(self, substance: str, at: date) -> list[ListingStatus]: ...


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
) -> ScanSummary:
    """Scan the file `source` into the file `target`.

    Either may be "-"; names that end in .gz are packed. The target appears whole or not at all. `today`
    stands in for a missing published_at. Raises MonitorError when a file cannot be opened or written.
    """
    try:
        with ExitStack() as stack:
            # The input first: a misspelled name must not leave an empty output behind.
            stream = stack.enter_context(_input(source))
            advance = stack.enter_context(_progress(source, progress))
            write = stack.enter_context(_output(target))
            lines = _read_lines(stream, advance)
            ahead = 1 if source == STANDARD else _LINES_AT_ONCE
            return scan_lines(lines, write, finder, today=today, structures=structures, ahead=ahead)
    except BrokenPipeError:
        raise  # whoever reads our output has seen enough: nothing is wrong
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise MonitorError(f"{source}: this is not a whole gzip file ({error})") from error
    except OSError as error:
        place = source if error.filename == source else target
        shown = "standard output" if place == STANDARD else place
        raise MonitorError(f"{shown}: {error.strerror}") from error


def scan_lines(
    lines: Iterable[bytes],
    write: Callable[[bytes], object],
    finder: Finder,
    *,
    today: date,
    structures: Structures | None = None,
    ahead: int = 1,
) -> ScanSummary:
    """Scan lines of JSON; `write` gets one line of JSON for each that is not blank.

    `ahead`: how many lines may be read before the first of them is answered.
    """
    summary = ScanSummary()
    listings = _listing_cache(finder)
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line and not line.isspace())
    drafts = (_draft(line, number, finder, today) for number, line in numbered)
    for draft in drafts if structures is None else _looked(drafts, finder.watchlist, structures, ahead):
        answer = draft.answer
        answer["mentions"] = [_spell(each, listings(each.substance, draft.day)) for each in draft.mentions]
        summary.lines += 1
        summary.mentions += len(draft.mentions)
        summary.errors += "error" in answer
        summary.notes += "note" in answer
        summary.unresolved += "unresolved" in answer
        write(_dump(answer))
    return summary


# --- one line ---------------------------------------------------------------------------------------

_Listings = Callable[[str, date], list[dict[str, str]]]


@dataclass(slots=True)
class _Draft:
    """A line on its way to its answer, whose `mentions` are put into words last."""

    answer: dict[str, Any]
    day: date
    text: str = ""
    language: str | None = None
    mentions: list[Mention] = field(default_factory=list)


def _draft(line: bytes, number: int, finder: Finder, today: date) -> _Draft:
    try:
        record = _parse(line)
    except ValueError as error:
        return _Draft({"id": None, "error": f"line {number}: {error}"}, today)
    wrong = _wrong(record)
    if wrong:
        return _Draft({"id": record.get("id"), "error": f"line {number}: {wrong}"}, today)
    day = _day(record.get("published_at"))
    text, language = record["text"], record.get("lang") or None
    answer = {"id": record["id"], "mentions": []}
    if day is None and record.get("published_at"):
        answer["note"] = f"line {number}: published_at is no date: listings are as of {today.isoformat()}"
    found = finder.search(text, language)
    if found.left_out:
        answer["notes"] = [f"line {number}: {each}" for each in found.left_out]
    return _Draft(answer, day or today, text, language, found.mentions)


def _looked(
    drafts: Iterable[_Draft], watchlist: Watchlist, structures: Structures, ahead: int
) -> Iterator[_Draft]:
    """Add what lines name that no lexicon has; in order, and most lines, which name nothing such, at once."""
    waiting: list[_Draft] = []
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


def _resolved(drafts: Sequence[_Draft], watchlist: Watchlist, structures: Structures) -> Iterator[_Draft]:
    from monitor.pipeline.interpret import MatchedArticle

    pages = [MatchedArticle(_article(each), tuple(each.mentions)) for each in drafts]
    for draft, found in zip(drafts, structures.read(watchlist, pages), strict=True):
        yield _with(draft, found)


def _article(of: _Draft) -> Article:
    moment = datetime(of.day.year, of.day.month, of.day.day, tzinfo=UTC)
    return Article("", "", "", of.text, moment, of.language, moment)


def _with(draft: _Draft, found: StructureFindings) -> _Draft:
    if found.mentions:
        draft.mentions = sorted((*draft.mentions, *found.mentions), key=lambda each: (each.start, each.stop))
    if found.trouble:
        draft.answer["unresolved"] = found.trouble
    return draft


def _parse(line: bytes) -> dict[str, Any]:
    """The object that a line holds; raises ValueError with a reason for people."""
    if len(line) > MAX_LINE:
        raise ValueError(f"longer than {MAX_LINE // 1024**2} MiB")
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        record = _parse_loosely(line, error)
    if not isinstance(record, dict):
        raise ValueError("not a JSON object")
    return record


def _parse_loosely(line: bytes, error: orjson.JSONDecodeError) -> Any:
    """Python's own parser takes what orjson refuses but others write: lone surrogates, NaN, long numbers."""
    try:
        return json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from error
    except (ValueError, RecursionError):
        raise ValueError(f"not JSON ({error})") from error


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
    """The day of an ISO 8601 or RFC 5322 date (in UTC, where it names an offset)."""
    if not isinstance(written, str) or not written.strip():
        return None
    try:
        if _DATE.fullmatch(written.strip()):
            return date.fromisoformat(written.strip())
        moment = _moment(written.strip())
        return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
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


def _dump(answer: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # a lone surrogate or a number beyond 64 bits, as it came in
        return json.dumps(answer).encode() + b"\n"


# --- files ------------------------------------------------------------------------------------------


def _read_lines(stream: BinaryIO, advance: Callable[[int], None]) -> Iterator[bytes]:
    """Lines without a byte order mark; of a line beyond MAX_LINE only its beginning, too long by one byte."""
    first = True
    while line := stream.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            _skip_line(stream, line)
        if first:
            line, first = line.removeprefix(b"\xef\xbb\xbf"), False
        yield line
        advance(len(line))


def _skip_line(stream: BinaryIO, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = stream.readline(_BUFFER)


@contextmanager
def _input(source: str) -> Iterator[BinaryIO]:
    if source == STANDARD:
        yield sys.stdin.buffer
        return
    with Path(source).open("rb", buffering=_BUFFER) as stream:
        if source.endswith(".gz"):
            with gzip.GzipFile(fileobj=stream) as packed:
                yield cast(BinaryIO, packed)
        else:
            yield stream


@contextmanager
def _output(target: str) -> Iterator[Callable[[bytes], object]]:
    if target == STANDARD:
        yield sys.stdout.buffer.write
        sys.stdout.buffer.flush()
        return
    path = Path(os.path.realpath(target))  # a link stays a link
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        with path.open("wb") as device:  # a device or a pipe cannot be replaced
            yield device.write
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb", buffering=_BUFFER) as stream, _packed(target, stream) as out:
            yield out.write
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _packed(target: str, stream: BinaryIO) -> AbstractContextManager[BinaryIO]:
    if target.endswith(".gz"):
        packed = gzip.GzipFile(filename="", fileobj=stream, mode="wb", compresslevel=6, mtime=0)
        return cast(AbstractContextManager[BinaryIO], packed)
    return nullcontext(stream)


@contextmanager
def _progress(source: str, wanted: bool) -> Iterator[Callable[[int], None]]:
    """A bar on standard error over the bytes read; nothing when it is not wanted."""
    if not wanted:
        yield lambda _: None
        return
    from rich.console import Console  # not worth its import time when nobody looks
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    known = source != STANDARD and not source.endswith(".gz")
    total = Path(source).stat().st_size if known else None
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("scan", total=total)
        unseen = 0

        def advance(count: int) -> None:
            nonlocal unseen
            unseen += count
            if unseen >= _BUFFER:  # a redraw for every line would cost more than the scan
                bar.advance(task, unseen)
                unseen = 0

        yield advance
